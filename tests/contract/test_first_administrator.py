import json

import pytest

from chalicelib.access.model import ROOT_ID
from chalicelib.access.store import node_key
from chalicelib.config import Config
from chalicelib.errors import Invalid
from chalicelib.identity.sign_in import sign_in
from chalicelib.wiring import Wiring
from infra import first_administrator
from infra.first_administrator import ensure_first_administrator, reset_first_administrator

pytestmark = pytest.mark.dynamodb_local


@pytest.fixture
def environ(stage_tables, monkeypatch):
    given = {
        **stage_tables.environment(),
        "PAPERTRAIL_STAGE": "test",
        "PAPERTRAIL_BUCKET_STAGING": "staging",
        "PAPERTRAIL_BUCKET_FILES": "files",
        "PAPERTRAIL_BUCKET_VAULT": "vault",
        "PAPERTRAIL_KEY_DATA": "key",
        "PAPERTRAIL_KEY_ANCHOR": "key",
        "PAPERTRAIL_MAIL_FROM": "noreply@example.com",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def session(environ, username, password):
    registry = Wiring(Config.read(environ)).registry
    return sign_in(registry, username=username, password=password, address="x", agent="x").session


def test_the_first_administrator_is_made_once(environ):
    username, password = ensure_first_administrator(environ)
    assert username == "admin"
    assert len(password) >= 20
    assert session(environ, username, password).must_change_password
    assert ensure_first_administrator(environ) == ("admin", None)
    assert ensure_first_administrator(environ, "other:password") == ("admin", None)


def test_a_seeded_administrator_need_not_change_the_password(environ):
    assert ensure_first_administrator(environ, "root@here:a:b") == ("root@here", "a:b")
    assert not session(environ, "root@here", "a:b").must_change_password


def test_the_administrator_manages_the_topmost_folder_by_an_ordinary_grant(environ):
    username, password = ensure_first_administrator(environ)
    root = Wiring(Config.read(environ)).database.get(node_key(ROOT_ID))
    user_id = session(environ, username, password).user_id
    assert root["grants"] == {f"user:{user_id}": "manager"}


def test_a_run_that_died_half_way_is_finished_by_the_next(environ, monkeypatch):
    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(first_administrator, "plant_root", die)
    with pytest.raises(KeyboardInterrupt):
        ensure_first_administrator(environ)
    monkeypatch.undo()
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ensure_first_administrator(environ) == ("admin", None)
    assert Wiring(Config.read(environ)).database.get(node_key(ROOT_ID))


def test_a_lost_password_is_replaced(environ):
    ensure_first_administrator(environ)
    username, password = reset_first_administrator(environ)
    assert session(environ, username, password).must_change_password


def test_there_is_nobody_to_reset_before_there_is_anybody(environ):
    with pytest.raises(LookupError):
        reset_first_administrator(environ)


def test_a_seed_that_cannot_be_a_user_name_changes_nothing(environ):
    with pytest.raises(Invalid):
        ensure_first_administrator(environ, "two words:password")
    assert ensure_first_administrator(environ)[0] == "admin"


def test_the_command_takes_its_settings_from_what_was_recorded(
    environ, monkeypatch, tmp_path, capsys
):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"stages": {"test": {"environment_variables": environ}}}))
    monkeypatch.setattr(first_administrator, "_CONFIG", config)
    first_administrator.main(["--stage", "test"])
    assert "user name  admin" in capsys.readouterr().out
    first_administrator.main(["--stage", "test", "--reset"])
    assert "user name  admin" in capsys.readouterr().out
