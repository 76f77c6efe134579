"""A stage's whole state: seen, compared and put back, so that each try begins from the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.attributes import to_row
from chalicelib.config import Config
from chalicelib.transaction import Key, Row
from tests.scenarios.stage import StageWorld

Items = Mapping[Key, Mapping[str, Any]]
"""Rows as DynamoDB gives them."""

_AT_ONCE = 25
_ASIDE = "aside/"


@dataclass(frozen=True)
class State:
    """All rows, and the objects by bucket and key: their versions, oldest first."""

    items: Items
    rows: Mapping[Key, Row]
    objects: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)


class Kept:
    """A stage as it was when this was made."""

    def __init__(self, world: StageWorld, stage: Config, *, objects: bool) -> None:
        self._stage, self._objects = stage, objects
        self._dynamodb, self._s3 = world.client("dynamodb"), world.client("s3")
        self.state = self.look()
        for bucket, key in self.state.objects:
            if bucket == stage.staging_bucket:
                self._copy(key, _ASIDE + key)

    def look(self) -> State:
        """The stage as it is now."""
        items: dict[Key, Mapping[str, Any]] = {}
        for table, name in self._stage.tables.items():
            pages = self._dynamodb.get_paginator("scan").paginate(
                TableName=name, ConsistentRead=True
            )
            for item in (item for page in pages for item in page["Items"]):
                items[Key(table, item["pk"]["S"], item["sk"]["S"])] = item
        rows = {key: to_row(item) for key, item in items.items()}
        return State(items, rows, self._found() if self._objects else {})

    def look_at(self, written: Iterable[tuple[str, str, str]], *, objects: bool) -> State:
        """The stage as it is now, where nothing but these rows (table, pk, sk) was written.

        `objects` says whether objects may have been written too.
        """
        tables = {name: table for table, name in self._stage.tables.items()}
        asked = [(name, {"pk": {"S": pk}, "sk": {"S": sk}}) for name, pk, sk in sorted(written)]
        items, rows = dict(self.state.items), dict(self.state.rows)
        for name, place in asked:
            key = Key(tables[name], place["pk"]["S"], place["sk"]["S"])
            answer = self._dynamodb.get_item(TableName=name, Key=place, ConsistentRead=True)
            items.pop(key, None)
            rows.pop(key, None)
            if "Item" in answer:
                items[key], rows[key] = answer["Item"], to_row(answer["Item"])
        look = self._objects and objects
        return State(items, rows, self._found() if look else self.state.objects)

    def put_back(self, now: State) -> None:
        """Undo whatever was done since."""
        was = self.state
        changed = {key: item for key, item in was.items.items() if now.items.get(key) != item}
        self._write(changed, now.items.keys() - was.items.keys())
        for place, versions in now.objects.items():
            self._remove(
                *place, [each for each in versions if each not in was.objects.get(place, ())]
            )
        for bucket, key in was.objects.keys() - now.objects.keys():
            if bucket == self._stage.staging_bucket:
                self._copy(_ASIDE + key, key)

    def _found(self) -> Mapping[tuple[str, str], Sequence[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        listed = self._s3.list_objects_v2(Bucket=self._stage.staging_bucket).get("Contents", ())
        for each in listed:
            if not each["Key"].startswith(_ASIDE):
                found[self._stage.staging_bucket, each["Key"]] = ["null"]
        files = self._s3.list_object_versions(Bucket=self._stage.files_bucket)
        for each in (*files.get("Versions", ()), *files.get("DeleteMarkers", ())):
            found.setdefault((self._stage.files_bucket, each["Key"]), []).append(each["VersionId"])
        return found

    def _write(self, put: Items, delete: Iterable[Key]) -> None:
        names = self._stage.tables
        asked = [(names[key.table], {"PutRequest": {"Item": item}}) for key, item in put.items()]
        for key in delete:
            place = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
            asked.append((names[key.table], {"DeleteRequest": {"Key": place}}))
        for start in range(0, len(asked), _AT_ONCE):
            requests: dict[str, list[Any]] = {}
            for name, request in asked[start : start + _AT_ONCE]:
                requests.setdefault(name, []).append(request)
            answer = self._dynamodb.batch_write_item(RequestItems=requests)
            assert not answer.get("UnprocessedItems"), "DynamoDB Local throttles nothing"

    def _remove(self, bucket: str, key: str, versions: Sequence[str]) -> None:
        for version in versions:
            if bucket == self._stage.staging_bucket:
                self._s3.delete_object(Bucket=bucket, Key=key)
            else:
                self._s3.delete_object(
                    Bucket=bucket, Key=key, VersionId=version, BypassGovernanceRetention=True
                )

    def _copy(self, key: str, to: str) -> None:
        bucket = self._stage.staging_bucket
        source = {"Bucket": bucket, "Key": key}
        self._s3.copy_object(Bucket=bucket, Key=to, CopySource=source, ChecksumAlgorithm="SHA256")
