"""Hostile events to each function behind a queue, a stream, a rule or a timer.

A message that cannot be read is left out or reported, as the function's contract says; it is never
half done: where the function refuses, no row and no file has changed.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, note, seed, settings
from hypothesis import strategies as st

from chalicelib import wiring
from functions.events.anchors import anchor_hourly, anchor_nightly
from functions.events.outbox import deliver_outbox, sweep_outbox
from functions.events.scans import scan_verdict
from functions.events.uploads import sweep_uploads, upload_arrived
from infra.stage import API_HANDLER, FUNCTIONS
from tests.faults.input import weird
from tests.faults.input.bounds import in_time
from tests.faults.input.parser import QUIET
from tests.faults.input.parsers.workers import SCANNED
from tests.faults.input.raw import _rows
from tests.support.audited import Audited
from tests.support.world import World
from tests.unit.notify.test_deliver import Post

_TIMER = {
    **dict.fromkeys(("version", "id", "source", "account", "time", "region", "detail-type"), "x"),
    "resources": [],
    "detail": {},
}


@dataclass
class Told:
    """What was tried on one function."""

    events: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class _Rooms:
    """A world's wiring with a mailroom and anchors that reach nobody."""

    def __init__(self, world: World) -> None:
        self.filing = world.wiring.filing
        self.config = world.config
        self.mailroom = Post().room
        self.anchoring = Audited().anchoring


def fair_events(world: World) -> Mapping[str, tuple[Callable[..., Any], Any]]:
    """An event that each function carries out, by its name."""
    staged = next(iter(world.files.staged), "uploads/none/000001/none")
    arrived = {"Records": [{"s3": {"object": {"key": str(staged)}}}]}
    scanned = {**SCANNED, "s3ObjectDetails": {**SCANNED["s3ObjectDetails"]}}
    scanned["s3ObjectDetails"]["objectKey"] = f"documents/{world.ids['document']}/000002"
    return {
        "anchor_hourly": (anchor_hourly, _TIMER),
        "anchor_nightly": (anchor_nightly, _TIMER),
        "deliver_outbox": (deliver_outbox, {"Records": [_record("OUTBOX#none")]}),
        "scan_verdict": (scan_verdict, {**_TIMER, "detail": scanned}),
        "sweep_outbox": (sweep_outbox, _TIMER),
        "sweep_uploads": (sweep_uploads, _TIMER),
        "upload_arrived": (upload_arrived, {"Records": [_message(arrived)]}),
    }


def send_events(world: World, *, count: int, seeded: int) -> dict[str, Told]:
    """Send each function its fair event, and `count` spoiled ones."""
    world.reset()
    fair = fair_events(world)
    assert {*fair} == {*FUNCTIONS} - {API_HANDLER}, "a function without hostile events"
    told = {}
    wiring.use(_Rooms(world))  # type: ignore[arg-type]
    try:
        for name, (function, event) in fair.items():
            told[name] = Told()
            assert not _send(world, told[name], function, event), f"{name} refuses a fair event"
            _send_spoiled(world, told[name], function, event, count=count, seeded=seeded)
    finally:
        wiring.use(world.wiring)
    return told


def _send_spoiled(
    world: World,
    told: Told,
    function: Callable[..., Any],
    event: Any,
    *,
    count: int,
    seeded: int,
) -> None:
    @seed(seeded)
    @settings(QUIET, max_examples=count)
    @given(spoiled=_spoiled(event))
    def send(spoiled: Any) -> None:
        note(f"PAPERTRAIL_FAULT_SEED={seeded}")
        _send(world, told, function, spoiled)

    send()


def _send(world: World, told: Told, function: Callable[..., Any], event: Any) -> bool:
    """Whether the event was refused; then nothing has changed, and it can come again."""
    world.reset()
    before = _rows(world)
    told.events += 1
    try:
        with in_time():
            answer = function(json.loads(json.dumps(event)), None)
    except Exception as error:  # noqa: BLE001 - the platform reports whatever is raised
        told.refused[type(error).__name__] += 1
        assert _rows(world) == before, f"half done: {event}"
        return True
    if isinstance(answer, dict) and answer.get("batchItemFailures"):
        told.refused["reported"] += 1
        return True
    return False


def _spoiled(event: Any) -> st.SearchStrategy[Any]:
    """The event with its payload spoiled, at any depth; a message's body also as text."""
    plain = weird.value(st.just(event))
    record = event.get("Records", [{}])[0]
    if "body" not in record:
        return plain
    bodies = weird.written(st.just(json.loads(record["body"])))
    texts = bodies.map(lambda body: body.decode("utf-8", "replace"))
    return plain | texts.map(lambda text: {"Records": [{**deepcopy(record), "body": text}]})


def _message(body: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(("receiptHandle", "md5OfBody", "awsRegion"), "x"),
        "messageId": "1",
        "body": json.dumps(body),
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:uploads",
    }


def _record(pk: str) -> dict[str, Any]:
    return {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": "MAIL"}}}}
