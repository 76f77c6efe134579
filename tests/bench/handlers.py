"""Handler time: milliseconds of our own code for each request, beside a bare route in the same run.

Each scenario of a route is sent once to a real stage and recorded. Then the same request is
answered again and again out of the recording: by the product, and by a bare Chalice route that
makes the very same AWS calls with plain boto3. Both pay for botocore; neither for a network or an
engine. Processor time is counted, not the clock's, and medians are told.
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from chalicelib.identity.passwords import Vault
from tests.bench.bare import Bare
from tests.bench.recording import Recording, bare_answer, record
from tests.bench.replay import replaying
from tests.scenarios.catalogue import SCENARIOS
from tests.scenarios.stage import furnished_stage, serving
from tests.support import api
from tests.support.report import Result, Section, table

ROUNDS, GOAL = 25, 1.5


def measure() -> Result:
    """Every scenario of a route, and what a password's hash costs."""
    rows: list[dict[str, Any]] = []
    with serving() as servers, unheard_logs():
        world = furnished_stage(servers)
        for scenario in SCENARIOS:
            if scenario.entry.startswith("event "):
                continue
            recording, restore = record(scenario, world)
            rows.append({"entry": scenario.entry, "what": scenario.what} | _row(recording, restore))
            sys.stderr.write(f"  {scenario.name}: {rows[-1]['ratio']:.2f}x\n")
    return {"rounds": ROUNDS, "goal": GOAL, "rows": rows, "argon2_ms": _argon2()}


@contextmanager
def unheard_logs() -> Iterator[None]:
    """Log lines are made and written, but nowhere that anybody sees."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        yield


def _row(recording: Recording, restore: Callable[[], None]) -> dict[str, Any]:
    assert recording.reply is not None
    bare = Bare(calls=recording.calls, links=recording.links, **bare_answer(recording.reply))

    def ours() -> int:
        return api.invoke(recording.event).status

    def least() -> int:
        return int(bare.answer(recording.event)["statusCode"])

    ours_ms, bare_ms = side_by_side(recording, restore, ours, least)
    return {
        "calls": len(recording.calls),
        "ours_ms": round(ours_ms, 3),
        "bare_ms": round(bare_ms, 3),
        "ratio": round(ours_ms / bare_ms, 3),
    }


def side_by_side(
    recording: Recording, restore: Callable[[], None], *runs: Callable[[], int]
) -> list[float]:
    """The median milliseconds of each run, in turns; the first round only warms up.

    Raises:
        AssertionError: a run was not answered with the recorded status.
    """
    spent: list[list[float]] = [[] for _ in runs]
    for turn in range(ROUNDS + 1):
        for times, run in zip(spent, runs, strict=True):
            restore()
            gc.collect(0)
            with replaying(recording.exchanges):
                began = time.process_time()
                status = run()
                took = time.process_time() - began
            assert recording.reply is not None
            assert status == recording.reply.status, f"{recording.name}: {status}"
            if turn:
                times.append(took * 1000)
        if not turn:
            gc.collect()
            gc.freeze()  # as app.py does, so that nobody pays for what others keep in memory
    return [statistics.median(times) for times in spent]


def _argon2() -> float:
    vault = Vault()
    kept = vault.hash("mossy lantern quarrel")
    spent = []
    for _ in range(5):
        began = time.process_time()
        assert vault.fits("mossy lantern quarrel", kept)
        spent.append((time.process_time() - began) * 1000)
    return round(statistics.median(spent), 1)


def words(result: Result) -> str:
    """A table, the worst first."""
    rows = sorted(result["rows"], key=lambda row: -row["ratio"])
    whole = statistics.median(row["ratio"] for row in rows)
    met = sum(row["ratio"] <= result["goal"] for row in rows)
    opening = (
        "Processor milliseconds of one warm request, beside a bare Chalice route that makes the "
        "same AWS calls with boto3; AWS's answers are replayed, so both pay for serialising, "
        f"signing and parsing. Medians of {result['rounds']} turns. The goal is "
        f"{result['goal']}x; {met} of {len(rows)} meet it, and the median is {whole:.2f}x. A "
        "page's own work has no counterpart in the bare route, which is handed the finished text; "
        "and where nothing is asked of AWS, the bare route does nothing at all."
    )
    argon2 = (
        f"Checking a password costs {result['argon2_ms']:.0f} ms more wherever one is checked: "
        "argon2id, on purpose, and outside of this table."
    )
    head = ("route", "example", "AWS calls", "ours, ms", "bare, ms", "ratio", "more, ms")
    lines = [
        (
            f"`{row['entry']}`",
            row["what"],
            row["calls"],
            row["ours_ms"],
            row["bare_ms"],
            row["ratio"],
            round(row["ours_ms"] - row["bare_ms"], 2),
        )
        for row in rows
    ]
    return "\n\n".join([opening, table(head, lines), argon2])


def shortfalls(result: Result) -> Sequence[str]:
    """One line for each route above the goal."""
    missed = [row for row in result["rows"] if row["ratio"] > result["goal"]]
    return [
        f"`{row['entry']}`, {row['what']}: {row['ratio']:.2f}x a bare route "
        f"({row['ours_ms'] - row['bare_ms']:.2f} ms more, {row['calls']} AWS calls)."
        for row in sorted(missed, key=lambda row: -row["ratio"])
    ]


SECTION = Section(
    name="handlers",
    title="Handler time",
    measure=measure,
    words=words,
    shortfalls=shortfalls,
)
