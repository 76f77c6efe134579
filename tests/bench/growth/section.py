"""The section: what a request costs where there is much, beside where there is not."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chalicelib import wiring
from tests.bench.growth import operations
from tests.bench.growth.ground import Ground, growing
from tests.bench.growth.measuring import cost
from tests.bench.growth.nights import night_over
from tests.bench.growth.words import plots, shortfalls, words
from tests.bench.soak.running import quiet
from tests.scenarios.catalogue import SCENARIOS
from tests.scenarios.model import Scenario
from tests.support.report import ROOT, Result, Section
from tests.support.world import PASSWORD

SIZES = (1_000, 100_000)
MILLION = 1_000_000
NIGHTS = (*SIZES, MILLION)
HISTORIES = (2, 100, 10_000)
DEPTHS = (3, 10, 50)
GROUPS = (1, 100, 500)

Costs = dict[str, dict[str, Any]]
"""By operation, by size."""


def _measure() -> Result:
    if os.environ.get("PAPERTRAIL_BENCH_MILLION") == "1":
        return _with_million(_kept())
    with quiet(), growing() as ground:
        result: dict[str, Any] = {"rows_a_second": {}}
        documents: Costs = {}
        for size in SIZES:
            _at_size(ground, size, documents, result)
        result["documents"] = documents
        result["histories"] = _compared(
            HISTORIES, lambda n: operations.with_history(ground.with_history(n)), ground
        )
        result["depths"] = _compared(
            DEPTHS, lambda n: operations.in_folder(ground.at_depth(n)), ground, cold=True
        )
        result["groups"] = _compared(GROUPS, partial(_by_member, ground), ground)
        result["nights"] = [_night(ground, size) for size in NIGHTS]
    # A million takes the better part of an hour: the last one stays, with its date.
    return {**result, "million": _kept().get("million")}


def _at_size(ground: Ground, size: int, documents: Costs, result: dict[str, Any]) -> None:
    began = time.monotonic()
    rows = ground.grow(size)
    result["rows_a_second"][str(size)] = round(rows / (time.monotonic() - began))
    _say(f"{size:,} documents, {rows:,} rows more in {time.monotonic() - began:.0f} s")
    for scenario in (*operations.LARGE, *SCENARIOS):
        if scenario.entry != "event anchor_nightly":
            found = cost(ground.world, scenario).as_json()
            documents.setdefault(_name(scenario), {})[str(size)] = found


def _compared(
    sizes: Sequence[int],
    scenarios: Callable[[int], Sequence[Scenario]],
    ground: Ground,
    *,
    cold: bool = False,
) -> Costs:
    found: Costs = {}
    for size in sizes:
        _say(f"… {size:,}")
        for scenario in scenarios(size):
            name = _name(scenario)
            found.setdefault(name, {})[str(size)] = cost(ground.world, scenario).as_json()
            if cold and name.startswith("open"):
                known = cost(ground.world, scenario, cold=True).as_json()
                found.setdefault(f"{name}, in a new container", {})[str(size)] = known
    return found


def _night(ground: Ground, chains: int) -> Mapping[str, Any]:
    found = night_over(ground.world.servers, chains)
    wiring.use(ground.world.wiring)
    return found


def _by_member(ground: Ground, count: int) -> Sequence[Scenario]:
    by, username = ground.in_groups(count)
    return operations.by_member(by, username, PASSWORD)


def _with_million(kept: Mapping[str, Any]) -> Result:
    """What was measured before, and now the same with a million documents: 10 GB of disk."""
    if not kept:
        raise SystemExit("Measure growth without PAPERTRAIL_BENCH_MILLION first.")
    found: Costs = {}
    result = {**kept, "rows_a_second": dict(kept["rows_a_second"])}
    with quiet(), growing() as ground:
        _at_size(ground, MILLION, found, result)
    day = datetime.now(UTC).date().isoformat()
    return {**result, "million": {"measured": day, "documents": found}}


def _kept() -> Mapping[str, Any]:
    """What the last run found."""
    kept = ROOT / "docs" / "benchmarks.json"
    if not kept.exists():
        return {}
    told: Mapping[str, Any] = json.loads(kept.read_text("utf-8")).get("growth", {})
    found: Mapping[str, Any] = told.get("result", {})
    return found


def _name(scenario: Scenario) -> str:
    return scenario.what if scenario.entry == "growth" else scenario.name


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command's output


SECTION = Section(
    name="growth",
    title="Growth: what more of everything costs",
    measure=_measure,
    words=words,
    shortfalls=shortfalls,
    plots=plots,
)
