"""The two processes as their parent sees them, and the orders in which their calls can fall."""

import contextlib
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.faults.pairs.worker import Order, Outcome, serve
from tests.scenarios.stage import Servers

LONGEST = 40
"""Seconds that a step may take, waits and all; what takes longer hangs."""


class Hung(Exception):
    """A party that did not come to an end."""


@dataclass(frozen=True)
class Schedule:
    """Who goes on, and for how many calls to AWS (None: to the end), one after the other.

    Without turns both go at once, with small random waits from `seed`.
    """

    turns: Sequence[tuple[int, int | None]] = ()
    seed: int = 0

    def __str__(self) -> str:
        if not self.turns:
            return f"at once, waits from {self.seed}"
        return ", ".join(
            f"{'AB'[who]} {'to the end' if count is None else f'for {count} calls'}"
            for who, count in self.turns
        )


def one_after_the_other(first: int) -> Schedule:
    """Serial: A first (0) or B first (1)."""
    return Schedule(((first, None), (1 - first, None)))


def alone(who: int) -> Schedule:
    """Only one of the two."""
    return Schedule(((who, None),))


def between(who: int, calls: int) -> Schedule:
    """All of the other one's calls between two of this one's."""
    return Schedule(((who, calls), (1 - who, None), (who, None)))


def woven(first: int, one: int, other: int) -> Schedule:
    """One begins, the other begins, the one ends, the other ends."""
    return Schedule(((first, one), (1 - first, other), (first, None), (1 - first, None)))


class Party:
    """One process, and what it is at."""

    def __init__(self, servers: Servers, side: int) -> None:
        self._servers, self._side = servers, side
        self._begin()

    def take(self, order: Order) -> Outcome | None:
        """Begin a step; its outcome, or None where it waits for more turns."""
        self._pipe.send(order)
        return self.hear()

    def go_on(self, turns: int | None) -> Outcome | None:
        """Let a step go on."""
        self.release(turns)
        return self.hear()

    def release(self, turns: int | None) -> None:
        """Let a step go on, and do not wait for it."""
        self._pipe.send(turns)

    def hear(self) -> Outcome | None:
        """Wait until the step is over or waits for turns.

        Raises:
            Hung: neither, in 40 seconds; or the process is gone.
        """
        if not self._pipe.poll(LONGEST):
            raise Hung
        try:
            told: Outcome | None = self._pipe.recv()
        except (EOFError, ConnectionError) as error:
            raise Hung("it died") from error
        return told

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._pipe.close()
        self._process.join(1)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def renew(self) -> None:
        """Put another process into its place."""
        self.end()
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, self._servers, self._side), daemon=True
        )
        self._process.start()
        theirs.close()


@contextlib.contextmanager
def two_parties(servers: Servers) -> Iterator[Sequence[Party]]:
    """Two processes, for as long as the block lasts."""
    parties = [Party(servers, side) for side in (0, 1)]
    try:
        yield parties
    finally:
        for party in parties:
            party.end()


def carried_out(
    parties: Sequence[Party], orders: Sequence[Order], schedule: Schedule
) -> list[Outcome | None]:
    """Have both steps taken so; None for a party that the schedule leaves out.

    Raises:
        Hung: one of them did not end; both have been replaced.
    """
    try:
        if not schedule.turns:
            return list(_at_once(parties, orders, schedule.seed))
        return _in_turns(parties, orders, schedule)
    except Hung:
        for party in parties:
            party.renew()
        raise


def _in_turns(
    parties: Sequence[Party], orders: Sequence[Order], schedule: Schedule
) -> list[Outcome | None]:
    outcomes: list[Outcome | None] = [None, None]
    begun: set[int] = set()
    for who, turns in schedule.turns:
        if who not in begun:
            begun.add(who)
            outcomes[who] = parties[who].take(replace(orders[who], turns=turns))
        elif outcomes[who] is None:
            outcomes[who] = parties[who].go_on(turns)
    return outcomes


def _at_once(
    parties: Sequence[Party], orders: Sequence[Order], seed: int
) -> Iterator[Outcome | None]:
    for side, (party, order) in enumerate(zip(parties, orders, strict=True)):
        party.take(replace(order, turns=0, hurry=2 * seed + side))
    for party in parties:
        party.release(None)
    for party in parties:
        yield party.hear()
