"""Does the lock hold? Asked at every start; the environment does not start otherwise.

A sentinel version, locked at the first start, is looked for at every later one: that is
the proof that locks survive restarts here, with this state. Then a new version is locked
and its deletion tried.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.local.settings import Settings

BUCKET = "papertrail-lock-sentinel"
KEY = "sentinel"
YEARS = 10


class LockDoesNotHoldError(Exception):
    """A locked version could be deleted or had lost its lock; nothing may rely on it."""


def verify(settings: Settings) -> None:
    """Raise LockDoesNotHoldError unless locks are kept, old ones and new ones."""
    s3 = boto3.client("s3", **client_arguments(settings))
    known = (settings.home / "sentinel").exists()
    if known:
        _verify_old(s3, (settings.home / "sentinel").read_text(encoding="ascii"))
    else:
        _create(s3)
    version = _locked_version(s3)
    _refused(s3, version)
    if not known:
        (settings.home / "sentinel").write_text(version, encoding="ascii")
    else:
        s3.delete_object(Bucket=BUCKET, Key=KEY, VersionId=version, BypassGovernanceRetention=True)


def client_arguments(settings: Settings) -> dict[str, Any]:
    """Return the arguments for a boto3 client that acts as this environment's root."""
    variables = settings.aws_environment()
    return {
        "endpoint_url": settings.aws_url,
        "region_name": variables["AWS_REGION"],
        "aws_access_key_id": variables["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": variables["AWS_SECRET_ACCESS_KEY"],
    }


def _create(s3: Any) -> None:  # noqa: ANN401 - a boto3 client
    try:
        s3.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise


def _locked_version(s3: Any) -> str:  # noqa: ANN401 - a boto3 client
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=365 * YEARS)
    version: str = s3.put_object(
        Bucket=BUCKET,
        Key=KEY,
        Body=b"This version is locked.",
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=until,
    )["VersionId"]
    return version


def _verify_old(s3: Any, version: str) -> None:  # noqa: ANN401 - a boto3 client
    try:
        kept = s3.get_object_retention(Bucket=BUCKET, Key=KEY, VersionId=version)["Retention"]
    except ClientError as error:
        raise LockDoesNotHoldError(
            f"the version that the first start locked has lost its lock ({error})"
        ) from error
    if kept["Mode"] != "GOVERNANCE" or kept["RetainUntilDate"] < dt.datetime.now(dt.UTC):
        raise LockDoesNotHoldError(f"the first start's lock became {kept}")
    _refused(s3, version)


def _refused(s3: Any, version: str) -> None:  # noqa: ANN401 - a boto3 client
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    address = {"Bucket": BUCKET, "Key": KEY, "VersionId": version}
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": soon}
    attempts: dict[str, Callable[[], Any]] = {
        "deleted": partial(s3.delete_object, **address),
        "shortened": partial(s3.put_object_retention, **address, Retention=shorter),
    }
    for outcome, attempt in attempts.items():
        try:
            attempt()
        except ClientError as error:
            if error.response["Error"]["Code"] != "AccessDenied":
                raise
        else:
            raise LockDoesNotHoldError(f"a locked version could be {outcome}")
    s3.head_object(**address)
