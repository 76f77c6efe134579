"""Who gets what from every route: one table, written by hand, of what each kind of person is told.

A route that the table lacks, or that declares no access, fails here.
"""

from dataclasses import dataclass
from typing import Any

import pytest

import app
from functions.edge import ROUTES, Administrator, Needs, Public, SignedIn
from tests.support.api import Api, Reply, matched
from tests.support.world import PASSWORD, World, declared, module_world, world

__all__ = ["module_world", "world"]

COLUMNS = (
    "anonymous",
    "stranger",
    "viewer",
    "contributor",
    "editor",
    "manager",
    "administrator",
)
UPLOAD = declared(b"new bytes")
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Row:
    """A request and the statuses it is answered with, in the order of COLUMNS.

    Words in braces are ids of the world; `match` names the thing whose ETag is sent.
    """

    method: str
    path: str
    statuses: str
    body: Any = None
    match: str = ""
    content_type: str = "application/json"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


# Columns:           anonymous, stranger, viewer, contributor, editor, manager, administrator
#                    (the administrator holds no grant; the stranger is only signed in)
TABLE = (
    # The environment
    Row("GET", "/v1/health", "200 200 200 200 200 200 200"),
    Row("GET", "/v1/openapi.json", "200 200 200 200 200 200 200"),
    Row("GET", "/v1/no/such/address", "404 404 404 404 404 404 404"),
    Row("GET", "/no/such/page", "404 404 404 404 404 404 404"),
    # One's own account
    Row(
        "POST",
        "/v1/sessions",
        "201 201 201 201 201 201 201",
        {"username": "viewer", "password": PASSWORD},
    ),
    Row("GET", "/v1/sessions", "401 200 200 200 200 200 200"),
    Row("DELETE", "/v1/sessions", "401 204 204 204 204 204 204"),
    Row("DELETE", "/v1/sessions/current", "401 204 204 204 204 204 204"),
    Row("DELETE", "/v1/sessions/{my_session}", "401 204 204 204 204 204 204"),
    Row("DELETE", "/v1/sessions/{session_of_root}", "401 404 404 404 404 404 404"),
    Row("GET", "/v1/me", "401 200 200 200 200 200 200"),
    Row(
        "PUT",
        "/v1/me/password",
        "401 200 200 200 200 200 200",
        {"present_password": PASSWORD, "new_password": "seven brittle umbrellas"},
    ),
    # People and groups
    Row("GET", "/v1/principals", "401 200 200 200 200 200 200"),
    Row("GET", "/v1/users", "401 403 403 403 403 403 200"),
    Row(
        "POST",
        "/v1/users",
        "401 403 403 403 403 403 201",
        {"name": "New", "username": "new"},
    ),
    Row("GET", "/v1/users/{stranger}", "401 403 403 403 403 403 200"),
    Row(
        "PATCH",
        "/v1/users/{stranger}",
        "401 403 403 403 403 403 200",
        {"name": "Other"},
        match="U:stranger",
    ),
    Row("POST", "/v1/users/{stranger}/password", "401 403 403 403 403 403 200"),
    Row("GET", "/v1/groups", "401 403 403 403 403 403 200"),
    Row("POST", "/v1/groups", "401 403 403 403 403 403 201", {"name": "New"}),
    Row("GET", "/v1/groups/{group}", "401 403 403 403 403 403 200"),
    Row(
        "PATCH",
        "/v1/groups/{group}",
        "401 403 403 403 403 403 200",
        {"name": "Other"},
        match="G:group",
    ),
    Row(
        "DELETE",
        "/v1/groups/{empty_group}",
        "401 403 403 403 403 403 204",
        match="G:empty_group",
    ),
    Row("GET", "/v1/groups/{group}/members", "401 403 403 403 403 403 200"),
    Row("PUT", "/v1/groups/{group}/members/{viewer}", "401 403 403 403 403 403 204"),
    Row("DELETE", "/v1/groups/{group}/members/{stranger}", "401 403 403 403 403 403 204"),
    # Folders
    Row("GET", "/v1/shared", "401 200 200 200 200 200 200"),
    Row("GET", "/v1/trash", "401 200 200 200 200 200 200"),
    Row("GET", "/v1/trash?node_id={work}", "401 404 200 200 200 200 404"),
    Row(
        "POST",
        "/v1/nodes",
        "401 404 403 201 201 201 404",
        {"parent_id": "{work}", "name": "New"},
    ),
    Row("GET", "/v1/nodes/root", "401 404 404 404 404 404 404"),
    Row("GET", "/v1/nodes/{work}", "401 404 200 200 200 200 404"),
    Row("GET", "/v1/nodes/{folder}", "401 404 200 200 200 200 404"),
    Row("GET", "/v1/nodes/{work}/children", "401 404 200 200 200 200 404"),
    Row(
        "PATCH",
        "/v1/nodes/{folder}",
        "401 404 403 403 200 200 404",
        {"name": "Renamed"},
        match="N:folder",
    ),
    Row(
        "PATCH",
        "/v1/nodes/{folder}",
        "401 404 403 403 200 200 404",
        {"parent_id": "{target}"},
        match="N:folder",
    ),
    Row("DELETE", "/v1/nodes/{folder}", "401 404 403 403 200 200 404", match="N:folder"),
    Row("POST", "/v1/nodes/{gone_folder}/restore", "401 404 403 403 200 200 404", {}),
    Row("GET", "/v1/nodes/{work}/access", "401 404 403 403 403 200 404"),
    Row(
        "PUT",
        "/v1/nodes/{work}/access",
        "401 404 403 403 403 200 404",
        {"inherit": True, "grants": [{"principal": "user:{manager}", "role": "manager"}]},
        match="N:work",
    ),
    # Documents
    Row("GET", "/v1/documents", "401 200 200 200 200 200 200"),
    Row("GET", "/v1/documents?number=1", "401 200 200 200 200 200 200"),
    Row(
        "POST",
        "/v1/documents",
        "401 404 403 201 201 201 404",
        {"node_id": "{work}", "name": "New.pdf", **UPLOAD},
    ),
    Row("GET", "/v1/documents/{document}", "401 404 200 200 200 200 404"),
    Row(
        "PATCH",
        "/v1/documents/{document}",
        "401 404 403 403 200 200 404",
        {"name": "Renamed.pdf"},
        match="D:document",
    ),
    Row(
        "PATCH",
        "/v1/documents/{document}",
        "401 404 403 403 200 200 404",
        {"node_id": "{target}"},
        match="D:document",
    ),
    Row("DELETE", "/v1/documents/{document}", "401 404 403 403 200 200 404", match="D:document"),
    Row("POST", "/v1/documents/{gone_document}/restore", "401 404 403 403 200 200 404", {}),
    Row(
        "POST",
        "/v1/documents/{document}/rollback",
        "401 404 403 403 201 201 404",
        {"version": 1},
    ),
    # Versions; {my_upload} is one's own upload, {upload_of_contributor} is another's to the rest
    Row("POST", "/v1/documents/{document}/versions", "401 404 403 201 201 201 404", UPLOAD),
    Row("GET", "/v1/documents/{document}/versions", "401 404 200 200 200 200 404"),
    Row("GET", "/v1/documents/{document}/versions/1", "401 404 200 200 200 200 404"),
    Row(
        "GET",
        "/v1/documents/{document}/versions/{upload_of_contributor}",
        "401 404 404 200 404 404 404",
    ),
    Row("GET", "/v1/documents/{document}/versions/1/content", "401 404 303 303 303 303 404"),
    Row(
        "GET",
        "/v1/documents/{document}/versions/{my_upload}/upload",
        "401 404 403 200 200 200 404",
    ),
    Row(
        "GET",
        "/v1/documents/{document}/versions/{upload_of_contributor}/upload",
        "401 404 403 200 404 404 404",
    ),
    Row(
        "DELETE",
        "/v1/documents/{document}/versions/{my_upload}/upload",
        "401 404 403 200 200 200 404",
    ),
    Row(
        "DELETE",
        "/v1/documents/{document}/versions/{upload_of_contributor}/upload",
        "401 404 403 200 404 404 404",
    ),
    Row(
        "POST",
        "/v1/documents/{document}/versions/{my_upload}/complete",
        "401 404 403 200 200 200 404",
    ),
    Row(
        "POST",
        "/v1/documents/{document}/versions/{upload_of_contributor}/complete",
        "401 404 403 200 404 404 404",
    ),
    # The audit
    Row("GET", "/v1/audit/system", "401 403 403 403 403 403 200"),
    Row("GET", "/v1/documents/{document}/audit", "401 404 200 200 200 200 404"),
    Row("GET", "/v1/documents/{document}/audit?format=csv", "401 404 200 200 200 200 404"),
    Row("GET", "/v1/documents/{document}/audit/verification", "401 404 200 200 200 200 404"),
    # Pages: who is not signed in is sent to the sign-in (303)
    Row("GET", "/assets/main-1.js", "200 200 200 200 200 200 200"),
    Row("GET", "/sign-in", "200 303 303 303 303 303 303"),
    Row(
        "POST",
        "/sign-in",
        "303 303 303 303 303 303 303",
        f"username=viewer&password={PASSWORD}".replace(" ", "+"),
        content_type=FORM,
    ),
    Row("POST", "/sign-out", "401 303 303 303 303 303 303", "", content_type=FORM),
    Row("GET", "/password", "303 200 200 200 200 200 200"),
    Row(
        "POST",
        "/password",
        "401 303 303 303 303 303 303",
        f"current={PASSWORD}&new=seven brittle umbrellas".replace(" ", "+"),
        content_type=FORM,
    ),
    Row("GET", "/account", "303 200 200 200 200 200 200"),
    Row("GET", "/", "303 200 200 200 200 200 200"),
    Row("GET", "/find?q=1", "303 404 303 303 303 303 404"),
    Row("GET", "/trash", "303 200 200 200 200 200 200"),
    Row("GET", "/nodes/root", "303 404 404 404 404 404 404"),
    Row("GET", "/nodes/{work}", "303 404 200 200 200 200 404"),
    Row("GET", "/nodes/{work}/access", "303 404 403 403 403 200 404"),
    Row("GET", "/documents/{document}", "303 404 200 200 200 200 404"),
    Row("GET", "/documents/{document}/versions", "303 404 200 200 200 200 404"),
    Row("GET", "/documents/{document}/audit", "303 404 200 200 200 200 404"),
    Row("GET", "/documents/{document}/audit/proof", "303 404 200 200 200 200 404"),
    Row("GET", "/documents/{document}/access", "303 404 200 200 200 200 404"),
    Row("GET", "/admin/users", "303 403 403 403 403 403 200"),
    Row("GET", "/admin/groups", "303 403 403 403 403 403 200"),
    Row("GET", "/admin/log", "303 403 403 403 403 403 200"),
)
CASES = [(row, column) for row in TABLE for column in COLUMNS]


def test_every_route_of_the_app_came_through_the_door_with_its_access_declared():
    registered = {(method, path) for path, methods in app.app.routes.items() for method in methods}
    declared_routes = {(route.method, route.path) for route in ROUTES}
    assert registered == declared_routes
    assert len(ROUTES) == len(declared_routes)
    for route in ROUTES:
        assert isinstance(route.access, (Public, SignedIn, Administrator, Needs)), route.path
        if isinstance(route.access, Public):
            assert len(route.access.because) > 20, route.path
        if isinstance(route.access, Needs):
            assert route.access.permissions, route.path


def test_the_table_has_every_route_and_nothing_else():
    asked = {(row.method, matched(row.method, row.path.partition("?")[0])[0]) for row in TABLE}
    assert asked == {(route.method, route.path) for route in ROUTES}


@pytest.mark.parametrize(("row", "column"), CASES, ids=[f"{column} {row}" for row, column in CASES])
def test_each_is_told_what_the_table_says(world, built_pages, row, column):
    before = world.rows()
    reply = ask(world, row, column)
    expected = int(dict(zip(COLUMNS, row.statuses.split(), strict=True))[column])
    assert reply.status == expected, reply.text
    if expected >= 400:
        assert world.rows() == before


def ask(world: World, row: Row, column: str) -> Reply:
    api = world.callers.get(column, Api())
    names = {**world.ids, **own(world, column)}
    headers = {"Content-Type": row.content_type}
    if row.match:
        kind, _, name = row.match.partition(":")
        headers["If-Match"] = world.etag(kind, world.ids[name])
    return api.send(row.method, row.path.format(**names), filled(row.body, names), headers)


def own(world: World, column: str) -> dict[str, str]:
    mine = world.ids.get(f"upload_of_{column}", world.ids["upload_of_contributor"])
    theirs = world.callers.get(column, Api()).get("/v1/me")
    session = theirs.json["session_id"] if theirs.status == 200 else "none"
    of_root = world.root.get("/v1/me").json["session_id"]
    return {"my_upload": mine, "my_session": session, "session_of_root": of_root}


def filled(body: Any, names: dict[str, str]) -> Any:
    if isinstance(body, str):
        return body.format(**names)
    if isinstance(body, list):
        return [filled(part, names) for part in body]
    if isinstance(body, dict):
        return {name: filled(part, names) for name, part in body.items()}
    return body
