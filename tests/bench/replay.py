# ruff: noqa: PLC0415 - see the docstring
"""AWS's answers, recorded, given again where a request would leave for the network.

Everything above pays as it would at AWS: serialising, signing and parsing. Imports nothing but the
standard library until something is replayed, because cold starts are measured around it.
"""

import contextlib
import io
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Exchange:
    """A request to AWS, as far as it tells which answer is its own, and the answer."""

    kind: str
    asked: bytes
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


def asked_in(request: Any) -> bytes:
    """The body of a request that is text; files are told apart by their order."""
    body = request.body
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b""


def answer(request: Any, exchange: Exchange) -> Any:
    """The recorded answer, as if it had just come."""
    from botocore.awsrequest import AWSResponse

    return AWSResponse(request.url, exchange.status, exchange.headers, Body(exchange.body))


@contextlib.contextmanager
def replaying(exchanges: Sequence[Exchange]) -> Iterator[None]:
    """Answer every request out of what was recorded, each answer once.

    The same request gets its own answer. One that differs, by an id or a moment, gets that of the
    request of its kind that begins most like it: some are sent at the same time, in any order.

    Raises:
        NotRecorded: by the request that has no answer, or at the end when one is left over.
    """
    from botocore.httpsession import URLLib3Session

    waiting: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        waiting[exchange.kind].append(exchange)
    one_by_one = threading.Lock()

    def send(_session: Any, request: Any) -> Any:
        kind, asked = kind_of(request), asked_in(request)
        with one_by_one:
            these = waiting[kind]
            if not these:
                raise NotRecorded(kind)
            chosen = next((each for each in these if each.asked == asked), None)
            chosen = chosen or max(these, key=lambda each: _likeness(each.asked, asked))
            these.remove(chosen)
        return answer(request, chosen)

    stock = URLLib3Session.send
    URLLib3Session.send = send
    try:
        yield
    finally:
        URLLib3Session.send = stock
    left = [kind for kind, these in waiting.items() if these]
    if left:
        raise NotRecorded(f"never asked again: {left}")


def _likeness(one: bytes, other: bytes) -> int:
    """How many bytes they begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
