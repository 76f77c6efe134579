"""Every hour: anchor the chains that changed, in each closed hour that has no anchor yet.

Memory: the leaves of a sixteenth of the chains that changed in an hour.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain as joined

from chalicelib.audit.anchor_model import Anchor, Kind, Leaf, Shard, Statement
from chalicelib.audit.anchor_store import latest_period, load, read_leaves, write_leaves
from chalicelib.audit.anchoring import HEX, Anchoring, seal
from chalicelib.audit.continuity import extend
from chalicelib.audit.mapping import HOUR, read_entry
from chalicelib.audit.model import SYSTEM_SHARDS, shard, system_chain
from chalicelib.audit.store import birth, changes_in, newest
from chalicelib.clock import utc_text
from chalicelib.transaction import Database, Row

_FORMAT = "%Y-%m-%dT%H"
_HOUR = timedelta(hours=1)
_GRACE = timedelta(minutes=5)
"""How long after an hour's end its anchor is made; what the index shows later, the next one has."""

_MOST_HOURS = 200


def anchor_hours(anchoring: Anchoring, *, most: int = _MOST_HOURS) -> Sequence[Statement]:
    """Anchor every closed hour that has no anchor yet, oldest first, at most `most` of them.

    An hour without a change gets an anchor without leaves, so that a missing one shows.

    Raises:
        Spoiled: an earlier anchor cannot be read; nothing is made on top of it.
    """
    last = _text(anchoring.now() - _HOUR - _GRACE)
    period = latest_period(anchoring.vault, Kind.HOURLY, now=anchoring.now())
    previous = load(anchoring.vault, Kind.HOURLY, period) if period else None
    hour = _shifted(period, 1) if period else (birth(anchoring.database) or last)[:HOUR]
    made: list[Statement] = []
    while hour <= last and len(made) < most:
        previous = _anchor_hour(anchoring, hour, previous)
        made.append(previous.statement)
        hour = _shifted(hour, 1)
    return made


def _anchor_hour(anchoring: Anchoring, hour: str, previous: Anchor | None) -> Anchor:
    shards: list[Shard] = []
    for digit in HEX:
        before = read_leaves(anchoring.vault, previous, digit) if previous else ()
        covered = {leaf.chain: leaf.head.seq for leaf in before}
        leaves = _changed(anchoring.database, hour, digit, covered)
        if leaves:
            shards.append(write_leaves(anchoring.vault, Kind.HOURLY, hour, digit, leaves))
    link = previous.statement.link if previous else None
    return seal(anchoring, Kind.HOURLY, hour, shards, previous=link)


def _changed(
    database: Database, hour: str, digit: str, covered: Mapping[str, int]
) -> Sequence[Leaf]:
    """Leaves of an hour, and of what the index showed too late for the hour before.

    `covered` is how far the anchor of the hour before reaches, by chain.
    """
    leaves: dict[str, Leaf] = {}
    hours = (_shifted(hour, -1), hour)
    for row in joined.from_iterable(changes_in(database, each, digit) for each in hours):
        _count(leaves, row, covered)
    for chain in map(system_chain, range(SYSTEM_SHARDS)):
        last = newest(database, chain) if shard(chain) == digit else None
        if last and last.at[:HOUR] >= hours[0] and last.seq > covered.get(chain, 0):
            leaves[chain] = Leaf(chain, last.head)
    return [leaves[chain] for chain in sorted(leaves)]


def _count(leaves: dict[str, Leaf], row: Row, covered: Mapping[str, int]) -> None:
    try:
        entry = read_entry(row)
    except ValueError:
        return  # a spoiled row proves nothing; verifying its chain finds it
    if entry.chain == row["pk"] and entry.seq > covered.get(entry.chain, 0):
        leaves[entry.chain] = extend(leaves.get(entry.chain), entry)


def _text(moment: datetime) -> str:
    return utc_text(moment)[:HOUR]


def _shifted(hour: str, hours: int) -> str:
    moment = datetime.strptime(hour, _FORMAT).replace(tzinfo=UTC) + hours * _HOUR
    return _text(moment)
