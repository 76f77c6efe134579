"""Servers that the samples of the lane share."""

import os
from collections.abc import Iterator

import pytest

from tests.scenarios.stage import Servers, serving
from tests.support.dynamodb_local import NotAvailable


@pytest.fixture(scope="package")
def servers() -> Iterator[Servers]:
    """DynamoDB Local and the launcher's emulator; each who uses them makes a stage of its own."""
    try:
        with serving() as made:
            yield made
    except NotAvailable as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
