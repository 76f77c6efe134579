"""Where a process looks for AWS."""

import pytest

from chalicelib.wiring import Wiring
from tests.fakes.database import FakeDatabase
from tests.support.world import settings

ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")


@pytest.mark.parametrize("named", [(), *((name,) for name in ENDPOINTS)])
def test_only_another_endpoint_than_aws_has_buckets_in_its_paths(monkeypatch, named):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for name in ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    for name in named:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    files = Wiring(settings(), database=FakeDatabase()).filing.files
    client = files._s3
    assert client.meta.config.s3["addressing_style"] == ("path" if named else "virtual")
