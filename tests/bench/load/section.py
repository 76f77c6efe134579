"""The section: latencies of fifty people at once, beside the emulator's own floor."""

import os
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench import plots
from tests.bench.load.afterwards import check
from tests.bench.load.clerk import Clerk, Office
from tests.bench.load.floor import FLOORS, Floor
from tests.bench.load.staging import SEED, deployed
from tests.support.environment import Environment
from tests.support.person import Person
from tests.support.report import Result, Section, table

PEOPLE = 50
_FIRST_DOCUMENTS = 20
_PERCENTILES = (50, 90, 95, 99)


def _measure() -> Result:
    seconds = float(os.environ.get("PAPERTRAIL_LOAD_SECONDS", "120"))
    think = float(os.environ.get("PAPERTRAIL_LOAD_THINK", "12"))
    seed = int(os.environ.get("PAPERTRAIL_FAULT_SEED") or secrets.randbelow(1_000_000))
    print(f"seed {seed} (PAPERTRAIL_FAULT_SEED)", flush=True)  # noqa: T201
    with deployed() as environment:
        operator = Person(environment.api_url, *SEED.split(":", 1))
        office, people = _opened(environment, operator)
        print("everybody is signed in", flush=True)  # noqa: T201
        spent = _under_load(office, people, Floor(environment, os.environ), seconds, think, seed)
        if office.wrong:
            raise AssertionError("\n".join(office.wrong[:20]))
        found = check(office, operator)
    return {"seed": seed, "think": think, **_told(office, spent), "afterwards": found}


def _opened(environment: Environment, operator: Person) -> tuple[Office, Sequence[Person]]:
    folder = operator.folder("Work of many")
    group = operator.post("/groups", name="Everybody")["id"]
    office = Office(folder, environment.portal_url)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        people = list(pool.map(lambda n: _hired(environment, operator, group, n), range(PEOPLE)))
    office.seconds["hire and sign in"] = [(time.monotonic() - began) / PEOPLE] * PEOPLE
    path = f"/nodes/{folder}/access"
    grants = operator.get(path)["grants"] + [{"principal": f"group:{group}", "role": "editor"}]
    bare = [{"principal": each["principal"], "role": each["role"]} for each in grants]
    etag = operator.etag(f"/nodes/{folder}")
    operator.call("PUT", path, etag=etag, json={"inherit": True, "grants": bare})
    first = Clerk(office, people[0], "first")
    for _ in range(_FIRST_DOCUMENTS):
        first.upload()
    office.seconds.clear()
    return office, people


def _hired(environment: Environment, operator: Person, group: str, n: int) -> Person:
    username = f"clerk{n:02d}"
    made = operator.post("/users", name=f"Clerk {n}", username=username)
    operator.call("PUT", f"/groups/{group}/members/{made['user']['id']}")
    return Person(environment.api_url, username, made["one_time_password"])


def _under_load(
    office: Office, people: Sequence[Person], floor: Floor, seconds: float, think: float, seed: int
) -> float:
    began = time.monotonic()
    until = began + seconds
    clerks = [Clerk(office, person, f"{seed} {person.username}") for person in people]
    threads = [threading.Thread(target=clerk.work, args=(until, think)) for clerk in clerks]
    threads.append(threading.Thread(target=floor.ask, args=(office, until)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def _told(office: Office, spent: float) -> dict[str, Any]:
    seconds = {what: sorted(found) for what, found in office.seconds.items()}
    done = sum(len(found) for what, found in seconds.items() if not what.startswith("floor"))
    return {
        "people": PEOPLE,
        "seconds": round(spent, 1),
        "operations": done,
        "a_second": round(done / spent, 2),
        "again": dict(office.again),
        "latencies": {what: _latencies(found) for what, found in sorted(seconds.items())},
    }


def _latencies(found: Sequence[float]) -> dict[str, float]:
    at = {f"p{p}": found[min(len(found) - 1, len(found) * p // 100)] for p in _PERCENTILES}
    return {"count": len(found), **{name: round(value * 1000) for name, value in at.items()}}


def _words(result: Result) -> str:
    latencies = result["latencies"]
    floor = latencies["floor health"]["p50"]
    again = sum(result["again"].values())
    told = ", ".join(f"{n} x {what}" for what, n in result["again"].items()) or "none"
    rows = [
        (what, row["count"], *(row[f"p{p}"] for p in _PERCENTILES), row["p50"] / floor)
        for what, row in latencies.items()
        if not what.startswith("floor")
    ]
    floors = [
        (said, *(latencies[f"floor {name}"][key] for key in ("count", "p50", "p90", "p95", "p99")))
        for name, said in FLOORS.items()
    ]
    after = result["afterwards"]
    return (
        f"{result['people']} people, each signed in for themselves, worked for "
        f"{result['seconds']:g} seconds on a deployed local environment, thinking "
        f"{result['think']:g} seconds between two things on average: "
        f"{result['operations']:,} things done, {result['a_second']:g} a second. **No error of any "
        f"kind.** {again} of the answers told a client to read and try again, as the contract has "
        f"it when two meet ({told}). Other work may have run on the machine; the floor was "
        "measured in the midst of the load, by one who asks for nearly nothing.\n\n"
        + table(("Operation", "done", "p50 ms", "p90", "p95", "p99", "p50 / floor"), rows)
        + "\n\nThe emulator's own floor in the same minutes:\n\n"
        + table(("Floor", "asked", "p50 ms", "p90", "p95", "p99"), floors)
        + "\n\n![Latencies beside the floor](pictures/benchmarks/load/latencies.svg)\n\n"
        f"Afterwards every one of {after['documents']:,} documents was in its folder under a "
        f"number of its own, each of {after['versions']:,} acknowledged versions had the right "
        f"bytes, and all histories ({after['entries']:,} entries) verified."
    )


def _plots(result: Result, folder: Path) -> None:
    names = list(result["latencies"])
    plots.bars(
        folder / "latencies.svg",
        title="Latency with fifty people at work",
        description="Each operation's median and 95th percentile, beside the emulator's floor.",
        labels=names,
        series={
            name: [float(result["latencies"][each][key]) for each in names]
            for name, key in (("median", "p50"), ("95th percentile", "p95"))
        },
        unit="milliseconds",
    )


SECTION = Section(
    name="load",
    title="Fifty people at once",
    measure=_measure,
    words=_words,
    plots=_plots,
)
