"""What can meet on a person: their account, their password, their sessions, their groups."""

from dataclasses import replace

from tests.faults.pairs.ground import Ground, kind
from tests.scenarios.model import Request
from tests.scenarios.people import NEW_PASSWORD
from tests.scenarios.plots import administrator, asked, form, fresh, group, newcomer
from tests.support.api import Api
from tests.support.world import PASSWORD, World, good

_USER, _MEMBER = "/v1/users/{user_id}", "/v1/groups/{group_id}/members/{user_id}"
OTHER_PASSWORD = "nine patient lighthouses"


@kind(
    "person",
    {
        "another name": f"PATCH {_USER}, another name",
        "another user name": f"PATCH {_USER}, another user name",
        "disable": f"PATCH {_USER}, disable",
        "make administrator": f"PATCH {_USER}, make an administrator",
        "reset password": f"POST {_USER}/password, a one-time one",
        "own password": "PUT /v1/me/password, change",
        "own password elsewhere": "",
        "sign in": "POST /v1/sessions, sign in",
        "a wrong password": "POST /v1/sessions, a wrong password",
        "sign out": "DELETE /v1/sessions/current, sign out",
        "end that session": "DELETE /v1/sessions/{session_id}, end another session",
        "sign out everywhere": "DELETE /v1/sessions, sign out everywhere",
        "into a group": f"PUT {_MEMBER}, add",
        "out of a group": f"DELETE {_MEMBER}, take out",
    },
)
def _person(world: World) -> Ground:
    one, other, name, id_ = _signed_in_twice(world)
    joined, left = group(world), group(world)
    assert administrator(world).put(f"/v1/groups/{left}/members/{id_}").status == 204
    listed = good(other.get("/v1/sessions"), 200)["items"]
    session = next(each["id"] for each in listed if not each["current"])
    match, by, path = {"If-Match": world.etag("U", id_)}, administrator(world), f"/v1/users/{id_}"
    known = {"username": name, "password": PASSWORD}
    new = {"present_password": PASSWORD, "new_password": NEW_PASSWORD}
    away = Api(address="192.0.2.99")
    return Ground(
        steps={
            "another name": asked(by, "PATCH", path, {"name": fresh(world, "Other")}, **match),
            "another user name": asked(
                by, "PATCH", path, {"username": fresh(world, "x").replace(" ", "-")}, **match
            ),
            "disable": asked(by, "PATCH", path, {"disabled": True}, **match),
            "make administrator": asked(by, "PATCH", path, {"is_administrator": True}, **match),
            "reset password": asked(by, "POST", f"{path}/password"),
            "own password": asked(one, "PUT", "/v1/me/password", new),
            "own password elsewhere": asked(
                other, "PUT", "/v1/me/password", {**new, "new_password": OTHER_PASSWORD}
            ),
            "sign in": asked(away, "POST", "/v1/sessions", known),
            "a wrong password": asked(
                away, "POST", "/v1/sessions", {**known, "password": "not the right one"}
            ),
            "sign out": asked(one, "DELETE", "/v1/sessions/current"),
            "end that session": asked(other, "DELETE", f"/v1/sessions/{session}"),
            "sign out everywhere": asked(other, "DELETE", "/v1/sessions"),
            "into a group": asked(by, "PUT", f"/v1/groups/{joined}/members/{id_}"),
            "out of a group": asked(by, "DELETE", f"/v1/groups/{left}/members/{id_}"),
        },
        looks=_looks(world, id_, one, other),
        passwords={"old": PASSWORD, "new": NEW_PASSWORD, "another": OTHER_PASSWORD},
    )


@kind(
    "session on the pages",
    {
        "sign in": "POST /sign-in, sign in",
        "sign out": "POST /sign-out, sign out",
        "own password": "POST /password, change",
        "sign out everywhere": "",
    },
)
def _pages(world: World) -> Ground:
    one, other, name, id_ = _signed_in_twice(world)
    away = Api(address="192.0.2.99")
    return Ground(
        steps={
            "sign in": form(away, "/sign-in", username=name, password=PASSWORD),
            "sign out": form(one, "/sign-out"),
            "own password": form(one, "/password", current=PASSWORD, new=NEW_PASSWORD),
            "sign out everywhere": asked(other, "DELETE", "/v1/sessions"),
        },
        looks=_looks(world, id_, one, other),
        passwords={"old": PASSWORD, "new": NEW_PASSWORD},
    )


_EACH_OTHER = {
    "demote the other": "",
    "demote the one": "",
    "disable the other": "",
    "disable the one": "",
}


@kind("the last two administrators", _EACH_OTHER)
def _last_two(world: World) -> Ground:
    ground, by = _administrators(world)
    for id_ in (world.ids["administrator"], world.ids["root_user"]):
        _edited(world, by, id_, is_administrator=False)
    return ground


@kind("two of many administrators", {**_EACH_OTHER, "the one makes another": ""})
def _two_of_many(world: World) -> Ground:
    ground, by = _administrators(world)
    body = {"name": "Another", "username": fresh(world, "x").replace(" ", "-")}
    new = asked(by, "POST", "/v1/users", {**body, "is_administrator": True})
    return replace(ground, steps={**ground.steps, "the one makes another": new})


def _administrators(world: World) -> tuple[Ground, Api]:
    """Two who can remove each other, and the one of them."""
    both = [newcomer(world) for _ in range(2)]
    ids = [str(good(api.get("/v1/me"), 200)["id"]) for api in both]
    for id_ in ids:
        _edited(world, world.root, id_, is_administrator=True)
    matches = [{"If-Match": world.etag("U", id_)} for id_ in ids]
    steps = {}
    for verb, body in (("demote", {"is_administrator": False}), ("disable", {"disabled": True})):
        for at, who in ((1, "the other"), (0, "the one")):
            path = f"/v1/users/{ids[at]}"
            steps[f"{verb} {who}"] = asked(both[1 - at], "PATCH", path, body, **matches[at])
    looks = [asked(api, "GET", "/v1/users?limit=1") for api in both]
    return Ground(steps=steps, looks=looks), both[0]


@kind(
    "user name",
    {
        "make known": "POST /v1/users, make known",
        "invite": "POST /v1/users, invite by mail",
        "rename one to it": "",
        "rename another to it": "",
    },
)
def _names(world: World) -> Ground:
    word, by = fresh(world, "someone").replace(" ", "-"), administrator(world)
    address = {"email": f"{word}@example.com", "invite": True}
    new = {"name": "Somebody", "username": word}
    steps = {
        "make known": asked(by, "POST", "/v1/users", new),
        "invite": asked(by, "POST", "/v1/users", {**new, **address}),
    }
    for what in ("one", "another"):
        known = {"name": "Somebody", "username": fresh(world, "known").replace(" ", "-")}
        made = good(by.post("/v1/users", known), 201)["user"]
        match = {"If-Match": world.etag("U", made["id"])}
        path, body = f"/v1/users/{made['id']}", {"username": word}
        steps[f"rename {what} to it"] = asked(by, "PATCH", path, body, **match)
    return Ground(steps=steps, looks=[asked(by, "GET", "/v1/users?limit=50")])


def _signed_in_twice(world: World) -> tuple[Api, Api, str, str]:
    """Somebody with two sessions; their user name, and their id."""
    one = newcomer(world)
    me = good(one.get("/v1/me"), 200)
    other = Api(address="192.0.2.99")
    good(other.sign_in(me["username"], PASSWORD), 201)
    return one, other, me["username"], me["id"]


def _looks(world: World, user_id: str, *sessions: Api) -> tuple[Request, ...]:
    mine = (asked(api, "GET", "/v1/me") for api in sessions)
    return (*mine, asked(administrator(world), "GET", f"/v1/users/{user_id}"))


def _edited(world: World, by: Api, user_id: str, **change: bool) -> None:
    match = world.etag("U", user_id)
    good(by.patch(f"/v1/users/{user_id}", dict(change), If_Match=match), 200)
