"""Give somebody who cannot sign in a one-time password."""

from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.audit.model import Action
from chalicelib.clock import utc_text
from chalicelib.errors import Conflict
from chalicelib.identity import letters
from chalicelib.identity.model import Principal, User, require_administrator
from chalicelib.identity.passwords import one_time_password
from chalicelib.identity.registry import Registry
from chalicelib.identity.store.users import get_user, update_user
from chalicelib.transaction import settle, transact

ONE_TIME_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Issued:
    """A person and their one-time password, to be shown once and kept nowhere."""

    user: User
    password: str


def reset_password(registry: Registry, actor: Principal | str, user_id: str) -> Issued:
    """Replace a person's password by a one-time one; all their sessions end at once.

    It must be changed at the first sign-in and lapses after seven days. The person is told by mail
    that this happened, so that nobody takes over an account in silence.

    Raises:
        Forbidden: the actor administers nothing.
        NotFound: there is no such person.
        Conflict: it is the actor's own; that one is changed, not reset.
    """
    require_administrator(actor)
    if isinstance(actor, Principal) and actor.user_id == user_id:
        raise Conflict("Change your own password under your account.")
    password = one_time_password(registry.new_secret())
    password_hash = registry.vault.hash(password)

    def attempt() -> User:
        before = get_user(registry.database, user_id)
        now = registry.now()
        after = replace(
            before,
            password_hash=password_hash,
            must_change_password=True,
            password_until=utc_text(now + ONE_TIME_LASTS),
            era=before.era + 1,
            rev=before.rev + 1,
            changed_at=utc_text(now),
        )
        transaction_id = registry.fresh_id()
        entry = registry.entry(
            actor,
            Action.PASSWORD_CHANGED,
            f"user:{user_id}",
            transaction_id=transaction_id,
            details={"one_time": True},
        )
        transact(
            registry.database,
            transaction_id=transaction_id,
            changes=update_user(after, before=before),
            audit=[entry],
            outbox=letters.password_reset(registry, after, mail_id=registry.fresh_id()),
        )
        return after

    return Issued(settle(attempt), password)
