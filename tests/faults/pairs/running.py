"""All pairs, or some: on one stage, with the same two processes from the first to the last."""

import contextlib
import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.faults.pairs.ground import Kind
from tests.faults.pairs.kept import Kept
from tests.faults.pairs.party import Party, two_parties
from tests.faults.pairs.trying import Depth, Field, Found
from tests.scenarios.stage import Servers, StageWorld, serving, stage_on
from tests.support.world import ROLES


@dataclass(frozen=True)
class Arena:
    """A stage, and the two processes that work on it."""

    world: StageWorld
    parties: Sequence[Party]

    def tried(
        self, kind: Kind, pairs: Sequence[tuple[str, str]], depth: Depth, chance: random.Random
    ) -> Iterator[Found]:
        """Try pairs of acts on an object of a kind, and leave the stage as it was."""
        world = self.world
        before, moment = Kept(world, world.config, objects=False), world.moment
        people = [world.root, *world.callers.values()]
        sessions = [(api.cookie, api.csrf) for api in people]
        ground = kind.ready(world)
        assert set(ground.steps) == set(kind.acts), kind.name
        field = Field(world, self.parties, ground)
        for one, other in pairs:
            yield field.try_pair(kind, one, other, depth, chance)
        before.put_back(before.look())
        # What the stage's own container remembers of this epoch has never been.
        world.wiring.filing.guard.lineages.forget()
        world.moment = moment
        for api, (cookie, csrf) in zip(people, sessions, strict=True):
            api.cookie, api.csrf = cookie, csrf


@contextlib.contextmanager
def arena() -> Iterator[Arena]:
    """Start everything; needs Java.

    Raises:
        dynamodb_local.NotAvailable: there is none.
    """
    with serving() as servers, arena_on(servers) as made:
        yield made


@contextlib.contextmanager
def arena_on(servers: Servers) -> Iterator[Arena]:
    """A stage of its own on servers that run, and the two processes."""
    disabled = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        world = stage_on(servers)
        _furnish(world)
        with two_parties(servers) as parties:
            yield Arena(world, parties)
    finally:
        logging.disable(disabled)


def _furnish(world: StageWorld) -> None:
    """Fewer people than elsewhere: all rows are looked at after each try."""
    for name in ("viewer", "manager", "administrator"):
        world.person(name, is_administrator=name == "administrator")
    world.ids["work"] = world.folder("Work")
    world.grant(world.ids["work"], **{name: name for name in ROLES if name in world.callers})
