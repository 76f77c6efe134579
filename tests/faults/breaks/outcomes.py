"""What a fault may leave behind beyond "as before" or "as after": each with its reason.

Whatever is not named here is all or nothing, and happens once however often it is sent.
"""

from collections.abc import Mapping

TWICE: Mapping[str, str] = {
    "POST /v1/sessions, sign in": "each sign-in begins a session; one whose cookie was lost is "
    "used by nobody and lapses",
    "POST /sign-in, sign in": "as for the API",
    "POST /sign-in, under a hash of old": "as for any sign-in",
    "POST /v1/users, make known": "a one-time password is kept nowhere, so a repeat that finds "
    "the person gives them another",
    "POST /v1/users, invite by mail": "as for anybody made known; a second mail tells of the "
    "second password",
    "POST /v1/users/{user_id}/password, a one-time one": "a one-time password is kept nowhere, so "
    "a repeat gives another",
    "command first_administrator, another password": "a one-time password is kept nowhere, so a "
    "repeat gives another",
}
"""Scenarios that may have happened twice once they were repeated."""

HALTS: Mapping[str, str] = {
    "command first_administrator, a new stage": "the administrator stands by themselves; the "
    "command, run again, plants the tree",
}
"""Scenarios that may halt between two of their own writes, each of which stands by itself."""

SIGNED_OUT: Mapping[str, str] = {
    "DELETE /v1/sessions/current": "the session that asks is over",
    "DELETE /v1/sessions": "the session that asks is over",
    "PUT /v1/me/password": "the session goes on under a cookie that was lost",
    "POST /sign-out": "the session that asks is over",
    "POST /password": "the session goes on under a cookie that was lost",
}
"""Entries after which whoever repeats may find themselves signed out: 401, or the sign-in page."""

OVER: Mapping[str, tuple[int, str]] = {
    "POST /v1/documents/{document_id}/versions/{number}/complete, other bytes": (
        409,
        "the upload is over, and the answer says why once more",
    ),
}
"""Scenarios whose repetition may be answered with another status, as what they ended is over."""
