"""What two use cases meet on: one object, and everything that can be done to it from here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.config import Config
from tests.scenarios.model import Request, Step
from tests.support.world import World


@dataclass(frozen=True, kw_only=True)
class Ground:
    """An object made ready, with the steps that can be taken on it, each from this very state.

    Args:
        steps: by the names of its kind's acts.
        looks: requests that read what can be seen afterwards.
        passwords: label -> a password that somebody may have, before or after.
        objects: whether files are touched, so that buckets are looked into and put back.
        stage: another stage than the world's own, where the object needs one.
        fresh_vault: what is written to the vault stays, so each try gets a vault of its own.
    """

    steps: Mapping[str, Step]
    looks: Sequence[Request] = ()
    passwords: Mapping[str, str] = field(default_factory=dict)
    objects: bool = False
    stage: Config | None = None
    fresh_vault: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of object.

    Args:
        name: as the report calls it.
        acts: what can be done: a word or two -> the name of the scenario that does it ("" where
            no route or function does).
        ready: makes everything new, and says what was made.
        crossed: whether each act meets each other; otherwise each meets itself alone.
        slow: acts that verify bytes between two writes, which no transaction can hold together:
            what others do meanwhile may stand between their beginning and their end.
    """

    name: str
    acts: Mapping[str, str]
    ready: Callable[[World], Ground]
    crossed: bool = True
    slow: Sequence[str] = ()

    def pairs(self) -> Sequence[tuple[str, str]]:
        """Every two acts, and each with itself."""
        names = list(self.acts)
        if not self.crossed:
            return [(name, name) for name in names]
        return [(one, other) for n, one in enumerate(names) for other in names[n:]]


KINDS: list[Kind] = []
"""All of them; tests/faults/pairs/catalogue.py fills it."""


def kind(
    name: str, acts: Mapping[str, str], *, crossed: bool = True, slow: Sequence[str] = ()
) -> Callable[[Callable[[World], Ground]], Callable[[World], Ground]]:
    """Register a function that makes an object ready."""

    def register(ready: Callable[[World], Ground]) -> Callable[[World], Ground]:
        made = Kind(name=name, acts=acts, ready=ready, crossed=crossed, slow=slow)
        KINDS.append(made)
        return ready

    return register
