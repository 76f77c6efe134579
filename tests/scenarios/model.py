"""What a scenario is: one request to one route, or one event for one function, made ready."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.api import Api, Reply
from tests.support.world import World


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody sends to a route."""

    by: Api
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self) -> Reply:
        """Send it, once more if it was sent before."""
        return self.by.send(self.method, self.path, self.body, self.headers)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What AWS hands to a function."""

    module: str
    function: str
    payload: Mapping[str, Any]

    def send(self) -> Any:
        """Run the function on it; raises what the function raises."""
        handler = getattr(importlib.import_module(f"functions.events.{self.module}"), self.function)
        return handler(dict(self.payload), None)


Step = Request | Event


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A step, with how to make everything ready for it.

    Args:
        entry: the route ("POST /v1/nodes") or the function ("event sweep_uploads").
        what: the example in a few words; tells two scenarios of one entry apart.
        ready: makes what the step needs, all of it new, and returns the step. May be called any
            number of times in one world.
        status: of a good answer (requests only).
    """

    entry: str
    what: str
    ready: Callable[[World], Step]
    status: int = 200

    @property
    def name(self) -> str:
        """Unique among scenarios."""
        return f"{self.entry}, {self.what}"

    def run(self, world: World) -> Reply | Any:
        """Make ready and send; returns the answer."""
        return self.checked(self.ready(world).send())

    def checked(self, answer: Any) -> Any:
        """The answer, if it is the one that a good request gets."""
        if isinstance(answer, Reply):
            assert answer.status == self.status, f"{self.name}: {answer.status} {answer.text}"
        return answer


SCENARIOS: list[Scenario] = []
"""All of them; tests/scenarios/catalogue.py fills it."""


def scenario(
    entry: str, what: str, status: int = 200
) -> Callable[[Callable[[World], Step]], Callable[[World], Step]]:
    """Register a function that makes a step ready."""

    def register(ready: Callable[[World], Step]) -> Callable[[World], Step]:
        made = Scenario(entry=entry, what=what, ready=ready, status=status)
        assert made.name not in {each.name for each in SCENARIOS}, made.name
        SCENARIOS.append(made)
        return ready

    return register
