"""Creates or updates the data stack of a stage and waits until it stands."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.aws import Aws
from infra.stage import APP, StageSettings, origin

TEMPLATE = Path(__file__).with_name("data_stack.yaml")
Report = Callable[[str], None]

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_LONGEST_WAIT_SECONDS = 5.0
_KEEP_DATA = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "ResourceType": ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key"]
                }
            },
        },
    ]
}
"""Stack policy: an update that would replace or drop what holds data is refused."""


class StackFailed(Exception):
    """The stack did not reach what was asked; the message gives CloudFormation's reasons."""


@dataclass(frozen=True, slots=True)
class StackResult:
    """Outputs by their key in the template, and whether this call changed anything."""

    outputs: Mapping[str, str]
    changed: bool


def stack_name(stage: str) -> str:
    """The name of the stage's data stack."""
    return f"{APP}-{stage}-data"


def stack_parameters(settings: StageSettings, portal_url: str) -> dict[str, str]:
    """The template's parameters; `portal_url` may be empty while it is unknown."""
    return {
        "Stage": settings.name,
        "RetentionDays": str(settings.retention_days),
        "VaultDays": str(settings.vault_days),
        "PortalOrigins": origin(portal_url),
        "AlarmEmail": settings.alarm_email,
        "DomainName": settings.domain_name,
        "HostedZoneId": settings.hosted_zone_id,
        "CertificateArn": settings.certificate_arn,
        "MalwareScan": str(settings.malware_scan).lower(),
        "AccountLogsRole": str(settings.account_logs_role).lower(),
        "PlainHttp": str(settings.emulated).lower(),
    }


def apply_stack(
    aws: Aws, settings: StageSettings, *, portal_url: str = "", report: Report = print
) -> StackResult:
    """Create the stack, or update it where it differs.

    Raises:
        StackFailed: CloudFormation gave up, or the stack is in a state it cannot leave by itself.
    """
    client = aws.client("cloudformation")
    name = stack_name(settings.name)
    request = {
        "StackName": name,
        "TemplateBody": TEMPLATE.read_text(encoding="utf-8"),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in stack_parameters(settings, portal_url).items()
        ],
        "Capabilities": _CAPABILITIES,
        "Tags": [{"Key": "papertrail:stage", "Value": settings.name}],
    }
    stack = _settled(client, name, report)
    if stack is None:
        client.create_stack(
            **request, EnableTerminationProtection=True, StackPolicyBody=json.dumps(_KEEP_DATA)
        )
    elif stack["StackStatus"] in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}:
        raise StackFailed(
            f"{name} is {stack['StackStatus']}: its creation failed and it holds nothing. "
            "Read its events, delete the stack and what it retained, then run this again."
        )
    elif not _update(client, request):
        return StackResult(_outputs(stack), changed=False)
    stack = _settled(client, name, report)
    if stack is None or stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise StackFailed(_reasons(client, name))
    return StackResult(_outputs(stack), changed=True)


def stack_exists(aws: Aws, stage: str) -> bool:
    """Whether the stage has a data stack, in whatever state."""
    return _described(aws.client("cloudformation"), stack_name(stage)) is not None


def stack_outputs(aws: Aws, stage: str) -> dict[str, str]:
    """Outputs of the stack as it stands; raises StackFailed when there is none."""
    stack = _described(aws.client("cloudformation"), stack_name(stage))
    if stack is None:
        raise StackFailed(f"{stack_name(stage)} does not exist; run the step `stack` first")
    return _outputs(stack)


def _update(client: Any, request: Mapping[str, Any]) -> bool:  # noqa: ANN401 - a boto3 client
    try:
        client.update_stack(**request, StackPolicyBody=json.dumps(_KEEP_DATA))
    except ClientError as error:
        if "No updates are to be performed" not in error.response["Error"]["Message"]:
            raise
        return False
    return True


def _described(client: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401 - a boto3 client
    try:
        answer = client.describe_stacks(StackName=name)
    except ClientError as error:
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        return None
    stack: dict[str, Any] = answer["Stacks"][0]
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def _settled(client: Any, name: str, report: Report) -> dict[str, Any] | None:  # noqa: ANN401
    """Wait while CloudFormation works on the stack, telling of each resource it finishes."""
    wait, done = 0.1, 0
    while True:
        stack = _described(client, name)
        if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        count = sum(
            event["ResourceStatus"].endswith("_COMPLETE") for event in _events(client, name)
        )
        if count != done:
            report(f"  {name}: {stack['StackStatus'].lower()}, {count} resources done")
            done = count
        time.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)


def _events(client: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a boto3 client
    """Events of the operation under way or just over, newest first."""
    events: list[dict[str, Any]] = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=name):
        for event in page["StackEvents"]:
            events.append(event)
            if _starts_operation(event):
                return events
    return events


def _starts_operation(event: Mapping[str, Any]) -> bool:
    return event["PhysicalResourceId"] == event["StackId"] and event["ResourceStatus"] in {
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
    }


def _reasons(client: Any, name: str) -> str:  # noqa: ANN401 - a boto3 client
    failed = [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in reversed(_events(client, name))
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return "\n".join([f"{name} could not be created or updated:", *failed])


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
