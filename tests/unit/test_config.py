"""A stage's settings: what is missing or cannot be meant stops the start, by name."""

import pytest

from chalicelib.config import Config, ConfigError
from chalicelib.transaction import Table

SET = {
    "PAPERTRAIL_STAGE": "acme",
    **{f"PAPERTRAIL_TABLE_{table.name}": f"acme-{table.name}" for table in Table},
    "PAPERTRAIL_BUCKET_STAGING": "acme-staging",
    "PAPERTRAIL_BUCKET_FILES": "acme-files",
    "PAPERTRAIL_BUCKET_VAULT": "acme-vault",
    "PAPERTRAIL_KEY_DATA": "data",
    "PAPERTRAIL_KEY_ANCHOR": "anchor",
    "PAPERTRAIL_MAIL_FROM": "papertrail@acme.test",
}
NUMBERS = ("RETENTION_DAYS", "VAULT_RETENTION_DAYS", "MAX_DOCUMENT_BYTES")


def test_what_must_be_set_is_enough():
    config = Config.read(SET)
    assert (config.files_bucket, config.tables[Table.CORE]) == ("acme-files", "acme-CORE")
    assert (config.retention_days, config.allow_http, config.require_scan) == (3650, False, False)


@pytest.mark.parametrize("name", SET)
@pytest.mark.parametrize("value", [None, " "])
def test_without_one_of_them_nothing_starts(name, value):
    given = {key: text for key, text in SET.items() if key != name}
    if value is not None:
        given[name] = value
    with pytest.raises(ConfigError, match=f"^{name} is not set$"):
        Config.read(given)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "ten", "٣", "²", "9" * 16])
def test_a_number_is_a_positive_whole_one(name, value):
    with pytest.raises(ConfigError, match=f"^PAPERTRAIL_{name} must be a positive whole number"):
        Config.read({**SET, f"PAPERTRAIL_{name}": value})


@pytest.mark.parametrize("name", ["ALLOW_HTTP", "REQUIRE_SCAN"])
def test_a_flag_is_true_or_false(name):
    read = Config.read({**SET, f"PAPERTRAIL_{name}": "true"})
    assert {"ALLOW_HTTP": read.allow_http, "REQUIRE_SCAN": read.require_scan}[name] is True
    with pytest.raises(ConfigError, match=f"^PAPERTRAIL_{name} must be true or false"):
        Config.read({**SET, f"PAPERTRAIL_{name}": "yes"})
