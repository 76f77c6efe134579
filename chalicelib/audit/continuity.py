"""Whether what an earlier anchor said of a chain still leads to what a later one says.

If it does, the later claim proves all that the earlier one did, and the earlier may be forgotten.
If it does not, somebody rewrote entries that were anchored: both claims are kept, so that the
next verification finds it, for ever.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from chalicelib.audit.anchor_model import Leaf
from chalicelib.audit.check import START, examine
from chalicelib.audit.model import Entry, Head, recomputed
from chalicelib.audit.store import rows
from chalicelib.transaction import Database

Follows = Callable[[str, Head, Head], bool]
"""Whether the second head of a chain follows from the first."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What remains to be claimed of a chain, and whether the claims contradict each other."""

    leaves: Sequence[Leaf]
    broken: bool


def extend(leaf: Leaf | None, entry: Entry) -> Leaf:
    """A chain's leaf after one more entry of the same hour; entries may come out of order."""
    sound = entry.hash == recomputed(entry)
    if leaf is None:
        since = Head(entry.seq - 1, entry.previous) if sound else None
        return Leaf(entry.chain, entry.head, since)
    if entry.seq == leaf.head.seq + 1 and entry.previous == leaf.head.hash and sound:
        return replace(leaf, head=entry.head)
    newest = entry.head if entry.seq > leaf.head.seq else leaf.head
    return Leaf(entry.chain, newest, None)


def merge(earlier: Sequence[Leaf], later: Sequence[Leaf], *, follows: Follows) -> Merged:
    """Join the claims on one chain: the newest, and each older one that does not lead to it.

    Without an earlier claim, the chain must lead from its beginning. At least one later claim.
    """
    found = sorted({leaf.head: leaf for leaf in (*earlier, *later)}.items(), key=_place)
    claimed = [leaf for _, leaf in found]
    if not earlier:
        claimed.insert(0, Leaf(claimed[0].chain, START))
    kept = [old for old, new in pairwise(claimed) if not _leads(old, new, follows=follows)]
    kept.append(claimed[-1])
    broken = len(kept) > 1
    remaining = [replace(leaf, since=None) for leaf in kept if leaf.head != START]
    return Merged(remaining, broken)


def walked(database: Database, chain: str, old: Head, new: Head) -> bool:
    """Whether the stored entries lead from one head to the other; reads all of them between."""
    reached = old
    for found in examine(chain, rows(database, chain, after=old.seq), after=old):
        if found.entry is None or found.problems:
            return False
        reached = found.entry.head
        if reached.seq >= new.seq:
            break
    return reached == new


def _leads(old: Leaf, new: Leaf, *, follows: Follows) -> bool:
    return new.since == old.head or follows(new.chain, old.head, new.head)


def _place(item: tuple[Head, Leaf]) -> tuple[int, str]:
    return item[0].seq, item[0].hash
