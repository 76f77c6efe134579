"""Who and what the journeys start from. All of it is made once, on the environment under test."""

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config

from infra.local import settings
from tests.support.environment import Environment
from tests.support.person import Person
from tests.support.real_files import RealFile, hundred

AT_ONCE = 4
"""How many files a browser of ours sends at a time."""


@dataclass
class Filed:
    """The hundred files in the environment: documents by (folder, name), folder ids by path."""

    top: str
    folders: dict[str, str]
    documents: dict[tuple[str, str], Any] = field(default_factory=dict)


@pytest.fixture(scope="session")
def operator(environment) -> Iterator[Person]:
    """The first administrator."""
    person = Person(environment.api_url, environment.admin_username, environment.admin_password)
    yield person
    person.http.close()


@pytest.fixture(scope="session")
def newcomer(environment, operator) -> Iterator[Callable[..., tuple[Person, str]]]:
    """Make somebody known: call it with a name; gives the signed-in person and their id."""
    made: list[Person] = []

    def make(name: str, **more: Any) -> tuple[Person, str]:
        username = f"{name.lower()}-{secrets.token_hex(3)}"
        issued = operator.post("/users", name=name, username=username, **more)
        person = Person(environment.api_url, username, issued["one_time_password"])
        made.append(person)
        return person, issued["user"]["id"]

    yield make
    for person in made:
        person.http.close()


@pytest.fixture
def folder(operator, request) -> str:
    """An empty folder of the test's own."""
    return operator.folder(f"{request.function.__name__} {secrets.token_hex(3)}")


@pytest.fixture(scope="session")
def filed(operator) -> Filed:
    """The hundred files, uploaded in their folders, four at a time."""
    result = Filed(top := operator.folder(f"Halden & Okafor {secrets.token_hex(3)}"), {"": top})
    for path in sorted({file.folder for file in hundred()} - {""}):
        for depth in range(1, path.count("/") + 2):
            part = "/".join(path.split("/")[:depth])
            if part not in result.folders:
                above, _, name = part.rpartition("/")
                result.folders[part] = operator.folder(name, result.folders[above])

    def upload(file: RealFile) -> tuple[tuple[str, str], Any]:
        node = result.folders[file.folder]
        return file.place, operator.file(node, file.name, file.body, file.content_type)

    with ThreadPoolExecutor(AT_ONCE) as lanes:
        result.documents = dict(lanes.map(upload, hundred()))
    return result


@dataclass(frozen=True)
class Cloud:
    """The environment's AWS endpoint, and what its data stack made."""

    chosen: settings.Settings

    def client(self, service: str, **credentials: str) -> Any:
        """A client that acts as the account's root, or as whose key is given."""
        known = self.chosen.aws_environment()
        return boto3.client(
            service,
            endpoint_url=self.chosen.aws_url,
            region_name=known["AWS_REGION"],
            aws_access_key_id=credentials.get("key", known["AWS_ACCESS_KEY_ID"]),
            aws_secret_access_key=credentials.get("secret", known["AWS_SECRET_ACCESS_KEY"]),
            config=Config(
                signature_version="s3v4" if service == "s3" else None,
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
                read_timeout=120,
            ),
        )

    def bucket(self, kind: str) -> str:
        """Name of the bucket: staging, files or vault."""
        return f"papertrail-{settings.STAGE}-{settings.ACCOUNT}-{kind}"


@pytest.fixture(scope="session")
def cloud(environment) -> Cloud:
    return Cloud(settings.load({"PAPERTRAIL_HOME": str(environment.home)}))


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Ask until the answer is true, and return it; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.2)
    return answer


def mail_to(environment: Environment, address: str) -> list[Any]:
    """All mail to an address, as the mailbox shows it."""
    box = httpx.get(f"{environment.mailbox_url}/messages.json", timeout=30).json()
    return [mail for mail in box["messages"] if mail["to"] == [address]]
