"""What API Gateway says by itself, before any of our code runs, said as RFC 9457 problems.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
from typing import Any

# type -> status, slug, title, detail; None keeps the gateway's own status
_ANSWERS: dict[str, tuple[int | None, str, str, str]] = {
    "MISSING_AUTHENTICATION_TOKEN": (
        404,
        "not-found",
        "Nothing here",
        "No such address, or not for this method; /v1/openapi.json lists them all.",
    ),
    "THROTTLED": (429, "throttled", "Too many requests", "Wait a second, then try again."),
    "REQUEST_TOO_LARGE": (
        413,
        "too-large",
        "It is too large",
        "A request may have 10 MB. Files go to the address that beginning an upload gives.",
    ),
    "INTEGRATION_TIMEOUT": (
        504,
        "busy",
        "It took too long",
        "Nothing confirmed was lost. Try again; with an Idempotency-Key it happens once.",
    ),
    "INTEGRATION_FAILURE": (
        502,
        "busy",
        "It could not be answered",
        "Nothing confirmed was lost. Try again; with an Idempotency-Key it happens once.",
    ),
    "ACCESS_DENIED": (
        403,
        "forbidden",
        "Not from here",
        "This environment answers to the networks that its operator lists.",
    ),
    "DEFAULT_4XX": (None, "invalid", "The request cannot be carried out as it is", "Check it."),
    "DEFAULT_5XX": (None, "fault", "Something went wrong on our side", "Try again in a moment."),
}


def answer_as_problems(client: Any, api_id: str, stage: str) -> list[str]:  # noqa: ANN401 - boto3
    """Set the gateway's answers; returns the types that were changed, nothing on a second run."""
    found = client.get_gateway_responses(restApiId=api_id, limit=500).get("items", [])
    known = {answer["responseType"]: answer for answer in found}
    changed = [kind for kind in _ANSWERS if not _stands(known.get(kind, {}), kind)]
    for kind in changed:
        status = _ANSWERS[kind][0]
        client.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            responseParameters=_HEADERS,
            responseTemplates={"application/json": _template(kind)},
            **({"statusCode": str(status)} if status else {}),
        )
    if changed:
        client.create_deployment(restApiId=api_id, stageName=stage)
    return changed


_HEADERS = {
    "gatewayresponse.header.Content-Type": "'application/problem+json'",
    "gatewayresponse.header.Cache-Control": "'no-store'",
    "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
}


def _stands(answer: dict[str, Any], kind: str) -> bool:
    templates = answer.get("responseTemplates") or {}
    same_words = templates.get("application/json") == _template(kind)
    return same_words and answer.get("responseParameters") == _HEADERS


def _template(kind: str) -> str:
    status, slug, title, detail = _ANSWERS[kind]
    problem = {
        "type": f"urn:papertrail:problem:{slug}",
        "title": title,
        **({"status": status} if status else {}),
        "detail": detail,
        "request_id": "$context.requestId",
    }
    return json.dumps(problem)
