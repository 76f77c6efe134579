"""Recomputing a chain from its rows: rules only, no I/O, one row in memory at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.audit.mapping import entry_row, read_entry, sequence_in
from chalicelib.audit.model import Entry, Head, recomputed
from chalicelib.transaction import Row


class Flaw(StrEnum):
    """What can be wrong, in alphabetical order; `SENTENCES` says it to a person."""

    ANCHOR_CHANGED = "anchor_changed"
    ANCHOR_MISSING = "anchor_missing"
    ANCHOR_UNSIGNED = "anchor_unsigned"
    BEYOND_HEAD = "beyond_head"
    CHANGED = "changed"
    CONTEXT_CHANGED = "context_changed"
    MISPLACED = "misplaced"
    MISSING = "missing"
    REPLACED = "replaced"
    TRUNCATED = "truncated"
    UNLINKED = "unlinked"
    UNREADABLE = "unreadable"


SENTENCES = {
    Flaw.ANCHOR_CHANGED: "A file of this anchor is missing, or not the one that was signed.",
    Flaw.ANCHOR_MISSING: "There is no anchor for this hour.",
    Flaw.ANCHOR_UNSIGNED: "This anchor does not bear the environment's signature.",
    Flaw.BEYOND_HEAD: "The document itself knows of no such entry.",
    Flaw.CHANGED: "The entry was changed after it was written.",
    Flaw.CONTEXT_CHANGED: "The name, address or agent beside the entry was changed.",
    Flaw.MISPLACED: "The entry belongs to another place.",
    Flaw.MISSING: "One entry or more is missing here.",
    Flaw.REPLACED: "Another entry stood here when it was recorded elsewhere.",
    Flaw.TRUNCATED: "Entries from here on were removed.",
    Flaw.UNLINKED: "The entry does not follow the one before it.",
    Flaw.UNREADABLE: "The entry cannot be read.",
}


START = Head()
"""Where every chain begins."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where. `chain` is a chain or "anchor:KIND:PERIOD" (then seq is None)."""

    chain: str
    seq: int | None
    problem: Flaw


@dataclass(frozen=True, slots=True)
class Examined:
    """A row's place in its chain, its entry (None: none that counts), and what is wrong with it.

    `seq` is the place of the row before where the row has no place of its own.
    """

    seq: int
    entry: Entry | None
    problems: tuple[Problem, ...]


def examine(chain: str, rows: Iterable[Row], *, after: Head = START) -> Iterator[Examined]:
    """Go through a chain's rows in the order of their sort keys, behind the entry `after`.

    A gap counts as one problem, at the first missing sequence, told with the row behind it.
    """
    last, link = after.seq, after.hash
    known = True  # whether `link` is the hash of the entry right before
    for row in rows:
        entry, seq = _read(row), sequence_in(str(row["sk"]))
        flaws: list[tuple[int, Flaw]] = []
        if seq is None or seq <= last:
            yield Examined(last, None, (Problem(chain, last + 1, Flaw.MISPLACED),))
            continue
        if seq > last + 1:
            flaws.append((last + 1, Flaw.MISSING))
            known = False
        if entry is None:
            flaws.append((seq, Flaw.UNREADABLE))
        elif entry.chain != chain or entry.seq != seq:
            flaws.append((seq, Flaw.MISPLACED))
        elif entry.hash != recomputed(entry) or not _as_written(row, entry):
            flaws.append((seq, Flaw.CHANGED))
        elif known and entry.previous != link:
            flaws.append((seq, Flaw.UNLINKED))
        yield Examined(seq, entry, tuple(Problem(chain, at, flaw) for at, flaw in flaws))
        known = entry is not None and (seq, Flaw.MISPLACED) not in flaws
        last, link = seq, entry.hash if entry else ""


def _read(row: Row) -> Entry | None:
    try:
        return read_entry(row)
    except (ValueError, TypeError):
        return None


def _as_written(row: Row, entry: Entry) -> bool:
    """Whether the row has the attributes that its entry gives and no others.

    Those of the indexes are not hashed, but a changed one would hide the entry from lists.
    """
    written = {name: value for name, value in entry_row(entry).items() if value is not None}
    stored = {name: value for name, value in row.items() if name not in ("pk", "sk", "txn")}
    return stored == written and row.get("txn", entry.transaction_id) == entry.transaction_id
