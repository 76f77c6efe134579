"""One's own account: /account."""

from chalicelib.identity.end_sessions import own_sessions
from chalicelib.identity.passwords import MIN_CHARACTERS
from chalicelib.identity.session import Session
from chalicelib.web.formats import browser
from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Door, SignedIn
from functions.web.page import page

door = Door(__name__, page=True)


@door.on("GET", "/account", access=SignedIn(), summary="One's own password and sessions")
def account(call: Call) -> Answer:
    """Show one's own account."""
    return account_page(call)


def account_page(call: Call, *, status: int = 200, error: str = "") -> Answer:
    """Render the account, perhaps with what was wrong with a new password."""
    current = call.session.id if call.session else ""
    found = own_sessions(wired().registry, call.authority.principal)
    return page(
        call,
        "account",
        status=status,
        error=error,
        saved="saved" in call.query,
        minimum=MIN_CHARACTERS,
        sessions=[_row(session, current) for session in found],
    )


def _row(session: Session, current: str) -> dict[str, object]:
    newest = session.whereabouts[0]
    return {
        "id": session.id,
        "agent": browser(newest.agent),
        "address": newest.address,
        "created_at": session.started_at,
        "seen_at": session.seen_at,
        "current": session.id == current,
    }
