"""Change what is known of somebody: names, address, administration, whether they may sign in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.audit.model import Action
from chalicelib.errors import Forbidden, Stale, Unauthenticated
from chalicelib.identity.model import Principal, User, require_administrator
from chalicelib.identity.names import clean_email, clean_name, clean_username
from chalicelib.identity.registry import Registry
from chalicelib.identity.store.users import (
    administrators,
    get_user,
    put_administrators,
    update_user,
)
from chalicelib.transaction import Change, settle, transact

_FIELDS = ("name", "username", "email", "is_administrator", "disabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is to change; None leaves a field as it is, an empty `email` removes it."""

    name: str | None = None
    username: str | None = None
    email: str | None = None
    is_administrator: bool | None = None
    disabled: bool | None = None


def edit_user(registry: Registry, actor: Principal, user_id: str, edit: Edit, *, rev: int) -> User:
    """Change a person as they were at revision `rev`; disabling ends all their sessions at once.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such person.
        Stale: they have changed since.
        Invalid: a name or address cannot be.
        NameTaken: somebody signs in under the user name.
        Conflict: somebody signs in under the address.
        LastOfItsKind: nobody would be left to administer.
    """
    require_administrator(actor)

    def attempt() -> User:
        before = get_user(registry.database, user_id)
        if before.rev != rev:
            raise Stale
        after = _edited(before, edit)
        changed = [name for name in _FIELDS if getattr(after, name) != getattr(before, name)]
        if not changed:
            return before
        after = replace(
            after,
            era=before.era + (after.disabled and not before.disabled),
            rev=before.rev + 1,
            changed_at=registry.clock(),
        )
        _commit(registry, actor, before, after, changed)
        return after

    return settle(attempt)


def _edited(user: User, edit: Edit) -> User:
    return replace(
        user,
        name=user.name if edit.name is None else clean_name(edit.name),
        username=user.username if edit.username is None else clean_username(edit.username),
        email=user.email if edit.email is None else clean_email(edit.email),
        is_administrator=(
            user.is_administrator if edit.is_administrator is None else edit.is_administrator
        ),
        disabled=user.disabled if edit.disabled is None else edit.disabled,
    )


def _commit(
    registry: Registry, actor: Principal, before: User, after: User, changed: Sequence[str]
) -> None:
    action = Action.USER_CHANGED
    if after.disabled != before.disabled:
        action = Action.USER_DISABLED if after.disabled else Action.USER_ENABLED
    transaction_id = registry.fresh_id()
    entry = registry.entry(
        actor,
        action,
        f"user:{after.id}",
        transaction_id=transaction_id,
        details={"changed": list(changed), "is_administrator": after.is_administrator},
    )
    transact(
        registry.database,
        transaction_id=transaction_id,
        changes=[
            *update_user(after, before=before),
            *_administration(registry, actor, before, after),
        ],
        audit=[entry],
    )


def _administration(
    registry: Registry, actor: Principal, before: User, after: User
) -> Sequence[Change]:
    """The new set of administrators, where the change adds or removes one.

    The set itself is guarded and the actor must be in it, so of two who remove each other one
    comes too late.

    Raises:
        Forbidden: the actor was removed meanwhile.
    """
    if _administers(before) == _administers(after):
        return []
    present = administrators(registry.database)
    others = [user_id for user_id in present if user_id != after.id]
    change = put_administrators(present, [*others, after.id] if _administers(after) else others)
    require_still(registry, actor, present)
    return [change]


def require_still(registry: Registry, actor: Principal, present: Sequence[str]) -> None:
    """Refuse an administrator who was removed since they were let in; `present` are all ids.

    Raises:
        Unauthenticated: they were disabled, which ended their sessions.
        Forbidden: they administer nothing any more.
    """
    if actor.user_id in present:
        return
    if get_user(registry.database, actor.user_id).disabled:
        raise Unauthenticated
    raise Forbidden("This is for administrators.")


def _administers(user: User) -> bool:
    return user.is_administrator and not user.disabled
