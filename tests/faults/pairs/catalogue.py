"""All kinds of objects that two use cases can meet on, and the scenarios that they mention."""

import random
from collections.abc import Sequence

from tests.faults.pairs import on_documents, on_folders, on_groups, on_keys, on_people, on_workers
from tests.faults.pairs.ground import KINDS, Kind
from tests.scenarios.aws_calls import listening
from tests.scenarios.catalogue import SCENARIOS
from tests.scenarios.model import Scenario
from tests.scenarios.stage import StageWorld

__all__ = ["KINDS", "changing", "looking_that_writes", "mentioned", "sample"]

_MODULES = (on_documents, on_folders, on_people, on_groups, on_workers, on_keys)
_COMPLETE = "POST /v1/documents/{document_id}/versions/{number}/complete"
ALIKE = frozenset({f"{_COMPLETE}, parts"})
"""Differs from an act in how the bytes come; what it claims and commits is the same."""


def mentioned() -> set[str]:
    """The names of all scenarios that some pair takes part of."""
    return {name for kind in KINDS for name in kind.acts.values() if name} | ALIKE


def changing() -> Sequence[Scenario]:
    """Scenarios that change something by their very method, and all events."""
    return [each for each in SCENARIOS if not each.entry.startswith("GET ")]


def looking_that_writes(world: StageWorld) -> Sequence[Scenario]:
    """Scenarios that look at something, and yet write (found by doing them)."""
    found = []
    for scenario in SCENARIOS:
        if scenario.entry.startswith("GET "):
            step = scenario.ready(world)
            with listening() as calls:
                step.send()
            if any(call.writes for call in calls.seen):
                found.append(scenario)
    return found


def sample(chance: random.Random, *, kinds: int, pairs: int) -> Sequence[tuple[Kind, list[str]]]:
    """Some kinds, and of each some pairs (as "one beside other")."""
    chosen = chance.sample(KINDS, kinds)
    return [
        (kind, [" beside ".join(pair) for pair in _some(chance, kind, pairs)]) for kind in chosen
    ]


def _some(chance: random.Random, kind: Kind, count: int) -> Sequence[tuple[str, str]]:
    pairs = kind.pairs()
    return chance.sample(pairs, min(count, len(pairs)))
