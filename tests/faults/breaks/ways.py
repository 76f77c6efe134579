"""The ways in which a call to AWS breaks, and the listener that breaks one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.scenarios.aws_calls import AwsCall, Perform


class Way(StrEnum):
    """How a call breaks, as the report names it."""

    REFUSED = "refused"
    THROTTLED = "throttled"
    TIMED_OUT = "timed out"
    LOST = "lost"
    REPEATED = "repeated"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


WORDS: Mapping[Way, str] = {
    Way.REFUSED: "not made: AWS answers 500, after all of the SDK's own retries",
    Way.THROTTLED: "not made: AWS throttles",
    Way.TIMED_OUT: "not made: no answer until the time is over",
    Way.LOST: "made, and its answer lost",
    Way.REPEATED: "made, its answer lost, and made again by the SDK, which hands over that answer",
    Way.KILLED_BEFORE: "the process dies before it, and a new container goes on",
    Way.KILLED_AFTER: "made, the process dies, and a new container goes on",
}
OF_READS = (Way.REFUSED, Way.THROTTLED, Way.TIMED_OUT, Way.KILLED_BEFORE)
"""What differs for a call that changes nothing at AWS: the other ways are one of these to it."""
SENT_ONCE = frozenset({"SendEmail"})
"""Operations that the SDK is told never to repeat; tests/faults/breaks/test_ways.py asks it."""
_NEXT = frozenset({Way.REFUSED, Way.THROTTLED, Way.TIMED_OUT, Way.LOST})
_CODES: Mapping[str, tuple[str, int, str]] = {
    # service -> its code when it throttles, with which status, and its code for a fault of its own
    "s3": ("SlowDown", 503, "InternalError"),
    "kms": ("ThrottlingException", 400, "KMSInternalException"),
    "sesv2": ("TooManyRequestsException", 429, "InternalServiceErrorException"),
}
_DYNAMODB = ("ThrottlingException", "ProvisionedThroughputExceededException")


class Killed(BaseException):
    """The process is dead: nothing that catches errors catches this, and no call gets out."""


def ways_of(call: AwsCall) -> list[Way]:
    """All ways in which a call can break that are not the same to it."""
    if not call.writes:
        return list(OF_READS)
    return [way for way in Way if way is not Way.REPEATED or call.operation not in SENT_ONCE]


class Breaker:
    """Lets calls happen but for one (or it and the next of its kind), counted from 1.

    Args:
        number: which call.
        way: how it breaks.
        times: 2 breaks the next call of the same operation too, should there be one.
    """

    def __init__(self, number: int, way: Way, *, times: int = 1) -> None:
        self.number = number
        self.way = way
        self.hit: AwsCall | None = None
        self._left = times if way in _NEXT else 1
        self._dead = False

    def __call__(self, call: AwsCall, perform: Perform) -> Mapping[str, Any]:
        if self._dead:
            raise Killed
        if not self._strikes(call):
            return perform()
        self._left -= 1
        return self._break(call, perform)

    def _strikes(self, call: AwsCall) -> bool:
        if self.hit is None and call.number == self.number:
            self.hit = call
            return True
        return bool(self.hit and self._left and call.operation == self.hit.operation)

    def _break(self, call: AwsCall, perform: Perform) -> Mapping[str, Any]:
        self._dead = self.way in (Way.KILLED_BEFORE, Way.KILLED_AFTER)
        if self.way in (Way.LOST, Way.REPEATED, Way.KILLED_AFTER):
            perform()  # what AWS itself refuses is refused, not lost
            if self.way is Way.REPEATED:
                return perform()
        raise error_of(self.way, call)


def error_of(way: Way, call: AwsCall) -> BaseException:
    """What whoever made the call gets to see."""
    url = f"https://{call.service}.example"
    if way in (Way.KILLED_BEFORE, Way.KILLED_AFTER):
        return Killed(str(call))
    if way is Way.LOST:
        return ConnectionClosedError(endpoint_url=url, request=None)
    if way is Way.TIMED_OUT:
        return ReadTimeoutError(endpoint_url=url)
    busy, status, fault = _CODES.get(
        call.service, (_DYNAMODB[call.number % 2], 400, "InternalServerError")
    )
    code, status = (busy, status) if way is Way.THROTTLED else (fault, 500)
    told = {"Error": {"Code": code, "Message": "made to fail"}}
    return ClientError({**told, "ResponseMetadata": {"HTTPStatusCode": status}}, call.operation)
