import json

from chalicelib.config import Config
from infra.outputs import lambda_environment, record, stage_section
from infra.stage import FUNCTIONS
from tests.infra.settings import OUTPUTS, stage


def test_the_product_can_read_its_settings_from_what_is_recorded():
    environment = lambda_environment(stage(retention_days=30), OUTPUTS, "https://portal.example")

    config = Config.read(environment)

    assert config.retention_days == 30
    assert config.portal_url == "https://portal.example"
    assert config.allow_http is False


def test_cookies_may_travel_in_the_clear_only_where_the_portal_does():
    settings = stage(emulated=True, portal_url="http://127.0.0.1:8000")
    environment = lambda_environment(settings, OUTPUTS, settings.public_url())
    assert environment["PAPERTRAIL_ALLOW_HTTP"] == "true"


def test_recording_twice_changes_nothing(tmp_path):
    first = record(stage(), OUTPUTS, project=tmp_path)
    second = record(stage(), OUTPUTS, project=tmp_path)

    assert "config.json" in first
    assert second == []


def test_other_stages_stay_recorded(tmp_path):
    record(stage(), OUTPUTS, project=tmp_path)
    record(stage(name="other"), OUTPUTS, project=tmp_path)

    config = json.loads((tmp_path / ".chalice" / "config.json").read_text())
    assert set(config["stages"]) == {"acme", "other"}


def test_every_policy_that_the_config_names_is_written(tmp_path):
    record(stage(), OUTPUTS, project=tmp_path)

    section = stage_section(stage(), OUTPUTS, "")
    files = [section["lambda_functions"][name]["iam_policy_file"] for name in FUNCTIONS]
    for file in [*files, section["api_gateway_policy_file"]]:
        assert (tmp_path / ".chalice" / file).exists(), file


def test_policies_are_never_guessed_from_the_code(tmp_path):
    record(stage(), OUTPUTS, project=tmp_path)
    config = json.loads((tmp_path / ".chalice" / "config.json").read_text())
    assert config["autogen_policy"] is False


def test_a_domain_comes_with_modern_tls():
    settings = stage(domain_name="docs.acme.example", hosted_zone_id="Z1")
    domain = stage_section(settings, OUTPUTS, "")["api_gateway_custom_domain"]
    assert domain["tls_version"] == "TLS_1_2"
    assert domain["certificate_arn"] == OUTPUTS["ApiCertificateArn"]
