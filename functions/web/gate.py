"""Coming in and going out: /sign-in, /sign-out, and the first change of a password."""

from chalicelib.errors import (
    Forbidden,
    Invalid,
    SignInRefused,
    Throttled,
    Unauthenticated,
)
from chalicelib.identity.change_password import change_password
from chalicelib.identity.end_sessions import end_session
from chalicelib.identity.passwords import MIN_CHARACTERS
from chalicelib.identity.session import Session, Started
from chalicelib.identity.sign_in import sign_in
from chalicelib.wiring import wired
from functions import problems, sessions
from functions.calls import Answer, Call
from functions.edge import Door, Public, SignedIn
from functions.http.sessions import session_cookie
from functions.web.account import account_page
from functions.web.page import form_of, page, see_other

door = Door(__name__, page=True)
_ANYONE = Public("whoever signs in is nobody yet; attempts are counted and throttled")


@door.on("GET", "/sign-in", access=_ANYONE, summary="The sign-in form")
def ask(call: Call) -> Answer:
    """Show the form, or the start page to whoever is signed in."""
    if call.access is not None:
        return see_other(call, "/")
    return page(call, "sign_in", error="", username="", next=call.query.get("next", ""))


@door.on("POST", "/sign-in", access=_ANYONE, summary="Sign in by the form")
def enter(call: Call) -> Answer:
    """Begin a session and go where the person wanted to."""
    form = form_of(call)
    try:
        started = _begin(call, form)
    except (SignInRefused, Throttled) as error:
        told = {"username": form.get("username", ""), "next": form.get("next", "")}
        status = problems.status_of(error)
        return page(call, "sign_in", status=status, error=error.detail, **told)
    target = "/password" if started.session.must_change_password else _own(form.get("next", ""))
    return see_other(call, target, cookies=(session_cookie(started),))


@door.on("POST", "/sign-out", access=SignedIn(fresh_password=False), summary="Sign out")
def leave(call: Call) -> Answer:
    """End this session."""
    session = _session(call)
    end_session(wired().registry, call.authority.principal, session, session.id)
    cookie = sessions.set_cookie(wired(), "", max_age=0)
    return see_other(call, "/sign-in", cookies=(cookie,))


@door.on(
    "GET",
    "/password",
    access=SignedIn(fresh_password=False),
    summary="The form for choosing a password of one's own",
)
def ask_password(call: Call) -> Answer:
    """Show the form."""
    return page(call, "change_password", error="", minimum=MIN_CHARACTERS)


@door.on(
    "POST",
    "/password",
    access=SignedIn(fresh_password=False),
    summary="Change one's password by the form",
)
def set_password(call: Call) -> Answer:
    """Replace the password; this session goes on under a new cookie, all others end."""
    forced = _session(call).must_change_password
    try:
        started = _replace(call, form_of(call))
    except (Invalid, Forbidden, Throttled) as error:
        return _refused(call, error, forced=forced)
    target = "/" if forced else "/account?saved=1"
    return see_other(call, target, cookies=(session_cookie(started),))


def _begin(call: Call, form: dict[str, str]) -> Started:
    return sign_in(
        wired().registry,
        username=form.get("username", ""),
        password=form.get("password", ""),
        address=call.client.address,
        agent=call.client.agent,
    )


def _replace(call: Call, form: dict[str, str]) -> Started:
    return change_password(
        wired().registry,
        call.authority.principal,
        _session(call),
        present=form.get("current", ""),
        new=form.get("new", ""),
        address=call.client.address,
    )


def _refused(call: Call, error: Invalid | Forbidden | Throttled, *, forced: bool) -> Answer:
    status = problems.status_of(error)
    words = error.detail.removeprefix("new_password: ")
    words = words[:1].upper() + words[1:]
    if forced:
        return page(call, "change_password", status=status, error=words, minimum=MIN_CHARACTERS)
    return account_page(call, status=status, error=words)


def _session(call: Call) -> Session:
    if call.session is None:
        raise Unauthenticated
    return call.session


def _own(path: str) -> str:
    # "//host" and "/\host" are other sites to a browser; a sign-in must never lead there.
    own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if own and path.isprintable() else "/"
