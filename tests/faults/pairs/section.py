"""Pairs, as `make faults` tries and tells them: all of them, deeply."""

import collections
import multiprocessing
import os
import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from typing import Any

from tests.faults.pairs.catalogue import KINDS, looking_that_writes, mentioned
from tests.faults.pairs.ground import Kind
from tests.faults.pairs.planted import duties, lists
from tests.faults.pairs.running import Arena, arena
from tests.faults.pairs.seed import seed
from tests.faults.pairs.trying import Depth, Found
from tests.scenarios.stage import furnished_stage
from tests.support.report import Result, Section, table

FULL = Depth(cuts=None, woven=1, at_once=1)
_SHOWN = 10
_WHAT = (
    "Every two writing use cases, and each beside itself, on the same object, from two processes "
    "with connections of their own, on DynamoDB Local and the launcher's S3. Each try begins from "
    "the very same rows and ends in a look at all of them."
)
_HOW = (
    "A is held up after each of its calls to AWS where the order can matter, for all of B, and the "
    "other way round; then both are woven into one another, and once they simply run at once. The "
    "two answers, all rows, the files and what people see afterwards must be those of A then B or "
    "of B then A. One of them may be told that somebody else was faster (409, 412, 503, or 202 "
    "while a worker verifies), if then only the other's deed stands. After each try all chains "
    "verify, documents stand as their audit tells, numbers and names are unique, the tree has no "
    "loop, groups and people agree, and somebody administers."
)
_BETWEEN = (
    "*In between*: bytes are verified between two writes, which no transaction can hold together. "
    "What somebody else does meanwhile (putting the document into the trash) stands in its chain "
    "between the upload's beginning and its end. Then each must have done what it does alone, "
    "entry by entry, and all invariants must hold."
)
_ALIKE = (
    "Orders like another differ only in calls that have nothing in common, or that both only read; "
    "they need no try."
)


def _measure() -> Result:
    number, started = seed(), time.monotonic()
    lanes = _lanes(os.cpu_count() or 1)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(lanes), mp_context=spawn) as pool:
        tried = [pool.submit(_tried, lane, number) for lane in lanes]
        found = [each for lane in tried for each in lane.result()]
    with arena() as ground:
        unmentioned = _unmentioned(ground)
        planted = _planted(ground, random.Random(number))
    return {
        "seed": number,
        "minutes": round((time.monotonic() - started) / 60, 1),
        "kinds": [_summed(kind.name, found) for kind in KINDS],
        "planted": planted,
        "unmentioned": unmentioned,
        "anomalies": [asdict(each) | {"name": each.name} for each in found if each.anomalies],
    }


def _lanes(count: int) -> Sequence[Sequence[str]]:
    """Kinds dealt out so that lanes, each with servers of its own, have about as many pairs."""
    lanes: list[list[Kind]] = [[] for _ in range(count)]
    for kind in sorted(KINDS, key=lambda kind: -len(kind.pairs())):
        min(lanes, key=lambda lane: sum(len(each.pairs()) for each in lane)).append(kind)
    return [[kind.name for kind in lane] for lane in lanes]


def _tried(names: Sequence[str], number: int) -> list[Found]:
    found: list[Found] = []
    with arena() as ground:
        for kind in (kind for kind in KINDS if kind.name in names):
            chance = random.Random(f"{number} {kind.name}")
            for each in ground.tried(kind, kind.pairs(), FULL, chance):
                found.append(each)
                for anomaly in each.anomalies:
                    print(f"{each.name}: {anomaly}", flush=True)  # noqa: T201 - progress
            print(f"{kind.name}: {len(kind.pairs())} pairs", flush=True)  # noqa: T201 - progress
    return found


def _summed(kind: str, found: Sequence[Found]) -> dict[str, Any]:
    of_kind = [each for each in found if each.kind == kind]
    counts = collections.Counter[str]()
    for each in of_kind:
        for name in ("schedules", "serial", "retried", "stepped", "skipped"):
            counts[name] += getattr(each, name)
        counts["anomalies"] += len(each.anomalies)
    return {"kind": kind, "pairs": len(of_kind), **counts}


def _planted(ground: Arena, chance: random.Random) -> dict[str, int]:
    """Anomalies found in use cases with a fault, and in one without, by name."""
    tried = {
        "a list written over what came between": (lists(guarded=False), ("append a", "append b")),
        "two who leave because the other stays": (duties(), ("one", "other")),
        "the same list with its guard": (lists(guarded=True), ("append a", "append b")),
    }
    return {
        name: sum(len(each.anomalies) for each in ground.tried(kind, [pair], FULL, chance))
        for name, (kind, pair) in tried.items()
    }


def _unmentioned(ground: Arena) -> list[str]:
    world = ground.world
    assert world.servers is not None
    try:
        looking = looking_that_writes(furnished_stage(world.servers))
    finally:
        world.new_container()
    return sorted({each.name for each in looking} - mentioned())


def _words(result: Result) -> str:
    total = collections.Counter[str]()
    for each in result["kinds"]:
        total.update({name: count for name, count in each.items() if name != "kind"})
    names = ("pairs", "schedules", "serial", "retried", "stepped", "skipped", "anomalies")
    rows = [[each["kind"], *(each.get(name, 0) for name in names)] for each in result["kinds"]]
    rows.append(["**all**", *(total[name] for name in names)])
    head = [
        "object",
        "pairs",
        "orders tried",
        "as in a serial order",
        "one told to look again",
        "in between",
    ]
    planted = [[name, count] for name, count in result["planted"].items()]
    drawn = f"Seed {result['seed']}; {result['minutes']} minutes."
    parts = [
        _WHAT,
        _HOW,
        table([*head, "orders like another", "anomalies"], rows),
        _BETWEEN,
        f"{_ALIKE} {drawn}",
        "Use cases with a planted fault, and one without:",
        table(["planted", "anomalies found"], planted),
    ]
    return "\n\n".join(parts)


def _shortfalls(result: Result) -> Sequence[str]:
    lines = [
        f"{each['name']}: {len(each['anomalies'])} anomalies, the first: {each['anomalies'][0]}"
        for each in result["anomalies"][:_SHOWN]
    ]
    lines += [f"no pair takes part of: {name}" for name in result["unmentioned"]]
    lines += [f"a planted fault was not found: {name}" for name in _missed(result["planted"])]
    return lines


def _missed(planted: Mapping[str, int]) -> Sequence[str]:
    return [name for name, count in planted.items() if (count == 0) != ("guard" in name)]


SECTION = Section(
    name="pairs",
    title="Two at once",
    measure=_measure,
    words=_words,
    shortfalls=_shortfalls,
)
