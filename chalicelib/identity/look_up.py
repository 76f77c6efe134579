"""Find people and groups, for administration and for the access dialog."""

from collections.abc import Collection, Mapping, Sequence

from chalicelib.identity.model import Group, Named, Principal, User, require_administrator
from chalicelib.identity.names import folded
from chalicelib.identity.registry import Registry
from chalicelib.identity.store import groups, users

_PEOPLE, _GROUPS = "user:", "group:"


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


def find_principals(registry: Registry, *, prefix: str, limit: int) -> Sequence[Named]:
    """People and groups whose name begins so, for anybody who gives access: ids and names only.

    Disabled people are left out. At most `limit` of each kind, in one list by name.
    """
    people, _ = users.list_users(registry.database, prefix=prefix, cursor=None, limit=limit)
    teams, _ = groups.list_groups(registry.database, prefix=prefix, cursor=None, limit=limit)
    named = [Named(f"{_PEOPLE}{user.id}", user.name) for user in people if not user.disabled]
    named += [Named(f"{_GROUPS}{group.id}", group.name) for group in teams]
    return sorted(named, key=lambda each: (folded(each.name), each.principal))


def names_of(registry: Registry, principals: Collection[str]) -> Mapping[str, str]:
    """The names of "user:ID" and "group:ID"; what does not exist is left out."""
    people = users.get_users(registry.database, _ids(principals, _PEOPLE))
    teams = groups.get_groups(registry.database, _ids(principals, _GROUPS))
    return {
        **{f"{_PEOPLE}{id_}": user.name for id_, user in people.items()},
        **{f"{_GROUPS}{id_}": group.name for id_, group in teams.items()},
    }


def _ids(principals: Collection[str], kind: str) -> list[str]:
    return [each.removeprefix(kind) for each in principals if each.startswith(kind)]
