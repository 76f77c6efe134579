"""The section: whether a container's memory stays flat while it works."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from tests.bench import plots
from tests.bench.soak.running import soak
from tests.bench.soak.slope import slope
from tests.support.report import Result, Section, table

_MIB = 1024 * 1024
BOUND = 512
"""Bytes a request by which memory may grow: a row that is kept by mistake weighs more."""


def _measure() -> Result:
    minutes = float(os.environ.get("PAPERTRAIL_SOAK_MINUTES", "30"))
    seed = int(os.environ.get("PAPERTRAIL_FAULT_SEED") or secrets.randbelow(1_000_000))
    print(f"seed {seed} (PAPERTRAIL_FAULT_SEED), {minutes:g} minutes", flush=True)  # noqa: T201
    soaked = soak(minutes, seed)
    # The first third is warming up: imports, templates, connections and caches fill.
    warm = [each for each in soaked.samples if each[0] >= minutes * 60 / 3]
    grown = slope([each[1] for each in warm], [each[2] for each in warm])
    return {
        "seed": seed,
        "minutes": minutes,
        "requests": soaked.samples[-1][1],
        "entries": len(soaked.runs),
        "runs": soaked.runs.total(),
        "warm_requests": warm[-1][1] - warm[0][1],
        "bytes_a_request": round(grown.value, 1),
        "low": round(grown.low, 1),
        "high": round(grown.high, 1),
        "bound": BOUND,
        "first_mib": round(soaked.samples[0][2] / _MIB, 1),
        "warm_mib": round(warm[0][2] / _MIB, 1),
        "last_mib": round(warm[-1][2] / _MIB, 1),
        "objects": {name: list(counts) for name, counts in soaked.objects.items()},
        "minutes_at": [round(each[0] / 60, 2) for each in soaked.samples],
        "mib": [round(each[2] / _MIB, 2) for each in soaked.samples],
    }


def _words(result: Result) -> str:
    objects = [(name, *counts) for name, counts in result["objects"].items()]
    return (
        f"One process worked for {result['minutes']:g} minutes through every route and every event "
        f"of the product ({result['entries']} of them, {result['runs']:,} times, in random order "
        f"with seed {result['seed']}), which made {result['requests']:,} requests with those that "
        "prepare them. It was never started anew, so whatever a warm container remembers, it "
        "remembered. Each answer had to be the one expected; any other would have ended the run.\n"
        "\n"
        "![Memory of the process over time](pictures/benchmarks/soak/memory.svg)\n\n"
        f"Memory (resident, after a collection) was {result['first_mib']} MiB at the start, "
        f"{result['warm_mib']} MiB after the first third and {result['last_mib']} MiB at the end. "
        f"Over the last two thirds ({result['warm_requests']:,} requests) it grew by "
        f"**{result['bytes_a_request']:g} bytes a request**, with 95 % confidence between "
        f"{result['low']:g} and {result['high']:g} (least squares through ten means of blocks). "
        f"The bound is {result['bound']}: one row kept by mistake in each request would weigh "
        "more. What was there most of after the first third, and at the end:\n\n"
        + table(("Class", "After a third", "At the end"), objects)
    )


def _shortfalls(result: Result) -> Sequence[str]:
    if result["high"] < result["bound"]:
        return ()
    high, bound = result["high"], result["bound"]
    return [f"memory may grow by up to {high:g} bytes a request; the bound is {bound}."]


def _plots(result: Result, folder: Path) -> None:
    plots.lines(
        folder / "memory.svg",
        title="Memory of one process under mixed work",
        description="Resident memory rises while caches fill and is level from then on."
        if result["high"] < result["bound"]
        else "Resident memory keeps rising.",
        x=result["minutes_at"],
        series={"resident, after a collection": result["mib"]},
        x_unit="minutes",
        unit="MiB",
    )


SECTION = Section(
    name="soak",
    title="Half an hour in one container",
    measure=_measure,
    words=_words,
    shortfalls=_shortfalls,
    plots=_plots,
)
