"""Makes the audit context of a session: the erasable row that says who acts, and from where."""

from chalicelib.audit.model import personal
from chalicelib.audit.store import context_put
from chalicelib.identity.model import User
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import Whereabouts
from chalicelib.transaction import Put


def new_context(
    registry: Registry, user: User, *, address: str, agent: str
) -> tuple[Whereabouts, Put]:
    """Whereabouts to keep on the session, and the row to write with it; of legible texts."""
    told = personal(name=user.name, address=address, agent=agent)
    salt = registry.new_secret()
    context = told.salted(registry.new_id(), salt)
    put = context_put(context, told, salt=salt)
    return Whereabouts(address=address, agent=agent, context=context), put


def legible(text: str) -> str:
    """A header's text without what UTF-8, and so DynamoDB, cannot hold."""
    return text.encode("utf-8", "replace").decode()
