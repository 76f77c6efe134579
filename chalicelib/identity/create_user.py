"""Make somebody known, so that they may sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.audit.model import Action
from chalicelib.clock import utc_text
from chalicelib.errors import Conflict, Invalid
from chalicelib.identity import letters
from chalicelib.identity.edit_user import require_still
from chalicelib.identity.model import Principal, User, require_administrator
from chalicelib.identity.names import clean_email, clean_name, clean_username
from chalicelib.identity.passwords import one_time_password
from chalicelib.identity.registry import Registry
from chalicelib.identity.reset_password import ONE_TIME_LASTS, Issued, reset_password
from chalicelib.identity.store.users import (
    administrators,
    put_administrators,
    put_first_administrator,
    put_user,
)
from chalicelib.transaction import Change, Put, settle, transact


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Who is to be known; texts as they were typed."""

    name: str
    username: str
    email: str | None = None
    is_administrator: bool = False


def create_user(
    registry: Registry, actor: Principal, new: NewUser, *, invite: bool = False
) -> Issued:
    """Create somebody with a one-time password, which the answer alone holds.

    Args:
        registry: the desk.
        actor: an administrator.
        new: the person.
        invite: mail them where to sign in (never the password).

    Raises:
        Forbidden: the actor administers nothing.
        Invalid: a name or address cannot be, or an invitation has no address to go to.
        NameTaken: somebody signs in under the user name.
        Conflict: somebody signs in under the address.
    """
    require_administrator(actor)
    user_id, mail_id = registry.new_id(), registry.fresh_id()
    password = one_time_password(registry.new_secret())
    user = _user(registry, user_id, new, password)
    if invite and user.email is None:
        raise Invalid("email", "is needed to send an invitation")
    mail = [letters.invitation(registry, user, mail_id=mail_id)] if invite else []
    try:
        settle(lambda: _commit(registry, actor, user, outbox=mail))
    except Conflict as conflict:
        if conflict.facts.get("existing_id") != user_id:
            raise
        # This very request succeeded before and its answer was lost, the password with it.
        return reset_password(registry, actor, user_id)
    return Issued(user, password)


def create_first_administrator(
    registry: Registry, *, actor: str, username: str, password: str, must_change: bool
) -> User:
    """Create the administrator who makes all others; their password does not lapse.

    Raises:
        Conflict: there is one.
        Invalid: the user name cannot be.
    """
    new = NewUser(name="Administrator", username=username, is_administrator=True)
    user = _user(registry, registry.new_id(), new, password, must_change=must_change, lasts=None)
    first = [put_first_administrator(user.id)]
    settle(lambda: _commit(registry, actor, user, changes=first))
    return user


def _user(
    registry: Registry,
    user_id: str,
    new: NewUser,
    password: str,
    *,
    must_change: bool = True,
    lasts: timedelta | None = ONE_TIME_LASTS,
) -> User:
    now = registry.now()
    return User(
        id=user_id,
        username=clean_username(new.username),
        email=clean_email(new.email),
        name=clean_name(new.name),
        is_administrator=new.is_administrator,
        disabled=False,
        must_change_password=must_change,
        password_hash=registry.vault.hash(password),
        password_until=utc_text(now + lasts) if lasts else None,
        group_ids=(),
        era=1,
        rev=1,
        created_at=utc_text(now),
        changed_at=utc_text(now),
    )


def _commit(
    registry: Registry,
    actor: Principal | str,
    user: User,
    *,
    changes: Sequence[Change] = (),
    outbox: Sequence[Put] = (),
) -> None:
    transaction_id = registry.fresh_id()
    rows = [*changes, *put_user(user)]
    if user.is_administrator:
        before = administrators(registry.database)
        if isinstance(actor, Principal):
            require_still(registry, actor, before)
        rows.append(put_administrators(before, [*before, user.id]))
    entry = registry.entry(
        actor,
        Action.USER_CREATED,
        f"user:{user.id}",
        transaction_id=transaction_id,
        details={"is_administrator": user.is_administrator},
    )
    transact(
        registry.database,
        transaction_id=transaction_id,
        changes=rows,
        audit=[entry],
        outbox=outbox,
    )
