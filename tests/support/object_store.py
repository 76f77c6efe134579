"""The launcher's S3 emulator alone: locks, checksums and presigned requests behave as on AWS.

Fixture: `object_store`, two empty buckets (staging, and files with Object Lock) and a key, on one
server for the session.
"""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config

from infra.local import process, settings


@dataclass(frozen=True)
class ObjectStore:
    """Where the buckets are, and a client that may do anything."""

    client: Any
    staging: str
    files: str
    key: str


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[settings.Settings]:
    home = tmp_path_factory.mktemp("object-store") / "home"
    port = settings._free_ports(1, avoid=0)[0]
    made = settings.load({"PAPERTRAIL_HOME": str(home), "PAPERTRAIL_PORT": str(port)})
    process.start(made, os.environ)
    server = process._started[-1]
    yield made
    process.stop(made)
    server.wait()


def _client(server: settings.Settings, service: str) -> Any:
    variables = server.aws_environment()
    return boto3.client(
        service,
        endpoint_url=server.aws_url,
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            signature_version="s3v4" if service == "s3" else None,
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
        ),
    )


@pytest.fixture
def object_store(s3_server: settings.Settings) -> ObjectStore:
    client, name = _client(s3_server, "s3"), uuid.uuid4().hex[:12]
    client.create_bucket(Bucket=f"{name}-staging")
    client.create_bucket(Bucket=f"{name}-files", ObjectLockEnabledForBucket=True)
    key = _client(s3_server, "kms").create_key()["KeyMetadata"]["Arn"]
    return ObjectStore(client, f"{name}-staging", f"{name}-files", key)
