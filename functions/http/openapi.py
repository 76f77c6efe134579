"""The API's own description: OpenAPI 3.1, made from the routes' declarations."""

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.calls import Answer, Call
from functions.edge import ROUTES, Administrator, Door, Needs, Public, Route, SignedIn

door = Door(__name__)
_PARAMETER = re.compile(r"\{(\w+)\+?\}")
_QUERY = re.compile(r"\?(\w+)=")


class Problem(BaseModel):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[dict[str, str]] | None = None


@door.on(
    "GET",
    "/v1/openapi.json",
    access=Public("the description of the API is no secret and tells nothing of an environment"),
    summary="This description",
)
def openapi(call: Call) -> Answer:
    """The OpenAPI document."""
    return Answer(body=document(server=call.prefix or "/"))


def document(*, server: str) -> dict[str, Any]:
    """The description of every route of the API (https://spec.openapis.org/oas/v3.1.1.html)."""
    routes = [route for route in ROUTES if not route.page]
    models: set[type[BaseModel]] = {Problem}
    for route in routes:
        models |= {model for model in (route.body, route.returns) if model is not None}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in ordered],
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for route in sorted(routes, key=lambda route: (route.path, route.method)):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PaperTrail",
            "version": "1",
            "description": "Documents, versions, access and audit of one environment.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-papertrail"}
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
        "tags": [route.path.split("/")[2].partition(".")[0]],
        "summary": route.summary,
        "description": (route.handler.__doc__ or "").strip(),
        "parameters": _parameters(route),
        "responses": _responses(route),
        "security": [] if isinstance(route.access, Public) else [{"session": []}],
        "x-access": _access(route),
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(route.body)}},
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in _PARAMETER.findall(route.path)
    ]
    queries = dict.fromkeys(_QUERY.findall(route.summary))
    if route.returns is not None and "next_cursor" in route.returns.model_fields:
        limit = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
        found.append({"name": "limit", "in": "query", "schema": limit})
        queries["cursor"] = None
    found += [{"name": name, "in": "query", "schema": text} for name in queries]
    if route.method in ("PATCH", "PUT", "DELETE"):
        description = 'The ETag that you read, for example "7"; 428 without, 412 when it changed.'
        found.append(
            {"name": "If-Match", "in": "header", "schema": text, "description": description}
        )
    if route.method == "POST" and not isinstance(route.access, Public):
        description = "The same key with the same body gives the same answer for a day."
        found.append(
            {"name": "Idempotency-Key", "in": "header", "schema": text, "description": description}
        )
    return found


def _responses(route: Route) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done"}
    if route.returns is not None:
        good["content"] = {"application/json": {"schema": _ref(route.returns)}}
    problem = {
        "description": "A problem, told as RFC 9457 has it",
        "content": {"application/problem+json": {"schema": _ref(Problem)}},
    }
    return {str(route.status): good, "default": problem}


def _access(route: Route) -> str:
    access = route.access
    if isinstance(access, Public):
        return f"anyone: {access.because}"
    if isinstance(access, Administrator):
        return "administrators"
    if isinstance(access, SignedIn):
        return "whoever is signed in"
    if isinstance(access, Needs):
        return " or ".join(sorted(permission.value for permission in access.permissions))
    raise TypeError(access)


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
