"""People, groups, sessions and the environment itself."""

from tests.scenarios.model import Request, scenario
from tests.scenarios.plots import (
    administrator,
    asked,
    fresh,
    group,
    newcomer,
    user,
    viewer,
)
from tests.support.api import Api
from tests.support.world import PASSWORD, World, good

NEW_PASSWORD = "seven brittle umbrellas"


@scenario("GET /v1/health", "ask")
def _health(_world: World) -> Request:
    return asked(Api(), "GET", "/v1/health")


@scenario("GET /v1/openapi.json", "read")
def _openapi(_world: World) -> Request:
    return asked(Api(), "GET", "/v1/openapi.json")


@scenario("GET /v1/{proxy+}", "no such address", 404)
def _nowhere(_world: World) -> Request:
    return asked(Api(), "GET", "/v1/no/such/address")


@scenario("POST /v1/sessions", "sign in", 201)
def _sign_in(world: World) -> Request:
    body = {"username": "viewer", "password": PASSWORD}
    return asked(Api(address="192.0.2.99"), "POST", "/v1/sessions", body)


@scenario("POST /v1/sessions", "a wrong password", 401)
def _sign_in_wrongly(world: World) -> Request:
    who = good(world.root.get(f"/v1/users/{user(world)}"), 200)["username"]
    body = {"username": who, "password": "not the right one"}
    return asked(Api(address="192.0.2.99"), "POST", "/v1/sessions", body)


@scenario("GET /v1/sessions", "list")
def _sessions(world: World) -> Request:
    return asked(newcomer(world), "GET", "/v1/sessions")


@scenario("DELETE /v1/sessions/current", "sign out", 204)
def _sign_out(world: World) -> Request:
    return asked(newcomer(world), "DELETE", "/v1/sessions/current")


@scenario("DELETE /v1/sessions", "sign out everywhere", 204)
def _sign_out_everywhere(world: World) -> Request:
    return asked(newcomer(world), "DELETE", "/v1/sessions")


@scenario("DELETE /v1/sessions/{session_id}", "end another session", 204)
def _end_session(world: World) -> Request:
    by = newcomer(world)
    listed = good(by.get("/v1/sessions"), 200)["items"]
    other = next(each["id"] for each in listed if not each["current"])
    return asked(by, "DELETE", f"/v1/sessions/{other}")


@scenario("GET /v1/me", "read")
def _me(world: World) -> Request:
    return asked(viewer(world), "GET", "/v1/me")


@scenario("PUT /v1/me/password", "change")
def _own_password(world: World) -> Request:
    body = {"present_password": PASSWORD, "new_password": NEW_PASSWORD}
    return asked(newcomer(world), "PUT", "/v1/me/password", body)


@scenario("GET /v1/principals", "by the first letters")
def _principals(world: World) -> Request:
    return asked(viewer(world), "GET", "/v1/principals?prefix=vie")


@scenario("GET /v1/users", "list")
def _users(world: World) -> Request:
    return asked(administrator(world), "GET", "/v1/users?limit=5")


@scenario("POST /v1/users", "make known", 201)
def _new_user(world: World) -> Request:
    name = fresh(world, "Person")
    body = {"name": name, "username": name.replace(" ", "-").lower()}
    return asked(administrator(world), "POST", "/v1/users", body)


@scenario("POST /v1/users", "invite by mail", 201)
def _invite(world: World) -> Request:
    name = fresh(world, "Person")
    word = name.replace(" ", "-").lower()
    body = {"name": name, "username": word, "email": f"{word}@example.com", "invite": True}
    return asked(administrator(world), "POST", "/v1/users", body)


@scenario("GET /v1/users/{user_id}", "read")
def _user(world: World) -> Request:
    return asked(administrator(world), "GET", f"/v1/users/{user(world)}")


@scenario("PATCH /v1/users/{user_id}", "another name")
def _rename_user(world: World) -> Request:
    return _changed(world, user(world), {"name": fresh(world, "Other")})


@scenario("PATCH /v1/users/{user_id}", "another user name")
def _rename_sign_in(world: World) -> Request:
    return _changed(world, user(world), {"username": fresh(world, "other").replace(" ", "-")})


@scenario("PATCH /v1/users/{user_id}", "disable")
def _disable(world: World) -> Request:
    by = newcomer(world)
    return _changed(world, good(by.get("/v1/me"), 200)["id"], {"disabled": True})


@scenario("PATCH /v1/users/{user_id}", "make an administrator")
def _promote(world: World) -> Request:
    return _changed(world, user(world), {"is_administrator": True})


@scenario("POST /v1/users/{user_id}/password", "a one-time one")
def _reset(world: World) -> Request:
    return asked(administrator(world), "POST", f"/v1/users/{user(world)}/password")


@scenario("GET /v1/groups", "list")
def _groups(world: World) -> Request:
    return asked(administrator(world), "GET", "/v1/groups?limit=2")


@scenario("POST /v1/groups", "create", 201)
def _new_group(world: World) -> Request:
    return asked(administrator(world), "POST", "/v1/groups", {"name": fresh(world, "Group")})


@scenario("GET /v1/groups/{group_id}", "read")
def _group(world: World) -> Request:
    return asked(administrator(world), "GET", f"/v1/groups/{group(world)}")


@scenario("PATCH /v1/groups/{group_id}", "rename")
def _rename_group(world: World) -> Request:
    id_ = group(world)
    match = {"If-Match": world.etag("G", id_)}
    body = {"name": fresh(world, "Other")}
    return asked(administrator(world), "PATCH", f"/v1/groups/{id_}", body, **match)


@scenario("DELETE /v1/groups/{group_id}", "delete", 204)
def _delete_group(world: World) -> Request:
    id_ = group(world)
    match = {"If-Match": world.etag("G", id_)}
    return asked(administrator(world), "DELETE", f"/v1/groups/{id_}", **match)


@scenario("GET /v1/groups/{group_id}/members", "list")
def _members(world: World) -> Request:
    return asked(administrator(world), "GET", f"/v1/groups/{world.ids['group']}/members")


@scenario("PUT /v1/groups/{group_id}/members/{user_id}", "add", 204)
def _add_member(world: World) -> Request:
    return asked(administrator(world), "PUT", f"/v1/groups/{group(world)}/members/{user(world)}")


@scenario("DELETE /v1/groups/{group_id}/members/{user_id}", "take out", 204)
def _remove_member(world: World) -> Request:
    path = f"/v1/groups/{group(world)}/members/{user(world)}"
    good_status = administrator(world).put(path).status
    assert good_status == 204
    return asked(administrator(world), "DELETE", path)


@scenario("GET /v1/audit/system", "read")
def _system_log(world: World) -> Request:
    return asked(administrator(world), "GET", "/v1/audit/system?limit=10")


def _changed(world: World, user_id: str, body: object) -> Request:
    match = {"If-Match": world.etag("U", user_id)}
    return asked(administrator(world), "PATCH", f"/v1/users/{user_id}", body, **match)
