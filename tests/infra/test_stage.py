import pytest
from pydantic import ValidationError

from infra.stage import ROOT, StageSettings, function_name, origin
from tests.infra.settings import stage


@pytest.mark.parametrize("file", sorted((ROOT / "infra" / "stages").glob("*.json")))
def test_every_committed_stage_is_valid(file):
    assert StageSettings.load(file.stem).name == file.stem


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Acme"},
        {"name": "a" * 31},
        {"name": "acme-"},
        {"allowed_cidrs": []},
        {"allowed_cidrs": ["anywhere"]},
        {"allowed_cidrs": ["10.0.0.1/8"]},
        {"mail_from": "nobody"},
        {"retention_days": 0},
        {"portal_url": "ftp://portal.example"},
        {"portal_url": "http://portal.example"},
        {"domain_name": "docs.acme.example"},
        {"reserved_concurrency": {"no_such_function": 1}},
        {"retention": 10},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(ValidationError):
        stage(**wrong)


def test_inbound_networks_have_no_default():
    with pytest.raises(ValidationError, match="allowed_cidrs"):
        StageSettings.model_validate({"name": "acme", "mail_from": "a@b.example"})


def test_the_portal_is_where_the_stage_says_or_its_domain_or_where_the_api_is():
    api = "https://abc.execute-api.eu-west-1.amazonaws.com/api/"
    named = stage(domain_name="docs.acme.example", certificate_arn="arn:aws:acm:::1")

    assert stage(portal_url="https://portal.example/").public_url(api) == "https://portal.example"
    assert named.public_url(api) == "https://docs.acme.example"
    assert stage().public_url(api) == api.rstrip("/")
    assert stage().public_url() == ""


def test_an_origin_is_what_browsers_send():
    assert origin("https://docs.acme.example:8443/api") == "https://docs.acme.example:8443"
    assert origin("") == ""


def test_names_of_functions_are_those_chalice_gives():
    assert function_name("acme", "api_handler") == "papertrail-acme"
    assert function_name("acme", "upload_arrived") == "papertrail-acme-upload_arrived"


def test_a_file_must_describe_the_stage_it_is_named_after(tmp_path):
    (tmp_path / "other.json").write_text(stage().model_dump_json())

    with pytest.raises(ValueError, match="'acme'"):
        StageSettings.load("other", folder=tmp_path)
