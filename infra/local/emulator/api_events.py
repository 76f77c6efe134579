# ruff: noqa: SLF001 - the emulator offers no public way in
"""What a function is told about an HTTP request.

The emulator believes X-Forwarded-For for the caller's address, leaves out the domain
name and always puts the stage in front of the path. API Gateway reports the address of
the connection and, under a custom domain, the path as the browser sees it. The product
builds its links from these.
"""

import contextvars
from dataclasses import dataclass
from typing import Any

from ministack.services import apigateway_v1 as gateway


@dataclass(frozen=True)
class Origin:
    """How a request arrived.

    `prefix` is what the browser's path has in front of the API's own; empty under a custom domain.
    """

    client_ip: str
    host: str
    prefix: str


current: contextvars.ContextVar[Origin | None] = contextvars.ContextVar("origin", default=None)


def install() -> None:
    """Correct each event after the emulator has built it."""
    stock = gateway._build_lambda_event_v1

    def build(*args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on as they are
        event: dict[str, Any] = stock(*args, **kwargs)
        origin = current.get()
        if origin is not None:
            _correct(event, origin)
        return event

    gateway._build_lambda_event_v1 = build


def _correct(event: dict[str, Any], origin: Origin) -> None:
    context = event["requestContext"]
    name, _, port = origin.host.partition(":")
    context["identity"]["sourceIp"] = origin.client_ip
    context["domainName"] = name
    context["path"] = origin.prefix + event["path"]
    _set(event, "Host", origin.host)
    _set(event, "X-Forwarded-Proto", "http")
    _set(event, "X-Forwarded-Port", port or "80")
    earlier = event["headers"].get("x-forwarded-for")
    _set(event, "X-Forwarded-For", ", ".join(filter(None, [earlier, origin.client_ip])))


def _set(event: dict[str, Any], name: str, value: str) -> None:
    event["headers"].pop(name.lower(), None)
    event["multiValueHeaders"].pop(name.lower(), None)
    event["headers"][name] = value
    event["multiValueHeaders"][name] = [value]
