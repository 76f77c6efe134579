"""What a request costs, in figures that are the same on every machine."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.scenarios.aws_calls import AwsCall, Calls, listening
from tests.scenarios.model import Event, Request, Scenario
from tests.scenarios.plots import everyone_signs_in
from tests.support.world import World

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})


@dataclass(frozen=True)
class Cost:
    """AWS calls, round trips in sequence, DynamoDB's read and write units.

    Beside them seconds, which are this machine's: of our own processor time, and in all.
    """

    calls: int
    rounds: int
    read: float
    written: float
    own_seconds: float
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The cost in JSON values."""
        return asdict(self)


def cost(world: World, scenario: Scenario, *, cold: bool = False) -> Cost:
    """What one run of a scenario's step costs; its answer must be the good one.

    Args:
        world: where.
        scenario: what; is made ready first, which is not counted.
        cold: in a container that has just started, instead of a warm one.
    """
    step = scenario.ready(world)
    if cold:
        world.new_container()
    elif isinstance(step, Request):
        _warm(step)
    began, own = time.monotonic(), time.process_time()
    with listening() as calls:
        answer = step.send()
    spent = (time.process_time() - own, time.monotonic() - began)
    scenario.checked(answer)
    if isinstance(step, Event):
        # Some events let hours pass, and with them everybody's session.
        everyone_signs_in(world)
    return _cost(calls, *spent)


def _warm(step: Request) -> None:
    """Let the container know the folders above what the step touches, as one at work does."""
    if step.method == "GET":
        step.send()
        return
    body = step.body if isinstance(step.body, Mapping) else {}
    nodes = [str(body[name]) for name in ("node_id", "parent_id") if name in body]
    paths = [f"/v1/nodes/{node}" for node in nodes]
    found = re.match(r"/v1/(nodes|documents)/\w+", step.path)
    for path in [*paths, *([found[0]] if found else [])]:
        step.by.get(path)


def _cost(calls: Calls, own: float, whole: float) -> Cost:
    seen: Sequence[AwsCall] = calls.seen
    read = sum(_units(call) for call in seen if call.operation in _READS)
    written = sum(_units(call) for call in seen if call.operation not in _READS)
    return Cost(len(seen), calls.rounds(), read, written, round(own, 2), round(whole, 2))


def _units(call: AwsCall) -> float:
    return sum(float(told["CapacityUnits"]) for told in call.capacity)
