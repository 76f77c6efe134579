"""What each route declares of who may pass, beside a table that a person has read.

The use case behind a route refuses too; this is the door's own word, which the description of the
API repeats.
"""

import pytest

from functions.edge import ROUTES, Access, Administrator, Needs, Public
from functions.http import openapi
from tests.support.api import Api
from tests.support.refusals import require_problem
from tests.support.world import World, good, module_world, world

__all__ = ["module_world", "world"]

DECLARED = {
    "GET /v1/documents/{document_id}/audit": "needs document:view",
    "GET /v1/documents/{document_id}/audit/verification": "needs document:view",
    "GET /v1/audit/system": "administrator",
    "POST /v1/nodes": "needs node:create",
    "GET /v1/nodes/{node_id}": "needs node:view",
    "GET /v1/nodes/{node_id}/children": "needs node:view",
    "PATCH /v1/nodes/{node_id}": "needs node:move or node:rename",
    "DELETE /v1/nodes/{node_id}": "needs node:trash",
    "POST /v1/nodes/{node_id}/restore": "needs node:restore",
    "GET /v1/nodes/{node_id}/access": "needs access:view",
    "PUT /v1/nodes/{node_id}/access": "needs access:change",
    "GET /v1/shared": "signed in",
    "GET /v1/trash": "signed in",
    "POST /v1/documents": "needs document:create",
    "GET /v1/documents": "signed in",
    "GET /v1/documents/{document_id}": "needs document:view",
    "PATCH /v1/documents/{document_id}": "needs document:move or document:rename",
    "DELETE /v1/documents/{document_id}": "needs document:trash",
    "POST /v1/documents/{document_id}/restore": "needs document:restore",
    "POST /v1/users": "administrator",
    "GET /v1/users": "administrator",
    "GET /v1/users/{user_id}": "administrator",
    "PATCH /v1/users/{user_id}": "administrator",
    "POST /v1/users/{user_id}/password": "administrator",
    "GET /v1/principals": "signed in",
    "POST /v1/groups": "administrator",
    "GET /v1/groups": "administrator",
    "GET /v1/groups/{group_id}": "administrator",
    "PATCH /v1/groups/{group_id}": "administrator",
    "DELETE /v1/groups/{group_id}": "administrator",
    "GET /v1/groups/{group_id}/members": "administrator",
    "PUT /v1/groups/{group_id}/members/{user_id}": "administrator",
    "DELETE /v1/groups/{group_id}/members/{user_id}": "administrator",
    "GET /v1/health": "anybody",
    "GET /v1/{proxy+}": "anybody",
    "GET /v1/openapi.json": "anybody",
    "POST /v1/sessions": "anybody",
    "GET /v1/sessions": "signed in",
    "DELETE /v1/sessions/current": "signed in, even with a one-time password",
    "DELETE /v1/sessions": "signed in, even with a one-time password",
    "DELETE /v1/sessions/{session_id}": "signed in",
    "GET /v1/me": "signed in, even with a one-time password",
    "PUT /v1/me/password": "signed in, even with a one-time password",
    "POST /v1/documents/{document_id}/versions": "needs document:version",
    "GET /v1/documents/{document_id}/versions": "needs document:view",
    "GET /v1/documents/{document_id}/versions/{number}": "needs document:view",
    "GET /v1/documents/{document_id}/versions/{number}/upload": "needs document:version",
    "DELETE /v1/documents/{document_id}/versions/{number}/upload": "needs document:version",
    "POST /v1/documents/{document_id}/versions/{number}/complete": "needs document:version",
    "GET /v1/documents/{document_id}/versions/{number}/content": "needs document:view",
    "POST /v1/documents/{document_id}/rollback": "needs document:roll_back",
    "GET /account": "signed in",
    "GET /admin/users": "administrator",
    "GET /admin/groups": "administrator",
    "GET /admin/log": "administrator",
    "GET /nodes/{node_id}": "needs node:view",
    "GET /nodes/{node_id}/access": "needs access:view",
    "GET /documents/{document_id}": "needs document:view",
    "GET /documents/{document_id}/versions": "needs document:view",
    "GET /documents/{document_id}/audit": "needs document:view",
    "GET /documents/{document_id}/audit/proof": "needs document:view",
    "GET /documents/{document_id}/access": "needs document:view",
    "GET /sign-in": "anybody",
    "POST /sign-in": "anybody",
    "POST /sign-out": "signed in, even with a one-time password",
    "GET /password": "signed in, even with a one-time password",
    "POST /password": "signed in, even with a one-time password",
    "GET /{proxy+}": "anybody",
    "GET /": "signed in",
    "GET /find": "signed in",
    "GET /trash": "signed in",
    "GET /assets/{proxy+}": "anybody",
}
BARRED = [
    route
    for route, access in DECLARED.items()
    if " /v1/" in route and access != "anybody" and "one-time" not in access
]


def told(access: Access) -> str:
    if isinstance(access, Public):
        return "anybody"
    if isinstance(access, Administrator):
        return "administrator"
    if isinstance(access, Needs):
        return "needs " + " or ".join(sorted(each.value for each in access.permissions))
    return "signed in" if access.fresh_password else "signed in, even with a one-time password"


@pytest.mark.parametrize("route", DECLARED)
def test_a_route_declares_what_the_table_says(route):
    declared = {f"{each.method} {each.path}": told(each.access) for each in ROUTES}
    assert declared[route] == DECLARED[route]


def test_the_table_has_every_route_and_no_other():
    assert sorted(DECLARED) == sorted(f"{each.method} {each.path}" for each in ROUTES)


def test_what_anybody_may_ask_for_is_described_without_a_session():
    for route in ROUTES:
        access = DECLARED[f"{route.method} {route.path}"]
        session = {"session": []} if route.method == "GET" else {"session": [], "csrf": []}
        expected = [] if access == "anybody" else [session]
        assert openapi._security(route) == expected, route.path


@pytest.fixture
def newcomer(world: World) -> Api:
    """Somebody who has signed in with a one-time password, and is to change it first."""
    body = {"name": "New", "username": "newcomer", "is_administrator": True}
    made = good(world.root.post("/v1/users", body), 201)
    api = Api()
    good(api.sign_in("newcomer", made["one_time_password"]), 201)
    return api


@pytest.mark.parametrize("route", BARRED)
def test_a_one_time_password_opens_nothing(newcomer, route):
    method, path = route.split(" ")
    for name in ("document_id", "node_id", "group_id", "user_id", "session_id", "number"):
        path = path.replace(f"{{{name}}}", "1")
    reply = newcomer.send(method, path, {} if method in ("POST", "PUT", "PATCH") else None, {})
    require_problem(reply, 403)
    assert reply.json["must_change"] is True
