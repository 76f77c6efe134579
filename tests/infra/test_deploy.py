import pytest

from infra.deploy import main
from infra.finish import Deployment, NotDeployed, finish
from tests.infra.settings import OUTPUTS, stage


def test_a_step_nobody_knows_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--stage", "example", "demolish"])
    assert "no such step: demolish" in capsys.readouterr().err


def test_a_stage_nobody_described_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--stage", "atlantis"])
    assert "atlantis.json" in capsys.readouterr().err


class Untouched:
    def client(self, service):
        return self


def test_finishing_before_a_deploy_says_what_is_missing():
    with pytest.raises(NotDeployed, match="upload_arrived"):
        finish(Deployment(Untouched(), stage(), OUTPUTS, {}))
