import pytest

from infra.deploy import main


def test_a_step_nobody_knows_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--stage", "example", "demolish"])
    assert "no such step: demolish" in capsys.readouterr().err


def test_a_stage_nobody_described_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--stage", "atlantis"])
    assert "atlantis.json" in capsys.readouterr().err
