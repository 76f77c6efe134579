"""Fills the policy templates (`infra/policies/*.json`) with the ARNs of one stage.

A template is plain IAM JSON in which `${Name}` stands for a value; a list element that is
exactly one placeholder of several values becomes those values.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.stage import FUNCTIONS, StageSettings, function_name

FOLDER = Path(__file__).with_name("policies")
INBOUND = "inbound"
TABLES = ("Core", "Identity", "Audit", "Work", "Ephemeral", "System")
BUCKETS = ("Staging", "Files", "Vault")

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
Values = Mapping[str, str | list[str]]


def rendered_policies(settings: StageSettings, outputs: Mapping[str, str]) -> dict[str, Any]:
    """Policy documents by function name, and the API's resource policy as `inbound`.

    Raises:
        KeyError: a template asks for a value that the stack does not have.
    """
    documents: dict[str, Any] = {}
    for function in FUNCTIONS:
        values = _values(settings, outputs, function)
        documents[function] = _filled(_template(function), values)
    documents[INBOUND] = _filled(_template(INBOUND), {"AllowedCidrs": [*settings.allowed_cidrs]})
    return documents


def _template(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _values(settings: StageSettings, outputs: Mapping[str, str], function: str) -> Values:
    _, partition, _, region, account, _ = outputs["KeyData"].split(":", 5)

    def arn(service: str, rest: str) -> str:
        return f"arn:{partition}:{service}:{region}:{account}:{rest}"

    domain = settings.mail_from.partition("@")[2]
    identities = [arn("ses", f"identity/{name}") for name in (settings.mail_from, domain)]
    log_group = f"/aws/lambda/{function_name(settings.name, function)}"
    values: dict[str, str | list[str]] = {
        "Region": region,
        "DataKeyArn": outputs["KeyData"],
        "AnchorKeyArn": outputs["KeyAnchor"],
        "WorkStreamArn": outputs["WorkStreamArn"],
        "OutboxDeadArn": outputs["QueueOutboxDead"],
        "EventsDeadArn": outputs["QueueEventsDead"],
        "UploadsQueueArn": arn("sqs", outputs["QueueUploads"]),
        "LogGroupArn": arn("logs", f"log-group:{log_group}"),
        "MailFrom": settings.mail_from,
        "MailIdentityArns": ["*"] if settings.emulated else identities,
    }
    values |= {f"{t}TableArn": arn("dynamodb", f"table/{outputs[f'Table{t}']}") for t in TABLES}
    values |= {f"{b}BucketArn": f"arn:{partition}:s3:::{outputs[f'Bucket{b}']}" for b in BUCKETS}
    return values


def _filled(node: Any, values: Values) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, dict):
        return {key: _filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [element for item in node for element in _elements(item, values)]
    if isinstance(node, str):
        return _PLACEHOLDER.sub(lambda match: _one(values, match[1]), node)
    return node


def _elements(item: Any, values: Values) -> list[Any]:  # noqa: ANN401 - JSON
    match = _PLACEHOLDER.fullmatch(item) if isinstance(item, str) else None
    several = values[match[1]] if match else None
    return several if isinstance(several, list) else [_filled(item, values)]


def _one(values: Values, name: str) -> str:
    value = values[name]
    if not isinstance(value, str):
        raise TypeError(f"${{{name}}} stands for several values; give it a list element of its own")
    return value
