"""Whether answers are as the API's own description tells them: status, headers, media type, body.

Stricter than the description: a field that it does not name is an error here, so that none is
forgotten.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from chalicelib.clock import utc_time
from functions.http.openapi import document
from tests.support.api import Reply

# Problems may bear facts of their own, and the description describes itself.
OPEN = frozenset({"Problem", "Description"})
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or bool(utc_time(value))


@cache
def description() -> Any:
    return document(server="/api", cookie="__Host-papertrail")


def require_described(method: str, template: str, reply: Reply) -> None:
    """The reply is one that the description has for this route."""
    operation = description()["paths"][template][method.lower()]
    answers = operation["responses"]
    told = answers.get(str(reply.status)) or answers.get(f"{reply.status // 100}XX")
    assert told, f"{method} {template} answers {reply.status}, which is not declared"
    told = _resolved(told)
    for name in told.get("headers", {}):
        assert name.lower() in reply.headers or (name == "Set-Cookie" and reply.cookies), name
    declared = {name.lower() for name in told.get("headers", {})}
    for name in ("etag", "location", "retry-after"):
        assert name in declared or name not in reply.headers, f"{name} is not declared"
    _require_body(told.get("content"), reply)


def _require_body(content: Mapping[str, Any] | None, reply: Reply) -> None:
    if content is None:
        assert reply.text == ""
        return
    kind = reply.headers["content-type"].partition(";")[0]
    assert kind in content, kind
    if kind.endswith("json"):
        validator(json.dumps(content[kind]["schema"], sort_keys=True)).validate(reply.json)


@cache
def validator(schema: str) -> Draft202012Validator:
    """A validator of a schema (as JSON) of the description, with all objects closed."""
    components = {"schemas": _closed(description()["components"]["schemas"])}
    whole = {**json.loads(schema), "components": components}
    return Draft202012Validator(whole, format_checker=FORMATS)


def _closed(schemas: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: schema
        if name in OPEN or "properties" not in schema
        else {**schema, "additionalProperties": False}
        for name, schema in schemas.items()
    }


def _resolved(told: Any) -> Any:
    while "$ref" in told:
        part: Any = description()
        for name in told["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        told = part
    return told
