"""A stage and the outputs of its stack, for tests."""

from typing import Any

from infra.stage import StageSettings

ACCOUNT = "123456789012"
_REGION = f"eu-west-1:{ACCOUNT}"

OUTPUTS = {
    **{
        f"Table{name.capitalize()}": f"papertrail-acme-{name}"
        for name in ("core", "identity", "audit", "work", "ephemeral", "system")
    },
    **{
        f"Bucket{name.capitalize()}": f"papertrail-acme-{ACCOUNT}-{name}"
        for name in ("staging", "files", "vault")
    },
    "QueueUploads": "papertrail-acme-uploads",
    "QueueOutboxDead": f"arn:aws:sqs:{_REGION}:papertrail-acme-outbox-dead",
    "QueueEventsDead": f"arn:aws:sqs:{_REGION}:papertrail-acme-events-dead",
    "KeyData": f"arn:aws:kms:{_REGION}:key/data",
    "KeyAnchor": f"arn:aws:kms:{_REGION}:key/anchor",
    "WorkStreamArn": f"arn:aws:dynamodb:{_REGION}:table/papertrail-acme-work/stream/1",
    "AccessLogGroupArn": f"arn:aws:logs:{_REGION}:log-group:/aws/apigateway/papertrail-acme:*",
    "ApiCertificateArn": f"arn:aws:acm:{_REGION}:certificate/1",
}


def stage(**changes: Any) -> StageSettings:
    settings = {
        "name": "acme",
        "mail_from": "papertrail@acme.example",
        "allowed_cidrs": ["198.51.100.0/24"],
    }
    return StageSettings.model_validate(settings | changes)
