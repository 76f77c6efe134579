"""What may follow an answer: OpenAPI links, so that a reader (or a tester) need not guess.

Nothing here is declared twice: what an answer shows is one table, and each operation that names
such a thing in its path can follow.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functions.edge import Match, Route

_PARAMETER = re.compile(r"\{(\w+)\+?\}")
_BODY, _PATH = "$response.body#", "$request.path."
_SHOWN: Mapping[str, Mapping[str, str]] = {
    "AccessShown": {"node_id": f"{_PATH}node_id"},
    "BegunShape": {"document_id": f"{_BODY}/document/id", "number": f"{_BODY}/version/number"},
    "CompletedShape": {"document_id": f"{_BODY}/document/id", "number": f"{_BODY}/version/number"},
    "DocumentShape": {"document_id": f"{_BODY}/id", "number": f"{_BODY}/version"},
    "DocumentsShape": {"document_id": f"{_BODY}/items/0/id"},
    "GroupShape": {"group_id": f"{_BODY}/id"},
    "GroupsShape": {"group_id": f"{_BODY}/items/0/id"},
    "IssuedShape": {"user_id": f"{_BODY}/user/id"},
    "NodeShape": {"node_id": f"{_BODY}/id"},
    "NodesShape": {"node_id": f"{_BODY}/items/0/id"},
    "SessionsShape": {"session_id": f"{_BODY}/items/0/id"},
    "UploadShape": {"document_id": f"{_PATH}document_id", "number": f"{_PATH}number"},
    "UserShape": {"user_id": f"{_BODY}/id"},
    "UsersShape": {"user_id": f"{_BODY}/items/0/id", "group_id": f"{_PATH}group_id"},
    "VersionShape": {"document_id": f"{_BODY}/document_id", "number": f"{_BODY}/number"},
    "VersionsShape": {"document_id": f"{_PATH}document_id", "number": f"{_BODY}/items/0/number"},
}
"""By an answer's model: where the ids are that paths name, as runtime expressions.

Lists: of the first item. An id of the request counts where the request has it.
"""


def following(route: Route, model: str, routes: Sequence[Route]) -> dict[str, dict[str, str]]:
    """References to the links of an answer, by the name of the operation that follows."""
    return {
        operation_id(after): {"$ref": f"#/components/links/{name}"}
        for name, after, _ in _links(route, model, routes)
    }


def components(routes: Sequence[Route]) -> dict[str, dict[str, Any]]:
    """Every link of the document, once."""
    return {
        name: {"operationId": operation_id(after), "parameters": parameters}
        for route in routes
        for model in answers(route).values()
        for name, after, parameters in _links(route, model, routes)
    }


def answers(route: Route) -> dict[int, str]:
    """The models' names of good answers, by status."""
    known = {route.status: route.returns, **route.also}
    return {status: model for status, model in known.items() if model is not None}


def operation_id(route: Route) -> str:
    """The operation's name: module and handler."""
    return f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}"


def _links(
    route: Route, model: str, routes: Sequence[Route]
) -> Iterator[tuple[str, Route, dict[str, str]]]:
    shown = _shown(route, model)
    etag = "ETag" in route.gives
    for after in routes:
        named = _PARAMETER.findall(after.path)
        reachable = named and shown.keys() >= set(named) and (etag or after.match is not Match.MUST)
        if after is route or not reachable:
            continue
        parameters = {f"path.{name}": shown[name] for name in named}
        matched = etag and after.match is not Match.NO
        if matched:
            parameters["header.If-Match"] = "$response.header.ETag"
        yield f"{model}.{operation_id(after)}{'.matched' if matched else ''}", after, parameters
    if "cursor" in {parameter.name for parameter in route.query}:
        yield f"{operation_id(route)}.next", route, _next_page(route)


def _shown(route: Route, model: str) -> dict[str, str]:
    own = set(_PARAMETER.findall(route.path))
    return {
        name: expression
        for name, expression in _SHOWN.get(model, {}).items()
        if not expression.startswith(_PATH) or name in own
    }


def _next_page(route: Route) -> dict[str, str]:
    same = {f"path.{name}": f"{_PATH}{name}" for name in _PARAMETER.findall(route.path)}
    return {**same, "query.cursor": f"{_BODY}/next_cursor"}
