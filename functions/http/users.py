"""People: /v1/users, and /v1/principals for whoever gives access."""

from typing import Any

from chalicelib.identity.create_user import NewUser, create_user
from chalicelib.identity.edit_user import Edit, edit_user
from chalicelib.identity.look_up import find_principals, find_user, find_users
from chalicelib.identity.model import User
from chalicelib.identity.reset_password import Issued, reset_password
from chalicelib.wiring import wired
from functions.calls import Answer, Call, etag
from functions.edge import Administrator, Door, Match, SignedIn
from functions.parameters import LIMIT, PAGE, PREFIX

door = Door(__name__)


@door.on(
    "POST",
    "/v1/users",
    access=Administrator(),
    summary="Make somebody known",
    body="NewUserBody",
    returns="IssuedShape",
    status=201,
    gives=("ETag", "Location"),
)
def create(call: Call) -> Answer:
    """Create a person with a one-time password."""
    body = call.body
    new = NewUser(**body.model_dump(exclude={"invite"}))
    registry = wired().registry.with_ids(call.new_id)
    issued = create_user(registry, call.authority.principal, new, invite=body.invite)
    headers = {**etag(issued.user.rev), "Location": call.url(f"/v1/users/{issued.user.id}")}
    return Answer(status=201, body=_issued_json(issued), headers=headers, secret=True)


@door.on(
    "GET",
    "/v1/users",
    access=Administrator(),
    summary="People by name",
    returns="UsersShape",
    query=(*PAGE, PREFIX),
)
def listing(call: Call) -> Answer:
    """A page of people."""
    found, cursor = find_users(
        wired().registry,
        call.authority.principal,
        prefix=call.query.get("prefix", ""),
        cursor=call.cursor,
        limit=call.limit,
    )
    return Answer(body={"items": [user_json(user) for user in found], "next_cursor": cursor})


@door.on(
    "GET",
    "/v1/users/{user_id}",
    access=Administrator(),
    summary="One person",
    returns="UserShape",
    gives=("ETag",),
)
def read(call: Call) -> Answer:
    """A person."""
    user = find_user(wired().registry, call.authority.principal, call.params["user_id"])
    return Answer(body=user_json(user), headers=etag(user.rev))


@door.on(
    "PATCH",
    "/v1/users/{user_id}",
    access=Administrator(),
    summary="Change a person; disabling ends all their sessions at once",
    body="UserChange",
    returns="UserShape",
    match=Match.MUST,
    gives=("ETag",),
)
def change(call: Call) -> Answer:
    """Change what is known of a person."""
    sent = call.body.model_dump(exclude_unset=True)
    if sent.get("email", "") is None:
        sent["email"] = ""
    user_id, principal = call.params["user_id"], call.authority.principal
    user = edit_user(wired().registry, principal, user_id, Edit(**sent), rev=call.rev)
    return Answer(body=user_json(user), headers=etag(user.rev))


@door.on(
    "POST",
    "/v1/users/{user_id}/password",
    access=Administrator(),
    summary="Give a person a one-time password; ends all their sessions at once",
    returns="IssuedShape",
    gives=("ETag",),
)
def reset(call: Call) -> Answer:
    """Replace a person's password by a one-time one."""
    issued = reset_password(wired().registry, call.authority.principal, call.params["user_id"])
    return Answer(body=_issued_json(issued), headers=etag(issued.user.rev), secret=True)


@door.on(
    "GET",
    "/v1/principals",
    access=SignedIn(),
    summary="People and groups to give access to",
    returns="PrincipalsShape",
    query=(LIMIT, PREFIX),
)
def principals(call: Call) -> Answer:
    """Ids and names of people and groups; nothing else is told of them."""
    prefix, limit = call.query.get("prefix", ""), min(call.limit, 50)
    found = find_principals(wired().registry, prefix=prefix, limit=limit)
    items = [{"principal": each.principal, "name": each.name} for each in found[:limit]]
    return Answer(body={"items": items, "next_cursor": None})


def user_json(user: User) -> dict[str, Any]:
    """A person as administrators see them."""
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "is_administrator": user.is_administrator,
        "disabled": user.disabled,
        "must_change_password": user.must_change_password,
        "group_ids": list(user.group_ids),
        "rev": user.rev,
        "created_at": user.created_at,
        "changed_at": user.changed_at,
    }


def _issued_json(issued: Issued) -> dict[str, Any]:
    return {"user": user_json(issued.user), "one_time_password": issued.password}
