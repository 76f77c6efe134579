import os
import signal
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from infra.local import process, settings


class Emulator:
    """An emulator of one's own: no data stack, nothing deployed."""

    def __init__(self, home: Path) -> None:
        port = settings._free_ports(1, avoid=0)[0]
        environ = {"PAPERTRAIL_HOME": str(home), "PAPERTRAIL_PORT": str(port)}
        self.settings = settings.load(environ)
        self.start()

    def start(self) -> None:
        process.start(self.settings, os.environ)

    def kill(self) -> None:
        """SIGKILL to the server and all its children, as a power cut would end them."""
        pid = process.running_pid(self.settings)
        os.killpg(pid, signal.SIGKILL)
        process.reap(pid)

    def restart_after_kill(self) -> None:
        self.kill()
        self.start()

    def client(self, service: str, **credentials: str):
        variables = self.settings.aws_environment()
        return boto3.client(
            service,
            endpoint_url=self.settings.aws_url,
            region_name=variables["AWS_REGION"],
            aws_access_key_id=credentials.get("key", variables["AWS_ACCESS_KEY_ID"]),
            aws_secret_access_key=credentials.get("secret", variables["AWS_SECRET_ACCESS_KEY"]),
            config=Config(
                signature_version="s3v4" if service == "s3" else None,
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
            ),
        )


@pytest.fixture
def emulator(tmp_path) -> Iterator[Emulator]:
    made = Emulator(tmp_path / "home")
    yield made
    process.stop(made.settings)


@pytest.fixture(scope="module")
def shared_emulator(tmp_path_factory) -> Iterator[Emulator]:
    made = Emulator(tmp_path_factory.mktemp("emulator") / "home")
    yield made
    process.stop(made.settings)
