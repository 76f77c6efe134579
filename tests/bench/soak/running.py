"""Mixed work in one process that is never started anew, and what it weighs meanwhile."""

import ctypes
import gc
import logging
import os
import random
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any
from unittest import mock

from tests.scenarios.catalogue import SCENARIOS
from tests.scenarios.model import Event, Scenario
from tests.scenarios.plots import everyone_signs_in
from tests.scenarios.stage import StageWorld, furnished_stage, serving
from tests.support import api

SAMPLE_SECONDS = 5
_WIDTH = 4
_C = ctypes.CDLL(None)
_PAGE = os.sysconf("SC_PAGE_SIZE")
_OURS = ("chalicelib", "functions")
_EVERY = {"event anchor_nightly": 4}
"""Takes part in every so many rounds only: a night is a day of hours to anchor, a minute's work."""


@dataclass
class Soaked:
    """What was seen. Figures lie flat in an array, so that taking them makes nothing grow."""

    seed: int
    flat: "array[float]" = field(default_factory=lambda: array("d"))
    runs: Counter[str] = field(default_factory=Counter)
    objects: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def samples(self) -> list[tuple[float, ...]]:
        """(seconds, requests so far, bytes resident, blocks that Python holds), in order."""
        return [tuple(self.flat[n : n + _WIDTH]) for n in range(0, len(self.flat), _WIDTH)]

    @property
    def last(self) -> float:
        """When the last sample was taken, in seconds."""
        return self.flat[-_WIDTH] if self.flat else -SAMPLE_SECONDS


def soak(minutes: float, seed: int) -> Soaked:
    """Run every scenario over and over, in random order, for so long.

    Raises:
        Exception: whatever a request or an event raises, or an answer that is not the expected one.
    """
    chosen, soaked = random.Random(seed), Soaked(seed)
    with quiet(), serving() as servers, _counted() as asked:
        world = furnished_stage(servers)
        _keep_clients(world)
        known = set(world.ids)
        began = until = time.monotonic()
        until += minutes * 60
        first: Mapping[str, int] | None = None
        order = _endless(chosen)
        while time.monotonic() < until:
            _run(world, next(order), soaked)
            for stranger in world.ids.keys() - known:
                del world.ids[stranger]
            now = time.monotonic() - began
            if now - soaked.last >= SAMPLE_SECONDS:
                gc.collect()
                blocks = sys.getallocatedblocks()
                soaked.flat.extend((round(now, 1), asked[0], _resident(), blocks))
                if first is None and now > minutes * 60 / 3:
                    first = _our_objects()
        soaked.objects = _compared(first or {}, _our_objects())
    return soaked


def _run(world: StageWorld, scenario: Scenario, soaked: Soaked) -> None:
    step = scenario.ready(world)
    scenario.checked(step.send())
    soaked.runs[scenario.entry] += 1
    if isinstance(step, Event):
        # Some events let hours pass, and with them everybody's session.
        everyone_signs_in(world)


def _endless(chosen: random.Random) -> Iterator[Scenario]:
    for turn in count():
        order = [each for each in SCENARIOS if turn % _EVERY.get(each.entry, 1) == 0]
        chosen.shuffle(order)
        yield from order


def _keep_clients(world: StageWorld) -> None:
    """Make the test's own SDK clients once: what is measured is the product's."""
    vars(world)["client"] = cache(world.client)


@contextmanager
def _counted() -> Iterator[list[int]]:
    asked, invoke = [0], api.invoke

    def counting(event: Mapping[str, Any]) -> api.Reply:
        asked[0] += 1
        return invoke(event)

    with mock.patch.object(api, "invoke", counting):
        yield asked


@contextmanager
def quiet() -> Iterator[None]:
    """Without the log of requests."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _resident() -> int:
    # What the C library keeps for later is no leak, and would hide one.
    with suppress(AttributeError):
        _C.malloc_trim(0)
    with open("/proc/self/statm", encoding="ascii") as told:  # noqa: PTH123 - no path of ours
        return int(told.read().split()[1]) * _PAGE


def _our_objects() -> Mapping[str, int]:
    """How many instances there are of each class of the product, and of plain containers."""
    kinds = (type(each) for each in gc.get_objects())
    named = Counter(
        kind.__qualname__
        for kind in kinds
        if str(kind.__module__).startswith(_OURS) or kind in (dict, list, tuple, set)
    )
    return dict(named)


def _compared(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    grown = {name: (before.get(name, 0), count) for name, count in after.items()}
    most = sorted(grown.items(), key=lambda item: item[1][0] - item[1][1])
    return dict(most[:8])
