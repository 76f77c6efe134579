"""Note that a session is used from another address, or by another agent, than it was before."""

from dataclasses import replace

from chalicelib.errors import Busy, Unauthenticated
from chalicelib.identity.contexts import new_context
from chalicelib.identity.model import User
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import MAX_WHEREABOUTS, Session, Whereabouts
from chalicelib.identity.store.sessions import session_key, session_of, update_session
from chalicelib.transaction import housekeep, settle


def recontext(
    registry: Registry, session: Session, user: User, *, address: str, agent: str
) -> tuple[Session, Whereabouts]:
    """Give the session an audit context for where it is used from now.

    The eight newest are kept, so that somebody whose requests take turns between two networks
    causes no write for each.

    Raises:
        Unauthenticated: the session ended meanwhile.
    """
    known = session

    def attempt() -> tuple[Session, Whereabouts]:
        nonlocal known
        whereabouts, context = new_context(registry, user, address=address, agent=agent)
        after = replace(
            known,
            seen_at=registry.now(),
            whereabouts=(whereabouts, *known.whereabouts)[:MAX_WHEREABOUTS],
        )
        changes = [context, update_session(after, before=known)]
        try:
            housekeep(registry.database, transaction_id=registry.fresh_id(), changes=changes)
        except Busy:
            known = _read(registry, session, user)
            noted = known.at(address, agent)
            if noted is None:
                raise
            return known, noted
        return after, whereabouts

    return settle(attempt)


def _read(registry: Registry, session: Session, user: User) -> Session:
    row = registry.database.get(session_key(session.user_id, session.digest))
    if row is None:
        raise Unauthenticated
    return session_of(row, user)
