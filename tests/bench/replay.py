# ruff: noqa: PLC0415 - see the docstring
"""AWS's answers, recorded, given again where a request would leave for the network.

Everything above pays as it would at AWS: serialising, signing and parsing. Imports nothing but the
standard library until something is replayed, because cold starts are measured around it.
"""

import contextlib
import io
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Exchange:
    """A request to AWS, as far as it tells which answer is its own, and the answer."""

    kind: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class NotRecorded(AssertionError):
    """Something was asked that was not asked when the answers were recorded."""


class Body(io.BytesIO):
    """A body as botocore reads it from urllib3."""

    def stream(self, *_args: Any, **_more: Any) -> Iterator[bytes]:
        """Everything that is left."""
        while piece := self.read():
            yield piece


def kind_of(request: Any) -> str:
    """The operation's name, or for S3 and SES the method and what the query asks for."""
    target = request.headers.get("X-Amz-Target")
    if target:
        return target if isinstance(target, str) else target.decode()
    parts = urlsplit(request.url)
    asked = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return f"{request.method} {'&'.join(asked)}"


def answer(request: Any, exchange: Exchange) -> Any:
    """The recorded answer, as if it had just come."""
    from botocore.awsrequest import AWSResponse

    return AWSResponse(request.url, exchange.status, exchange.headers, Body(exchange.body))


@contextlib.contextmanager
def replaying(exchanges: Sequence[Exchange]) -> Iterator[None]:
    """Answer every request out of what was recorded, each answer once, in the order of its kind.

    Raises:
        NotRecorded: by the request that has no answer, or at the end when one is left over.
    """
    from botocore.httpsession import URLLib3Session

    waiting: dict[str, deque[Exchange]] = defaultdict(deque)
    for exchange in exchanges:
        waiting[exchange.kind].append(exchange)

    def send(_session: Any, request: Any) -> Any:
        kind = kind_of(request)
        if not waiting[kind]:
            raise NotRecorded(kind)
        return answer(request, waiting[kind].popleft())

    stock = URLLib3Session.send
    URLLib3Session.send = send
    try:
        yield
    finally:
        URLLib3Session.send = stock
    left = [kind for kind, these in waiting.items() if these]
    if left:
        raise NotRecorded(f"never asked again: {left}")
