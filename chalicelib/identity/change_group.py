"""Create, rename and delete groups."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.audit.model import Action
from chalicelib.errors import Conflict, Stale
from chalicelib.identity.model import Group, Principal, require_administrator
from chalicelib.identity.names import clean_name
from chalicelib.identity.registry import Registry
from chalicelib.identity.store.groups import delete_group, get_group, put_group, rename_group
from chalicelib.transaction import Change, settle, transact


def create(registry: Registry, actor: Principal, *, name: str) -> Group:
    """Create a group that nobody is in.

    Raises:
        Forbidden: the actor administers nothing.
        Invalid: the name cannot be.
        NameTaken: a group bears it.
    """
    require_administrator(actor)
    now = registry.clock()
    group_id = registry.new_id()
    group = Group(
        id=group_id,
        name=clean_name(name),
        member_count=0,
        rev=1,
        created_at=now,
        changed_at=now,
    )

    def attempt() -> None:
        _commit(registry, actor, Action.GROUP_CREATED, group_id, put_group(group))

    try:
        settle(attempt)
    except Conflict as conflict:
        # Then this very request succeeded before, and only its answer was lost.
        if conflict.facts.get("existing_id") != group_id:
            raise
        return get_group(registry.database, group_id)
    return group


def rename(registry: Registry, actor: Principal, group_id: str, *, name: str, rev: int) -> Group:
    """Give a group, as it was at revision `rev`, another name.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such group.
        Stale: it was renamed since.
        Invalid: the name cannot be.
        NameTaken: another group bears it.
    """
    require_administrator(actor)
    cleaned = clean_name(name)

    def attempt() -> Group:
        before = _at(registry, group_id, rev)
        after = replace(before, name=cleaned, rev=rev + 1, changed_at=registry.clock())
        if after.name == before.name:
            return before
        changes = rename_group(after, before=before)
        _commit(registry, actor, Action.GROUP_CHANGED, group_id, changes)
        return after

    return settle(attempt)


def delete(registry: Registry, actor: Principal, group_id: str, *, rev: int) -> None:
    """Remove a group, as it was at revision `rev`, that nobody is in any more.

    Grants to it stay where they are and reach nobody.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such group.
        Stale: it was renamed since.
        Conflict: somebody is in it.
    """
    require_administrator(actor)

    def attempt() -> None:
        group = _at(registry, group_id, rev)
        _commit(registry, actor, Action.GROUP_DELETED, group_id, delete_group(group))

    settle(attempt)


def _at(registry: Registry, group_id: str, rev: int) -> Group:
    group = get_group(registry.database, group_id)
    if group.rev != rev:
        raise Stale
    return group


def _commit(
    registry: Registry,
    actor: Principal,
    action: Action,
    group_id: str,
    changes: Sequence[Change],
) -> None:
    transaction_id = registry.fresh_id()
    entry = registry.entry(actor, action, f"group:{group_id}", transaction_id=transaction_id)
    transact(registry.database, transaction_id=transaction_id, changes=changes, audit=[entry])
