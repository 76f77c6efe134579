"""Groups and who is in them: /v1/groups."""

from typing import Any

from chalicelib.identity import change_group
from chalicelib.identity.change_members import add_member, remove_member
from chalicelib.identity.look_up import find_group, find_groups, find_members
from chalicelib.identity.model import Group
from chalicelib.wiring import wired
from functions.calls import Answer, Call, etag
from functions.edge import Administrator, Door, Match
from functions.http.users import user_json
from functions.parameters import PAGE, PREFIX

door = Door(__name__)


@door.on(
    "POST",
    "/v1/groups",
    access=Administrator(),
    summary="Create a group",
    body="GroupBody",
    returns="GroupShape",
    status=201,
    gives=("ETag", "Location"),
)
def create(call: Call) -> Answer:
    """Create a group that nobody is in yet."""
    registry = wired().registry.with_ids(call.new_id)
    group = change_group.create(registry, call.authority.principal, name=call.body.name)
    headers = {**etag(group.rev), "Location": call.url(f"/v1/groups/{group.id}")}
    return Answer(status=201, body=_group_json(group), headers=headers)


@door.on(
    "GET",
    "/v1/groups",
    access=Administrator(),
    summary="Groups by name",
    returns="GroupsShape",
    query=(*PAGE, PREFIX),
)
def listing(call: Call) -> Answer:
    """A page of groups."""
    found, cursor = find_groups(
        wired().registry,
        call.authority.principal,
        prefix=call.query.get("prefix", ""),
        cursor=call.cursor,
        limit=call.limit,
    )
    return Answer(body={"items": [_group_json(group) for group in found], "next_cursor": cursor})


@door.on(
    "GET",
    "/v1/groups/{group_id}",
    access=Administrator(),
    summary="One group",
    returns="GroupShape",
    gives=("ETag",),
)
def read(call: Call) -> Answer:
    """A group."""
    group = find_group(wired().registry, call.authority.principal, call.params["group_id"])
    return Answer(body=_group_json(group), headers=etag(group.rev))


@door.on(
    "PATCH",
    "/v1/groups/{group_id}",
    access=Administrator(),
    summary="Rename a group",
    body="GroupBody",
    returns="GroupShape",
    match=Match.MUST,
    gives=("ETag",),
)
def rename(call: Call) -> Answer:
    """Give a group another name."""
    group = change_group.rename(
        wired().registry,
        call.authority.principal,
        call.params["group_id"],
        name=call.body.name,
        rev=call.rev,
    )
    return Answer(body=_group_json(group), headers=etag(group.rev))


@door.on(
    "DELETE",
    "/v1/groups/{group_id}",
    access=Administrator(),
    summary="Delete a group that nobody is in",
    status=204,
    match=Match.MUST,
)
def delete(call: Call) -> Answer:
    """Remove an empty group."""
    group_id = call.params["group_id"]
    change_group.delete(wired().registry, call.authority.principal, group_id, rev=call.rev)
    return Answer(status=204)


@door.on(
    "GET",
    "/v1/groups/{group_id}/members",
    access=Administrator(),
    summary="Who is in a group",
    returns="UsersShape",
    query=PAGE,
)
def members(call: Call) -> Answer:
    """A page of a group's members."""
    found, cursor = find_members(
        wired().registry,
        call.authority.principal,
        call.params["group_id"],
        cursor=call.cursor,
        limit=call.limit,
    )
    return Answer(body={"items": [user_json(user) for user in found], "next_cursor": cursor})


@door.on(
    "PUT",
    "/v1/groups/{group_id}/members/{user_id}",
    access=Administrator(),
    summary="Put somebody into a group",
    status=204,
)
def add(call: Call) -> Answer:
    """Put a person into a group; twice changes nothing."""
    group_id, user_id = call.params["group_id"], call.params["user_id"]
    add_member(wired().registry, call.authority.principal, group_id, user_id)
    return Answer(status=204)


@door.on(
    "DELETE",
    "/v1/groups/{group_id}/members/{user_id}",
    access=Administrator(),
    summary="Take somebody out of a group",
    status=204,
)
def remove(call: Call) -> Answer:
    """Take a person out of a group; twice changes nothing."""
    group_id, user_id = call.params["group_id"], call.params["user_id"]
    remove_member(wired().registry, call.authority.principal, group_id, user_id)
    return Answer(status=204)


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "member_count": group.member_count,
        "rev": group.rev,
        "created_at": group.created_at,
        "changed_at": group.changed_at,
    }
