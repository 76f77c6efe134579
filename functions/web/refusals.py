"""Errors as pages that say what to do."""

from typing import Final

from chalicelib.errors import PaperTrailError
from chalicelib.wiring import wired
from functions import sessions
from functions.calls import Answer, Call
from functions.web.page import page, see_other

# status -> icon, title, steps
_TOLD: Final[dict[int, tuple[str, str, tuple[str, ...]]]] = {
    403: (
        "lock",
        "This is not yours to do",
        (
            "Ask a manager of the folder for a role that includes it.",
            "If a form brought you here, go back, load its page again, and send it once more.",
        ),
    ),
    404: (
        "search",
        "This page is not here",
        (
            "Check the address for a missing piece.",
            "If a colleague sent you the link, ask them to give you access to the folder.",
            "Look among your recent documents on the start page.",
        ),
    ),
    409: (
        "triangle-alert",
        "The present state forbids this",
        ("Go back and look at what has changed meanwhile.",),
    ),
    412: (
        "refresh-cw",
        "Somebody was faster",
        ("Load the page again: it shows the newest state.", "Then make your change once more."),
    ),
    429: ("clock", "Too many attempts", ("Wait a little, then try again.",)),
    503: ("clock", "This could not be done right now", ("Wait a moment, then try again.",)),
}
_OTHER: Final = (
    "triangle-alert",
    "This cannot be done as it was asked",
    ("Go back, check what you entered, and try again.",),
)
_FAULT: Final = (
    "triangle-alert",
    "Something went wrong on our side",
    (
        "Nothing was lost that had been confirmed.",
        "Try again in a moment.",
        "If it stays, tell your administrator the reference below.",
    ),
)


def render(error: PaperTrailError | None, call: Call, status: int) -> Answer:
    """Tell an error (None: a fault of ours) as a page in the person's own frame."""
    if error is not None and error.facts.get("must_change") and call.method == "GET":
        return see_other(call, "/password")
    art, title, steps = _FAULT if error is None else _TOLD.get(status, _OTHER)
    return page(
        _admitted(call),
        "error",
        status=status,
        art=art,
        title=title,
        detail=error.detail if error else "An error that we did not foresee was noted in our log.",
        steps=steps,
        retry=call.url(call.path) if call.method == "GET" else None,
        reference=call.request_id if error is None else "",
    )


def _admitted(call: Call) -> Call:
    # The error may have come before the door knew who calls.
    if call.access is not None or call.method != "GET":
        return call
    try:
        return sessions.admit(call, wired(), required=False)
    except PaperTrailError:
        return call
