"""Settings of deployed functions and the API that Chalice has no word for.

Run after each `chalice deploy`: a deploy gives the API its plain name back. Every setting is read
first and written only where it differs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.aws import Aws
from infra.gateway_answers import answer_as_problems
from infra.stage import (
    API_STAGE,
    APP,
    EVENT_FUNCTIONS,
    QUEUE_FUNCTION,
    STREAM_FUNCTION,
    StageSettings,
    function_name,
)

_EVENT_RETRIES = 2
_EVENT_AGE_SECONDS = 6 * 3600
_ROW_RETRIES = 8
_ROW_AGE_SECONDS = 3600
"""A stream row that fails this long is given up: sweep_outbox still finds it in the table."""

_NEW_ROWS = json.dumps({"eventName": ["INSERT"]})
"""A mail's later states change its row too, and are nobody's news."""

_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "source_ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
}


class NotDeployed(Exception):
    """The deployed state lacks what is to be set; run `chalice deploy` first."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stage: its settings, its stack's outputs and Chalice's resources by name."""

    aws: Aws
    settings: StageSettings
    outputs: Mapping[str, str]
    resources: Mapping[str, Mapping[str, Any]]

    def resource(self, name: str) -> Mapping[str, Any]:
        """What Chalice recorded under the name; raises NotDeployed."""
        if name not in self.resources:
            raise NotDeployed(f"{name} is not deployed in {self.settings.name}")
        return self.resources[name]


def finish(deployment: Deployment) -> list[str]:
    """Set what Chalice cannot; returns what was changed, nothing on a second run."""
    return [
        *_event_sources(deployment),
        *_event_retries(deployment),
        *_api(deployment),
        *_api_answers(deployment),
        *_api_stage(deployment),
        *_address(deployment),
    ]


def _event_sources(deployment: Deployment) -> list[str]:
    queue: dict[str, Any] = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    stream: dict[str, Any] = {
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": _NEW_ROWS}]},
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": _ROW_RETRIES,
        "MaximumRecordAgeInSeconds": _ROW_AGE_SECONDS,
        "DestinationConfig": {"OnFailure": {"Destination": deployment.outputs["QueueOutboxDead"]}},
    }
    wanted_by_resource = {
        f"{QUEUE_FUNCTION}-sqs-event-source": queue,
        f"{STREAM_FUNCTION}-dynamodb-event-source": stream,
    }
    client = deployment.aws.client("lambda")
    changes = []
    for name, wanted in wanted_by_resource.items():
        uuid = deployment.resource(name)["event_uuid"]
        current = client.get_event_source_mapping(UUID=uuid)
        if not _has(current, wanted):
            client.update_event_source_mapping(UUID=uuid, **wanted)
            changes.append(f"{name}: {', '.join(sorted(wanted))}")
    return changes


def _event_retries(deployment: Deployment) -> list[str]:
    client = deployment.aws.client("lambda")
    wanted = {
        "MaximumRetryAttempts": _EVENT_RETRIES,
        "MaximumEventAgeInSeconds": _EVENT_AGE_SECONDS,
        "DestinationConfig": {"OnFailure": {"Destination": deployment.outputs["QueueEventsDead"]}},
    }
    changes = []
    for function in EVENT_FUNCTIONS:
        name = function_name(deployment.settings.name, function)
        try:
            current = client.get_function_event_invoke_config(FunctionName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            current = {}
        if not _has(current, wanted):
            client.put_function_event_invoke_config(FunctionName=name, **wanted)
            changes.append(f"{name}: retries and dead letters")
    return changes


def _api(deployment: Deployment) -> list[str]:
    """Name the API after its stage (its metrics go by name) and close its second address."""
    client = deployment.aws.client("apigateway")
    api_id = deployment.resource("rest_api")["rest_api_id"]
    current = client.get_rest_api(restApiId=api_id)
    wanted = {
        "name": f"{APP}-{deployment.settings.name}",
        "disableExecuteApiEndpoint": bool(deployment.settings.domain_name),
    }
    differing = [key for key, value in wanted.items() if current.get(key, False) != value]
    if differing:
        client.update_rest_api(
            restApiId=api_id, patchOperations=_patches({f"/{k}": wanted[k] for k in differing})
        )
    if "disableExecuteApiEndpoint" in differing:
        client.create_deployment(restApiId=api_id, stageName=API_STAGE)
    return [f"API: {key}" for key in differing]


def _api_answers(deployment: Deployment) -> list[str]:
    client = deployment.aws.client("apigateway")
    api_id = deployment.resource("rest_api")["rest_api_id"]
    changed = answer_as_problems(client, api_id, API_STAGE)
    return [f"API answer: {kind}" for kind in changed]


def _api_stage(deployment: Deployment) -> list[str]:
    client = deployment.aws.client("apigateway")
    api_id = deployment.resource("rest_api")["rest_api_id"]
    current = client.get_stage(restApiId=api_id, stageName=API_STAGE)
    methods = current.get("methodSettings", {}).get("*/*", {})
    throttle = deployment.settings.throttle
    wanted: dict[str, Any] = {}
    if methods.get("throttlingRateLimit") != throttle.requests_per_second:
        wanted["/*/*/throttling/rateLimit"] = throttle.requests_per_second
    if methods.get("throttlingBurstLimit") != throttle.burst:
        wanted["/*/*/throttling/burstLimit"] = throttle.burst
    if deployment.settings.access_logs:
        log = {
            "destinationArn": deployment.outputs["AccessLogGroupArn"].removesuffix(":*"),
            "format": json.dumps(_ACCESS_LOG),
        }
        if current.get("accessLogSettings") != log:
            wanted |= {f"/accessLogSettings/{key}": value for key, value in log.items()}
    if wanted:
        client.update_stage(restApiId=api_id, stageName=API_STAGE, patchOperations=_patches(wanted))
    return [f"API stage: {path}" for path in wanted]


def _address(deployment: Deployment) -> list[str]:
    """Point the domain's name at the API, where the zone is ours to write."""
    settings = deployment.settings
    if not (settings.domain_name and settings.hosted_zone_id):
        return []
    client = deployment.aws.client("route53")
    domain = deployment.resource("api_gateway_custom_domain")
    target = {
        "HostedZoneId": domain["hosted_zone_id"],
        "DNSName": f"{domain['alias_domain_name'].rstrip('.')}.",
        "EvaluateTargetHealth": False,
    }
    wanted = {"Name": f"{settings.domain_name}.", "Type": "A", "AliasTarget": target}
    found = client.list_resource_record_sets(
        HostedZoneId=settings.hosted_zone_id,
        StartRecordName=wanted["Name"],
        StartRecordType="A",
        MaxItems="1",
    )["ResourceRecordSets"]
    if found and _has(found[0], wanted):
        return []
    client.change_resource_record_sets(
        HostedZoneId=settings.hosted_zone_id,
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": wanted}]},
    )
    return [f"{settings.domain_name}: address"]


def _has(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(
        _has(current.get(key) or {}, value)
        if isinstance(value, Mapping)
        else current.get(key) == value
        for key, value in wanted.items()
    )


def _patches(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """API Gateway's patch operations; it takes every value as text."""
    return [
        {
            "op": "replace",
            "path": path,
            "value": str(value).lower() if isinstance(value, bool) else str(value),
        }
        for path, value in values.items()
    ]
