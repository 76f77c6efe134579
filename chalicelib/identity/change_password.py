"""Change one's own password."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.audit.model import Action
from chalicelib.errors import Forbidden, Invalid, Unauthenticated
from chalicelib.identity import letters
from chalicelib.identity.model import Principal, User
from chalicelib.identity.passwords import check_allowed
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import Credential, Session, Started
from chalicelib.identity.store.sessions import delete_session, is_over, put_session
from chalicelib.identity.store.users import get_user, update_user
from chalicelib.identity.throttle import begin_attempt, forgive
from chalicelib.transaction import Change, settle, transact


def change_password(
    registry: Registry,
    actor: Principal,
    session: Session,
    *,
    present: str,
    new: str,
    address: str,
) -> Started:
    """Replace the password; the session goes on under a new secret, all others end.

    Raises:
        Forbidden: `present` is not the present password.
        Throttled: that was guessed too often.
        Invalid: the new one is too short, too long, common, personal, or the present one.
        Unauthenticated: the session ended meanwhile.
    """
    user = get_user(registry.database, actor.user_id)
    _require_living(registry, session, user)
    attempted = begin_attempt(registry, username=user.username, user_id=user.id, address=address)
    if not registry.vault.fits(present, user.password_hash):
        raise Forbidden("This is not your present password.", field="present_password")
    forgive(registry, attempted)
    check_allowed(new, personal=(user.username, user.email, user.name), field="new_password")
    if registry.vault.fits(new, user.password_hash):
        raise Invalid("new_password", "is the present one; choose another")
    password_hash = registry.vault.hash(new)

    known = iter([user])  # a newer one shows at the write, by its revision

    def attempt() -> Started:
        before = next(known, None) or get_user(registry.database, actor.user_id)
        _require_living(registry, session, before)  # another new password ends it, too
        after = _changed(registry, before, password_hash)
        started, changes = _renewed(registry, session, after)
        transaction_id = registry.fresh_id()
        entry = registry.entry(
            actor,
            Action.PASSWORD_CHANGED,
            f"user:{user.id}",
            transaction_id=transaction_id,
            details={"one_time": False, "session_id": session.id},
        )
        transact(
            registry.database,
            transaction_id=transaction_id,
            changes=[*update_user(after, before=before), *changes],
            audit=[entry],
            outbox=letters.password_changed(registry, after, mail_id=registry.fresh_id()),
        )
        return started

    return settle(attempt)


def _require_living(registry: Registry, session: Session, user: User) -> None:
    """Refuse a session that ended since it was let in: it must not go on under a new secret.

    Raises:
        Unauthenticated: it did.
    """
    if user.disabled or is_over(session, user, registry.now()):
        raise Unauthenticated


def _changed(registry: Registry, user: User, password_hash: str) -> User:
    return replace(
        user,
        password_hash=password_hash,
        must_change_password=False,
        password_until=None,
        era=user.era + 1,
        rev=user.rev + 1,
        changed_at=registry.clock(),
    )


def _renewed(registry: Registry, session: Session, user: User) -> tuple[Started, Sequence[Change]]:
    """The same session in the person's new era, under a new secret."""
    credential = Credential(user.id, registry.new_secret())
    renewed = replace(
        session,
        digest=credential.digest,
        era=user.era,
        must_change_password=False,
        seen_at=registry.now(),
    )
    ended = replace(delete_session(session), refusal=lambda _row: Unauthenticated())
    changes = [put_session(renewed), ended]
    return Started(renewed, credential.cookie_value), changes
