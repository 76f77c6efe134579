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
BLOCKS_BOUND = 1.0
"""Blocks of Python's memory by which a request may make it grow: a row kept has dozens."""
BYTES_BOUND = 4 * 1024
"""Resident bytes a request by which memory may grow: 400 MB in a hundred thousand requests.

The operating system's figure wavers by megabytes for other reasons, so blocks are the sharper one.
"""


def _measure() -> Result:
    minutes = float(os.environ.get("PAPERTRAIL_SOAK_MINUTES", "30"))
    seed = int(os.environ.get("PAPERTRAIL_FAULT_SEED") or secrets.randbelow(1_000_000))
    print(f"seed {seed} (PAPERTRAIL_FAULT_SEED), {minutes:g} minutes", flush=True)  # noqa: T201
    soaked = soak(minutes, seed)
    # The first third is warming up: imports, templates, connections and caches fill.
    warm = [each for each in soaked.samples if each[0] >= minutes * 60 / 3]
    requests = [each[1] for each in warm]
    grown, blocks = (slope(requests, [each[n] for each in warm]) for n in (2, 3))
    return {
        "seed": seed,
        "minutes": minutes,
        "requests": round(soaked.samples[-1][1]),
        "entries": len(soaked.runs),
        "runs": soaked.runs.total(),
        "warm_requests": round(warm[-1][1] - warm[0][1]),
        "bytes_a_request": round(grown.value, 1),
        "low": round(grown.low, 1),
        "high": round(grown.high, 1),
        "bound": BYTES_BOUND,
        "blocks_a_request": round(blocks.value, 3),
        "blocks_low": round(blocks.low, 3),
        "blocks_high": round(blocks.high, 3),
        "blocks_bound": BLOCKS_BOUND,
        "first_mib": round(soaked.samples[0][2] / _MIB, 1),
        "warm_mib": round(warm[0][2] / _MIB, 1),
        "last_mib": round(warm[-1][2] / _MIB, 1),
        "objects": {name: list(counts) for name, counts in soaked.objects.items()},
        "minutes_at": [round(each[0] / 60, 2) for each in soaked.samples],
        "mib": [round(each[2] / _MIB, 2) for each in soaked.samples],
        "blocks": [round(each[3]) for each in soaked.samples],
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
        f"{result['bytes_a_request']:g} bytes a request, with 95 % confidence between "
        f"{result['low']:g} and {result['high']:g} (least squares through the means of ten blocks "
        f"of samples); the bound is {result['bound']:,}. The blocks that Python holds, which are "
        f"counted and do not waver, grew by **{result['blocks_a_request']:g} a request** "
        f"({result['blocks_low']:g} to {result['blocks_high']:g}); the bound is "
        f"{result['blocks_bound']:g}, and a row that is kept by mistake has dozens. What was there "
        "most of after the first third, and at the end:\n\n"
        + table(("Class", "After a third", "At the end"), objects)
    )


def _shortfalls(result: Result) -> Sequence[str]:
    found = []
    if result["high"] >= result["bound"]:
        high, bound = result["high"], result["bound"]
        found.append(f"memory may grow by up to {high:g} bytes a request; the bound is {bound:,}.")
    if result["blocks_high"] >= result["blocks_bound"]:
        high, bound = result["blocks_high"], result["blocks_bound"]
        found.append(f"Python may keep up to {high:g} blocks a request; the bound is {bound:g}.")
    return found


def _plots(result: Result, folder: Path) -> None:
    level = not _shortfalls(result)
    plots.lines(
        folder / "memory.svg",
        title="Memory of one process under mixed work",
        description="It rises while caches fill, and is level from then on."
        if level
        else "It may keep rising.",
        x=result["minutes_at"],
        series={
            "resident, MiB": result["mib"],
            "Python's blocks, ten thousands": [each / 10_000 for each in result["blocks"]],
        },
        x_unit="minutes",
        unit="MiB; ten thousands of blocks",
    )


SECTION = Section(
    name="soak",
    title="Half an hour in one container",
    measure=_measure,
    words=_words,
    shortfalls=_shortfalls,
    plots=_plots,
)
