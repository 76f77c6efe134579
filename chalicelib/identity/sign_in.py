"""Sign in by name and password."""

from chalicelib.audit.model import Action
from chalicelib.clock import utc_time
from chalicelib.errors import Busy, SignInRefused
from chalicelib.identity.contexts import legible, new_context
from chalicelib.identity.model import User
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import ABSOLUTE, Credential, Session, Started
from chalicelib.identity.store.sessions import put_session
from chalicelib.identity.store.users import find_by_name, update_hash
from chalicelib.identity.throttle import begin_attempt, forgive
from chalicelib.transaction import housekeep, settle, transact


def sign_in(
    registry: Registry, *, username: str, password: str, address: str, agent: str
) -> Started:
    """Begin a session for whoever knows the password.

    `username` is a user name or a mail address. No answer, and no time it takes, tells whether
    there is such an account.

    Raises:
        SignInRefused: no such account, a wrong or lapsed password, or a disabled person.
        Throttled: too many failures for this account or from this network.
    """
    user = find_by_name(registry.database, username)
    attempt = begin_attempt(
        registry, username=username, user_id=user.id if user else None, address=address
    )
    fits = registry.vault.fits(password, user.password_hash if user else None)
    if user is None or not fits or user.disabled or _has_lapsed(registry, user):
        raise SignInRefused
    forgive(registry, attempt)
    if registry.vault.is_outdated(user.password_hash):
        _rehash(registry, user, password)
    return begin_session(registry, user, address=address, agent=agent)


def begin_session(registry: Registry, user: User, *, address: str, agent: str) -> Started:
    """Begin a session for somebody who has proved who they are; always under a new secret.

    The session, its audit context and the entry that tells of it stand or fall together.
    """
    address, agent = legible(address), legible(agent)

    def attempt() -> Started:
        transaction_id = registry.fresh_id()
        now = registry.now()
        credential = Credential(user.id, registry.new_secret())
        whereabouts, context = new_context(registry, user, address=address, agent=agent)
        session = Session(
            id=registry.new_id(),
            user_id=user.id,
            digest=credential.digest,
            era=user.era,
            must_change_password=user.must_change_password,
            started_at=now,
            seen_at=now,
            ends_at=now + ABSOLUTE,
            whereabouts=(whereabouts,),
        )
        entry = registry.entry(
            user.as_principal(whereabouts.context),
            Action.SESSION_STARTED,
            f"user:{user.id}",
            transaction_id=transaction_id,
            details={"session_id": session.id},
        )
        transact(
            registry.database,
            transaction_id=transaction_id,
            changes=[put_session(session), context],
            audit=[entry],
        )
        return Started(session, credential.cookie_value)

    return settle(attempt)


def _has_lapsed(registry: Registry, user: User) -> bool:
    return user.password_until is not None and utc_time(user.password_until) <= registry.now()


def _rehash(registry: Registry, user: User, password: str) -> None:
    changes = [update_hash(user, registry.vault.hash(password))]
    try:
        housekeep(registry.database, transaction_id=registry.fresh_id(), changes=changes)
    except Busy:
        return  # the password was changed meanwhile, and so hashed under today's costs
