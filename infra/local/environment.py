"""Bring the whole environment up: emulator, data stack, deployment, first administrator."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.aws import Aws
from infra.deploy import Operator
from infra.finish import NotDeployed
from infra.local import administrator, deployment, lock_test, process
from infra.local.progress import step
from infra.local.settings import DOMAIN, STAGE, Settings, replace
from infra.locks import LockNotHeld
from infra.outputs import lambda_environment
from infra.stack import StackFailed, stack_outputs
from infra.stage import API_STAGE, StageSettings
from infra.state import StateConflict


class FailedError(Exception):
    """The environment is not up; the message says what to do."""


def bring_up(settings: Settings) -> None:
    """Start what does not run, deploy what changed, and print where everything is.

    Raises FailedError, with the reason in one message.
    """
    begun = time.monotonic()
    print("PaperTrail's local environment")
    try:
        facts = _bring_up(settings)
    except (
        process.NotStartedError,
        deployment.DeployFailedError,
        lock_test.LockDoesNotHoldError,
        administrator.NoAdministratorError,
        LockNotHeld,
        NotDeployed,
        StackFailed,
        StateConflict,
    ) as error:
        raise FailedError(str(error)) from error
    _announce(facts, time.monotonic() - begun)


def _bring_up(settings: Settings) -> dict[str, str]:
    with step("starting the emulator"):
        settings = process.ensure_running(settings, os.environ)
    with step("checking that object locks hold"):
        lock_test.verify(settings)
    wanted = deployment.fingerprint(settings)
    done = settings.home / "deployed"
    known = settings.home / "environment.json"
    facts = _facts_on(known)
    if not facts or not done.exists() or done.read_text(encoding="ascii") != wanted:
        functions_environment = _deploy(settings)
        with step("making sure there is an administrator"):
            facts |= administrator.ensure(settings, functions_environment)
        facts |= _addresses(settings)
        replace(known, json.dumps(facts, indent=2) + "\n")
        replace(done, wanted)
    return facts


def _facts_on(path: Path) -> dict[str, str]:
    facts: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return facts


def _deploy(settings: Settings) -> dict[str, str]:
    """Deploy and return the environment of the functions."""
    stage = StageSettings.load(STAGE).model_copy(update={"portal_url": settings.portal_url})
    aws = Aws(session=boto3.Session(**_credentials(settings)), endpoint_url=settings.aws_url)
    project = deployment.copy_project(settings)
    operator = Operator(aws, stage, project=project, report=lambda _line: None)
    with step("building the data stack"):
        operator.run(["stack", "pull", "record"])
        aws.client("ses").verify_email_identity(EmailAddress=stage.mail_from)
    with step("deploying with chalice (the first time takes a minute)"):
        deployment.chalice_deploy(settings, project, os.environ)
        deployment.forget_old_packages(project)
    with step("finishing the deployment"):
        operator.run(["finish", "push"])
        _map_domain(aws.client("apigateway"), deployment.api_id(settings))
    return lambda_environment(stage, stack_outputs(aws, stage.name), settings.portal_url)


def _credentials(settings: Settings) -> dict[str, str]:
    variables = settings.aws_environment()
    return {
        "aws_access_key_id": variables["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": variables["AWS_SECRET_ACCESS_KEY"],
        "region_name": variables["AWS_REGION"],
    }


def _map_domain(client: Any, api_id: str) -> None:  # noqa: ANN401 - a boto3 client
    """Give the API its custom domain, which the front door stands for."""
    try:
        client.create_domain_name(domainName=DOMAIN)
        client.create_base_path_mapping(domainName=DOMAIN, restApiId=api_id, stage=API_STAGE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConflictException":
            raise


def _addresses(settings: Settings) -> dict[str, str]:
    api_id = deployment.api_id(settings)
    return {
        "portal_url": settings.portal_url,
        "api_url": f"{settings.portal_url}/v1",
        "mailbox_url": settings.mailbox_url,
        "stage_url": f"{settings.aws_url}/restapis/{api_id}/{API_STAGE}/_user_request_",
        "aws_url": settings.aws_url,
    }


def _announce(facts: Mapping[str, str], seconds: float) -> None:
    print(f"\nReady after {seconds:.0f} s.")
    print(f"  portal   {facts['portal_url']}/")
    print(f"  mailbox  {facts['mailbox_url']}/")
    if "admin_username" in facts:
        print(f"  sign in  {facts['admin_username']} / {facts['admin_password']}")
