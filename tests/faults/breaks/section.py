"""The section `breaks` of `make faults`: every call of every scenario that writes, in every way."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.faults.breaks.ground import ground
from tests.faults.breaks.more import MORE
from tests.faults.breaks.outcomes import HALTS, TWICE
from tests.faults.breaks.plans import MANY
from tests.faults.breaks.runs import Run
from tests.faults.breaks.unreached import unreached
from tests.faults.breaks.ways import OF_READS, WORDS
from tests.scenarios.catalogue import SCENARIOS
from tests.scenarios.model import Scenario
from tests.scenarios.stage import serving
from tests.support.report import Result, Section, table

WORKERS = 2
_HEAVY: Mapping[str, int] = {"nightly": 400, "hourly": 200, "complete, parts": 150, "bytes": 150}
_LIGHT, _READS = 25, 2

INVARIANTS = """
Right after the fault, people see the state before or the state after, and nothing between; after a
good answer the state after.

An answer while AWS fails is a problem (or a page) with 503 and a time to try again, and shows
nothing of the inside.

Repeated as its sender repeats it (a client with the same Idempotency-Key or If-Match, a person, the
queue, the stream, the timer), the state is that of a run without a fault.

Every version answered as stored can be read, has the declared SHA-256, and is locked for as long as
it must be; no object in the files bucket is without a version that names it.

State rebuilt from the audit alone (ids, numbers, places, names, digests, versions, access,
membership, eras) is the state in the rows, both ways; every chain verifies, and every document's
row holds the head of its chain.

Once the clock has run on for a day and the sweeps have gone by: no name held for an upload that is
over, no pending upload, no row of a thing that is gone, and none without an expiry where rows
expire.

No document number is borne twice or was never drawn.

Every mail goes out, once; twice only where the relay's answer was lost, with the same Message-ID.
"""


def measure() -> Result:
    """Break everything.

    Raises:
        SystemExit: an invariant was broken; each is printed.
    """
    started = time.monotonic()
    shares = shared_out([*SCENARIOS, *MORE])
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=spawn) as pool:
        done = list(pool.map(work, shares))
    outcomes = sorted((o for share in done for o in share["outcomes"]), key=lambda o: o["scenario"])
    writers = {name for share in done for name in share["writers"]}
    wrong = [f for o in outcomes for f in o["failures"]] + [w for s in done for w in s["wrong"]]
    wrong += [f"{name} writes, and no scenario reached it" for name in sorted(unreached(writers))]
    if wrong:
        raise SystemExit("\n".join([*wrong, f"{len(wrong)} failures"]))
    left = Counter[str]()
    for share in done:
        left.update(share["left"])
    return {
        "scenarios": outcomes,
        "writers": sorted(writers),
        "left": dict(left),
        "minutes": round((time.monotonic() - started) / 60, 1),
    }


def shared_out(scenarios: Sequence[Scenario]) -> list[list[str]]:
    """Names of scenarios for each worker, of about the same weight, the heaviest first."""
    shares: list[list[str]] = [[] for _ in range(WORKERS)]
    weights = [0] * WORKERS
    for scenario in sorted(scenarios, key=_weight, reverse=True):
        lightest = weights.index(min(weights))
        shares[lightest].append(scenario.name)
        weights[lightest] += _weight(scenario)
    return shares


def _weight(scenario: Scenario) -> int:
    heavy = [weight for word, weight in _HEAVY.items() if word in scenario.name]
    return heavy[0] if heavy else _READS if scenario.entry.startswith("GET") else _LIGHT


def work(names: Sequence[str]) -> dict[str, Any]:
    """One worker's share, on engines of its own."""
    anchors = [name for name in names if "anchor" in name]
    others = [name for name in reversed(names) if name not in anchors]
    done: dict[str, Any] = {"outcomes": [], "writers": set(), "wrong": [], "left": Counter()}
    with serving() as servers:
        # On a stage where months have gone by for others, anchors would have to catch up first.
        for share in (others, anchors):
            if share:
                _on_one_stage(Run(ground(servers)), share, done)
    return done


def _on_one_stage(run: Run, names: Sequence[str], done: dict[str, Any]) -> None:
    by_name = {scenario.name: scenario for scenario in (*SCENARIOS, *MORE)}
    for name in names:
        outcome = run.scenario(by_name[name], None, 0)
        if outcome.calls or outcome.failures:
            done["outcomes"].append(outcome.as_json())
            told = f"{len(outcome.failures)} failures, {outcome.seconds} s"
            print(f"{outcome.tries:5} tries, {told}: {name}", flush=True)  # noqa: T201
            print("".join(f"{each}\n" for each in outcome.failures), end="", flush=True)  # noqa: T201
    wrong, left = run.end()
    done["wrong"] += wrong
    done["left"].update(left)
    done["writers"] |= run.watch.writers


def words(result: Result) -> str:
    """The section."""
    outcomes = result["scenarios"]
    ways = Counter[str]()
    for each in outcomes:
        ways.update(each["ways"])
    tries, points = sum(o["tries"] for o in outcomes), sum(o["points"] for o in outcomes)
    rows = [(o["scenario"], o["calls"], o["points"], o["tries"]) for o in outcomes]
    left = ", ".join(f"{count} {what}" for what, count in result["left"].items())
    outcome = [f"*{name}*: {why}" for name, why in {**HALTS, **TWICE}.items()]
    reached = len(result["writers"])
    opening = (
        f"**{len(outcomes)} scenarios that write, {points:,} calls broken, {tries:,} tries, 0 "
        f"failures** ({result['minutes']} minutes). Each writing use case in the source was "
        f"reached; {reached} functions of the product were on the way to a write."
    )
    how = (
        "Each try makes everything anew, sends the scenario's request or event with one call to "
        "AWS broken, looks, repeats, and looks again. The ways:"
    )
    reads = (
        f"Calls that only read are broken in {len(OF_READS)} ways, which are all that differ to "
        "them; where an operation comes again, its silence also lasts for two calls."
    )
    ways_tried = [(way.value, what, ways[way.value]) for way, what in WORDS.items()]
    parts = (
        opening,
        how,
        table(("way", "what happens", "tries"), ways_tried),
        reads,
        "What must hold:",
        "\n".join(f"1. {' '.join(each.split())}" for each in INVARIANTS.split("\n\n")),
        f"What may be left behind, by design: {'; '.join(outcome)}.",
        f"Left to the buckets' lifecycle rules (two days) after all of it: {left}.",
        table(("scenario", "calls to AWS", "of them broken", "tries"), rows),
    )
    return "\n\n".join(parts)


def shortfalls(result: Result) -> list[str]:
    """What is not tried."""
    told = [
        (
            "AWS itself does not fail here: its engines on this machine are asked, or not; what a "
            "call that timed out does *later* is not tried."
        )
    ]
    few = [o for o in result["scenarios"] if o["calls"] > MANY]
    if few:
        names = ", ".join(f"{o['scenario']} ({o['points']} of {o['calls']})" for o in few)
        told.append(f"Of scenarios with very many calls only some are broken: {names}.")
    return told


SECTION = Section(
    name="breaks",
    title="Every call to AWS broken",
    measure=measure,
    words=words,
    shortfalls=shortfalls,
)
