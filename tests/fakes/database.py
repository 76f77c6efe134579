"""DynamoDB in a dictionary: the same contract as the adapter, in microseconds.

Kept honest by tests/contract/test_database.py, which runs against this and DynamoDB Local.
"""

import copy
import threading
from collections.abc import Callable, Mapping, Sequence

from chalicelib.dynamodb import INDEX_KEYS
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
    Update,
)


class FakeDatabase:
    """Holds rows; `calls` counts by operation; `before` may raise to play a fault."""

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self.calls: list[str] = []
        self.before: Callable[[str], None] = lambda _operation: None
        self._tokens: set[str] = set()
        self._lock = threading.RLock()

    def get(self, key: Key) -> Row | None:
        self._note("get")
        row = self.rows.get(key)
        return copy.deepcopy(row)

    def get_many(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        self._note("get_many")
        assert len(set(keys)) <= 100
        return {key: copy.deepcopy(self.rows[key]) for key in keys if key in self.rows}

    def query(self, query: Query) -> Page:
        self._note("query")
        hash_name, sort_name = INDEX_KEYS.get(query.index or "", ("pk", "sk"))
        with self._lock:
            rows = [
                row
                for key, row in self.rows.items()
                if key.table == query.table
                and row.get(hash_name) == query.pk
                and str(row.get(sort_name, "\0")).startswith(query.prefix)
                and sort_name in row
            ]

        def place(row: Mapping[str, object]) -> tuple[bytes, bytes, bytes]:
            return tuple(str(row[name]).encode() for name in (sort_name, "pk", "sk"))  # type: ignore[return-value]

        rows.sort(key=place, reverse=query.descending)
        if query.after:
            mark = place(query.after)
            rows = [r for r in rows if (place(r) < mark if query.descending else place(r) > mark)]
        page = rows[: query.limit]
        names = {"pk", "sk", hash_name, sort_name}
        more = len(page) == query.limit
        last = {name: page[-1][name] for name in names} if more else None
        return Page(copy.deepcopy(page), last)

    def commit(self, changes: Sequence[Change], *, token: str) -> None:
        self._note("commit" if len(changes) > 1 else "write")
        with self._lock:
            if len(changes) > 1 and token in self._tokens:
                return
            assert len({change.key for change in changes}) == len(changes), "one action an item"
            for change in changes:
                row = self.rows.get(change.key)
                if not _holds(change.guard, row):
                    raise change.refusal(copy.deepcopy(row))
            for change in changes:
                self._apply(change)
            self._tokens.add(token)

    def increment(self, key: Key, attribute: str, *, values: Row | None = None) -> int:
        self._note("increment")
        with self._lock:
            row = {"pk": key.pk, "sk": key.sk, **(values or {}), **self.rows.get(key, {})}
            row[attribute] = row.get(attribute, 0) + 1
            self.rows[key] = row
            return int(row[attribute])

    def _apply(self, change: Change) -> None:
        key = change.key
        if isinstance(change, Put):
            self.rows[key] = _clean({"pk": key.pk, "sk": key.sk, **change.row})
        elif isinstance(change, Update):
            self.rows[key] = _clean(
                {"pk": key.pk, "sk": key.sk, **self.rows.get(key, {}), **change.values}
            )
        elif isinstance(change, Delete):
            self.rows.pop(key, None)
        else:
            assert isinstance(change, Check)

    def _note(self, operation: str) -> None:
        self.calls.append(operation)
        self.before(operation)


def _clean(row: Row) -> Row:
    return copy.deepcopy({name: value for name, value in row.items() if value is not None})


def _holds(guard: Guard, row: Row | None) -> bool:
    return all(_meets(expected, (row or {}).get(name)) for name, expected in guard.items())


def _meets(expected: object, value: object) -> bool:
    if expected is Expected.ABSENT:
        return value is None
    if expected is Expected.PRESENT:
        return value is not None
    if isinstance(expected, Below):
        return isinstance(value, int) and value < expected.limit
    return value is not None and value == expected
