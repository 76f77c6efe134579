"""AWS's own trouble is told from faults of ours."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from pynamodb.exceptions import GetError

from chalicelib.errors import Busy
from chalicelib.outages import is_outage

URL = "https://aws.example"


def answered(code, status=400):
    told = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "GetItem")


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        answered("InternalServerError", 500),
        answered("SlowDown", 503),
        answered("ThrottlingException"),
        answered("ProvisionedThroughputExceededException"),
    ],
)
def test_silence_failure_and_throttling_are_outages_told_plainly_or_as_a_cause(error):
    assert is_outage(error)
    assert is_outage(GetError("Failed to get item", error))
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError from error
    assert is_outage(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        answered("AccessDeniedException"),
        answered("ValidationException"),
        answered("ConditionalCheckFailedException"),
        NoCredentialsError(),
        ParamValidationError(report="wrong"),
        KeyError("name"),
        Busy(),
    ],
)
def test_what_would_fail_again_is_a_fault_of_ours(error):
    assert not is_outage(error)
    assert not is_outage(GetError("Failed to get item", error))


def test_errors_that_name_each_other_as_their_cause_come_to_an_end():
    one, other = KeyError("one"), KeyError("other")
    one.__cause__, other.__cause__ = other, one
    assert not is_outage(one)
