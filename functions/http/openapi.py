"""The API's own description: OpenAPI 3.1, made from the routes' declarations."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from chalicelib.wiring import wired
from functions import sessions
from functions.calls import Answer, Call
from functions.edge import ROUTES, Administrator, Door, Match, Needs, Public, Route, SignedIn
from functions.http import links, responses
from functions.http.bodies import shape

door = Door(__name__)
_PARAMETER = re.compile(r"\{(\w+)\+?\}")
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_PATH_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "number": {
        "description": "A version's number.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999, "example": 2},
    },
}
_ID: Mapping[str, Any] = {
    "description": "An id, as another answer gave it.",
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z]{1,64}$"},
}
_DESCRIPTION = """Documents, versions, access and audit of one environment.

Sign in with POST /v1/sessions: the cookie that it sets goes with every request, and its
`csrf_token` as X-CSRF-Token with every write. Changes name the state that they were decided upon
by If-Match with the ETag that was read (428 without, 412 when it has changed meanwhile). A POST
with an Idempotency-Key may be repeated after a lost connection. What you may not see answers as
if it were not there (404). Problems are told as RFC 9457 has it; `request_id` finds them in the
logs.
"""


@door.on(
    "GET",
    "/v1/openapi.json",
    access=Public("the description of the API is no secret and tells nothing of an environment"),
    summary="This description",
    returns="Description",
)
def openapi(call: Call) -> Answer:
    """The OpenAPI document."""
    text = _written(call.prefix or "/", sessions.cookie_name(wired()))
    return Answer(body=text, content_type="application/json")


@lru_cache(maxsize=4)
def _written(server: str, cookie: str) -> str:
    """The document as it is sent; it changes only with what is deployed."""
    return json.dumps(document(server=server, cookie=cookie), separators=(",", ":"))


def document(*, server: str, cookie: str) -> dict[str, Any]:
    """The description of every route of the API (https://spec.openapis.org/oas/v3.1.1.html)."""
    routes = sorted(
        (route for route in ROUTES if not route.page and "+}" not in route.path),
        key=lambda route: (route.path, route.method),
    )
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, routes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PaperTrail",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": _schemas(routes),
            "responses": responses.PROBLEMS,
            "headers": responses.HEADERS,
            "links": links.components(routes),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
            },
        },
    }


def _schemas(routes: Sequence[Route]) -> Any:  # noqa: ANN401 - JSON Schema
    from pydantic.json_schema import models_json_schema  # noqa: PLC0415 - seldom; not at a start

    names = {"Problem"}
    for route in routes:
        known = (route.body, route.returns, *route.also.values())
        names |= {name for name in known if name is not None}
    _, schemas = models_json_schema(
        [(shape(name), "validation") for name in sorted(names)],
        ref_template="#/components/schemas/{model}",
    )
    return schemas["$defs"]


def _operation(route: Route, routes: Sequence[Route]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": links.operation_id(route),
        "tags": [route.path.split("/")[2].partition(".")[0]],
        "summary": route.summary,
        "description": (route.handler.__doc__ or "").strip(),
        "parameters": _parameters(route),
        "responses": responses.of(route, routes),
        "security": _security(route),
        "x-access": _access(route),
    }
    if route.body is not None:
        fields = shape(route.body).model_fields.values()
        required = any(field.is_required() for field in fields)
        operation["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": responses.schema(route.body)}},
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **_PATH_PARAMETERS.get(name, _ID)}
        for name in _PARAMETER.findall(route.path)
    ]
    found += [
        {
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
        for parameter in route.query
    ]
    if route.match is not Match.NO:
        description = "The ETag that you read; 412 when it has changed since."
        found.append(_header("If-Match", description, '^"[0-9]{1,15}"$', example='"7"'))
        found[-1]["required"] = route.match is Match.MUST
    if route.method == "POST" and not isinstance(route.access, Public):
        description = "Within a day, the same key with the same request gives the same answer."
        found.append(_header("Idempotency-Key", description, "^[ -~]{1,255}$", example="4f1d"))
    return found


def _header(name: str, description: str, pattern: str, *, example: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": schema,
        "example": example,
    }


def _security(route: Route) -> list[dict[str, list[str]]]:
    if isinstance(route.access, Public):
        return []
    return [{"session": [], "csrf": []}] if route.method in _WRITES else [{"session": []}]


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
