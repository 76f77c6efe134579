"""One scenario without a fault, and one try: a call broken, what is left, and how it is mended."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib import wiring
from chalicelib.transaction import Key
from tests.faults.breaks import invariants, objects, repeats
from tests.faults.breaks.answers import Fault, is_good, what_is_wrong
from tests.faults.breaks.ground import Ground
from tests.faults.breaks.outcomes import HALTS, TWICE
from tests.faults.breaks.states import State, difference, visible
from tests.faults.breaks.watch import Watch
from tests.faults.breaks.ways import Breaker, Killed
from tests.scenarios.aws_calls import AwsCall, Perform, let, listening
from tests.scenarios.model import Event, Scenario, Step


@dataclass(frozen=True)
class Trace:
    """A scenario as it goes when nothing breaks.

    `halts` are the states between its own writes, `twice` the state after a repetition; both only
    where tests/faults/breaks/outcomes.py allows them.
    """

    calls: list[AwsCall]
    before: State
    after: State
    halts: list[State] = field(default_factory=list)
    twice: State | None = None


class Stand:
    """A step made ready on a world, with everything that it touches watched."""

    def __init__(self, world: Ground, scenario: Scenario, watch: Watch) -> None:
        if "anchor" in scenario.entry:
            world.align()
        world.wake()
        wiring.use(world.wiring)
        self.watch = watch
        watch.listener = let
        if scenario.entry.startswith("event"):
            with listening(watch):
                world.calm(hours=25 if "sweep_uploads" in scenario.entry else 2)
        self.scenario = scenario
        world.forget_attempts(watch.keys)
        watch.keys.clear()
        with listening(watch):
            step = scenario.ready(world)
        self.world: Ground = getattr(step, "world", world)
        self.sessions = world.sessions()
        self.step: Step = repeats.keyed(step, self.world.wiring.new_id())
        ids = [key.pk[2:] for key in watch.keys if key.pk.startswith("D#") and key.sk == "META"]
        told = [self.world.staged(f"uploads/{id_}/") for id_ in ids] if _uploads(scenario) else []
        self.staged = [key for keys in told for key in keys]

    def send(self, listener: Any) -> Any:
        """Send the step, its calls numbered from 1; a fault is given back, not raised."""
        self.watch.listener = listener
        with listening(self.watch) as calls:
            self.calls = calls.seen
            try:
                return self.step.send()
            except Killed as killed:
                return killed
            except Exception as error:  # noqa: BLE001 - an event's failure, which Lambda is told
                return Fault(error)

    def keys(self) -> list[Key]:
        """Rows that were made since this began."""
        known = self.world.base | self.sessions
        return [key for key in self.watch.keys if key not in known]

    def state(self) -> State:
        """What people can see of what this touched."""
        rows = self.world.read(self.keys())
        return visible(rows, self.world.known) + self.world.anchors(self.scenario)


def traced(world: Ground, scenario: Scenario, watch: Watch) -> Trace:
    """Run a scenario without a fault."""
    stand = Stand(world, scenario, watch)
    before = stand.state()
    halts: list[State] = []
    answer = stand.send(_halting(stand, halts) if scenario.name in HALTS else let)
    calls = list(stand.calls)
    wrong = what_is_wrong(scenario, answer)
    assert is_good(scenario, answer), f"{scenario.name} without a fault: {wrong}"
    after, twice = stand.state(), None
    if scenario.name in TWICE:
        stand.send(let)
        twice = stand.state()
    return Trace(calls, before, after, halts, twice)


def attempted(
    world: Ground, scenario: Scenario, watch: Watch, trace: Trace, breaker: Breaker
) -> list[str] | None:
    """Break one call, and repeat.

    Returns:
        What is wrong afterwards; None where the scenario made no such call this time.
    """
    stand = Stand(world, scenario, watch)
    if (found := stand.state()) != trace.before:
        return [f"it did not begin as it did without a fault:\n{difference(found, trace.before)}"]
    answer = stand.send(breaker)
    if breaker.hit is None:
        return None
    told = what_is_wrong(scenario, answer, breaker.way)
    good = is_good(scenario, answer)
    # A worker that ends well may have left its work to the next one.
    told += _halfway(trace, stand.state(), good=good and not isinstance(stand.step, Event))
    if isinstance(answer, Killed):
        stand.world.new_container()
    told += _repeated(stand, trace, good=good)
    rows = stand.world.read(stand.keys())
    told += invariants.broken_audit(rows, complete=False)
    told += invariants.mails_gone_wrong(watch)
    told += objects.lost_bytes(stand.world, rows)
    begun = {key.pk[2:] for key in rows if key.pk.startswith("D#") and key.sk == "META"}
    told += objects.unnamed_objects(stand.world, rows, begun)
    return told


def _halting(stand: Stand, halts: list[State]) -> Any:
    def noting(call: AwsCall, perform: Perform) -> Any:
        answer = perform()
        if call.writes:
            keys = [*stand.keys()]
            halts.append(visible(_aside(stand, keys), stand.world.known))
        return answer

    return noting


def _aside(stand: Stand, keys: list[Key]) -> Any:
    """Rows as they stand, read by calls that count for nothing."""
    listener, stand.watch.listener = stand.watch.listener, let
    calls = list(stand.calls)
    try:
        return stand.world.read(keys)
    finally:
        stand.calls[:] = calls
        stand.watch.listener = listener


def _halfway(trace: Trace, found: State, *, good: bool) -> list[str]:
    allowed = [trace.after] if good else [trace.before, trace.after, *trace.halts]
    if found in allowed:
        return []
    word = "answered well, it is not as it should be" if good else "a half thing is visible"
    return [f"{word}:\n{difference(found, trace.after)}"]


def _repeated(stand: Stand, trace: Trace, *, good: bool) -> list[str]:
    stand.watch.listener = let
    event = isinstance(stand.step, Event)
    with listening(stand.watch):
        try:
            if not good or event:
                repeats.repeat(stand.world, stand.scenario, stand.step)
            for key in stand.staged:
                repeats.repeat(stand.world, stand.scenario, repeats.arrival(key))
        except (repeats.NotMended, AssertionError) as error:
            return [str(error)]
    found = stand.state()
    if found == trace.after or (trace.twice is not None and found == trace.twice):
        return []
    return [f"repeated, it is not as without a fault:\n{difference(found, trace.after)}"]


def _uploads(scenario: Scenario) -> bool:
    return "/complete" in scenario.entry
