"""What happened is anchored in the vault by the deployed timer, and then proven up to there."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytestmark = pytest.mark.environment
ROOT = Path(__file__).resolve().parents[2]
TIMER = "papertrail-local-anchor_hourly"


def as_the_timer(cloud) -> dict[str, str]:
    """The environment and the credentials of the deployed function."""
    function = cloud.client("lambda").get_function_configuration(FunctionName=TIMER)
    keys = cloud.client("sts").assume_role(RoleArn=function["Role"], RoleSessionName=TIMER)
    return {
        "PATH": os.environ["PATH"],
        **cloud.chosen.aws_environment(),
        **function["Environment"]["Variables"],
        "AWS_ACCESS_KEY_ID": keys["Credentials"]["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["Credentials"]["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["Credentials"]["SessionToken"],
    }


@pytest.fixture(scope="module")
def anchored(operator, cloud):
    """A document with a history, and an anchor over the hour in which it was made."""
    folder = operator.folder(f"Anchored {datetime.now(UTC).isoformat()}")
    document = operator.file(folder, "Will.txt", b"I leave everything")
    path = f"/documents/{document['id']}"
    operator.call("PATCH", path, etag=operator.etag(path), json={"name": "Last will.txt"})
    subprocess.run(
        [sys.executable, "-m", "tests.support.early_anchor"],
        cwd=ROOT,
        env=as_the_timer(cloud),
        check=True,
    )
    return path


def test_the_deployed_timer_runs(cloud):
    event = dict.fromkeys(("id", "account", "region", "source", "detail-type", "time"), "")
    event |= {"version": "0", "resources": [], "detail": {}}
    payload = json.dumps(event).encode()
    answer = cloud.client("lambda").invoke(FunctionName=TIMER, Payload=payload)
    assert answer["StatusCode"] == 200
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_the_proof_reaches_as_far_as_the_anchor(operator, anchored):
    proof = operator.get(f"{anchored}/audit/verification")
    assert proof["valid"], proof
    assert proof["anchors_checked"] >= 1
    assert proof["proven_until"]["seq"] == proof["entries"]
    # What happens later is sound, and proven by the next anchor.
    operator.call("PATCH", anchored, etag=operator.etag(anchored), json={"name": "Will 2.txt"})
    later = operator.get(f"{anchored}/audit/verification")
    assert later["valid"]
    assert later["proven_until"] == proof["proven_until"]
    assert later["entries"] == proof["entries"] + 1


def test_an_anchor_lies_locked_in_the_vault(cloud, anchored):
    s3, bucket = cloud.client("s3"), cloud.bucket("vault")
    found = s3.list_objects_v2(Bucket=bucket, Prefix="anchors/")["Contents"]
    assert found
    for each in found:
        head = s3.head_object(Bucket=bucket, Key=each["Key"])
        assert head["ObjectLockMode"] == "COMPLIANCE"
