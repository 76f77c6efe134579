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
HISTORIES = (2, 100, 10_000)
DEPTHS = (3, 10, 50)
GROUPS = (1, 100, 500)

Costs = dict[str, dict[str, Any]]
"""By operation, by size."""


def _measure() -> Result:
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
        result["nights"] = [_night(ground, size) for size in SIZES]
        result["million"] = _million(ground, result) or _kept_million()
    return result


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


def _million(ground: Ground, result: dict[str, Any]) -> dict[str, Any] | None:
    """The same with a million documents, where it is asked for: an hour and 10 GB of disk."""
    if os.environ.get("PAPERTRAIL_BENCH_MILLION") != "1":
        return None
    found: Costs = {}
    _at_size(ground, MILLION, found, result)
    night = _night(ground, MILLION)
    day = datetime.now(UTC).date().isoformat()
    return {"measured": day, "documents": found, "night": night}


def _kept_million() -> dict[str, Any] | None:
    """What the last run with a million found."""
    kept = ROOT / "docs" / "benchmarks.json"
    if not kept.exists():
        return None
    told: Mapping[str, Any] = json.loads(kept.read_text("utf-8")).get("growth", {})
    found: dict[str, Any] | None = told.get("result", {}).get("million")
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
