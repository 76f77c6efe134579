"""A mail on its way: values and rules, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MAX_ATTEMPTS = 12
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


class State(StrEnum):
    """Where a mail stands. The stored texts never change."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail in the outbox: a template's name and what fills it, not yet written out.

    `next_attempt_at` is RFC 3339 UTC text; None once it is sent or failed.
    """

    id: str
    to: str
    template: str
    parameters: Mapping[str, str]
    state: State
    attempts: int
    created_at: str
    next_attempt_at: str | None

    def is_due(self, now: str) -> bool:
        """Whether it is time to try."""
        return (
            self.state is State.PENDING
            and self.next_attempt_at is not None
            and self.next_attempt_at <= now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail written out: one recipient, a subject of one line, the same text in two forms."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime


def wait_after(attempts: int) -> timedelta:
    """How long until the next attempt after so many: 1, 5, 15 minutes, then an hour each."""
    return _WAITS[min(attempts, len(_WAITS)) - 1]
