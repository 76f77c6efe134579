"""Errors as RFC 9457 problems: the only place that picks an HTTP status."""

from collections.abc import Mapping
from typing import Any

from chalicelib import errors

# Most special first: the first class that fits names the problem.
_STATUSES: tuple[tuple[type[errors.PaperTrailError], int, str, str], ...] = (
    (errors.Invalid, 422, "invalid", "The request cannot be carried out as it is"),
    (errors.SignInRefused, 401, "sign-in-refused", "Sign-in did not succeed"),
    (errors.Unauthenticated, 401, "unauthenticated", "You are not signed in"),
    (errors.Forbidden, 403, "forbidden", "Your role does not allow this"),
    (errors.NotFound, 404, "not-found", "Nothing here"),
    (errors.NameTaken, 409, "name-taken", "The name is taken"),
    (errors.InTrash, 409, "in-trash", "It is in the trash"),
    (errors.LastOfItsKind, 409, "last-of-its-kind", "This would lock everybody out"),
    (errors.NotReady, 409, "not-ready", "It cannot be opened now"),
    (errors.Conflict, 409, "conflict", "The present state forbids this"),
    (errors.Stale, 412, "stale", "It has changed meanwhile"),
    (errors.MatchRequired, 428, "match-required", "If-Match is missing"),
    (errors.WrongBytes, 422, "wrong-bytes", "The bytes are not the declared ones"),
    (errors.KeyReused, 422, "key-reused", "The Idempotency-Key is taken"),
    (errors.Unprocessable, 422, "unprocessable", "The request contradicts itself"),
    (errors.Expired, 410, "expired", "It is past its time"),
    (errors.TooLarge, 413, "too-large", "It is too large"),
    (errors.Unreadable, 415, "unreadable", "The body is of another kind"),
    (errors.Throttled, 429, "throttled", "Too many attempts"),
    (errors.Busy, 503, "busy", "Others are changing this"),
    (errors.Unavailable, 503, "unavailable", "The storage does not answer"),
)
PROBLEM_TYPE = "application/problem+json"


def status_of(error: errors.PaperTrailError) -> int:
    """The HTTP status that the error is told with."""
    return _entry(error)[1]


def problem(error: errors.PaperTrailError, *, request_id: str) -> dict[str, Any]:
    """The error's problem document.

    `type` is a URN that names the kind; `request_id` finds the request in the logs.
    """
    _, status, slug, title = _entry(error)
    return {
        "type": f"urn:papertrail:problem:{slug}",
        "title": title,
        "status": status,
        "detail": error.detail,
        **error.facts,
        "request_id": request_id,
    }


def headers_of(error: errors.PaperTrailError) -> Mapping[str, str]:
    """Headers that go with the status (RFC 9110: Retry-After, WWW-Authenticate)."""
    if isinstance(error, errors.Throttled):
        return {"Retry-After": str(error.facts["retry_after"])}
    if isinstance(error, errors.Busy | errors.Unavailable):
        return {"Retry-After": "1"}
    if isinstance(error, errors.Unauthenticated):
        return {"WWW-Authenticate": 'Session realm="papertrail"'}
    return {}


def unexpected(request_id: str) -> dict[str, Any]:
    """What is told of a fault of ours: nothing but where to find it."""
    return {
        "type": "urn:papertrail:problem:fault",
        "title": "Something went wrong on our side",
        "status": 500,
        "detail": "Nothing was lost that had been confirmed. Try again; if it stays, tell your "
        "administrator the request id.",
        "request_id": request_id,
    }


def _entry(
    error: errors.PaperTrailError,
) -> tuple[type[errors.PaperTrailError], int, str, str]:
    for entry in _STATUSES:
        if isinstance(error, entry[0]):
            return entry
    raise error
