"""Raw requests as API Gateway hands them over, to every route, by everybody: never a fault.

What is refused says what to do (RFC 9457) and has changed no row; what is answered is as described.
"""

import base64
import json
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from hypothesis import given, note, seed, settings
from hypothesis import strategies as st

from functions.edge import ROUTES, Match, Route
from tests.faults.input import weird
from tests.faults.input.bounds import in_time
from tests.faults.input.parser import QUIET
from tests.http.test_bad_input import GOOD
from tests.support.api import Api, invoke, matched
from tests.support.described import require_described
from tests.support.refusals import require_problem
from tests.support.world import World

_THINGS = {
    "node_id": ("folder", "work", "target", "gone_folder"),
    "document_id": ("document", "gone_document"),
    "user_id": ("stranger", "viewer"),
    "group_id": ("group", "empty_group"),
}
_KINDS = {"node_id": "N", "document_id": "D", "user_id": "U", "group_id": "G"}
_HEADERS = (
    *("Content-Type", "Cookie", "X-CSRF-Token", "If-Match", "Idempotency-Key", "Host", "Origin"),
    *("Sec-Fetch-Site", "User-Agent", "Accept", "Accept-Encoding", "X-Forwarded-For", "X-Other"),
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "\u0130")
_QUERY = ("cursor", "limit", "sort", "prefix", "kind", "number", "format", "q", "next", "node_id")
_EDITED = ("header", "query", "parameter", "body", "encoded", "method", "stage", "address")
Edit = tuple[str, str, str]


@dataclass
class Sent:
    """What was tried."""

    requests: int = 0
    refused: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)


def send_all(world: World, *, count: int, seeded: int) -> Sent:
    """Send each route a fair request, and then `count` spoiled ones over all routes."""
    sent = Sent()
    people = {"root": world.root, "nobody": Api(), **world.callers}
    for route in ROUTES:
        for who, choice in (("root", 0), ("root", 1), ("manager", 1)):
            world.reset()
            _send(world, sent, route, who, _event(world, route, people, who, choice))

    @seed(seeded)
    @settings(QUIET, max_examples=count)
    @given(
        route=st.sampled_from(ROUTES),
        who=st.sampled_from(sorted(people)),
        choice=st.integers(0, 10**6),
        edits=st.lists(_edits(), min_size=1, max_size=3),
        body=st.none() | weird.octets(st.just(b'{"name": "A"}')),
    )
    def spoil(route: Route, who: str, choice: int, edits: list[Edit], body: bytes | None) -> None:
        note(f"PAPERTRAIL_FAULT_SEED={seeded}")
        world.reset()  # a fair request is fair in the world as it was made
        event = _event(world, route, people, who, choice)
        for edit in edits:
            _spoil(event, edit, body)
        _send(world, sent, route, who, event)

    spoil()
    return sent


def _send(world: World, sent: Sent, route: Route, who: str, event: dict[str, Any]) -> None:
    world.reset()
    before, rows = deepcopy(event), _rows(world)
    with in_time():
        reply = invoke(event)
    told = f"{who} {route.method} {route.path}: {reply.status} {reply.text[:300]} after {before}"
    assert reply.status < 500 or reply.status == 503, told
    assert reply.status < 400 or _rows(world) == rows, f"{told}: it was refused, and changed rows"
    sent.requests += 1
    sent.refused += reply.status >= 400
    sent.statuses[reply.status] += 1
    sent.routes.add(f"{route.method} {route.path}")
    same = event["requestContext"]["httpMethod"] == route.method
    if same and not route.page and "+}" not in route.path:
        require_described(route.method, route.path, reply)
        if reply.status >= 400:
            require_problem(reply)


def _rows(world: World) -> object:
    """Rows and files, but for what looking leaves: sessions, and where one was seen."""
    rows = {key: row for key, row in world.rows().items() if not key.pk.startswith("CTX#")}
    return rows, deepcopy((world.files.staged, world.files.open, world.files.kept))


def _event(
    world: World, route: Route, people: dict[str, Api], who: str, choice: int
) -> dict[str, Any]:
    """A fair request; with an odd `choice` it also has a query, or names one's own upload."""
    api, odd = people[who], choice % 2
    own = world.ids.get(f"upload_of_{who}") if odd else None
    parameters = {}
    headers = {"Host": "papertrail.test", "User-Agent": api.agent}
    for name in _names(route.path):
        things = _THINGS.get(name)
        parameters[name] = (
            world.ids[things[choice // 2 % len(things)]] if things else own or str(1 + choice % 4)
        )
        if things and route.match is not Match.NO:
            headers["If-Match"] = world.etag(_KINDS[name], parameters[name])
    if api.cookie:
        headers |= {"Cookie": api.cookie, "X-CSRF-Token": api.csrf}
    body = None
    if route.body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(_fair_body(world, route, choice))
    elif route.page and route.method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(
            {"csrf_token": api.csrf, "username": "viewer", "password": "x", "next": "/"}
        )
    path = route.path
    for name, value in parameters.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}+}}", value)
    return {
        "requestContext": {
            "httpMethod": route.method,
            "resourcePath": route.path,
            "path": f"/api{path}",
            "requestId": "request-1",
            "identity": {"sourceIp": api.address},
        },
        "multiValueQueryStringParameters": _asked(route) if odd else None,
        "headers": headers,
        "pathParameters": parameters,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
    }


def _asked(route: Route) -> dict[str, list[str]] | None:
    """A value for one parameter that the route looks at: the last, which is its most special."""
    fair = {"format": "csv", "kind": "node", "number": "1", "disposition": "inline", "prefix": "A"}
    known = [each.name for each in route.query if each.name in fair]
    if route.path == "/find":
        return {"q": ["No. 1"]}
    return {known[-1]: [fair[known[-1]]]} if known else None


def _fair_body(world: World, route: Route, choice: int) -> Any:
    fair = [body for method, path, body, _ in GOOD if _key(method, path) == _key_of(route)]
    text = json.dumps(fair[choice % len(fair)])
    for name, id_ in world.ids.items():
        text = text.replace(f"{{{name}}}", id_)
    return json.loads(text)


def _key(method: str, path: str) -> tuple[str, str]:
    return method, matched(method, path)[0]


def _key_of(route: Route) -> tuple[str, str]:
    return route.method, route.path


def _names(path: str) -> list[str]:
    parts = (part for part in path.split("/") if part.startswith("{"))
    return [part.strip("{}").rstrip("+") for part in parts]


def _edits() -> st.SearchStrategy[Edit]:
    values = weird.text(st.sampled_from(('"7"', "a", "50", "name", "application/json", "true")))
    return st.tuples(st.sampled_from(_EDITED), st.sampled_from(_HEADERS), values)


def _spoil(event: dict[str, Any], edit: Edit, body: bytes | None) -> None:
    kind, name, value = edit
    context = event["requestContext"]
    if kind == "header":
        # A header's value has no line break by the time that API Gateway has read it.
        event["headers"][name] = value.replace("\r", "").replace("\n", "")
    elif kind == "query":
        asked = (*_QUERY, value)[len(value) % (len(_QUERY) + 1)]
        event["multiValueQueryStringParameters"] = {asked: [value, name]}
    elif kind == "parameter":
        event["pathParameters"] = dict.fromkeys(event["pathParameters"], value or "x")
    elif kind == "body":
        whole = (event["body"] or "").encode() if body is None else body
        event["body"] = base64.b64encode(whole + value.encode("utf-8", "replace")).decode()
        event["isBase64Encoded"] = True
    else:
        event["isBase64Encoded"] ^= kind == "encoded"
        spoiled = {
            "method": {"httpMethod": _METHODS[len(value) % len(_METHODS)]},
            "stage": {"path": value},
            "address": {"identity": {"sourceIp": value}},
        }
        context |= spoiled.get(kind, {})
