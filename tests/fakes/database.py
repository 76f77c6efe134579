"""DynamoDB in a dictionary: the same contract as the adapter, in microseconds.

Kept honest by tests/contract/test_database.py, which runs against this and DynamoDB Local. Like
DynamoDB it refuses what no table can hold: other types, keys too long or empty, rows over 400 KB.
"""

import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.dynamodb import INDEX_KEYS
from chalicelib.errors import Invalid
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

MAX_PK, MAX_SK, MAX_ROW = 2048, 1024, 400 * 1024
KEYS_ONLY = frozenset({"digest"})
_INDEX_ATTRIBUTES = frozenset(name for names in INDEX_KEYS.values() for name in names)


class FakeDatabase:
    """Holds rows; `calls` counts by operation; `before` may raise to play a fault.

    `after_commit` is called behind each commit that changed something; it may raise, too: then the
    rows stand, but nobody gets to know of it.
    """

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self.calls: list[str] = []
        self.before: Callable[[str], None] = lambda _operation: None
        self.after_commit: Callable[[Sequence[Change]], None] = lambda _changes: None
        self._done: set[str] = set()
        self._lock = threading.RLock()

    def get(self, key: Key) -> Row | None:
        self._note("get")
        _check_key(key)
        row = self.rows.get(key)
        return copy.deepcopy(row)

    def get_many(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        self._note("get_many")
        assert 1 <= len(set(keys)) <= 100, f"{len(set(keys))} keys in one BatchGetItem"
        for key in keys:
            _check_key(key)
        return {key: copy.deepcopy(self.rows[key]) for key in keys if key in self.rows}

    def query(self, query: Query) -> Page:
        self._note("query")
        hash_name, sort_name = INDEX_KEYS.get(query.index or "", ("pk", "sk"))
        names = {"pk", "sk", hash_name, sort_name}
        assert not (query.index and query.consistent), "no index is strongly consistent"
        assert query.limit >= 1
        assert 1 <= len(query.pk.encode()) <= MAX_PK
        assert len(query.prefix.encode()) <= MAX_SK
        if query.after:
            _check_position(query, names, hash_name, sort_name)
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
        more = len(page) == query.limit
        last = {name: page[-1][name] for name in names} if more else None
        if query.index in KEYS_ONLY:
            page = [{name: row[name] for name in names} for row in page]
        return Page(copy.deepcopy(page), last)

    def commit(self, changes: Sequence[Change], *, token: str) -> None:
        self._note("commit" if len(changes) > 1 else "write")
        assert 1 <= len(changes) <= 100, f"{len(changes)} actions in one transaction"
        with self._lock:
            # The content belongs to the token: see chalicelib.dynamodb._request_token.
            request = f"{token}{[_told(change) for change in changes]!r}"
            if len(changes) > 1 and request in self._done:
                return
            assert len({change.key for change in changes}) == len(changes), "one action an item"
            for change in changes:
                _check_key(change.key)
            for change in changes:
                row = self.rows.get(change.key)
                if not _holds(change.guard, row):
                    if len(changes) == 1 and _is_own(change, row):
                        return
                    raise change.refusal(copy.deepcopy(row))
            after = {change.key: self._row_after(change) for change in changes}
            for key, row in after.items():
                if row is None:
                    self.rows.pop(key, None)
                else:
                    self.rows[key] = row
            self._done.add(request)
        self.after_commit(changes)

    def increment(self, key: Key, attribute: str, *, values: Row | None = None, by: int = 1) -> int:
        self._note("increment")
        with self._lock:
            row = {"pk": key.pk, "sk": key.sk, **(values or {}), **self.rows.get(key, {})}
            row[attribute] = row.get(attribute, 0) + by
            self.rows[key] = _stored(row)
            return int(row[attribute])

    def _row_after(self, change: Change) -> Row | None:
        key, was = change.key, self.rows.get(change.key)
        if isinstance(change, Put):
            return _stored({**change.row, "pk": key.pk, "sk": key.sk})
        if isinstance(change, Update):
            return _stored({**(was or {}), **change.values, "pk": key.pk, "sk": key.sk})
        if isinstance(change, Delete):
            return None
        assert isinstance(change, Check)
        return was

    def _note(self, operation: str) -> None:
        self.calls.append(operation)
        self.before(operation)


def _is_own(change: Change, row: Row | None) -> bool:
    """A single write that is sent again meets what it wrote: then it has happened."""
    wrote = getattr(change, "row", None) or getattr(change, "values", {})
    return bool(row and wrote.get("txn") and row.get("txn") == wrote["txn"])


def _told(change: Change) -> tuple[object, ...]:
    what = getattr(change, "row", None) or getattr(change, "values", None)
    return type(change).__name__, change.key, what, change.guard


def _check_key(key: Key) -> None:
    assert 1 <= len(key.pk.encode()) <= MAX_PK, f"a partition key of {len(key.pk.encode())} bytes"
    assert 1 <= len(key.sk.encode()) <= MAX_SK, f"a sort key of {len(key.sk.encode())} bytes"


def _check_position(query: Query, names: set[str], hash_name: str, sort_name: str) -> None:
    after = query.after or {}
    fits = set(after) == names and after[hash_name] == query.pk
    if not fits or not after[sort_name].startswith(query.prefix):
        raise Invalid("cursor", "it belongs to another list or sort")


def _stored(row: Row) -> Row:
    kept = {name: _value(value) for name, value in row.items() if value is not None}
    for name in _INDEX_ATTRIBUTES & kept.keys():
        assert isinstance(kept[name], str), f"the index key {name} is {kept[name]!r}"
        assert 1 <= len(kept[name].encode()) <= MAX_SK, f"the index key {name} has a bad length"
    assert len(repr(kept)) <= MAX_ROW, "a row over 400 KB"
    return kept


def _value(value: Any) -> Any:
    """What DynamoDB gives back for a value; anything that it cannot hold is a TypeError."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        assert abs(value) < 10**38
        return int(value)
    if isinstance(value, str):
        return str(value.encode(), "utf-8")
    if isinstance(value, Mapping):
        return {str(name): _value(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_value(part) for part in value]
    raise TypeError(f"DynamoDB holds no {type(value).__name__}")


def _holds(guard: Guard, row: Row | None) -> bool:
    return all(_meets(expected, (row or {}).get(name)) for name, expected in guard.items())


def _meets(expected: object, value: object) -> bool:
    if expected is Expected.ABSENT:
        return value is None
    if expected is Expected.PRESENT:
        return value is not None
    if isinstance(expected, Below):
        return type(value) is int and value < expected.limit
    return value is not None and _value(expected) == value and type(_value(expected)) is type(value)
