"""What lies in the buckets after a try, held against the rows that name it."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from chalicelib.clock import utc_time
from chalicelib.transaction import Key, Row, Table
from tests.faults.breaks.ground import Ground

_LARGE = 1024**2
_HOUR = timedelta(hours=1)


def stored_versions(rows: Mapping[Key, Row]) -> Iterator[Row]:
    """Rows of versions that were answered as stored."""
    for key, row in rows.items():
        if key.table is Table.CORE and key.sk.startswith("V#") and row["state"] == "stored":
            yield row


def lost_bytes(world: Ground, rows: Mapping[Key, Row]) -> list[str]:
    """Stored versions whose bytes cannot be had, are others, or are not locked long enough."""
    told = []
    for row in stored_versions(rows):
        name = f"version {row['document_id']}/{row['number']}"
        place = {"Key": row["object_key"], "VersionId": row["object_version"]}
        if (place["Key"], place["VersionId"]) in world.looked_at:
            continue
        try:
            answer = world.s3.get_object(Bucket=world.config.files_bucket, **place)
        except world.s3.exceptions.ClientError as error:
            told.append(f"{name} cannot be read: {error}")
            continue
        if hashlib.sha256(answer["Body"].read()).hexdigest() != row["sha256"]:
            told.append(f"{name} holds other bytes than were declared")
        told += [f"{name} {problem}" for problem in _unlocked(world, row, answer)]
        _forget(world, place, answer)
    return told


def _unlocked(world: Ground, row: Row, answer: Mapping[str, Any]) -> Iterator[str]:
    if row.get("restored_from") is not None:
        return  # it names the object of another version, which is held to its own date
    until = utc_time(row["created_at"]) + timedelta(days=world.config.retention_days)
    if answer.get("ObjectLockMode") != "GOVERNANCE":
        yield "is not locked"
    elif answer["ObjectLockRetainUntilDate"] < until - _HOUR:
        yield f"is locked until {answer['ObjectLockRetainUntilDate']}, not {until}"


def _forget(world: Ground, place: Mapping[str, str], answer: Mapping[str, Any]) -> None:
    """Look once at each object; of large ones nothing is kept, or a run would fill the machine."""
    world.looked_at.add((place["Key"], place["VersionId"]))
    if answer["ContentLength"] > _LARGE:
        world.s3.delete_object(
            Bucket=world.config.files_bucket, **place, BypassGovernanceRetention=True
        )


def unnamed_objects(world: Ground, rows: Mapping[Key, Row], document_ids: set[str]) -> list[str]:
    """Object versions in the files bucket that no version's row names."""
    named = {(row["object_key"], row["object_version"]) for row in stored_versions(rows)}
    told = []
    for id_ in sorted(document_ids):
        listed = world.s3.list_object_versions(
            Bucket=world.config.files_bucket, Prefix=f"documents/{id_}/"
        )
        told += [
            f"an object in the files bucket that nothing names: {each['Key']}"
            for each in listed.get("Versions", [])
            if (each["Key"], each["VersionId"]) not in named
        ]
    return told


def leftovers(world: Ground) -> dict[str, int]:
    """What the buckets' lifecycle rules are left to take away."""
    found = {"objects in staging": len(world.staged(""))}
    for name in ("staging", "files"):
        bucket = getattr(world.config, f"{name}_bucket")
        listed = world.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        found[f"uploads in parts open in {name}"] = len(listed)
    return found
