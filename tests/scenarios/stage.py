"""A stage of real adapters on this machine: Amazon's engine for rows, the launcher's S3 and KMS.

Requests run in this process, through the edge; what they call is called over HTTP, as at AWS. Many
stages may stand side by side on the same servers, each with tables, buckets and keys of its own.
"""

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import boto3
from botocore.config import Config as ClientConfig

from chalicelib import wiring
from chalicelib.attributes import to_row
from chalicelib.config import Config
from chalicelib.dynamodb import DynamoDatabase
from chalicelib.transaction import Key, Row, Table
from tests.support import dynamodb_local, object_store
from tests.support.world import World, furnish, settings

__all__ = ["Servers", "StageWorld", "empty_stage", "furnished_stage", "serving", "stage_on"]

_DYNAMODB_CREDENTIALS = {name.upper(): value for name, value in dynamodb_local.CREDENTIALS.items()}


@dataclass(frozen=True)
class Servers:
    """Where the engines answer."""

    dynamodb: str
    emulator: Any

    def environ(self) -> Mapping[str, str]:
        """The variables with which SDK clients find them."""
        return {
            **self.emulator.aws_environment(),
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb,
            "AWS_MAX_ATTEMPTS": "1",
        }


@dataclass
class StageWorld(World):
    """A world whose rows and files are where a deployed stage has them, but on this machine."""

    servers: Servers | None = None

    def _prove(self, wired: wiring.Wiring) -> None:
        """Leave the wiring's own: the vault and the key are there."""

    def client(self, service: str) -> Any:
        """An SDK client that may do anything."""
        assert self.servers is not None
        if service == "dynamodb":
            return dynamodb_local.client(self.servers.dynamodb)
        return object_store.client(self.servers.emulator, service)

    def rows(self) -> Mapping[Key, Row]:
        """Every row of every table."""
        dynamodb, found = self.client("dynamodb"), {}
        for table, name in self.config.tables.items():
            pages = dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
            for item in (item for page in pages for item in page["Items"]):
                found[Key(table, item["pk"]["S"], item["sk"]["S"])] = to_row(item)
        return found

    def keep(self) -> None:
        """Nothing: what stands here is gone back to by other means, or not at all."""


World_ = TypeVar("World_", bound=StageWorld)


@contextlib.contextmanager
def serving(folder: Path | None = None) -> Iterator[Servers]:
    """Start the engines, and point this process's SDK clients at them.

    Args:
        folder: where DynamoDB Local keeps its rows; None keeps them in memory.

    Raises:
        dynamodb_local.NotAvailable: there is no Java.
    """
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "home"
        endpoint = stack.enter_context(dynamodb_local.serving(folder))
        servers = Servers(endpoint, stack.enter_context(object_store.serving(home)))
        # boto3's own session remembers the credentials that it found first, perhaps for others.
        fresh = mock.patch.object(boto3, "DEFAULT_SESSION", None)
        with fresh, mock.patch.dict(os.environ, servers.environ()):
            yield servers
        wiring.use(None)


def empty_stage(servers: Servers) -> Config:
    """The settings of a new stage with nothing in it at all."""
    name = uuid.uuid4().hex[:12]
    tables = dynamodb_local.create_tables(servers.dynamodb, f"s{name}")
    s3 = object_store.client(servers.emulator, "s3")
    kms = object_store.client(servers.emulator, "kms")
    s3.create_bucket(Bucket=f"{name}-staging")
    for bucket in ("files", "vault"):
        s3.create_bucket(Bucket=f"{name}-{bucket}", ObjectLockEnabledForBucket=True)
    _may_send(servers)
    anchor_key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return settings(
        tables={table: tables.names[table.value] for table in Table},
        staging_bucket=f"{name}-staging",
        files_bucket=f"{name}-files",
        vault_bucket=f"{name}-vault",
        data_key=kms.create_key()["KeyMetadata"]["Arn"],
        anchor_key=anchor_key["KeyMetadata"]["Arn"],
    )


def stage_on(servers: Servers, kind: type[World_] = StageWorld) -> World_:  # type: ignore[assignment]
    """A new stage with nothing in it but its first administrator and the topmost folder."""
    config = empty_stage(servers)
    files = object_store.SentFiles(
        _s3_client(servers),
        staging=config.staging_bucket,
        files=config.files_bucket,
        data_key=config.data_key,
    )
    database = connected(servers, config.tables)
    return kind(config=config, database=database, files=files, servers=servers)


def _may_send(servers: Servers) -> None:
    ses = object_store.client(servers.emulator, "sesv2")
    with contextlib.suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=settings().mail_from)


def connected(servers: Servers, names: Mapping[Table, str]) -> DynamoDatabase:
    """Another connection to a stage's tables."""
    # The two engines want credentials of their own; a client looks its own up once, at first use.
    with mock.patch.dict(os.environ, _DYNAMODB_CREDENTIALS):
        made = DynamoDatabase(names, region=dynamodb_local.REGION, host=servers.dynamodb)
        made.get(Key(Table.CORE, "any", "any"))
    return made


def furnished_stage(servers: Servers, kind: type[World_] = StageWorld) -> World_:  # type: ignore[assignment]
    """A stage with what tests/support/world.py furnishes."""
    world = stage_on(servers, kind)
    furnish(world)
    return world


def _s3_client(servers: Servers) -> Any:
    config = ClientConfig(signature_version="s3v4", s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=servers.emulator.aws_url, config=config)
