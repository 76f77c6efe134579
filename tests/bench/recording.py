"""One scenario sent to a real stage, with all that went between it and AWS."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session

from chalicelib.audit.store import birth
from tests.bench.replay import Exchange, answer, asked_in, kind_of
from tests.scenarios.model import Request, Scenario
from tests.scenarios.stage import StageWorld
from tests.support import api


@dataclass
class Recording:
    """What was asked and answered; `event` is what Lambda would be handed."""

    name: str
    event: Mapping[str, Any] = field(default_factory=dict)
    reply: api.Reply | None = None
    calls: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    links: list[tuple[str, Mapping[str, Any], int]] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def plain(self) -> dict[str, Any]:
        """For a process that knows none of these classes."""
        told = {name: value for name, value in vars(self).items() if name != "reply"}
        told["exchanges"] = [vars(each) for each in self.exchanges]
        return told | ({"answer": bare_answer(self.reply)} if self.reply else {"answer": {}})


def bare_answer(reply: api.Reply) -> dict[str, Any]:
    """What the bare route is to answer, so that both send the same."""
    kind = reply.headers.get("content-type", "text/plain")
    return {"status": reply.status, "text": reply.text, "kind": kind}


def record(
    scenario: Scenario, world: StageWorld, *, cold: bool = False
) -> tuple[Recording, Callable[[], None]]:
    """Make a scenario ready and send it once.

    Args:
        scenario: what to send.
        world: the stage.
        cold: to a container that has just started, and remembers nothing.

    Returns:
        The recording, and what puts this process back to where it was before it was sent: what a
        warm container remembered then.
    """
    step = scenario.ready(world)
    if cold:
        world.new_container()
    else:
        birth(world.wiring.database)  # what a container asks for once
    recording = Recording(scenario.name)
    restore = _remembered(world)
    with _hearing(recording, world):
        given = scenario.checked(step.send())
    if isinstance(step, Request):
        recording.reply = given
    else:
        recording.event = dict(step.payload)
    restore()
    return recording, restore


@contextmanager
def _hearing(recording: Recording, world: StageWorld) -> Iterator[None]:
    make, send, invoke = BaseClient._make_api_call, URLLib3Session.send, api.invoke
    s3 = world.wiring.filing.files._s3
    presign = s3.generate_presigned_url

    def made(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        recording.calls.append((service, operation, copy.deepcopy(dict(parameters))))
        return make(client, operation, parameters)

    def sent(session: Any, request: Any) -> Any:
        given = send(session, request)
        exchange = Exchange(
            kind_of(request),
            asked_in(request),
            given.status_code,
            dict(given.headers),
            given.content,
        )
        recording.exchanges.append(exchange)
        return answer(request, exchange)

    def presigned(operation: str, *, Params: Any, ExpiresIn: int) -> Any:  # noqa: N803 - botocore's names
        recording.links.append((operation, dict(Params), ExpiresIn))
        return presign(operation, Params=Params, ExpiresIn=ExpiresIn)

    def invoked(event: Mapping[str, Any]) -> api.Reply:
        recording.event = json.loads(json.dumps(event))
        return invoke(event)

    with (
        mock.patch.object(BaseClient, "_make_api_call", made),
        mock.patch.object(URLLib3Session, "send", sent),
        mock.patch.object(s3, "generate_presigned_url", presigned),
        mock.patch.object(api, "invoke", invoked),
    ):
        yield


def _remembered(world: StageWorld) -> Callable[[], None]:
    lineages = world.wiring.filing.guard.lineages
    kept = {name: copy.copy(value) for name, value in vars(lineages).items() if _is_plain(value)}
    return lambda: vars(lineages).update({name: copy.copy(value) for name, value in kept.items()})


def _is_plain(value: Any) -> bool:
    return isinstance(value, dict | int)
