import json

import pytest

from chalicelib.audit.check import Flaw, Problem
from chalicelib.transaction import Key, Table
from infra import verify
from tests.support.audited import busy_days


@pytest.fixture
def world():
    return busy_days()


@pytest.fixture
def stage(world, monkeypatch):
    def stored():
        return iter(
            sorted({key.pk for key in world.database.rows if key.pk[:2] in ("D#", "R#", "S#")})
        )

    stage = verify.Stage(world.database, world.archive, world.now(), stored)
    monkeypatch.setattr(verify, "_stage", lambda _name, _key: stage)
    return stage


def run(capsys, *arguments):
    code = verify.main(["--stage", "test", *arguments])
    return code, capsys.readouterr().out


def test_everything_of_a_sound_stage_holds(stage, capsys):
    code, text = run(capsys, "--all")
    assert code == 0
    assert "Everything holds." in text
    assert "entries of 14 chains" in text


def test_the_report_for_programs(stage, capsys):
    code, text = run(capsys, "--all", "--json")
    report = json.loads(text)
    assert (code, report["valid"], report["chains"]) == (0, True, 14)
    assert report["unproven"] == 6
    assert report["hourly_anchors"] > 20
    assert report["nightly_anchors"] == 2


def test_one_document_is_verified_alone(world, stage, capsys):
    world.database.rows[world.row("D#two", 2)]["actor"] = "user-Mallory"
    assert run(capsys, "--document", "one")[0] == 0
    code, text = run(capsys, "--document", "two")
    assert code == 1
    assert "D#two entry 2: The entry was changed after it was written. (changed)" in text
    assert "BROKEN: 1 problem(s)." in text


def test_a_whole_document_that_vanished_is_missed(world, stage):
    for key in [key for key in world.database.rows if key.pk in ("D#two", "R#two")]:
        del world.database.rows[key]
    problems = verify.verify_all(stage).problems
    assert set(problems) == {
        Problem("D#two", 1, Flaw.TRUNCATED),
        Problem("R#two", 1, Flaw.TRUNCATED),
    }


def test_a_document_that_never_was_is_said_to_have_no_entries(stage, capsys):
    code, text = run(capsys, "--document", "none")
    assert (code, "There is no entry of a document none." in text) == (0, True)


def test_an_old_anchor_is_missed_even_where_no_document_needs_it(world, stage):
    name = sorted(name for name in world.vault.files if "hourly/manifests" in name)[3]
    del world.vault.files[name]
    period = name.split("/")[-1].removesuffix(".json")
    assert verify.verify_all(stage).problems == [
        Problem(f"anchor:hourly:{period}", None, Flaw.ANCHOR_MISSING)
    ]


def test_a_first_anchor_that_is_missing_is_named_by_the_second(world, stage):
    name = min(name for name in world.vault.files if "hourly/manifests" in name)
    del world.vault.files[name]
    period = name.split("/")[-1].removesuffix(".json")
    assert verify.verify_all(stage).problems == [
        Problem(f"anchor:hourly:{period}", None, Flaw.ANCHOR_MISSING)
    ]


def test_a_system_entry_that_changed_is_found(world, stage):
    key = Key(Table.AUDIT, "S#0", "000000000001")
    world.database.rows[key]["details"] = {"more": 1}
    assert verify.verify_all(stage).problems == [Problem("S#0", 1, Flaw.CHANGED)]


def test_anchors_that_stopped_are_noted(world, stage):
    world.pass_time(days=2)
    late = verify.Stage(world.database, world.archive, world.now(), stage.stored)
    report = verify.verify_all(late)
    assert report.problems == []
    assert "one is due each hour" in report.warnings[0]


def test_the_command_needs_one_thing_to_verify(capsys):
    with pytest.raises(SystemExit) as end:
        verify.main(["--stage", "test"])
    assert end.value.code == 2


def test_a_public_key_that_is_not_there_is_the_commands_fault(monkeypatch, capsys, tmp_path):
    outputs = {f"Table{table.value.title()}": table.value for table in Table}
    outputs |= {"BucketVault": "vault", "KeyAnchor": "key"}
    monkeypatch.setattr(verify, "stack_outputs", lambda _aws, _stage: outputs)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    missing = str(tmp_path / "none.pem")
    assert verify.main(["--stage", "test", "--all", "--public-key", missing]) == 2
    assert missing in capsys.readouterr().err
