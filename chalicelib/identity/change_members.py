"""Put people into groups, and take them out."""

from collections.abc import Sequence

from chalicelib.audit.model import Action
from chalicelib.errors import Conflict
from chalicelib.identity.model import MAX_GROUPS, Principal, require_administrator
from chalicelib.identity.registry import Registry
from chalicelib.identity.store import groups
from chalicelib.identity.store.users import get_user
from chalicelib.transaction import Change, settle, transact


def add_member(registry: Registry, actor: Principal, group_id: str, user_id: str) -> None:
    """Put somebody into a group; it holds from their next request on. Twice changes nothing.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such group or person.
        Conflict: the person is in 500 groups.
    """
    require_administrator(actor)

    def attempt() -> None:
        group = groups.get_group(registry.database, group_id)
        user = get_user(registry.database, user_id)
        if group_id in user.group_ids:
            return
        if len(user.group_ids) >= MAX_GROUPS:
            raise Conflict(f"One person may be in {MAX_GROUPS} groups.", limit=MAX_GROUPS)
        changes = groups.add_member(group, user, at=registry.clock())
        _commit(
            registry,
            actor,
            Action.GROUP_MEMBER_ADDED,
            changes,
            group_id=group_id,
            user_id=user_id,
        )

    settle(attempt)


def remove_member(registry: Registry, actor: Principal, group_id: str, user_id: str) -> None:
    """Take somebody out of a group; it holds from their next request on. Twice changes nothing.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such group or person.
    """
    require_administrator(actor)

    def attempt() -> None:
        group = groups.get_group(registry.database, group_id)
        user = get_user(registry.database, user_id)
        if group_id not in user.group_ids:
            return
        changes = groups.remove_member(group, user)
        _commit(
            registry,
            actor,
            Action.GROUP_MEMBER_REMOVED,
            changes,
            group_id=group_id,
            user_id=user_id,
        )

    settle(attempt)


def _commit(
    registry: Registry,
    actor: Principal,
    action: Action,
    changes: Sequence[Change],
    *,
    group_id: str,
    user_id: str,
) -> None:
    transaction_id = registry.fresh_id()
    entry = registry.entry(
        actor,
        action,
        f"group:{group_id}",
        transaction_id=transaction_id,
        details={"user_id": user_id},
    )
    transact(registry.database, transaction_id=transaction_id, changes=changes, audit=[entry])
