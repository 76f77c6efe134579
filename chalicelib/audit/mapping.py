"""How an entry lies in its row, and comes out of it again: no I/O."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.audit.model import FORMAT, Action, Context, Entry, shard
from chalicelib.clock import utc_text, utc_time
from chalicelib.transaction import Row

SEQUENCE_DIGITS = 12
_NEVER = utc_text(datetime.fromtimestamp(0, UTC))
MONTH, HOUR = len("2031-01"), len("2031-01-02T03")


def sequence(seq: int) -> str:
    """A sequence as a sort key."""
    return f"{seq:0{SEQUENCE_DIGITS}d}"


def sequence_in(sort_key: str) -> int | None:
    """The sequence that a sort key names; None: no entry lies under such a key."""
    fits = len(sort_key) == SEQUENCE_DIGITS and sort_key.isascii() and sort_key.isdecimal()
    return int(sort_key) if fits else None


def entry_row(entry: Entry) -> Row:
    """Every attribute of an entry's row besides its key and `txn`."""
    place = f"{entry.at}#{entry.chain}#{sequence(entry.seq)}"
    return {
        "format": entry.format,
        "chain": entry.chain,
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action.value,
        "subject": entry.subject,
        "details": entry.details,
        "context_id": entry.context.id if entry.context else None,
        "context_digest": entry.context.digest if entry.context else None,
        "transaction_id": entry.transaction_id,
        "previous": entry.previous,
        "hash": entry.hash,
        "actor_pk": f"A#{entry.actor}#{entry.at[:MONTH]}",
        "actor_sk": place,
        "time_pk": _time_partition(entry),
        "time_sk": place,
    }


def read_entry(row: Row) -> Entry:
    """The entry in a row.

    Raises:
        ValueError: the row is not what `entry_row` writes (spoiled, or of a later format).
    """
    if row.get("format") != FORMAT:
        raise ValueError(f"an audit entry of format {row.get('format')!r}")
    context_id, context_digest = row.get("context_id"), row.get("context_digest")
    return Entry(
        chain=typed(row, "chain", str),
        seq=typed(row, "seq", int),
        at=typed(row, "at", str),
        actor=typed(row, "actor", str),
        action=Action(typed(row, "action", str)),
        subject=typed(row, "subject", str),
        details=typed(row, "details", dict),
        context=None if context_id is context_digest is None else _context(row),
        transaction_id=typed(row, "transaction_id", str),
        previous=typed(row, "previous", str),
        hash=typed(row, "hash", str),
    )


def shown_entry(row: Row) -> Entry:
    """The entry in a row for a list; a spoiled one is shown as such and hides no other.

    Verification tells what is wrong with it; a list must not fail because of one row.
    """
    try:
        utc_time(str(row.get("at")))
        return read_entry(row)
    except ValueError:
        return Entry(
            chain=str(row.get("pk")),
            seq=int(row["sk"]) if str(row.get("sk")).isdecimal() else 0,
            at=_NEVER,
            actor="unknown",
            action=Action.ENTRY_SPOILED,
            subject="unknown",
            details={},
            context=None,
            transaction_id="",
            previous="",
            hash="",
        )


def _time_partition(entry: Entry) -> str:
    if entry.chain.startswith("S#"):
        return f"S#{entry.at[:MONTH]}"
    return f"H#{entry.at[:HOUR]}#{shard(entry.chain)}"


def _context(row: Row) -> Context:
    return Context(typed(row, "context_id", str), typed(row, "context_digest", str))


def typed(row: Row, name: str, kind: type) -> Any:  # noqa: ANN401 - of `kind`, as checked
    """An attribute of that type; raises ValueError."""
    value = row.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"an audit row whose {name} is {value!r}")  # noqa: TRY004 - not a type bug
    return value
