"""The section `costs`: what each request and event takes, beside the least that could do."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.costs.least import LEAST, least_of
from tests.bench.costs.measured import Counts, measured
from tests.bench.costs.prices import around_dollars, calls_dollars, classes, units_dollars
from tests.bench.costs.words import shortfalls, words
from tests.bench.plots import bars
from tests.scenarios.model import SCENARIOS
from tests.scenarios.stage import serving
from tests.support.report import Result, Section


def measure() -> Result:
    """Every scenario in a warm container, and those that only look in a cold one too."""
    looks = [each for each in SCENARIOS if each.entry.startswith("GET ")]
    with serving() as servers:
        warm, cold = measured(servers), measured(servers, looks, cold=True)
    return {
        "rows": [_row(name, counts) for name, counts in warm.items()],
        "cold": {
            name: {"calls": counts.total, "rounds": counts.rounds, "read": counts.read}
            for name, counts in cold.items()
            if (counts.total, counts.read) != (warm[name].total, warm[name].read)
        },
    }


def _row(name: str, counts: Counts) -> Mapping[str, Any]:
    least = least_of(LEAST[name])
    return {
        "name": name,
        "calls": counts.total,
        "least_calls": least.calls,
        "rounds": counts.rounds,
        "least_rounds": least.rounds,
        "read": counts.read,
        "least_read": least.read,
        "write": counts.write,
        "least_write": least.write,
        "classes": classes(counts.calls),
        "sent": counts.sent,
        "received": counts.received,
        "dollars": round(calls_dollars(counts), 3),
        "around": round(around_dollars(name), 3),
        "units": round(units_dollars(counts.read, counts.write), 4),
        "least_units": round(units_dollars(least.read, least.write), 4),
    }


def plots(result: Result, folder: Path) -> None:
    """Units by price, as measured and at least, of everything that writes."""
    rows: Sequence[Mapping[str, Any]] = [each for each in result["rows"] if each["write"]]
    rows = sorted(rows, key=lambda row: row["units"], reverse=True)
    bars(
        folder / "units.svg",
        title="Request units of what writes, in dollars for a million",
        description="For each scenario that writes, what its units cost beside the least.",
        labels=[row["name"] for row in rows],
        series={
            "measured": [row["units"] for row in rows],
            "the least": [row["least_units"] for row in rows],
        },
        unit="dollars for a million at list price",
    )


SECTION = Section(
    name="costs",
    title="What an operation costs",
    measure=measure,
    words=words,
    shortfalls=shortfalls,
    plots=plots,
)
