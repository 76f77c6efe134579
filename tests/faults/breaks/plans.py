"""Which calls are broken in which ways: all of them, or a few of very many."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.faults.breaks.ways import OF_READS, Breaker, Way, ways_of
from tests.scenarios.aws_calls import AwsCall

MANY = 40
"""Scenarios with more calls than this repeat themselves, and take long: of each operation the first
and the last call are broken, those that read in one way each."""


@dataclass(frozen=True)
class Point:
    """One try: which call (from 1), how it breaks, and for how many calls of its kind."""

    number: int
    operation: str
    way: Way
    times: int = 1

    def breaker(self) -> Breaker:
        """A listener that does it."""
        return Breaker(self.number, self.way, times=self.times)

    def __str__(self) -> str:
        outage = ", and the next of its kind" if self.times > 1 else ""
        return f"call {self.number} ({self.operation}) {self.way}{outage}"


def plan(calls: Sequence[AwsCall]) -> list[Point]:
    """Every call in every way, and an outage of two calls for each operation that comes again."""
    if len(calls) > MANY:
        return list(_few(calls))
    found = [Point(call.number, call.operation, way) for call in calls for way in ways_of(call)]
    return found + list(_outages(calls))


def _few(calls: Sequence[AwsCall]) -> Iterator[Point]:
    turns = itertools.cycle(OF_READS)
    for operation in sorted({call.operation for call in calls}):
        alike = [call for call in calls if call.operation == operation]
        for call in {call.number: call for call in (alike[0], alike[-1])}.values():
            for way in ways_of(call) if call.writes else [next(turns)]:
                yield Point(call.number, operation, way)


def _outages(calls: Sequence[AwsCall]) -> Iterator[Point]:
    for call in calls:
        if any(each.operation == call.operation for each in calls if each.number > call.number):
            yield Point(call.number, call.operation, Way.TIMED_OUT, times=2)


def sample(points: Sequence[Point], chance: random.Random, *, most: int) -> list[Point]:
    """A few of them, by chance."""
    return chance.sample(list(points), min(most, len(points)))
