"""The launcher's S3 emulator alone: locks, checksums and presigned requests behave as on AWS.

Fixture: `object_store`, two empty buckets (staging, and files with Object Lock) and a key, on one
server for the session.
"""

import contextlib
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from chalicelib.documents.desk import Request
from chalicelib.documents.file_store import S3Files
from infra.local import process, settings


@dataclass(frozen=True)
class ObjectStore:
    """Where the buckets are, and a client that may do anything."""

    client: Any
    staging: str
    files: str
    key: str


class SentFiles(S3Files):
    """S3 files with a browser that plays along: `send` follows a presigned request."""

    def send(self, request: Request, body: bytes) -> int:
        """Send bytes as told; returns S3's status."""
        return send(request, body)


def send(request: Request, body: bytes) -> int:
    """Send bytes as a presigned request tells; returns S3's status."""
    asked = urllib.request.Request(
        request.url, data=body, method=request.method, headers=dict(request.headers)
    )
    asked.add_header("Content-Type", "application/octet-stream")
    try:
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@contextlib.contextmanager
def serving(home: Path) -> Iterator[settings.Settings]:
    """The launcher's emulator, keeping what it holds in a folder, while the block lasts."""
    port = settings._free_ports(1, avoid=0)[0]
    made = settings.load({"PAPERTRAIL_HOME": str(home), "PAPERTRAIL_PORT": str(port)})
    process.start(made, os.environ)
    server = process._started[-1]
    try:
        yield made
    finally:
        process.stop(made)
        server.wait()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[settings.Settings]:
    with serving(tmp_path_factory.mktemp("object-store") / "home") as server:
        yield server


def client(server: settings.Settings, service: str) -> Any:
    """A client of the emulator that may do anything."""
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
    s3, name = client(s3_server, "s3"), uuid.uuid4().hex[:12]
    s3.create_bucket(Bucket=f"{name}-staging")
    s3.create_bucket(Bucket=f"{name}-files", ObjectLockEnabledForBucket=True)
    key = client(s3_server, "kms").create_key()["KeyMetadata"]["Arn"]
    return ObjectStore(s3, f"{name}-staging", f"{name}-files", key)
