# ruff: noqa: SLF001 - the emulator offers no public way in
"""One process, three doors: the portal, the AWS endpoint and the mailbox.

The portal's door does what an API Gateway custom domain does: `/` is the stage's root.
All doors answer only to names of this machine, so that a page on the internet cannot
reach them by pointing its own name here.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from ministack import app as ministack

from infra.local.emulator import api_events, signatures
from infra.local.mailbox import Mailbox, answer
from infra.local.settings import DOMAIN, Settings

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

OWN_NAMES = ("127.0.0.1", "localhost")
# The emulator's own switches: a page could otherwise wipe the environment with a form.
CLOSED = ("/_ministack/reset", "/_ministack/config", "/_localstack/")
# Whoever calls these is known by other means (the product's own session), or need not be.
API = re.compile(r"/restapis/\w+/\w+/_user_request_(?=/)")
HEALTH = "/_ministack/health"
ANONYMOUS = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
LARGEST_REQUEST_BYTES = 10 * 1024 * 1024


class FrontDoor:
    """The ASGI application that hands each request to its door by the port it came in on."""

    def __init__(self, settings: Settings, mailbox: Mailbox) -> None:
        self._settings = settings
        self._mailbox = mailbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] != "http":
            await ministack.app(scope, receive, send)
            return
        host = _header(scope, b"host")
        name = host.rpartition(":")[0] or host
        if name not in OWN_NAMES and not name.endswith(".localhost"):
            await answer(send, 421, "text/plain", "This environment answers to 127.0.0.1 only.")
            return
        port = scope["server"][1]
        if port == self._settings.mailbox_port:
            await self._mailbox.page(scope["path"], send)
        elif port == self._settings.portal_port:
            await self._portal(scope, receive, send, host)
        else:
            await self._aws(scope, receive, send, host)

    async def _portal(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        target = _mapping()
        if target is None:
            await answer(send, 503, "text/plain", "PaperTrail is being deployed. Try again soon.")
            return
        if int(_header(scope, b"content-length") or 0) > LARGEST_REQUEST_BYTES:
            await answer(send, 413, "application/json", '{"message":"Request Too Long"}')
            return
        api_events.current.set(_origin(scope, host, prefix=""))
        await ministack.app(
            _at(scope, f"/restapis/{target[0]}/{target[1]}/_user_request_"), receive, send
        )

    async def _aws(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        if scope["path"].startswith(CLOSED):
            await answer(send, 404, "text/plain", "Not found")
            return
        api = API.match(scope["path"])
        is_open = api or scope["path"] == HEALTH
        if not is_open and scope["method"] != "OPTIONS":
            headers = {
                name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]
            }
            if signatures.is_anonymous(headers, scope["query_string"].decode("latin-1")):
                await answer(send, 403, "application/xml", ANONYMOUS)
                return
        api_events.current.set(_origin(scope, host, prefix=api[0] if api else ""))
        await ministack.app(scope, receive, send)


def _mapping() -> tuple[str, str] | None:
    """Return the API and stage that the portal's custom domain is mapped to, if it is."""
    gateway = ministack._get_module("apigateway_v1")
    found = gateway.resolve_base_path_mapping(DOMAIN, "/")
    return (found[0], found[1]) if found else None


def _at(scope: Scope, prefix: str) -> Scope:
    raw = scope.get("raw_path") or quote(scope["path"]).encode()
    return {**scope, "path": prefix + scope["path"], "raw_path": prefix.encode() + raw}


def _origin(scope: Scope, host: str, *, prefix: str) -> api_events.Origin:
    client = scope.get("client") or ("127.0.0.1", 0)
    return api_events.Origin(client_ip=client[0], host=host, prefix=prefix)


def _header(scope: Scope, wanted: bytes) -> str:
    for name, value in scope["headers"]:
        if name.lower() == wanted:
            text: str = value.decode("latin-1")
            return text
    return ""
