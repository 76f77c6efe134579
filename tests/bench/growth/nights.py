"""The nightly anchor over ever more chains: the one job that goes through all of them by design."""

import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from chalicelib.audit.anchor_hours import anchor_hours
from chalicelib.audit.anchor_model import Kind, Leaf
from chalicelib.audit.anchor_night import anchor_night
from chalicelib.audit.anchor_store import write_leaves
from chalicelib.audit.anchoring import seal
from chalicelib.audit.model import Head, digest, shard
from chalicelib.clock import utc_text
from tests.scenarios.aws_calls import listening
from tests.scenarios.plots import everyone_signs_in
from tests.scenarios.stage import Servers, stage_on
from tests.support.world import World

_DATE = len("2031-01-02")


def night_over(servers: Servers, chains: int) -> Mapping[str, Any]:
    """What one night costs when the night before knew so many chains, and one more has changed."""
    world = stage_on(servers)
    anchoring = world.wiring.anchoring
    world.pass_time(hours=1)
    hours = anchor_hours(anchoring)
    _pretend(world, chains, hours[-1].link)
    world.pass_time(days=1)
    everyone_signs_in(world)
    world.folder("A change")
    world.pass_time(hours=2)
    anchor_hours(anchoring)
    world.pass_time(hours=22)
    anchor_hours(anchoring)
    began, own = time.monotonic(), time.process_time()
    with listening() as calls:
        statement = anchor_night(anchoring)
    spent = (time.process_time() - own, time.monotonic() - began)
    assert statement is not None
    assert statement.leaves >= chains, statement
    return {
        "chains": statement.leaves,
        "calls": len(calls.seen),
        "megabytes": round(sum(c.sent + c.received for c in calls.seen) / 1e6, 1),
        "own_seconds": round(spent[0], 1),
        "seconds": round(spent[1], 1),
    }


def _pretend(world: World, chains: int, through: Any) -> None:
    """A nightly anchor of yesterday over documents of which nothing else is there."""
    by_shard: dict[str, list[Leaf]] = defaultdict(list)
    for n in range(chains):
        chain = f"D#01m80kjzpv{n:016d}"
        by_shard[shard(chain, digits=2)].append(Leaf(chain, Head(2, digest({"n": n}))))
    anchoring = world.wiring.anchoring
    night = utc_text(anchoring.now())[:_DATE]
    shards = [
        write_leaves(anchoring.vault, Kind.NIGHTLY, night, name, leaves)
        for name, leaves in sorted(by_shard.items())
    ]
    seal(anchoring, Kind.NIGHTLY, night, shards, previous=None, through=through)
