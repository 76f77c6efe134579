"""From a session cookie to who sends the request, in one round trip.

Another kind of credential finds its person in its own row, and ends in the same `Authenticated`.
"""

from dataclasses import dataclass, replace

from chalicelib.errors import Busy, Unauthenticated
from chalicelib.identity.contexts import legible
from chalicelib.identity.model import Principal, User
from chalicelib.identity.recontext import recontext
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import REFRESH, Credential, Session, Whereabouts
from chalicelib.identity.store.sessions import is_over, session_key, session_of, update_session
from chalicelib.identity.store.users import user_key, user_of
from chalicelib.transaction import Key, Table, housekeep

TREE_EPOCH = Key(Table.CORE, "EPOCH", "TREE")
"""Read along for access/store.py, which owns the row: every request needs it anyway."""


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who sends a request, by which session, and the tree's epoch when it was asked."""

    principal: Principal
    session: Session
    epoch: int


def authenticate(
    registry: Registry, cookie_value: str, *, address: str, agent: str
) -> Authenticated:
    """Find out who sends a request.

    One batch read. One write more when the last use was written down five minutes ago or longer,
    or when the session is used from an address or by an agent that it does not know yet.

    Raises:
        Unauthenticated: no such session, or it is over, or the person is disabled.
    """
    credential = Credential.read(cookie_value)
    keys = session_key(credential.user_id, credential.digest), user_key(credential.user_id)
    rows = registry.database.get_many([*keys, TREE_EPOCH])
    if any(key not in rows for key in keys):
        raise Unauthenticated
    user = user_of(rows[keys[1]])
    session = session_of(rows[keys[0]], user)
    if user.disabled or is_over(session, user, registry.now()):
        raise Unauthenticated
    session, whereabouts = _seen(
        registry, session, user, address=legible(address), agent=legible(agent)
    )
    epoch = rows[TREE_EPOCH]["epoch"] if TREE_EPOCH in rows else 0
    return Authenticated(user.as_principal(whereabouts.context), session, epoch)


def _seen(
    registry: Registry, session: Session, user: User, *, address: str, agent: str
) -> tuple[Session, Whereabouts]:
    whereabouts = session.at(address, agent)
    if whereabouts is None:
        return recontext(registry, session, user, address=address, agent=agent)
    now = registry.now()
    if now - session.seen_at < REFRESH:
        return session, whereabouts
    others = [known for known in session.whereabouts if known is not whereabouts]
    after = replace(session, seen_at=now, whereabouts=(whereabouts, *others))
    changes = [update_session(after, before=session)]
    try:
        housekeep(registry.database, transaction_id=registry.fresh_id(), changes=changes)
    except Busy:
        return session, whereabouts  # another request of this session wrote it down
    return after, whereabouts
