"""The one way to change anything: rows, audit entries and outbox rows, all or nothing.

A store module makes `Change` values; a use case hands them to `transact` with the audit entries
that tell of them. State guards travel inside the changes, as the condition of the write itself
(DynamoDB TransactWriteItems, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/
transaction-apis.html: at most 100 actions, at most 4 MB).
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from chalicelib.errors import Busy, PaperTrailError

Row = Mapping[str, Any]
T = TypeVar("T")

MAX_CHANGES = 100
_TRIES = 40
_MAX_ID = 64


class Table(StrEnum):
    """The tables by lifecycle; each has its own backup, stream and permissions."""

    CORE = "core"
    IDENTITY = "identity"
    AUDIT = "audit"
    WORK = "work"
    EPHEMERAL = "ephemeral"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Key:
    """Where a row lives."""

    table: Table
    pk: str
    sk: str


def is_id(text: str) -> bool:
    """Whether a text from outside could be an id of ours; no key is made of anything else."""
    return 0 < len(text) <= _MAX_ID and text.isascii() and text.isalnum()


class Expected(StrEnum):
    """What a guard may expect of an attribute instead of a value."""

    ABSENT = "absent"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Below:
    """A guard: the attribute is a number less than this one."""

    limit: int


Guard = Mapping[str, Any]
"""Attribute name -> expected value, `Expected` or `Below`; all must hold at the write."""

NEW_ROW: Guard = {"pk": Expected.ABSENT}

Refusal = Callable[[Row | None], PaperTrailError]
"""Turns the row that stood in the way (None: no row) into the error that its caller understands."""


def _busy(_row: Row | None) -> PaperTrailError:
    return Busy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Write a whole row."""

    key: Key
    row: Row
    guard: Guard = field(default_factory=dict)
    refusal: Refusal = _busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Set some attributes of a row (None removes one); leave the rest."""

    key: Key
    values: Row
    guard: Guard = field(default_factory=dict)
    refusal: Refusal = _busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Remove a row."""

    key: Key
    guard: Guard = field(default_factory=dict)
    refusal: Refusal = _busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Change nothing, but refuse the transaction unless the guard holds."""

    key: Key
    guard: Guard
    refusal: Refusal = _busy


Change = Put | Update | Delete | Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Rows of one partition in sort-key order.

    `prefix` narrows to sort keys that begin so; `after` continues behind a position that an
    earlier `Page.last` named (for an index: its own keys and the table's).
    """

    table: Table
    pk: str
    index: str | None = None
    prefix: str = ""
    after: Mapping[str, str] | None = None
    limit: int = 100
    descending: bool = False
    consistent: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What a query gave: rows, and where it stopped (None: nothing behind)."""

    rows: Sequence[Row]
    last: Mapping[str, str] | None


class Database(Protocol):
    """What the product needs of DynamoDB. The fake and the adapter meet the same contract tests."""

    def get(self, key: Key) -> Row | None:
        """Read one row, strongly consistent."""
        ...

    def get_many(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """Read up to 100 rows of any tables in one round trip; missing ones are left out."""
        ...

    def query(self, query: Query) -> Page:
        """Read at most `limit` rows of a partition or of an index."""
        ...

    def commit(self, changes: Sequence[Change], *, token: str) -> None:
        """Write all or nothing; the same token again within ten minutes changes nothing more.

        Raises:
            Busy: another transaction holds one of the rows, or the table throttles.
            PaperTrailError: the refusal of the first change whose guard did not hold.
        """
        ...

    def increment(self, key: Key, attribute: str, *, values: Row | None = None, by: int = 1) -> int:
        """Add to a number (which begins at 0) and return it; sets `values` where they are missing.

        Nobody waits for anybody, and no addition is lost.
        """
        ...


def transact(
    database: Database,
    *,
    transaction_id: str,
    changes: Iterable[Change],
    audit: Sequence[Put],
    outbox: Sequence[Put] = (),
) -> None:
    """Commit changes with the audit entries that tell of them.

    Args:
        database: where to.
        transaction_id: stamped on every row as `txn`, so that a restore can find a torn export.
        changes: the rows.
        audit: at least one entry; see `housekeep` for what people did not do.
        outbox: what is to be delivered once this is true.

    Raises:
        ValueError: no audit entry, or more than 100 actions (a programming error).
        PaperTrailError: as `Database.commit`; nothing has happened.
    """
    if not audit:
        raise ValueError("a change without an audit entry")
    _commit(database, transaction_id, (*changes, *audit, *outbox))


def housekeep(database: Database, *, transaction_id: str, changes: Iterable[Change]) -> None:
    """Commit rows that tell nothing of a document, a person or a right, such as a last-seen time.

    Raises:
        PaperTrailError: as `Database.commit`; nothing has happened.
    """
    _commit(database, transaction_id, tuple(changes))


def _commit(database: Database, transaction_id: str, changes: Sequence[Change]) -> None:
    if len(changes) > MAX_CHANGES:
        raise ValueError(f"{len(changes)} actions in one transaction")
    database.commit(tuple(_stamped(changes, transaction_id)), token=transaction_id)


def _stamped(changes: Sequence[Change], transaction_id: str) -> Iterator[Change]:
    for change in changes:
        if isinstance(change, Put):
            yield replace(change, row={**change.row, "txn": transaction_id})
        elif isinstance(change, Update):
            yield replace(change, values={**change.values, "txn": transaction_id})
        else:
            yield change


def settle(attempt: Callable[[], T], *, sleep: Callable[[float], None] = time.sleep) -> T:
    """Run `attempt` (read, decide, commit) again while it meets others on the same rows.

    Waits a random time below 20 ms, doubling up to 500 ms: forty tries see fifty writers on one
    document through within API Gateway's 29 seconds.

    Raises:
        Busy: others were faster each time.
        PaperTrailError: whatever `attempt` refuses for another reason, at once.
    """
    for tried in range(_TRIES - 1):
        try:
            return attempt()
        except Busy:
            sleep(random.uniform(0, min(0.5, 0.02 * 2**tried)))  # noqa: S311 - spread, not secrecy
    return attempt()
