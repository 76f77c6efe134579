"""What routes answer with, as the OpenAPI document tells it: good answers, problems, headers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functions.edge import Administrator, Match, Needs, Public, Route, SignedIn
from functions.http import links
from functions.problems import PROBLEM_TYPE

_DESCRIPTIONS: Mapping[int, str] = {
    200: "Done",
    201: "Made",
    202: "Taken on; it goes on in the background",
    204: "Done; there is nothing to tell",
    303: "It is at the address in Location",
}
_PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
_SAID: Mapping[str, str] = {
    "401": "Nobody, or nobody any more, is signed in",
    "403": "You see it, but may not do this; or another site sent the request",
    "404": "It is not there, or you may not see it",
    "409": "The present state forbids it",
    "410": "It is past its time",
    "412": "It has changed since you read it",
    "413": "It is too large",
    "415": "The body is no JSON",
    "422": "The request cannot be meant; `errors` names the field",
    "428": "If-Match is missing",
    "429": "Too many attempts",
    "503": "Others are changing the same thing, or AWS does not answer; send it again",
    "5XX": "Something went wrong on our side",
}
_WAITING = ("429", "503")
HEADERS: Mapping[str, Any] = {
    "X-Request-Id": {
        "description": "Finds the request in the logs",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "The state of the thing, for If-Match",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    },
    "Location": {
        "description": "Where the thing is",
        "schema": {"type": "string", "minLength": 1},
    },
    "Set-Cookie": {"description": "The session", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds to wait",
        "schema": {"type": "integer", "minimum": 0},
    },
}


def _refs(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


PROBLEMS: Mapping[str, Any] = {
    status: {
        "description": said,
        "headers": _refs("X-Request-Id", *(("Retry-After",) if status in _WAITING else ())),
        "content": {PROBLEM_TYPE: {"schema": _PROBLEM_SCHEMA}},
    }
    for status, said in _SAID.items()
}


def of(route: Route, routes: Sequence[Route]) -> dict[str, Any]:
    """Every answer that a route may give, by status, and what of `routes` may follow it."""
    good = {route.status: route.returns}
    good |= {status: model for status, model in route.also.items() if model is not None}
    told = {str(status): _good(route, status, model, routes) for status, model in good.items()}
    problems = sorted({str(status) for status in _problems(route)} | {"5XX"})
    return told | {status: {"$ref": f"#/components/responses/{status}"} for status in problems}


def schema(model: str) -> dict[str, str]:
    """A reference to a model's schema."""
    return {"$ref": f"#/components/schemas/{model}"}


def _good(route: Route, status: int, model: str | None, routes: Sequence[Route]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": _DESCRIPTIONS[status],
        "headers": _refs("X-Request-Id", *route.gives),
    }
    if model is not None:
        told["content"] = {"application/json": {"schema": schema(model)}}
        told["content"].update({kind: dict(other) for kind, other in route.files.items()})
        following = links.following(route, model, routes)
        told |= {"links": following} if following else {}
    return told


def _problems(route: Route) -> Iterator[int]:
    yield from (status for status, model in route.also.items() if model is None)
    yield from _access_problems(route)
    yield 503
    writes = route.method != "GET"
    if writes and isinstance(route.access, (Needs, Administrator)):
        yield 409
    if route.body is not None:
        yield from (413, 415, 422)
    if route.query or route.match is not Match.NO:
        yield 422
    if route.match is not Match.NO:  # sent empty it is missed, too, where it may be left out
        yield from (412, 428)
    if route.method == "POST" and not isinstance(route.access, Public):
        yield 422


def _access_problems(route: Route) -> Iterator[int]:
    if "{" in route.path or isinstance(route.access, Needs):
        yield 404
    if not isinstance(route.access, Public):
        yield 401
    waived = isinstance(route.access, SignedIn) and not route.access.fresh_password
    if route.method != "GET" or not (waived or isinstance(route.access, Public)):
        yield 403
