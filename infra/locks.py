"""Holds the default retention of the locked buckets to what the stage says.

The stack declares it. An emulator may drop the declaration, and a person may have changed it
since; so it is read back, put where it differs, and read again.
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.aws import Aws
from infra.stage import StageSettings


class LockNotHeld(Exception):
    """A bucket does not keep the retention it was given; nothing may be stored in it."""


def hold_locks(aws: Aws, settings: StageSettings, outputs: Mapping[str, str]) -> list[str]:
    """Put the default retention where it is missing or differs; returns what was changed.

    Raises:
        LockNotHeld: a bucket answers with another configuration than the one just put.
    """
    s3 = aws.client("s3")
    wanted_by_bucket = {
        outputs["BucketFiles"]: _retention("GOVERNANCE", settings.retention_days),
        outputs["BucketVault"]: _retention("COMPLIANCE", settings.vault_days),
    }
    changes = []
    for bucket, wanted in wanted_by_bucket.items():
        if _held(s3, bucket) == wanted:
            continue
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=wanted)
        if _held(s3, bucket) != wanted:
            raise LockNotHeld(f"{bucket} does not keep its Object Lock configuration")
        rule = wanted["Rule"]["DefaultRetention"]
        changes.append(f"{bucket}: default retention {rule['Mode']}, {rule['Days']} days")
    return changes


def _retention(mode: str, days: int) -> dict[str, Any]:
    return {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}},
    }


def _held(s3: Any, bucket: str) -> dict[str, Any] | None:  # noqa: ANN401 - a boto3 client
    try:
        answer = s3.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ObjectLockConfigurationNotFoundError":
            raise
        return None
    return dict(answer["ObjectLockConfiguration"])
