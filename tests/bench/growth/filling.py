"""Rows by the million: written into the file in which DynamoDB Local keeps them.

Through BatchWriteItem it took 130 to 430 rows a second, which is hours for a million documents;
this takes minutes. The engine answers from the same file, with the same sizes and the same indexes:
tests/races/test_growth.py compares what is written here with what the engine writes for itself.

Two columns are left empty, in which the engine keeps hashes of keys: they order parallel scans, and
rows that share an index key, of which there are none here.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.attributes import to_attribute
from chalicelib.transaction import Key, Row, Table

FILE = "shared-local-instance.db"
_NO_HASH = bytes(20)
_CONTAINER, _ELEMENT = 3, 1
_BATCH = 5_000
_LAST = "hashRangeValue"


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as the engine keeps it: `size` in bytes; `index` are its index keys, by column."""

    pk: str
    sk: str
    size: int
    content: str
    index: tuple[str | None, ...]

    def columns(self) -> tuple[Any, ...]:
        """What goes into the file."""
        keys = [None if key is None else key.encode() for key in self.index]
        key = (self.pk.encode(), self.sk.encode())
        return (*key, _NO_HASH, _NO_HASH, self.size, self.content.encode(), _NO_HASH, *keys)


class Filler:
    """The file of a running engine that has nothing else to do meanwhile."""

    def __init__(self, file: Path, tables: Mapping[Table, str]) -> None:
        self.file = file
        self._file = sqlite3.connect(file, isolation_level=None, timeout=60)
        self._file.execute("PRAGMA synchronous=OFF")
        self._file.execute("PRAGMA cache_size=-500000")
        self._tables = tables
        self._index = {table: self._index_keys(name) for table, name in tables.items()}

    def stored(self, key: Key, row: Row) -> Stored:
        """A row as the engine would keep it."""
        whole = {**row, "pk": key.pk, "sk": key.sk}
        item = {name: to_attribute(v) for name, v in whole.items() if v is not None}
        size = sum(len(name.encode()) + _size(value) for name, value in item.items())
        index = tuple(whole.get(name) for name in self._index[key.table])
        content = json.dumps(item, separators=(",", ":"), ensure_ascii=False)
        return Stored(key.pk, key.sk, size, content, index)

    def fill(self, rows: Iterable[tuple[Table, Stored]]) -> int:
        """Write rows, all or none; returns how many."""
        count = 0
        self._file.execute("BEGIN IMMEDIATE")
        try:
            for table, batch in _batches(rows):
                self._file.executemany(self._statement(table), [row.columns() for row in batch])
                count += len(batch)
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")
        return count

    def put(self, rows: Mapping[Key, Row]) -> int:
        """Write rows of any shape; returns how many."""
        return self.fill((key.table, self.stored(key, row)) for key, row in rows.items())

    def _statement(self, table: Table) -> str:
        keys = "".join(f", indexKey_{n}" for n in range(len(self._index[table])))
        columns = f"hashKey, rangeKey, hashValue, rangeValue, itemSize, ObjectJSON, {_LAST}{keys}"
        marks = ", ".join("?" * columns.count(",")) + ", ?"
        # The names are ours, and nothing is quoted in them.
        return f'INSERT OR REPLACE INTO "{self._tables[table]}" ({columns}) VALUES ({marks})'

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _index_keys(self, name: str) -> Sequence[str]:
        """Attributes in the order of the file's index columns: as the indexes were declared."""
        query = "SELECT TableInfo FROM dm WHERE TableName = ?"
        (told,) = self._file.execute(query, (name,)).fetchone()
        indexes = json.loads(told).get("GSIList") or []
        keys = (key["AttributeName"] for index in indexes for key in index["KeySchema"])
        return [key for key in dict.fromkeys(keys) if key not in ("pk", "sk")]


def _size(attribute: Mapping[str, Any]) -> int:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""
    ((kind, value),) = attribute.items()
    if kind == "S":
        return len(value.encode())
    if kind == "N":
        digits = len(value.lstrip("-").strip("0"))
        return (digits + 1) // 2 + 1 + value.startswith("-")
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "M":
        parts = sum(len(name.encode()) + _size(v) + _ELEMENT for name, v in value.items())
        return _CONTAINER + parts
    if kind == "L":
        return _CONTAINER + sum(_size(each) + _ELEMENT for each in value)
    raise LookupError(kind)


def _batches(rows: Iterable[tuple[Table, Stored]]) -> Iterator[tuple[Table, list[Stored]]]:
    waiting: dict[Table, list[Stored]] = {}
    for table, row in rows:
        batch = waiting.setdefault(table, [])
        batch.append(row)
        if len(batch) == _BATCH:
            yield table, batch
            waiting[table] = []
    yield from waiting.items()
