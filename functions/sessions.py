"""Cookies, CSRF and admission: from a request to who sends it."""

import hashlib
import hmac
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlencode

from chalicelib.access.guard import Authority
from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.identity.authenticate import authenticate
from chalicelib.identity.session import Credential
from chalicelib.named import rows_named, rows_of_asker
from chalicelib.wiring import Wiring
from functions.calls import Answer, Call

_MAX_FIELDS = 100
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def admit(call: Call, wiring: Wiring, *, required: bool, along: bool = False) -> Call:
    """The call with its sender, if it bears a session.

    Args:
        call: as it came.
        wiring: the environment.
        required: whether a session is.
        along: whether to read what the path names in the same round trip.

    Raises:
        Unauthenticated: a session is required, and there is none that holds.
        Forbidden: another site sent this, or the CSRF token is missing.
    """
    if call.method not in _SAFE:
        _check_same_origin(call)
    value = _cookie(call, cookie_name(wiring))
    if value is None:
        if required:
            raise Unauthenticated
        return call
    try:
        wiring.database.expect(rows_of_asker(Credential.read(value).user_id))
        wiring.database.expect(rows_named(call.params) if along else ())
        found = authenticate(
            wiring.registry, value, address=call.client.address, agent=call.client.agent
        )
    except Unauthenticated:
        if required:
            raise
        return call
    if call.method not in _SAFE and required:
        _check_token(call, value)
    authority = Authority(principal=found.principal, epoch=found.epoch, new_id=call.new_id)
    return replace(call, access=authority, session=found.session)


def csrf_token(cookie_value: str) -> str:
    """The token that a page must send back, derived from the session's secret."""
    secret = cookie_value.partition(".")[2]
    return hashlib.sha256(f"csrf:{secret}".encode()).hexdigest()


def cookie_name(wiring: Wiring) -> str:
    """__Host- where the portal is https (RFC 6265bis section 4.1.3.2)."""
    return "papertrail" if wiring.config.allow_http else "__Host-papertrail"


def set_cookie(wiring: Wiring, value: str, *, max_age: int) -> str:
    """A Set-Cookie header; `max_age` in seconds, 0 removes the cookie."""
    secure = "" if wiring.config.allow_http else "; Secure"
    return (
        f"{cookie_name(wiring)}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}"
    )


def cookie_value(call: Call, wiring: Wiring) -> str:
    """The session cookie's value, or an empty text."""
    return _cookie(call, cookie_name(wiring)) or ""


def to_sign_in(call: Call) -> Answer:
    """Send a browser to the sign-in page, and back here afterwards."""
    asked = f"?{urlencode(call.query)}" if call.query else ""
    target = quote(call.path + asked, safe="/")
    return Answer(
        status=303,
        content_type="text/html; charset=utf-8",
        headers={"Location": call.url(f"/sign-in?next={target}")},
    )


def _cookie(call: Call, name: str) -> str | None:
    for part in call.headers.get("cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and value:
            return value
    return None


def _check_same_origin(call: Call) -> None:
    # Browsers send these of themselves and pages cannot forge them; other clients send neither.
    site = call.headers.get("sec-fetch-site", "same-origin")
    origin = call.headers.get("origin", call.origin)
    if site not in ("same-origin", "none") or origin != call.origin:
        raise Forbidden("Another site sent this request. Open PaperTrail itself and try again.")


def _check_token(call: Call, value: str) -> None:
    sent = call.headers.get("x-csrf-token", "")
    if not sent and call.headers.get("content-type", "").startswith(
        "application/x-www-form-urlencoded"
    ):
        sent = _field(call.raw_body, "csrf_token")
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), csrf_token(value).encode()):
        raise Forbidden("Send X-CSRF-Token with the token that the session was given.")


def _field(form: bytes, name: str) -> str:
    try:
        fields = parse_qs(form.decode("utf-8", "replace"), max_num_fields=_MAX_FIELDS)
    except ValueError:  # more fields than any form of ours has
        return ""
    return fields.get(name, [""])[0]
