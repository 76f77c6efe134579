"""The `Database` of transaction.py on Amazon DynamoDB, through pynamodb's connection layer.

pynamodb's expressions write the conditions and its connection signs, retries and sends; rows stay
plain mappings, because each store module maps its own.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, cast

from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import CancellationReason, QueryError, VerboseClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.attributes import to_attribute, to_row
from chalicelib.errors import Busy, Invalid, PaperTrailError
from chalicelib.transaction import (
    Below,
    Change,
    Check,
    Delete,
    Expected,
    Guard,
    Key,
    Page,
    Put,
    Query,
    Row,
    Table,
    Update,
)

_GUARD_FAILED = "ConditionalCheckFailed"
_CONTENTION = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "ThrottlingError",
        "ThrottlingException",
        "RequestLimitExceeded",
    }
)
_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before asking again for what a throttled batch read left out."""
INDEX_KEYS: Mapping[str, tuple[str, str]] = {
    "folders": ("folder_of", "folder_name"),
    "modified": ("list_pk", "list_sk"),
    "digest": ("sha256", "pk"),
    "listing": ("list_pk", "list_sk"),
    "by_actor": ("actor_pk", "actor_sk"),
    "by_time": ("time_pk", "time_sk"),
    "due": ("due_pk", "due_sk"),
    "owner": ("owner_pk", "owner_sk"),
}


class DynamoDatabase:
    """Rows in the tables of one environment.

    Args:
        names_by_table: the stage's table names.
        region: AWS region; None takes the runtime's.
        host: endpoint URL; None takes the runtime's (AWS_ENDPOINT_URL, else AWS itself).
    """

    def __init__(
        self,
        names_by_table: Mapping[Table, str],
        *,
        region: str | None = None,
        host: str | None = None,
    ) -> None:
        self._names = names_by_table
        self._connection = Connection(
            region=region,
            host=host,
            connect_timeout_seconds=2,
            read_timeout_seconds=8,
            max_pool_connections=32,
        )
        for name in names_by_table.values():
            self._connection.add_meta_table(MetaTable(_schema(name)))

    def get(self, key: Key) -> Row | None:
        """Read one row, strongly consistent (0.5-1 read unit per 4 KB)."""
        answer = self._connection.get_item(
            self._names[key.table], key.pk, range_key=key.sk, consistent_read=True
        )
        return to_row(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """Read up to 100 rows in one BatchGetItem, strongly consistent."""
        found: dict[Key, Row] = {}
        wanted = self._wanted(keys)
        table_by_name = {name: table for table, name in self._names.items()}
        for pause in _PAUSES:
            answer = self._connection.dispatch("BatchGetItem", {"RequestItems": wanted})
            for name, items in answer["Responses"].items():
                for item in map(to_row, items):
                    found[Key(table_by_name[name], item["pk"], item["sk"])] = item
            wanted = answer.get("UnprocessedKeys") or {}
            if not wanted:
                return found
            time.sleep(pause)
        raise Busy

    def _wanted(self, keys: Sequence[Key]) -> dict[str, Any]:
        wanted: dict[str, Any] = {}
        for key in dict.fromkeys(keys):
            name = self._names[key.table]
            entry = wanted.setdefault(name, {"Keys": [], "ConsistentRead": True})
            entry["Keys"].append({"pk": {"S": key.pk}, "sk": {"S": key.sk}})
        return wanted

    def query(self, query: Query) -> Page:
        """Read one page of a partition or an index."""
        _, sort_key = INDEX_KEYS.get(query.index or "", ("pk", "sk"))
        prefixed = Path(sort_key).startswith(query.prefix) if query.prefix else None
        try:
            answer = self._connection.query(
                self._names[query.table],
                query.pk,
                range_key_condition=prefixed,
                index_name=query.index,
                exclusive_start_key=query.after and {k: {"S": v} for k, v in query.after.items()},
                limit=query.limit,
                scan_index_forward=not query.descending,
                consistent_read=query.consistent,
            )
        except QueryError as error:
            # A position outside of what is asked for: the sender mixed cursors of two lists.
            if query.after and error.cause_response_code == "ValidationException":
                raise Invalid("cursor", "it belongs to another list or sort") from error
            raise
        last = answer.get("LastEvaluatedKey")
        return Page(
            [to_row(item) for item in answer["Items"]],
            {name: value["S"] for name, value in last.items()} if last else None,
        )

    def commit(self, changes: Sequence[Change], *, token: str) -> None:
        """Write all or nothing; one change alone goes as a plain conditional write (half price)."""
        if len(changes) == 1 and not isinstance(changes[0], Check):
            self._write(changes[0])
            return
        actions = [{_ACTION[type(change)]: self._arguments(change)} for change in changes]
        try:
            self._connection.dispatch(
                "TransactWriteItems",
                {"TransactItems": actions, "ClientRequestToken": _request_token(token, actions)},
            )
        except VerboseClientError as error:
            refusal = _explained(error, changes)
            if refusal is None:
                raise
            raise refusal from error

    def _write(self, change: Change) -> None:
        operation = {Put: "PutItem", Update: "UpdateItem", Delete: "DeleteItem"}[type(change)]
        try:
            self._connection.dispatch(operation, self._arguments(change))
        except VerboseClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                # pynamodb keeps only the error's code; the row in the way is in its cause
                item = getattr(error.__cause__, "response", {}).get("Item")
                found = to_row(item) if item else None
                if _is_own(change, found):
                    return
                raise change.refusal(found) from error
            if _code(error) in _CONTENTION:
                raise Busy from error
            raise

    def increment(self, key: Key, attribute: str, *, values: Row | None = None, by: int = 1) -> int:
        """Add atomically (UpdateItem ADD, one write unit) and return the new number."""
        actions: list[Action] = [Path(attribute).add(by)]
        actions += [
            Path(name).set(Path(name) | to_attribute(value))
            for name, value in (values or {}).items()
        ]
        answer = self._connection.update_item(
            self._names[key.table],
            key.pk,
            range_key=key.sk,
            actions=actions,
            return_values="UPDATED_NEW",
        )
        return int(answer["Attributes"][attribute]["N"])

    def _arguments(self, change: Change) -> dict[str, Any]:
        arguments = self._connection.get_operation_kwargs(
            self._names[change.key.table],
            change.key.pk,
            change.key.sk,
            key="Item" if isinstance(change, Put) else "Key",
            attributes=_attributes(change.row) if isinstance(change, Put) else None,
            actions=_actions(change.values) if isinstance(change, Update) else None,
            condition=_condition(change.guard),
            return_values_on_condition_failure="ALL_OLD" if change.guard else None,
        )
        return dict(arguments)


def _is_own(change: Change, found: Row | None) -> bool:
    """Whether the row in the way is what this very change wrote: then it has happened.

    The SDK sends a request again whose answer was lost, and a condition then meets its own work.
    """
    wrote = change.row if isinstance(change, Put) else getattr(change, "values", {})
    return bool(found and wrote.get("txn") and found.get("txn") == wrote["txn"])


def _request_token(token: str, actions: Sequence[Mapping[str, Any]]) -> str:
    # The content is part of it: a second try with a newer time is another request to DynamoDB,
    # which would refuse it under the old token (IdempotentParameterMismatchException).
    return hashlib.sha256(f"{token}{actions!r}".encode()).hexdigest()[:36]


def _schema(name: str) -> dict[str, Any]:
    # Declared, not described: DescribeTable at every cold start would be a round trip for nothing.
    string_attributes = {"pk", "sk", *(part for keys in INDEX_KEYS.values() for part in keys)}
    return {
        "TableName": name,
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": "S"}
            for attribute in sorted(string_attributes)
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": hash_name, "KeyType": "HASH"},
                    {"AttributeName": range_name, "KeyType": "RANGE"},
                ],
            }
            for index, (hash_name, range_name) in INDEX_KEYS.items()
        ],
    }


def _attributes(row: Row) -> dict[str, Any]:
    return {
        name: to_attribute(value)
        for name, value in row.items()
        if value is not None and name not in ("pk", "sk")
    }


def _actions(values: Row) -> list[Action]:
    return [
        Path(name).remove() if value is None else Path(name).set(to_attribute(value))
        for name, value in values.items()
    ]


def _condition(guard: Guard) -> Condition | None:
    parts = [_clause(Path(name), expected) for name, expected in guard.items()]
    return reduce(_both, parts) if parts else None


def _both(one: Condition, other: Condition) -> Condition:
    return cast("Condition", one & other)


def _clause(path: Path, expected: Any) -> Condition:  # noqa: ANN401 - any row value
    if expected is Expected.ABSENT:
        return path.does_not_exist()
    if expected is Expected.PRESENT:
        return path.exists()
    if isinstance(expected, Below):
        return path < expected.limit
    return cast("Condition", path == to_attribute(expected))


def _explained(error: VerboseClientError, changes: Sequence[Change]) -> PaperTrailError | None:
    """The refusal of the first guard that did not hold; else `Busy`; None: the error itself."""
    reasons: list[CancellationReason | None] = list(error.cancellation_reasons)
    for change, reason in zip(changes, reasons, strict=False):
        if reason is not None and reason.code == _GUARD_FAILED:
            return change.refusal(to_row(reason.raw_item) if reason.raw_item else None)
    codes = {reason.code for reason in reasons if reason} | {_code(error)}
    return Busy() if codes & _CONTENTION else None


def _code(error: VerboseClientError) -> str:
    return str(error.response["Error"]["Code"])


_ACTION: Mapping[type, str] = {
    Put: "Put",
    Update: "Update",
    Delete: "Delete",
    Check: "ConditionCheck",
}
