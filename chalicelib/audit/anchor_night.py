"""Every night: anchor all chains, by merging the night before with the hours since.

No table is scanned. Memory: the leaves of a sixteenth of the chains that changed in the day, and a
256th of all. With a million chains that is about 4,000 leaves (1 MB); had all of them changed in
the day, about 66,000 (30 MB).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from chalicelib.audit.anchor_hours import anchor_hours
from chalicelib.audit.anchor_model import Anchor, Kind, Leaf, Shard, Spoiled, Statement
from chalicelib.audit.anchor_store import latest_period, periods_after, read_leaves, write_leaves
from chalicelib.audit.anchoring import HEX, Anchoring, seal, trusted
from chalicelib.audit.continuity import merge, walked
from chalicelib.audit.model import shard
from chalicelib.clock import utc_text

_DATE = len("2031-01-02")
_SHOWN = 20

Leaves = Mapping[str, Sequence[Leaf]]
"""Leaves by chain, in the order in which they were claimed."""


class ChainsBroken(Exception):
    """Entries that were anchored have been rewritten. The anchor stands, and keeps both claims.

    `chains` are their names; `python -m infra.verify` tells the details.
    """

    def __init__(self, chains: Sequence[str]) -> None:
        shown = ", ".join(chains[:_SHOWN])
        super().__init__(f"{len(chains)} chains do not continue what was anchored: {shown}")
        self.chains = chains


def anchor_night(anchoring: Anchoring) -> Statement | None:
    """Anchor all chains as of the last closed hour.

    Returns the statement that stands for this date (UTC); None while there is nothing to anchor.

    Raises:
        ChainsBroken: after the anchor was written.
        Spoiled: an anchor to build on is missing or was not signed by this environment.
    """
    anchor_hours(anchoring)
    night = utc_text(anchoring.now())[:_DATE]
    period = latest_period(anchoring.vault, Kind.NIGHTLY, now=anchoring.now())
    before = trusted(anchoring, Kind.NIGHTLY, period) if period else None
    if before and before.statement.period >= night:
        return before.statement
    hours = _hours_since(anchoring, before)
    if not hours:
        return None
    shards, broken = _merged(anchoring, night, before, hours)
    previous = before.statement.link if before else None
    through = hours[-1].statement.link
    anchor = seal(anchoring, Kind.NIGHTLY, night, shards, previous=previous, through=through)
    if broken:
        raise ChainsBroken(broken)
    return anchor.statement


def _hours_since(anchoring: Anchoring, before: Anchor | None) -> Sequence[Anchor]:
    """Hourly anchors that the nightly one does not cover yet, each following on the one before."""
    last = before.statement.through if before else None
    hours: list[Anchor] = []
    for period in periods_after(anchoring.vault, Kind.HOURLY, last.period if last else ""):
        anchor = trusted(anchoring, Kind.HOURLY, period)
        if anchor.statement.previous != last:
            raise Spoiled(f"hourly anchor {period} does not follow on the one before it")
        hours.append(anchor)
        last = anchor.statement.link
    return hours


def _merged(
    anchoring: Anchoring, night: str, before: Anchor | None, hours: Sequence[Anchor]
) -> tuple[Sequence[Shard], Sequence[str]]:
    """Write the night's shards; also the names of the chains that contradict their past."""
    shards: list[Shard] = []
    broken: list[str] = []
    for digit in HEX:
        later = _later(anchoring, hours, digit)
        for name in (digit + second for second in HEX):
            earlier = _by_chain(read_leaves(anchoring.vault, before, name) if before else ())
            leaves, contradicting = _shard(anchoring, earlier, later.get(name, {}))
            broken += contradicting
            if leaves:
                shards.append(write_leaves(anchoring.vault, Kind.NIGHTLY, night, name, leaves))
    return shards, broken


def _shard(
    anchoring: Anchoring, earlier: Leaves, later: Leaves
) -> tuple[Sequence[Leaf], Sequence[str]]:
    follows = partial(walked, anchoring.database)
    leaves: list[Leaf] = []
    broken: list[str] = []
    for chain in sorted(earlier.keys() | later.keys()):
        if chain in later:
            merged = merge(earlier.get(chain, ()), later[chain], follows=follows)
            leaves += merged.leaves
            broken += [chain] if merged.broken else []
        else:
            leaves += earlier[chain]
    return leaves, broken


def _later(
    anchoring: Anchoring, hours: Sequence[Anchor], digit: str
) -> Mapping[str, dict[str, list[Leaf]]]:
    """What the hours say of a sixteenth of the chains, by the night's shard and by chain."""
    found: dict[str, dict[str, list[Leaf]]] = defaultdict(dict)
    for hour in hours:
        for leaf in read_leaves(anchoring.vault, hour, digit):
            found[shard(leaf.chain, digits=2)].setdefault(leaf.chain, []).append(leaf)
    return found


def _by_chain(leaves: Iterable[Leaf]) -> Leaves:
    found: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        found.setdefault(leaf.chain, []).append(leaf)
    return found
