"""What the API says of histories and of their proof."""

from typing import Any

from chalicelib.audit.model import Action
from functions.http.bodies.values import Cursor, Moment, Shape, Who


class EntryShape(Shape):
    """One thing that happened; personal fields are "erased" once they were."""

    at: Moment
    actor: Who
    name: str | None
    action: Action
    subject: str
    details: dict[str, Any]
    address: str | None
    agent: str | None
    chain: str
    seq: int
    transaction_id: str
    context_id: str | None
    context_digest: str | None
    previous: str
    hash: str
    format: int


class EntriesShape(Shape):
    """A page of entries, newest first."""

    items: list[EntryShape]
    next_cursor: Cursor


class ProvenShape(Shape):
    """The last entry that an anchor vouches for."""

    seq: int
    at: Moment


class ProblemShape(Shape):
    """What does not fit, and where."""

    chain: str
    seq: int | None
    problem: str


class VerificationShape(Shape):
    """What recomputing a document's history gave."""

    valid: bool
    entries: int
    reads: int
    erased: int
    problems: list[ProblemShape]
    proven_until: ProvenShape | None
    reads_proven_until: ProvenShape | None
    anchored_at: str | None
    anchors_checked: int
    explanation: str
