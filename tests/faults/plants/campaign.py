"""Switches off guards, one after the other, and says which test noticed.

`python -m tests.faults.plants.campaign OUT [--sample COUNT --seed N] [NAME ...]`; a process of
its own, because nothing of the product may be imported before a plant is.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate
from pathlib import Path
from typing import Any

from tests.faults.plants import covered, planting, sampling
from tests.faults.plants.collected import Collected
from tests.faults.plants.excuses import excused
from tests.faults.plants.finders import Plant, plants
from tests.faults.plants.kept import Kept, Verdict
from tests.faults.plants.nearest import nearest
from tests.faults.plants.planting import Run
from tests.support.report import ROOT

REPORTED = ROOT / "docs" / "faults.json"
_FIRST = (8, 64)
_GLANCE = 1.0
_PATIENCE = 6
_SLOWER = 3
_NEIGHBOURS = 4


class Campaign:
    """Runs tests on plants, near ones first.

    Args:
        chosen: what to plant.
        files: those whose tests may be tried.
        order: of a plant and all tests, those to try, the likeliest first.
        seconds: by test, how long it takes without a plant, where that is known.
    """

    def __init__(
        self,
        chosen: Sequence[Plant],
        files: Collection[str],
        order: Callable[[Plant, Sequence[str]], Sequence[str]],
        seconds: Mapping[str, float],
    ) -> None:
        self._order, self._seconds = order, seconds
        self._noticed: dict[str, dict[str, None]] = {}
        self._collected = Collected({plant.name: plant for plant in chosen}, sorted(files))

    def glance(self, plant: Plant) -> Verdict:
        """Switch one guard off in place, and run the few tests that are nearest."""
        started = time.perf_counter()
        tests = self._quickest(self._likely(plant))
        done = self._collected.run(plant.name, tests, self._patience(tests)) if tests else None
        return _verdict(plant, done, started)

    def search(self, plant: Plant) -> Verdict:
        """Switch one guard off, and run all tests that may notice."""
        started = time.perf_counter()
        tests = self._likely(plant)
        done = self._collected.run(plant.name, tests, self._patience(tests)) if tests else None
        constant = plant.scope == plant.scope.upper()
        if tests and (done is None or (constant and not _failed(done))):
            # A decorator, a model, or a constant that others are made of: import it all anew.
            done = planting.run(plant.file, plant.planted(), tests, self._patience(tests))
        return _verdict(plant, done, started)

    def _likely(self, plant: Plant) -> Sequence[str]:
        """The tests to try; first those that noticed a neighbour of the plant."""
        tests = self._order(plant, self._collected.tests)
        near = [t for t in self._noticed.get(plant.file + plant.scope, ()) if t in set(tests)]
        return [*near[:_NEIGHBOURS], *(test for test in tests if test not in near[:_NEIGHBOURS])]

    def _quickest(self, tests: Sequence[str]) -> Sequence[str]:
        """The first few tests, or as many more as take a second."""
        least, most = _FIRST
        spent = accumulate(self._seconds.get(test, 1) for test in tests)
        return [
            test
            for place, (test, seconds) in enumerate(zip(tests[:most], spent, strict=False))
            if place < least or seconds < _GLANCE
        ]

    def learn(self, plant: Plant, verdict: Verdict) -> None:
        """Remember what noticed: the next guard of the same function may be missed by it, too."""
        if verdict.caught_by:
            self._noticed.setdefault(plant.file + plant.scope, {})[verdict.caught_by] = None

    def _patience(self, tests: Sequence[str]) -> float:
        return _PATIENCE + _SLOWER * sum(self._seconds.get(test, 1) for test in tests)

    def sound(self, tests: Sequence[str]) -> Sequence[str]:
        """Those of the tests that fail though nothing is planted: they prove nothing."""
        wrong: list[str] = []
        while tests:
            done = self._collected.run(None, tests, 60 + 5 * len(tests))
            if done is None or not done.failed or done.failed not in tests:
                return wrong if done and not done.failed else [*wrong, "a control run that died"]
            wrong.append(done.failed)
            tests = tests[tests.index(done.failed) + 1 :]
        return wrong

    def close(self) -> None:
        """End the processes."""
        self._collected.close()


def _verdict(plant: Plant, done: Run | None, started: float) -> Verdict:
    spent = round(time.perf_counter() - started, 2)
    failed, ran = (_failed(done), done.ran) if done else (None, 0)
    return Verdict(plant.name, plant.kind, failed, ran, spent)


def _failed(done: Run) -> str | None:
    return done.failed or (planting.CRASHED if done.late else None)


def main(arguments: Sequence[str]) -> int:
    """Plant what is asked for; writes a JSON object with verdicts."""
    asked = _parsed(arguments)
    planting.prepare()
    found = plants()
    every = [plant for plant in found if plant.name not in excused()]
    if asked.sample:
        kept = Kept(Path(os.devnull))
        chosen, campaign = _sampled(every, asked)
    else:
        kept = Kept()
        chosen = [plant for plant in every if _is_asked(plant, asked)]
        campaign = _whole(chosen, kept, asked.most)
    looks = [campaign.search] if asked.deep else [campaign.glance, campaign.search]
    verdicts = list(_verdicts(campaign, chosen, kept, looks))
    caught = sorted({v.caught_by for v in verdicts if v.caught_by and "::" in v.caught_by})
    unsound = campaign.sound(caught)
    campaign.close()
    told = {
        "found": len(found),
        "unsound": unsound,
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }
    Path(asked.out).write_text(json.dumps(told, indent=1), "utf-8")
    return 0


def reported() -> Mapping[str, str]:
    """By plant, the test that noticed it when the report was last written."""
    if not REPORTED.exists():
        return {}
    sections: Mapping[str, Any] = json.loads(REPORTED.read_text("utf-8"))
    told: Mapping[str, str] = sections.get("plants", {}).get("result", {}).get("caught_by", {})
    return told


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--sample", type=int, default=0, help="so many plants")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--most", type=float, default=15, help="seconds of tests for a plant")
    parser.add_argument("--deep", action="store_true", help="search at once, without a glance")
    parser.add_argument("--kinds", default="", help="some kinds only, parted by commas")
    return parser.parse_args(arguments)


def _is_asked(plant: Plant, asked: argparse.Namespace) -> bool:
    named = not asked.names or any(name in plant.name for name in asked.names)
    return named and (not asked.kinds or plant.kind in asked.kinds.split(","))


def _whole(chosen: Sequence[Plant], kept: Kept, most: float) -> Campaign:
    """A campaign with all tests of the fast lane, by what they cover."""
    known, measured = reported(), covered.measured()

    def order(plant: Plant, collected: Sequence[str]) -> Sequence[str]:
        noticed = kept.noticed_by(plant) or known.get(plant.name)
        first = [noticed] if noticed in collected else []
        near = nearest(plant, measured, most=most)
        return list(dict.fromkeys([*first, *(test for test in near if test in measured.seconds)]))

    files = {test.partition("::")[0] for test in measured.seconds}
    return Campaign(chosen, files, order, measured.seconds)


def _sampled(every: Sequence[Plant], asked: argparse.Namespace) -> tuple[Sequence[Plant], Campaign]:
    """A campaign with a few plants, and the tests that the last report tells of."""
    known = reported()
    chosen = sampling.chosen(every, known, asked.seed, asked.sample)
    files = {file for plant in chosen for file in sampling.files(plant, every, known)}

    def order(plant: Plant, collected: Sequence[str]) -> Sequence[str]:
        return sampling.tests(plant, every, known, collected)

    return chosen, Campaign(chosen, files, order, {})


def _verdicts(
    campaign: Campaign,
    chosen: Sequence[Plant],
    kept: Kept,
    looks: Sequence[Callable[[Plant], Verdict]],
) -> Iterator[Verdict]:
    """The first look at each plant, then the next at those that it left."""
    left = list(chosen)
    for look in looks:
        unseen = []
        for number, plant in enumerate(left, 1):
            verdict = kept.verdict(plant) or look(plant)
            campaign.learn(plant, verdict)
            kept.keep(plant, verdict)
            told = verdict.caught_by or "SURVIVED"
            line = f"{number}/{len(left)} {verdict.seconds:.1f}s {plant.name} <- {told}"
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - a command's progress
            if verdict.caught_by or look == looks[-1]:
                yield verdict
            else:
                unseen.append(plant)
        left = unseen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
