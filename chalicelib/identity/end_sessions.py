"""See one's own sessions, and end them: one, or all at once."""

from collections.abc import Sequence

from chalicelib.audit.model import Action
from chalicelib.errors import NotFound
from chalicelib.identity.model import Principal
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import Session
from chalicelib.identity.store.sessions import delete_session, list_sessions
from chalicelib.identity.store.users import end_era, get_user
from chalicelib.transaction import settle, transact


def own_sessions(registry: Registry, actor: Principal) -> Sequence[Session]:
    """The sessions of whoever asks, the newest use first."""
    user = get_user(registry.database, actor.user_id)
    return list_sessions(registry.database, user, now=registry.now())


def end_session(registry: Registry, actor: Principal, session_id: str) -> None:
    """End one of one's own sessions.

    Raises:
        NotFound: it is nobody's, somebody else's, or over already.
    """

    def attempt() -> None:
        found = [each for each in own_sessions(registry, actor) if each.id == session_id]
        if not found:
            raise NotFound("session")
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
            changes=[delete_session(found[0])],
            audit=[entry],
        )

    settle(attempt)


def end_own_sessions(registry: Registry, actor: Principal) -> None:
    """End all of one's own sessions at once, this one included."""

    def attempt() -> None:
        user = get_user(registry.database, actor.user_id)
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
