"""What an operator does, against the local environment: deploy a stage, repeat it, delete it."""

import os
import shutil
from pathlib import Path

import boto3
import httpx
import pytest

from infra.aws import Aws
from infra.deploy import DEPLOY, Operator
from infra.local.settings import load
from infra.stack import stack_outputs
from infra.stage import ROOT, StageSettings
from infra.state import DeployedState

pytestmark = pytest.mark.environment
SHIPPED = ("app.py", "chalicelib", "functions", "requirements.txt", "vendor")


@pytest.fixture
def operator(environment, tmp_path, monkeypatch):
    known = load({**os.environ, "PAPERTRAIL_HOME": str(environment.home)})
    for name, value in known.aws_environment().items():
        monkeypatch.setenv(name, value)
    project = tmp_path / "checkout"
    _check_out(project)
    settings = StageSettings.load("local").model_copy(update={"name": "probe"})
    aws = Aws(session=boto3.Session(), endpoint_url=environment.aws_url)
    return Operator(aws, settings, project, report=lambda _line: None)


def _check_out(project: Path) -> None:
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, symlinks=True)
        else:
            project.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, project / name)


def _said(operator, *steps):
    lines = []
    object.__setattr__(operator, "report", lines.append)
    operator.run(steps)
    return [line.strip() for line in lines]


def test_a_stage_is_deployed_repeated_from_another_checkout_and_deleted(
    operator, environment, tmp_path
):
    operator.deploy()
    api_id = _api_id(operator)
    health = f"{environment.aws_url}/restapis/{api_id}/api/_user_request_/v1/health"
    assert httpx.get(health, timeout=30).json() == {"status": "ok"}

    # Another operator's checkout knows nothing but what lies in the stage's bucket.
    _check_out(tmp_path / "another")
    another = Operator(operator.aws, operator.settings, tmp_path / "another")
    said = _said(another, *DEPLOY)
    assert said[said.index("probe: stack") + 1] == "nothing to change"
    assert _api_id(another) == api_id, "a second API was made"
    assert _said(another, "stack") == ["probe: stack", "nothing to change"]
    assert _said(another, "finish") == ["probe: finish", "nothing to change"]

    _said(another, "pull", "delete", "push")
    assert httpx.get(health, timeout=30).status_code in (403, 404)
    functions = operator.aws.client("lambda").list_functions()["Functions"]
    assert not [f for f in functions if f["FunctionName"].startswith("papertrail-probe")]
    tables = operator.aws.client("dynamodb").list_tables()["TableNames"]
    assert "papertrail-probe-core" in tables, "deleting the API must keep the data"


def _api_id(operator):
    outputs = stack_outputs(operator.aws, operator.settings.name)
    state = DeployedState(
        operator.aws, outputs["BucketVault"], operator.settings.name, operator.project
    )
    [api] = [r for name, r in state.resources().items() if r["resource_type"] == "rest_api"]
    return api["rest_api_id"]
