"""Find people and groups, for administration and for the access dialog."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from chalicelib.beside import beside
from chalicelib.identity.model import Group, Named, Principal, User, require_administrator
from chalicelib.identity.names import folded
from chalicelib.identity.registry import Registry
from chalicelib.identity.store import groups, users
from chalicelib.transaction import is_id

_PEOPLE, _GROUPS = "user:", "group:"
_BATCH = 100
_AT_ONCE = 8


def find_user(registry: Registry, actor: Principal, user_id: str) -> User:
    """One person, for administrators and for themselves.

    Raises:
        Forbidden: the actor is neither.
        NotFound: there is no such person.
    """
    if actor.user_id != user_id:
        require_administrator(actor)
    return users.get_user(registry.database, user_id)


def find_first_administrator(registry: Registry) -> User | None:
    """Whoever was made with the environment; None: nobody yet."""
    return users.first_administrator(registry.database)


def find_users(
    registry: Registry, actor: Principal, *, prefix: str, cursor: str | None, limit: int
) -> tuple[Sequence[User], str | None]:
    """A page of people by name, and the cursor behind it.

    Raises:
        Forbidden: the actor administers nothing.
        Invalid: the cursor is not one that this list gave.
    """
    require_administrator(actor)
    return users.list_users(registry.database, prefix=prefix, cursor=cursor, limit=limit)


def find_group(registry: Registry, actor: Principal, group_id: str) -> Group:
    """One group.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such group.
    """
    require_administrator(actor)
    return groups.get_group(registry.database, group_id)


def find_groups(
    registry: Registry, actor: Principal, *, prefix: str, cursor: str | None, limit: int
) -> tuple[Sequence[Group], str | None]:
    """A page of groups by name, and the cursor behind it.

    Raises:
        Forbidden: the actor administers nothing.
        Invalid: the cursor is not one that this list gave.
    """
    require_administrator(actor)
    return groups.list_groups(registry.database, prefix=prefix, cursor=cursor, limit=limit)


def find_members(
    registry: Registry, actor: Principal, group_id: str, *, cursor: str | None, limit: int
) -> tuple[Sequence[User], str | None]:
    """A page of a group's members (in no order that means anything), and the cursor behind it.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such group.
        Invalid: the cursor is not one that this list gave.
    """
    require_administrator(actor)
    groups.get_group(registry.database, group_id)
    ids, following = groups.list_member_ids(registry.database, group_id, cursor=cursor, limit=limit)
    found = users.get_users(registry.database, ids)
    return [found[id_] for id_ in ids if id_ in found], following


def find_members_of(
    registry: Registry, actor: Principal, found: Sequence[Group], *, limit: int
) -> Mapping[str, tuple[Sequence[User], bool]]:
    """By group id: the first members of each, and whether there are more.

    Queries beside one another, none for a group that nobody is in, and one batch read a hundred.

    Raises:
        Forbidden: the actor administers nothing.
    """
    require_administrator(actor)
    peopled = [group.id for group in found if group.member_count]
    pages: list[tuple[Sequence[str], str | None]] = []
    for start in range(0, len(peopled), _AT_ONCE):
        some = peopled[start : start + _AT_ONCE]
        pages += beside(*(partial(_member_ids, registry, group_id, limit) for group_id in some))
    people = users.get_users(registry.database, (id_ for ids, _ in pages for id_ in ids))
    members = {
        group_id: ([people[id_] for id_ in ids if id_ in people], following is not None)
        for group_id, (ids, following) in zip(peopled, pages, strict=True)
    }
    return {group.id: members.get(group.id, ([], False)) for group in found}


def _member_ids(registry: Registry, group_id: str, limit: int) -> tuple[Sequence[str], str | None]:
    return groups.list_member_ids(registry.database, group_id, cursor=None, limit=limit)


def find_principals(registry: Registry, *, prefix: str, limit: int) -> Sequence[Named]:
    """People and groups whose name begins so, for anybody who gives access: ids and names only.

    Disabled people are left out. At most `limit` of each kind, in one list by name.
    """

    def of_people() -> Sequence[Named]:
        found, _ = users.list_users(registry.database, prefix=prefix, cursor=None, limit=limit)
        return [Named(f"{_PEOPLE}{user.id}", user.name) for user in found if not user.disabled]

    def of_groups() -> Sequence[Named]:
        found, _ = groups.list_groups(registry.database, prefix=prefix, cursor=None, limit=limit)
        return [Named(f"{_GROUPS}{group.id}", group.name) for group in found]

    named = [each for found in beside(of_people, of_groups) for each in found]
    return sorted(named, key=lambda each: (folded(each.name), each.principal))


def names_of(registry: Registry, principals: Collection[str]) -> Mapping[str, str]:
    """The names of "user:ID" and "group:ID"; what does not exist is left out."""
    kinds = {_PEOPLE: users.user_key, _GROUPS: groups.group_key}
    asked = {
        kinds[kind](id_): f"{kind}{id_}"
        for kind in kinds
        for id_ in _ids(principals, kind)
        if is_id(id_)
    }
    keys, found = list(asked), {}
    for start in range(0, len(keys), _BATCH):
        rows = registry.database.get_many(keys[start : start + _BATCH])
        found.update({asked[key]: str(row["name"]) for key, row in rows.items()})
    return found


def _ids(principals: Collection[str], kind: str) -> list[str]:
    return [each.removeprefix(kind) for each in principals if each.startswith(kind)]
