"""One of the two processes: it takes steps as it is told, one call to AWS at a time.

It has connections and a container's memory of its own, and keeps them from step to step.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from chalicelib import wiring
from chalicelib.config import Config
from chalicelib.errors import PaperTrailError
from chalicelib.identity.passwords import Vault
from tests.faults.pairs.touched import Touch, touch_of
from tests.scenarios.aws_calls import AwsCall, Perform, listening
from tests.scenarios.model import Step
from tests.scenarios.stage import Servers, connected
from tests.support.api import Reply

_LONGEST_PAUSE = 0.004


@dataclass(frozen=True, kw_only=True)
class Order:
    """A step to take.

    Args:
        stage: the stage it is taken on, and `moment` the time there.
        turns: how many calls to AWS may pass before it waits for more; None: all.
        hurry: None, or the seed of small random waits before each call.
    """

    stage: Config
    moment: datetime
    step: Step
    turns: int | None = None
    hurry: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a step: an answer, or what was raised; and what was touched.

    `fault` says that what was raised is no refusal of ours.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    cookies: Sequence[str] = ()
    raised: str | None = None
    fault: bool = False
    touches: Sequence[Touch] = ()

    @property
    def mails(self) -> int:
        """How many mails were handed to the relay."""
        return sum(touch.name.endswith(".SendEmail") for touch in self.touches)


class Clock:
    """What time it is, as the latest order says."""

    moment: datetime

    def now(self) -> datetime:
        """The moment."""
        return self.moment


class Gate:
    """Lets calls pass while there are turns left, and asks for more when there are none."""

    def __init__(self, pipe: Connection, order: Order) -> None:
        self._pipe = pipe
        self._left = order.turns
        self._random = None if order.hurry is None else random.Random(order.hurry)
        self._one_by_one = threading.Lock()

    def let(self, _call: AwsCall, perform: Perform) -> Mapping[str, Any]:
        """Wait for one's turn, then make the call."""
        with self._one_by_one:
            while self._left == 0:
                self._pipe.send(None)
                self._left = self._pipe.recv()
            if self._left is not None:
                self._left -= 1
        if self._random is not None:
            time.sleep(self._random.uniform(0, _LONGEST_PAUSE))
        return perform()


def serve(pipe: Connection, servers: Servers, side: int) -> None:
    """Take steps until the other end closes."""
    logging.disable(logging.CRITICAL)
    clock = Clock()
    containers: dict[str, wiring.Wiring] = {}
    while True:
        try:
            order: Order = pipe.recv()
        except EOFError:
            return
        clock.moment = order.moment
        stage = repr(order.stage)
        if stage not in containers:
            containers[stage] = _container(servers, order.stage, clock, side)
        pipe.send(_taken(containers[stage], order, pipe))


def _container(servers: Servers, stage: Config, clock: Clock, side: int) -> wiring.Wiring:
    wired = wiring.Wiring(stage, database=connected(servers, stage.tables), now=clock.now)
    # Each side writes to a system chain of its own. On one chain the second to come would always
    # have to try again, and no other guard would ever be put to the test.
    wired.__dict__["trail"] = replace(wired.trail, choose=lambda _n: side)
    cheap = Vault(memory_kib=8, rounds=1)
    wired.__dict__["registry"] = replace(wired.registry, vault=cheap)
    return wired


def _taken(wired: wiring.Wiring, order: Order, pipe: Connection) -> Outcome:
    wiring.use(wired)
    # Between two tries the stage is put back to an earlier epoch, which no container lives to see.
    wired.filing.guard.lineages.forget()
    with listening(Gate(pipe, order).let) as calls:
        told = _told(order.step.send)
    return replace(told, touches=tuple(map(touch_of, calls.seen)))


def _told(send: Callable[[], Any]) -> Outcome:
    try:
        answer = send()
    except Exception as error:  # noqa: BLE001 - whatever a worker raises is its outcome
        fault = not isinstance(error, PaperTrailError)
        return Outcome(raised=type(error).__name__, fault=fault, text=str(error))
    if isinstance(answer, Reply):
        return Outcome(
            status=answer.status,
            headers=dict(answer.headers),
            text=answer.text,
            cookies=tuple(answer.cookies),
        )
    return Outcome()
