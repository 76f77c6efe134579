"""Every call to AWS that this process makes, seen where all SDK clients meet.

`botocore.client.BaseClient._make_api_call` is the one method through which boto3's and pynamodb's
calls go, once for each call and before the SDK repeats anything by itself. Whoever listens may let
a call happen, count it, or break it.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session

from tests.scenarios.strands import Strand, rounds, strand, told_apart

WRITES = frozenset(
    {
        # DynamoDB
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "TransactWriteItems",
        "BatchWriteItem",
        # S3
        "PutObject",
        "CopyObject",
        "DeleteObject",
        "CreateMultipartUpload",
        "UploadPart",
        "UploadPartCopy",
        "CompleteMultipartUpload",
        "AbortMultipartUpload",
        "PutObjectRetention",
        # SES
        "SendEmail",
    }
)
"""Operations that change something; see `kind_of`, which refuses to guess about others."""
_READS = ("Get", "Head", "List", "Query", "BatchGet", "Sign", "Verify", "Describe", "Scan")
_COUNTED = frozenset(
    {
        "GetItem",
        "BatchGetItem",
        "Query",
        "Scan",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "TransactWriteItems",
        "TransactGetItems",
        "BatchWriteItem",
    }
)

Perform = Callable[[], Mapping[str, Any]]


@dataclass
class AwsCall:
    """One call: which, with what, and what came of it. Sizes in bytes."""

    number: int
    service: str
    operation: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any] | None = None
    error: BaseException | None = None
    sent: int = 0
    received: int = 0
    attempts: int = 0
    strand: Strand | None = None

    def __str__(self) -> str:
        return f"{self.number} {self.service}.{self.operation}"

    @property
    def writes(self) -> bool:
        """Whether it changes something at AWS."""
        return kind_of(self.operation) == "write"

    @property
    def capacity(self) -> list[Mapping[str, Any]]:
        """DynamoDB's ConsumedCapacity, one for each table that took part."""
        found = (self.answer or {}).get("ConsumedCapacity") or []
        return [found] if isinstance(found, Mapping) else list(found)


Listener = Callable[[AwsCall, Perform], Mapping[str, Any]]
"""Is asked to make each call; gives its answer, or raises in its stead."""


def kind_of(operation: str) -> str:
    """Whether an operation writes or reads.

    Raises:
        LookupError: it is in neither list; put it there.
    """
    if operation in WRITES:
        return "write"
    if operation.startswith(_READS):
        return "read"
    raise LookupError(f"does {operation} write?")


def let(_call: AwsCall, perform: Perform) -> Mapping[str, Any]:
    """The listener that only watches."""
    return perform()


@dataclass
class Calls:
    """What was called since the listening began, in order."""

    seen: list[AwsCall] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, service: str, operation: str, parameters: Mapping[str, Any]) -> AwsCall:
        """Number a call."""
        with self._lock:
            call = AwsCall(len(self.seen) + 1, service, operation, parameters, strand=strand())
            self.seen.append(call)
        return call

    def rounds(self) -> int:
        """Round trips in sequence: calls beside one another count once."""
        return rounds(call.strand for call in self.seen)


@contextmanager
def listening(listener: Listener = let) -> Iterator[Calls]:
    """Hear of every call of this process for as long as the block lasts."""
    calls, here = Calls(), threading.local()
    make, send = BaseClient._make_api_call, URLLib3Session.send

    def heard(client: Any, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation in _COUNTED:
            parameters = {**parameters, "ReturnConsumedCapacity": "INDEXES"}
        call = calls.begin(client.meta.service_model.service_name, operation, parameters)

        def perform() -> Mapping[str, Any]:
            here.call = call
            try:
                call.answer = make(client, operation, parameters)
            finally:
                here.call = None
            return call.answer

        try:
            return listener(call, perform)
        except BaseException as error:
            call.error = error
            raise

    def measured(session: Any, request: Any) -> Any:
        answer = send(session, request)
        call = getattr(here, "call", None)
        if call is not None:
            call.attempts += 1
            call.sent += _size(request)
            if request.method != "HEAD":  # which tells a length and sends nothing
                call.received += int(answer.headers.get("Content-Length") or 0)
        return answer

    with (
        told_apart(),
        mock.patch.object(BaseClient, "_make_api_call", heard),
        mock.patch.object(URLLib3Session, "send", measured),
    ):
        yield calls


def _size(request: Any) -> int:
    told = request.headers.get("Content-Length")
    if told is not None:
        return int(told)
    return len(request.body) if isinstance(request.body, bytes | str) else 0
