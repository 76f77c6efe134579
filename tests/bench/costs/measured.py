"""Counts what each scenario costs, the same each time: ids, secrets and chains come from a seed."""

import contextlib
import itertools
import logging
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest import mock

from chalicelib import wiring
from tests.bench.costs.units import Units
from tests.bench.costs.watching import Watched, watching
from tests.scenarios.catalogue import SCENARIOS
from tests.scenarios.model import Request, Scenario
from tests.scenarios.stage import Servers, StageWorld, furnished_stage

_SAFE = "GET"
_OWN_STAGE = ("event anchor_hourly", "event anchor_nightly")
"""What these write is locked for years, and everybody's history is in it."""
_FOLDER = "N#"


@dataclass(frozen=True)
class Counts:
    """What one run of a scenario took; bytes as they went over the wire."""

    calls: Mapping[str, int]
    read: float
    write: float
    rounds: int
    sent: int
    received: int

    @property
    def total(self) -> int:
        """How many calls."""
        return sum(self.calls.values())


def measured(
    servers: Servers, scenarios: Sequence[Scenario] = SCENARIOS, *, cold: bool = False
) -> Mapping[str, Counts]:
    """Counts by scenario, each on the furnished stage as it was made.

    Args:
        servers: the engines.
        scenarios: which.
        cold: measure in a container that has just started. Otherwise it is warm: it knows the
            folders under the present epoch, and has answered a question like this one before.
    """
    found: dict[str, Counts] = {}
    logging.disable(logging.INFO)
    try:
        with _seeded() as seed:
            shared = [each for each in scenarios if each.entry not in _OWN_STAGE]
            alone = [each for each in scenarios if each.entry in _OWN_STAGE]
            for group in [shared, *([each] for each in alone)]:
                if group:
                    seed("furnished")
                    found.update(_on_one_stage(servers, group, seed, cold=cold))
    finally:
        logging.disable(logging.NOTSET)
    return {each.name: found[each.name] for each in scenarios}


def _on_one_stage(
    servers: Servers, scenarios: Sequence[Scenario], seed: Any, *, cold: bool
) -> Mapping[str, Counts]:
    world, found = furnished_stage(servers), {}
    folders = [key.pk.removeprefix(_FOLDER) for key in world.rows() if key.pk.startswith(_FOLDER)]
    names = {name: table.value for table, name in world.config.tables.items()}
    with watching(world.client("dynamodb"), names) as watched:
        for each in scenarios:
            seed(each.name)
            with _as_it_was(world):
                found[each.name] = _one(world, watched, each, folders, cold=cold)
            watched.undo()
    return found


def _one(
    world: StageWorld, watched: Watched, each: Scenario, folders: Sequence[str], *, cold: bool
) -> Counts:
    world.new_container()
    step = each.ready(world)
    if cold:
        world.new_container()
    else:
        made = [place[1] for place in watched.kept if place[1].startswith(_FOLDER)]
        lineages = world.wiring.filing.guard.lineages
        known = [*folders, *(pk.removeprefix(_FOLDER) for pk in made)]
        lineages.learn(known, epoch=lineages.epoch())
        if isinstance(step, Request) and step.method == _SAFE:
            each.checked(step.send())
    world.pass_time(seconds=1)
    watched.begin()
    each.checked(step.send())
    return _counted(watched)


def _counted(watched: Watched) -> Counts:
    units, calls = Units(), [call for call, _ in watched.calls]
    for _, taken in watched.calls:
        units += taken
    by_operation = Counter(f"{call.service}.{call.operation}" for call in calls)
    return Counts(
        calls=dict(sorted(by_operation.items())),
        read=units.read,
        write=units.write,
        rounds=watched.rounds(),
        sent=sum(call.sent for call in calls),
        received=sum(call.received for call in calls),
    )


@contextlib.contextmanager
def _as_it_was(world: StageWorld) -> Iterator[None]:
    """Whatever time passes and whoever signs in, here and now it did not."""
    moment, ids, callers = world.moment, dict(world.ids), dict(world.callers)
    cookies = [(api, api.cookie, api.csrf) for api in (world.root, *callers.values())]
    yield
    world.moment, world.ids, world.callers = moment, ids, callers
    for api, cookie, csrf in cookies:
        api.cookie, api.csrf = cookie, csrf


@contextlib.contextmanager
def _seeded() -> Iterator[Any]:
    """Let chance follow a seed, and ids the order in which they are made."""
    chance, ticks = random.Random(0), itertools.count(1_900_000_000_000_000_000, 1_000_000)
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

    def token_urlsafe(_bytes: int) -> str:
        return "".join(chance.choices(alphabet, k=43))

    secrets = SimpleNamespace(
        randbits=chance.getrandbits, randbelow=chance.randrange, token_urlsafe=token_urlsafe
    )
    clock = SimpleNamespace(time_ns=lambda: next(ticks))
    with mock.patch.object(wiring, "secrets", secrets), mock.patch.object(wiring, "time", clock):
        yield chance.seed
