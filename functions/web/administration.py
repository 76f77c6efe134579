"""Administration: people, groups, the system log."""

from collections.abc import Sequence

from chalicelib.audit.history import system_page, tell
from chalicelib.documents.veil import veiled
from chalicelib.identity.look_up import find_groups, find_members_of, find_users
from chalicelib.identity.model import Group, User
from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Administrator, Door
from functions.web.entries import entry_rows, foresee
from functions.web.page import next_url, page

door = Door(__name__, page=True)
_MEMBERS = 100
_GROUPS = 20


@door.on("GET", "/admin/users", access=Administrator(), summary="The page of people")
def users(call: Call) -> Answer:
    """Show people by name; ?find= those whose name begins so."""
    text, actor = call.query.get("find", ""), call.authority.principal
    found, cursor = find_users(
        wired().registry,
        actor,
        prefix=text,
        cursor=call.cursor,
        limit=call.limit,
    )
    return page(call, "users", items=found, find=text, next_url=next_url(call, cursor))


@door.on("GET", "/admin/groups", access=Administrator(), summary="The page of groups")
def groups(call: Call) -> Answer:
    """Show groups and who is in them."""
    found, cursor = find_groups(
        wired().registry, call.authority.principal, prefix="", cursor=call.cursor, limit=_GROUPS
    )
    members = find_members_of(wired().registry, call.authority.principal, found, limit=_MEMBERS)
    items = [_group_row(group, *members[group.id]) for group in found]
    return page(call, "groups", items=items, next_url=next_url(call, cursor))


@door.on("GET", "/admin/log", access=Administrator(), summary="The page of the system log")
def log(call: Call) -> Answer:
    """Show the system log, newest first; names of folders closed to the reader are veiled."""
    wiring = wired()
    found = system_page(wiring.database, now=wiring.now(), limit=call.limit, cursor=call.cursor)
    foresee(found.items)
    told = veiled(wiring.filing, call.authority, tell(wiring.database, found.items))
    following = next_url(call, found.next_cursor)
    return page(call, "log", entries=entry_rows(call, told), next_url=following)


def _group_row(group: Group, members: Sequence[User], more: bool) -> dict[str, object]:  # noqa: FBT001 - private
    return {
        "id": group.id,
        "name": group.name,
        "count": group.member_count,
        "members": sorted(members, key=lambda user: user.name.casefold()),
        "more": more,
    }
