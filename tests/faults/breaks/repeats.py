"""How a step comes again: as a client, a browser, a queue, a stream or a timer repeats it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.faults.breaks.ground import Ground
from tests.faults.breaks.outcomes import OVER, SIGNED_OUT
from tests.scenarios.events import TIMER
from tests.scenarios.model import Event, Request, Scenario, Step
from tests.support.api import Reply

_PATIENCE = 20
_AWAY = {
    # function -> seconds until AWS calls it again after a failure, and how often it is called
    "upload_arrived": (5400, 3),
    "sweep_uploads": (3600, 2),
    "deliver_outbox": (1, 3),
    "sweep_outbox": (300, 4),
    "anchor_hourly": (60, 2),
    "anchor_nightly": (60, 2),
    "scan_verdict": (60, 2),
}
_DONE_BEFORE = frozenset({404, 409, 412})
_BUSY = frozenset({202, 503})


class NotMended(Exception):
    """However often it was repeated, it did not come to a good end."""


def keyed(step: Step, key: str) -> Step:
    """The step with an Idempotency-Key, where a client would send one."""
    plain = isinstance(step, Request) and step.method == "POST" and not isinstance(step.body, str)
    if not plain or not step.by.cookie:
        return step
    return replace(step, headers={**step.headers, "Idempotency-Key": key})


def repeat(world: Ground, scenario: Scenario, step: Step) -> None:
    """Send a step again, as often as whoever sends it does.

    Raises:
        NotMended: it did not come to a good end.
    """
    if isinstance(step, Request):
        _ask_again(world, scenario, step)
    elif isinstance(step, Event):
        _redeliver(world, step)
    else:
        try:
            step.send()
        except Exception as error:
            raise NotMended(f"run again, it fails: {error!r}") from error


def _ask_again(world: Ground, scenario: Scenario, step: Request) -> None:
    for _ in range(_PATIENCE):
        reply = step.send()
        if reply.status not in _BUSY:
            break
        assert reply.status != 503 or "retry-after" in reply.headers, reply.text
        world.pass_time(seconds=20)
    if not _good(scenario, step, reply):
        raise NotMended(f"repeated, it is answered {reply.status}: {reply.text[:300]}")


def _good(scenario: Scenario, step: Request, reply: Reply) -> bool:
    if reply.status == scenario.status:
        return True
    if scenario.entry in SIGNED_OUT and reply.status in (401, 303, 404):
        return True
    if scenario.name in OVER and reply.status == OVER[scenario.name][0]:
        return True
    return step.method in ("PUT", "PATCH", "DELETE") and reply.status in _DONE_BEFORE


def _redeliver(world: Ground, step: Event) -> None:
    seconds, times = _AWAY[step.function]
    fault: Exception | None = None
    for _ in range(times):
        world.pass_time(seconds=seconds)
        try:
            step.send()
        except Exception as error:  # noqa: BLE001 - as Lambda: told to nobody, delivered again
            fault = error
        else:
            fault = None
    if fault:
        raise NotMended(f"delivered {times} times more, it still fails: {fault!r}")
    if step.function == "deliver_outbox":
        sweep = replace(step, function="sweep_outbox", payload=TIMER)
        _redeliver(world, sweep)


def arrival(key: str) -> Event:
    """S3's own message that an upload's bytes are there, as the queue hands it over."""
    told: Mapping[str, Any] = {"Records": [{"s3": {"object": {"key": key}}}]}
    record = {"messageId": "1", "receiptHandle": "1", "body": json.dumps(told)}
    return Event(module="uploads", function="upload_arrived", payload={"Records": [record]})
