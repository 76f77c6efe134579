"""Scenarios run with faults, one after another on one stage, and what must hold at the end."""

import logging
import random
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from functions.events import outbox, uploads
from tests.faults.breaks import invariants, objects
from tests.faults.breaks.ground import Ground
from tests.faults.breaks.plans import Point, plan, sample
from tests.faults.breaks.tries import attempted, traced
from tests.faults.breaks.watch import Watch
from tests.scenarios.aws_calls import let, listening
from tests.scenarios.events import TIMER
from tests.scenarios.model import Scenario

_SWEEPS = 8


@dataclass
class Outcome:
    """What became of one scenario: its calls, the tries, and everything that went wrong."""

    scenario: str
    calls: int = 0
    points: int = 0
    tries: int = 0
    unreached: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return asdict(self)


class Run:
    """A stage, and everything that was done on it."""

    def __init__(self, world: Ground) -> None:
        logging.disable(logging.CRITICAL)  # hundreds of faults, each of which would be logged
        self.world = world
        self.watch = Watch(names=_Names(world))

    def scenario(self, scenario: Scenario, chance: random.Random | None, most: int) -> Outcome:
        """Break a scenario at every point, or at some by chance; reads alone are left out."""
        started = time.monotonic()
        outcome = Outcome(scenario.name)
        try:
            self._break(scenario, chance, most, outcome)
        except Exception as error:  # noqa: BLE001 - one scenario's fault must not end the others
            outcome.failures.append(f"{scenario.name}: {traceback.format_exc(limit=-8)}{error}")
        outcome.seconds = round(time.monotonic() - started, 1)
        return outcome

    def _break(
        self, scenario: Scenario, chance: random.Random | None, most: int, outcome: Outcome
    ) -> None:
        trace = traced(self.world, scenario, self.watch)
        if not any(call.writes for call in trace.calls):
            return
        points = plan(trace.calls)
        outcome.calls = len(trace.calls)
        outcome.points = len({point.number for point in points})
        for point in sample(points, chance, most=most) if chance else points:
            self._try(scenario, trace, point, outcome)

    def _try(self, scenario: Scenario, trace: Any, point: Point, outcome: Outcome) -> None:
        told = attempted(self.world, scenario, self.watch, trace, point.breaker())
        if told is None:
            outcome.unreached += 1
            return
        outcome.tries += 1
        outcome.ways[point.way] = outcome.ways.get(point.way, 0) + 1
        outcome.failures += [f"{scenario.name}: {point}: {each}" for each in told]

    def end(self) -> tuple[list[str], dict[str, int]]:
        """Let the clock run on, sweep, and hold everything on the stage against everything else.

        Returns:
            What is wrong, and what is left to the lifecycle rules of the buckets.
        """
        self.world.new_container()
        self.watch.listener = let
        with listening(self.watch):
            self.world.pass_time(hours=26)
            uploads.sweep_uploads(dict(TIMER), None)
            for _ in range(_SWEEPS):
                outbox.sweep_outbox(dict(TIMER), None)
                self.world.pass_time(hours=1)
        return list(self._wrong()), objects.leftovers(self.world)

    def _wrong(self) -> Iterator[str]:
        rows = self.world.rows()
        yield from invariants.broken_audit(rows, complete=True)
        yield from invariants.mails_gone_wrong(self.watch)
        yield from invariants.mails_lost(rows, self.watch)
        yield from invariants.orphans(rows)
        yield from invariants.numbers_twice(rows)
        yield from objects.lost_bytes(self.world, rows)
        ids = {key.pk[2:] for key in rows if key.pk.startswith("D#") and key.sk == "META"}
        yield from objects.unnamed_objects(self.world, rows, ids)


class _Names(dict[str, Any]):
    """Tables by name; those of a command's own stage end in the same words."""

    def __init__(self, world: Ground) -> None:
        super().__init__(world.tables)
        self._by_ending = {name.rpartition("-")[2]: table for name, table in self.items()}

    def __missing__(self, name: str) -> Any:
        return self._by_ending[name.rpartition("-")[2]]


def failures(outcomes: Sequence[Outcome]) -> list[str]:
    """All that went wrong."""
    return [failure for outcome in outcomes for failure in outcome.failures]
