"""What was spoiled is told as such, and stops nothing else."""

import json

import pytest

from chalicelib.audit.anchor_model import Anchor, Leaf, Spoiled
from chalicelib.audit.mapping import read_entry
from chalicelib.audit.model import Action, document_chain
from chalicelib.config import Config, ConfigError
from chalicelib.web.sentences import referred, sentence
from infra.aws import Aws
from infra.state import DeployedState, StateUnreadable
from tests.support.audited import busy_days

DEEP = b"[" * 10_000 + b"]" * 10_000


@pytest.mark.parametrize(
    "line", [DEEP, b'["\\ud800",1,"a",null]', b'["D#x",[],"a",null]', b'["D#x",1,"a",[true,"b"]]']
)
def test_a_leaf_that_nobody_wrote_is_spoiled(line):
    with pytest.raises(Spoiled):
        Leaf.read(line)


def test_a_manifest_that_nobody_wrote_is_spoiled():
    told = busy_days()
    kept = next(file for name, file in told.vault.files.items() if "manifests" in name)
    numbered = {**json.loads(kept), "shards": [[1, 1, 1]]}
    broken = {**json.loads(kept), "shards": [["\ud800", 1, "x"]]}
    for manifest in (DEEP, *(json.dumps(each).encode() for each in (numbered, broken))):
        with pytest.raises(Spoiled):
            Anchor.read(manifest)


@pytest.mark.parametrize("stray", ["garbage", "2031-05-31T5", "2031-13-01T00", "9999-99"])
def test_a_stray_name_in_the_vault_stops_no_verification(stray):
    told = busy_days()
    before = told.verify()
    for kind in ("hourly", "nightly"):
        told.vault.files[f"anchors/{kind}/manifests/{stray}.json"] = b"{}"
    assert told.verify() == before
    assert before.valid


@pytest.mark.parametrize("details", [{}, {"before": 1, "after": ["x", [1]]}, {"before": "user:1"}])
def test_any_details_make_a_sentence(details):
    told = busy_days()
    row = told.database.rows[told.row(document_chain("one"), 1)]
    for action in Action:
        entry = read_entry({**row, "action": action.value, "details": details})
        assert sentence(entry, dict.fromkeys(referred(entry), "Anna")).words


def test_a_number_without_end_is_no_setting(monkeypatch):
    names = ("STAGE", "KEY_DATA", "KEY_ANCHOR", "MAIL_FROM", "BUCKET_STAGING", "BUCKET_FILES")
    tables = ("CORE", "IDENTITY", "AUDIT", "WORK", "EPHEMERAL", "SYSTEM")
    environ = {f"PAPERTRAIL_{name}": "x" for name in (*names, "BUCKET_VAULT")}
    environ |= {f"PAPERTRAIL_TABLE_{name}": "x" for name in tables}
    assert Config.read(environ).retention_days == 3650
    with pytest.raises(ConfigError, match="RETENTION_DAYS"):
        Config.read({**environ, "PAPERTRAIL_RETENTION_DAYS": "9" * 5000})


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"resources": [1]}', DEEP, b"\xff"])
def test_a_spoiled_state_of_a_deployment_says_what_to_do(tmp_path, content):
    state = DeployedState(Aws(), "vault", "acme", tmp_path)
    state.file.parent.mkdir(parents=True)
    state.file.write_bytes(content)
    state._memory.write_bytes(content)
    with pytest.raises(StateUnreadable, match="every version"):
        state.api_url()
    assert state._synced() == {"sha256": "", "etag": ""}
