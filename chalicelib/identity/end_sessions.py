"""See one's own sessions, and end them: one, or all at once."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.audit.model import Action
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.identity.model import Principal
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import Session
from chalicelib.identity.store.sessions import delete_session, is_over, list_sessions
from chalicelib.identity.store.users import end_era, get_user
from chalicelib.transaction import Change, settle, transact


def own_sessions(registry: Registry, actor: Principal) -> Sequence[Session]:
    """The sessions of whoever asks, the newest use first."""
    user = get_user(registry.database, actor.user_id)
    return list_sessions(registry.database, user, now=registry.now())


def end_session(registry: Registry, actor: Principal, session: Session, session_id: str) -> None:
    """End one of one's own sessions.

    Args:
        registry: the desk.
        actor: who asks.
        session: the session that they ask by; it may be the one that ends.
        session_id: which one to end.

    Raises:
        Unauthenticated: the session that they ask by ended meanwhile.
        NotFound: it is nobody's, somebody else's, or over already.
    """

    def attempt() -> None:
        ended = _ending(registry, actor, session, session_id)
        transaction_id = registry.fresh_id()
        entry = registry.entry(
            actor,
            Action.SESSION_ENDED,
            f"user:{actor.user_id}",
            transaction_id=transaction_id,
            details={"session_id": session_id},
        )
        transact(
            registry.database,
            transaction_id=transaction_id,
            changes=[ended],
            audit=[entry],
        )

    settle(attempt)


def _ending(registry: Registry, actor: Principal, session: Session, session_id: str) -> Change:
    if session_id == session.id:  # the door knows it: no need to look for it among the others
        user = get_user(registry.database, actor.user_id)
        if user.disabled or is_over(session, user, registry.now()):
            raise Unauthenticated
        return replace(delete_session(session), refusal=lambda _row: Unauthenticated())
    living = own_sessions(registry, actor)
    if session.digest not in {each.digest for each in living}:
        raise Unauthenticated
    found = [each for each in living if each.id == session_id]
    if not found:
        raise NotFound("session")
    return delete_session(found[0])


def end_own_sessions(registry: Registry, actor: Principal, session: Session) -> None:
    """End all of one's own sessions at once, the one asked by included.

    Raises:
        Unauthenticated: that one ended meanwhile.
    """

    def attempt() -> None:
        user = get_user(registry.database, actor.user_id)
        if user.disabled or is_over(session, user, registry.now()):
            raise Unauthenticated
        transaction_id = registry.fresh_id()
        entry = registry.entry(
            actor,
            Action.SESSION_ENDED,
            f"user:{actor.user_id}",
            transaction_id=transaction_id,
            details={"all": True},
        )
        transact(
            registry.database,
            transaction_id=transaction_id,
            changes=[end_era(user)],
            audit=[entry],
        )

    settle(attempt)
