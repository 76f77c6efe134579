"""Paths, queries, cursors and methods that cannot be meant: a clear problem, nothing changed."""

import base64
import json
from urllib.parse import quote

import pytest

from functions.edge import ROUTES
from tests.support.api import invoke
from tests.support.refusals import nothing_changed, require_headers, require_problem
from tests.support.world import declared, good, module_world, world

__all__ = ["module_world", "world"]

ODD_IDS = (
    "none",
    "00000000000000000000000000",
    "x" * 3000,
    "%00",
    "é",
    "%F0%9F%92%A5" * 300,
    "%ED%A0%80",
    "\ud800",
    "..",
    "%2E%2E%2F",
    "root%2Fchildren",
    "N%23root",
    "%7Bdocument_id%7D",
    "%25",
    "-1",
    "1e3",
    "NULL",
    "'%20OR%201=1",
)
# What each route that has an id in its path reads, so that nothing but the id is wrong.
BODIES = {
    ("PATCH", "/v1/users/{user_id}"): {"name": "A"},
    ("PATCH", "/v1/groups/{group_id}"): {"name": "A"},
    ("PATCH", "/v1/nodes/{node_id}"): {"name": "A"},
    ("PUT", "/v1/nodes/{node_id}/access"): {"inherit": True, "grants": []},
    ("PATCH", "/v1/documents/{document_id}"): {"name": "A"},
    ("POST", "/v1/documents/{document_id}/rollback"): {"version": 1},
    ("POST", "/v1/documents/{document_id}/versions"): declared(b"bytes"),
}
ADDRESSED = [route for route in ROUTES if "{" in route.path and "+}" not in route.path]
PAGED = (
    "/v1/users",
    "/v1/groups",
    "/v1/groups/{group}/members",
    "/v1/nodes/{work}/children",
    "/v1/nodes/{work}/children?sort=-name",
    "/v1/nodes/{work}/children?sort=modified",
    "/v1/nodes/{work}/children?kind=node",
    "/v1/trash",
    "/v1/trash?node_id={work}",
    "/v1/documents/{document}/versions",
    "/v1/documents/{document}/audit",
    "/v1/audit/system",
)
LIMITED = (*PAGED, "/v1/documents", "/v1/principals")
LIMITS = ("0", "201", "-1", "abc", "1.5", "", "1e2", "٣", "+1", " 1", "0" * 8 + "12345", "9" * 5000)


def sealed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


CURSORS = (
    "nonsense",
    "!!!!",
    "é",
    "%00",
    "a" * 10_000,
    sealed("[]"),
    sealed("{}"),
    sealed("1"),
    sealed('["a"]'),
    sealed('["a", "b", "c", "d"]'),
    sealed('[""]'),
    sealed("[1]"),
    sealed("[null]"),
    sealed(json.dumps(["\ud800"])),
    sealed(json.dumps(["x" * 2000])),
    sealed("[" * 1000),
    sealed("2031-05"),
    sealed("2031-13-01#chain#1"),
    sealed("0001-01"),
    sealed("2031-05-01T00:00:00Z#" + "x" * 2900 + "#1"),
    sealed("1.1"),
    sealed("-1.1"),
    sealed("1.1.1"),
    sealed("9" * 40 + ".1"),
)


@pytest.mark.parametrize("route", ADDRESSED, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("odd", ODD_IDS, ids=lambda odd: ascii(odd[:12]))
def test_ids_that_nothing_has_are_not_found(world, built_pages, route, odd):
    path = route.path
    for name in ("document_id", "node_id", "user_id", "group_id", "session_id", "number"):
        path = path.replace(f"{{{name}}}", odd)
    body = BODIES.get((route.method, route.path))
    with nothing_changed(world):
        reply = world.root.send(route.method, path, body, {"If-Match": '"1"'})
        if route.page:
            assert reply.status == 404
        else:
            require_problem(reply, 404)
            assert "There is no such" in reply.json["detail"]


@pytest.mark.parametrize("odd", ["0", "99", "-1", "abc", "1.0", "٣", "000001x", "9" * 5000, "%00"])
def test_versions_that_are_not_there_are_not_found(world, odd):
    path = f"/v1/documents/{world.ids['document']}/versions/{odd}"
    with nothing_changed(world):
        for reply in (
            world.root.get(path),
            world.root.get(f"{path}/content"),
            world.root.get(f"{path}/upload"),
            world.root.post(f"{path}/complete"),
        ):
            require_problem(reply, 404)


def with_query(path: str, world, **values: str) -> str:
    query = "&".join(f"{name}={quote(value, safe='%')}" for name, value in values.items())
    filled = path.format(**world.ids)
    return f"{filled}{'&' if '?' in filled else '?'}{query}"


@pytest.mark.parametrize("path", LIMITED)
def test_a_limit_is_a_number_from_1_to_200(world, path):
    for limit in LIMITS:
        reply = world.root.get(with_query(path, world, limit=limit))
        require_problem(reply, 422)
        assert reply.json["errors"][0]["field"] == "limit"
    for limit in ("1", "200", "007"):
        reply = world.root.get(with_query(path, world, limit=limit))
        assert len(good(reply, 200)["items"]) <= int(limit)


@pytest.mark.parametrize("path", PAGED)
def test_a_cursor_that_no_list_gave_is_refused_or_leads_nowhere_else(world, path):
    whole = {str(item) for item in good(world.root.get(with_query(path, world)), 200)["items"]}
    for cursor in CURSORS:
        reply = world.root.get(with_query(path, world, cursor=cursor))
        if reply.status == 200:
            assert {str(item) for item in reply.json["items"]} <= whole
        else:
            require_problem(reply, 422)
            assert reply.json["errors"][0]["field"] == "cursor"
    for cursor in ("nonsense", "!!!!", "é", "a" * 10_000):
        require_problem(world.root.get(with_query(path, world, cursor=cursor)), 422)


@pytest.mark.parametrize("path", PAGED)
def test_a_cursor_of_another_list_shows_nothing_that_this_one_lacks(world, path):
    whole = {str(item) for item in good(world.root.get(with_query(path, world)), 200)["items"]}
    for other in PAGED:
        cursor = world.root.get(with_query(other, world, limit="1")).json["next_cursor"]
        if cursor is None:
            continue
        reply = world.root.get(with_query(path, world, cursor=cursor))
        if reply.status == 200:
            assert {str(item) for item in reply.json["items"]} <= whole, other
        else:
            require_problem(reply, 422)


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/v1/nodes/{work}/children?sort=size", 422, "sort"),
        ("/v1/nodes/{work}/children?sort=", 422, "sort"),
        ("/v1/nodes/{work}/children?sort=modified&prefix=a", 422, "prefix"),
        ("/v1/nodes/{work}/children?kind=document", 422, "kind"),
        ("/v1/nodes/{work}/children?prefix=" + "x" * 10_000, 422, "prefix"),
        ("/v1/users?prefix=" + "é" * 2000, 422, "prefix"),
        ("/v1/groups?prefix=" + "x" * 2000, 422, "prefix"),
        ("/v1/trash?node_id=none", 404, ""),
        ("/v1/trash?node_id=%00", 404, ""),
        ("/v1/trash?node_id=" + "x" * 3000, 422, "node_id"),
        ("/v1/documents?number=abc", 422, "number"),
        ("/v1/documents?number=-1", 422, "number"),
        ("/v1/documents?number=", 422, "number"),
        ("/v1/documents?number=٣", 422, "number"),
        ("/v1/documents?number=" + "9" * 200, 422, "number"),
        ("/v1/documents/{document}/audit?format=xml", 422, "format"),
        ("/v1/documents/{document}/audit?format=", 422, "format"),
        ("/v1/documents/{document}/versions/1/content?disposition=show", 422, "disposition"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_query_values_that_cannot_be_are_refused(world, path, status, field):
    with nothing_changed(world):
        reply = world.root.get(path.format(**world.ids))
        require_problem(reply, status)
        assert [error["field"] for error in reply.json.get("errors", [])] == [field] * bool(field)


def test_a_prefix_as_long_as_a_name_may_be_is_fine_in_any_script(world):
    for prefix in ("a" * 255, "ΐ" * 127, "ﬃ" * 85, "%", "#", "\0"):
        find_nothing(world, quote(prefix))
    find_nothing(world, "\ud800")


def find_nothing(world, prefix: str) -> None:
    paths = (f"/v1/nodes/{world.ids['work']}/children", "/v1/users", "/v1/groups")
    for path in (*paths, "/v1/principals"):
        assert good(world.root.get(f"{path}?prefix={prefix}"), 200)["items"] == []


@pytest.mark.parametrize("method", ["TRACE", "PUT", "POST", "get", "", "\ud800"])
def test_methods_that_a_path_does_not_have_do_nothing(world, method):
    # API Gateway turns these away itself; should one come through, chalice answers it.
    with nothing_changed(world):
        reply = world.root.send(method, "/v1/me", {"name": "A"}, resource="/v1/me")
        assert reply.status == 405


def test_answers_that_are_no_problems_bear_the_security_headers_too(world):
    for path in ("/v1/health", "/v1/openapi.json", "/v1/me", "/v1/nodes/{work}"):
        reply = world.root.get(path.format(**world.ids))
        assert reply.status == 200
        require_headers(reply)
    reply = world.root.get(f"/v1/documents/{world.ids['document']}/versions/1/content")
    require_headers(reply)


@pytest.mark.parametrize("path", ["/v1/me", "/", "/sign-in"])
def test_a_fault_of_ours_tells_nothing_but_where_to_find_it(world, built_pages, path):
    def fall(_operation: str) -> None:
        raise RuntimeError("secret-of-the-house")

    world.database.before = fall
    try:
        reply = world.root.get(path)
    finally:
        world.database.before = lambda _operation: None
    assert reply.status == 500
    require_headers(reply)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["request_id"] == "request-1"
    assert "secret-of-the-house" not in reply.text + str(reply.headers)


def test_an_event_without_its_optional_parts_is_answered(world):
    event = {
        "requestContext": {"httpMethod": "GET", "resourcePath": "/v1/health"},
        "multiValueQueryStringParameters": None,
        "headers": {},
        "pathParameters": None,
        "body": None,
        "stageVariables": None,
    }
    reply = invoke(event)
    assert reply.status == 200
    assert len(reply.headers["x-request-id"]) == 26
