"""Tells AWS's own trouble from faults of ours: what may be asked again, and what must be mended."""

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

_SERVER = 500
_THROTTLING = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def is_outage(error: BaseException | None) -> bool:
    """Whether AWS did not answer, failed, or throttles; as told, or as the cause of what is told.

    Whether it has carried out what it was asked for is not known then.
    """
    seen: list[BaseException] = []
    while error is not None and error not in seen:  # errors raised again may name each other
        if isinstance(error, HTTPClientError | NoConnection):
            return True
        if isinstance(error, ClientError) and _is_theirs(error):
            return True
        seen.append(error)
        error = error.__cause__ or getattr(error, "cause", None)  # pynamodb has its own name for it
    return False


def _is_theirs(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= _SERVER or error.response.get("Error", {}).get("Code") in _THROTTLING
