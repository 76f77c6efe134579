"""`kill -9` in the middle of work, then `make run`: what was acknowledged is there, and proven."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Self

import httpx
import pytest
from botocore.exceptions import ClientError

from infra.local import process
from tests.e2e.conftest import AT_ONCE, Cloud, mail_to, wait_for
from tests.support.person import Refusal
from tests.support.real_files import hundred

pytestmark = pytest.mark.environment
ROOT = Path(__file__).resolve().parents[2]
BOUND_SECONDS = 3.0
OWED = 8


def kill_everything(cloud: Cloud) -> None:
    """SIGKILL to the launcher, its workers and their children, as a power cut would."""
    pid = process.running_pid(cloud.chosen)
    assert pid is not None
    group = os.getpgid(pid)
    os.killpg(group, signal.SIGKILL)
    wait_for(lambda: not list(members(group)), "every process to be gone", 10)


def members(group: int) -> Iterator[int]:
    """Processes of a group that still run."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            state, _, found = (entry / "stat").read_text().rpartition(") ")[2].split()[:3]
            if int(found) == group and state != "Z":
                yield int(entry.name)


def make_run(cloud: Cloud) -> None:
    home = {"PAPERTRAIL_HOME": str(cloud.chosen.home)}
    subprocess.run(
        [sys.executable, "-m", "infra.local", "run"],
        cwd=ROOT,
        env={**os.environ, **home},
        check=True,
        stdout=subprocess.DEVNULL,
    )


class Workers:
    """Four lanes that upload small files until they are cut off."""

    def __init__(self, operator, folder) -> None:
        self.operator, self.folder = operator, folder
        self.acknowledged: dict[str, tuple[float, bytes]] = {}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(AT_ONCE)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, lane: int) -> None:
        random = Random(lane)
        with suppress(httpx.HTTPError, Refusal):
            for number in range(10_000):
                if self._stop.is_set():
                    return
                body = random.randbytes(20_000)
                made = self.operator.file(self.folder, f"{lane}-{number}.bin", body)
                self.acknowledged[made["id"]] = (time.monotonic(), body)


@pytest.fixture(scope="module")
def cut(operator, filed, cloud) -> Any:
    """Work, a power cut in its midst, and a new start; gives what was owed."""
    folder = operator.folder("Power cut")
    with Workers(operator, folder) as workers:
        wait_for(lambda: len(workers.acknowledged) >= OWED, "uploads to be acknowledged", 120)
        time.sleep(BOUND_SECONDS + 0.5)
        killed = time.monotonic()
        kill_everything(cloud)
    make_run(cloud)
    owed = {
        id_: body for id_, (at, body) in workers.acknowledged.items() if at < killed - BOUND_SECONDS
    }
    assert len(owed) >= OWED
    return folder, owed


def test_everything_acknowledged_three_seconds_before_is_there(operator, cut):
    _, owed = cut
    for document_id, body in owed.items():
        assert operator.download(document_id, 1) == body
        assert operator.get(f"/documents/{document_id}/audit/verification")["valid"]


def test_whatever_is_listed_is_whole(operator, cut):
    folder, owed = cut
    listed = operator.listed(folder)
    assert set(owed) <= {child["id"] for child in listed}
    for child in listed:
        assert len(operator.download(child["id"], child["version"])) == child["size"]
        assert operator.get(f"/documents/{child['id']}/audit/verification")["valid"]


def test_the_hundred_files_are_still_byte_identical_and_proven(operator, filed, cut):
    def spoiled(file):
        document = filed.documents[file.place]
        proof = operator.get(f"/documents/{document['id']}/audit/verification")
        return not proof["valid"] or operator.download(document["id"], 1) != file.body

    with ThreadPoolExecutor(AT_ONCE) as lanes:
        found = zip(hundred(), lanes.map(spoiled, hundred()), strict=True)
        wrong = [file.place for file, bad in found if bad]
    assert wrong == []


def test_work_goes_on_after_it(operator, cut):
    folder, _ = cut
    document = operator.file(folder, "After.txt", b"after the cut")
    assert operator.download(document["id"], 1) == b"after the cut"


def test_mail_goes_out_at_once_after_it(environment, operator, cut):
    # Well before the sweep, which looks every five minutes for what the stream did not bring.
    address = f"after-{secrets.token_hex(3)}@papertrail.test"
    username = address.partition("@")[0]
    operator.post("/users", name="After", username=username, email=address, invite=True)
    wait_for(lambda: mail_to(environment, address), "the mail", 30)


@pytest.fixture(scope="module")
def locked(cloud, filed, cut) -> dict[str, str]:
    """The address of a version that was stored, and locked, before the cut."""
    document = next(iter(filed.documents.values()))
    bucket, key = cloud.bucket("files"), f"documents/{document['id']}/000001"
    head = cloud.client("s3").head_object(Bucket=bucket, Key=key)
    assert head["ObjectLockMode"] == "GOVERNANCE"
    return {"Bucket": bucket, "Key": key, "VersionId": head["VersionId"]}


def attempts(s3, locked, *, bypass: dict[str, bool]):
    yield lambda: s3.delete_object(**locked, **bypass)
    one = {"Key": locked["Key"], "VersionId": locked["VersionId"]}
    several = {"Bucket": locked["Bucket"], "Delete": {"Objects": [one]}, **bypass}
    yield lambda: s3.delete_objects(**several)["Errors"][0]["Code"]
    soon = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 172_800))
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": soon}
    yield lambda: s3.put_object_retention(**locked, Retention=shorter, **bypass)


def outcome(attempt) -> Any:
    try:
        return attempt()
    except ClientError as error:
        return error.response["Error"]["Code"]


def test_no_administrator_deletes_or_shortens_a_locked_version(cloud, locked, administrator):
    s3 = cloud.client("s3", **administrator)
    for bypass in ({}, {"BypassGovernanceRetention": True}):
        for attempt in attempts(s3, locked, bypass=bypass):
            assert outcome(attempt) == "AccessDenied"
    # The emulator's root stands above bucket policies, but not above the lock.
    for attempt in attempts(cloud.client("s3"), locked, bypass={}):
        assert outcome(attempt) == "AccessDenied"
    assert cloud.client("s3").head_object(**locked)["ObjectLockMode"] == "GOVERNANCE"


@pytest.fixture
def administrator(cloud):
    """Keys of an IAM user whose policy allows everything."""
    iam, name = cloud.client("iam"), f"administrator-{secrets.token_hex(3)}"
    iam.create_user(UserName=name)
    policy = (
        '{"Version": "2012-10-17", '
        '"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    )
    iam.put_user_policy(UserName=name, PolicyName="everything", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    yield {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=name, PolicyName="everything")
    iam.delete_user(UserName=name)
