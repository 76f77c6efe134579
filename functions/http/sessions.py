"""Signing in and out, and one's own account: /v1/sessions, /v1/me."""

from typing import Any

from chalicelib.clock import utc_text
from chalicelib.errors import Unauthenticated
from chalicelib.identity.change_password import change_password
from chalicelib.identity.end_sessions import end_own_sessions, end_session, own_sessions
from chalicelib.identity.look_up import find_user, names_of
from chalicelib.identity.session import Session, Started
from chalicelib.identity.sign_in import sign_in
from chalicelib.wiring import wired
from functions import sessions
from functions.calls import Answer, Call
from functions.edge import Door, Public, SignedIn

door = Door(__name__)


@door.on(
    "POST",
    "/v1/sessions",
    access=Public("whoever signs in is nobody yet; attempts are counted and throttled"),
    summary="Sign in",
    body="Credentials",
    returns="StartedShape",
    status=201,
    gives=("Set-Cookie",),
    also={401: None, 429: None},
)
def start(call: Call) -> Answer:
    """Begin a session by user name (or mail address) and password."""
    body = call.body
    started = sign_in(
        wired().registry,
        username=body.username,
        password=body.password,
        address=call.client.address,
        agent=call.client.agent,
    )
    return _started(started, status=201)


@door.on(
    "GET",
    "/v1/sessions",
    access=SignedIn(),
    summary="My sessions",
    returns="SessionsShape",
)
def mine(call: Call) -> Answer:
    """All sessions of mine that hold."""
    found = own_sessions(wired().registry, call.authority.principal)
    current = _session(call).id
    items = [_session_json(session, current=session.id == current) for session in found]
    return Answer(body={"items": items, "next_cursor": None})


@door.on(
    "DELETE",
    "/v1/sessions/current",
    access=SignedIn(fresh_password=False),
    summary="Sign out",
    status=204,
)
def end_current(call: Call) -> Answer:
    """End this session."""
    session = _session(call)
    end_session(wired().registry, call.authority.principal, session, session.id)
    return _ended()


@door.on(
    "DELETE",
    "/v1/sessions",
    access=SignedIn(fresh_password=False),
    summary="Sign out everywhere",
    status=204,
)
def end_all(call: Call) -> Answer:
    """End all of my sessions at once, this one included."""
    end_own_sessions(wired().registry, call.authority.principal, _session(call))
    return _ended()


@door.on(
    "DELETE",
    "/v1/sessions/{session_id}",
    access=SignedIn(),
    summary="End one of my sessions",
    status=204,
)
def end_one(call: Call) -> Answer:
    """End a session of mine."""
    session, session_id = _session(call), call.params["session_id"]
    end_session(wired().registry, call.authority.principal, session, session_id)
    return _ended() if session_id == session.id else Answer(status=204)


@door.on(
    "GET",
    "/v1/me",
    access=SignedIn(fresh_password=False),
    summary="Who I am",
    returns="MeShape",
)
def me(call: Call) -> Answer:
    """Whoever is signed in, and the token that their writes must send back."""
    principal, session = call.authority.principal, _session(call)
    user = find_user(wired().registry, principal, principal.user_id)
    names = names_of(wired().registry, [f"group:{id_}" for id_ in user.group_ids])
    groups = [{"id": key.removeprefix("group:"), "name": name} for key, name in names.items()]
    shown = {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "is_administrator": user.is_administrator,
        "groups": sorted(groups, key=lambda group: group["name"]),
    }
    value = sessions.cookie_value(call, wired())
    return Answer(body={**shown, **_session_facts(session, value)})


@door.on(
    "PUT",
    "/v1/me/password",
    access=SignedIn(fresh_password=False),
    summary="Change my password",
    body="PasswordChange",
    returns="StartedShape",
    gives=("Set-Cookie",),
    also={429: None},
)
def change_own_password(call: Call) -> Answer:
    """Replace my password; this session goes on under a new cookie, all others end."""
    body = call.body
    started = change_password(
        wired().registry,
        call.authority.principal,
        _session(call),
        present=body.present_password,
        new=body.new_password,
        address=call.client.address,
    )
    return _started(started, status=200)


def _session(call: Call) -> Session:
    if call.session is None:
        raise Unauthenticated
    return call.session


def _started(started: Started, *, status: int) -> Answer:
    cookie = session_cookie(started)
    facts = _session_facts(started.session, started.cookie_value)
    return Answer(status=status, body=facts, cookies=(cookie,))


def session_cookie(started: Started) -> str:
    """The Set-Cookie header of a session that began, or that goes on under a new secret."""
    lasts = started.session.ends_at - wired().now()
    return sessions.set_cookie(wired(), started.cookie_value, max_age=int(lasts.total_seconds()))


def _ended() -> Answer:
    cookie = sessions.set_cookie(wired(), "", max_age=0)
    # What this browser keeps of the portal is nobody's any more.
    headers = {"Clear-Site-Data": '"cache", "storage"'}
    return Answer(status=204, cookies=(cookie,), headers=headers)


def _session_facts(session: Session, cookie_value: str) -> dict[str, Any]:
    return {
        "session_id": session.id,
        "csrf_token": sessions.csrf_token(cookie_value),
        "must_change_password": session.must_change_password,
        "expires_at": utc_text(session.expires_at),
    }


def _session_json(session: Session, *, current: bool) -> dict[str, Any]:
    newest = session.whereabouts[0]
    return {
        "id": session.id,
        "current": current,
        "started_at": utc_text(session.started_at),
        "last_seen_at": utc_text(session.seen_at),
        "expires_at": utc_text(session.expires_at),
        "address": newest.address,
        "agent": newest.agent,
    }
