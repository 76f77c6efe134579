"""DynamoDB's request units, worked out by its published rules from the rows themselves.

DynamoDB Local tells capacity too, but rounds a transaction once a table instead of once a row, and
takes nothing for a query that finds nothing or for a row of a batch that is not there; AWS does not
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html and
.../transaction-apis.html). Where the engine is right about a call, the two are compared each time.

Not said by AWS: what an index costs in a transaction. DynamoDB Local doubles it, and so do we.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.scenarios.aws_calls import AwsCall
from tests.support.template_tables import table_definitions

READ_BYTES, WRITE_BYTES, TWICE = 4096, 1024, 2
Item = Mapping[str, Any]
Place = tuple[str, str, str]
"""Where an item lies: table name, pk, sk."""


@dataclass(frozen=True)
class Units:
    """Read and write request units."""

    read: float = 0.0
    write: float = 0.0

    def __add__(self, other: "Units") -> "Units":
        return Units(self.read + other.read, self.write + other.write)


@dataclass(frozen=True)
class Index:
    """A global secondary index: its keys, and whether it holds the whole item."""

    names: tuple[str, str]
    whole: bool

    def entry(self, item: Item | None) -> Item | None:
        """What it holds of an item; None where the item is not in it."""
        if item is None or not set(self.names) <= item.keys():
            return None
        return item if self.whole else {n: item[n] for n in ("pk", "sk", *self.names)}


def indexes() -> Mapping[str, Mapping[str, Index]]:
    """By table ("core", …) and by name, from the data stack's template."""
    return {
        table: {
            each["IndexName"]: Index(
                tuple(key["AttributeName"] for key in each["KeySchema"]),  # type: ignore[arg-type]
                each["Projection"]["ProjectionType"] == "ALL",
            )
            for each in request.get("GlobalSecondaryIndexes", ())
        }
        for table, request in table_definitions("any")
    }


INDEXES = indexes()


def size_of(item: Item) -> int:
    """Bytes, as DynamoDB counts them (developer guide, "Item sizes and formats")."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "N":
        digits = held.lstrip("-").replace(".", "").strip("0")
        return math.ceil(len(digits) / 2) + 1 + held.startswith("-")
    if kind == "M":
        return 3 + size_of(held) + len(held)
    if kind == "L":
        return 3 + sum(_value(each) + 1 for each in held)
    return len(held) if kind == "B" else 1


def read_units(call: AwsCall, name_of: Callable[[str], str]) -> Units:
    """What a Get, BatchGet or Query costs.

    Args:
        call: with its answer.
        name_of: from a table's name to what it is called here.
    """
    asked, answer = call.parameters, call.answer or {}
    if call.operation == "GetItem":
        share = 1.0 if asked.get("ConsistentRead") else 0.5
        return Units(read=share * _blocks(answer.get("Item")))
    if call.operation == "BatchGetItem":
        total = 0
        for table, request in asked["RequestItems"].items():
            assert request["ConsistentRead"]
            found = answer["Responses"].get(table, [])
            missing = len(request["Keys"]) - len(found)
            total += sum(_blocks(item) for item in found) + missing
        return Units(read=float(total))
    share = 1.0 if asked.get("ConsistentRead") else 0.5
    bytes_read = sum(map(size_of, answer.get("Items", [])))
    return Units(read=share * max(1, math.ceil(bytes_read / READ_BYTES)))


def write_units(
    changed: Iterable[tuple[str, Item | None, Item | None]], *, transaction: bool
) -> Units:
    """What it costs to change rows.

    Args:
        changed: for each row its table ("core", …), and what it was and is (None: nothing).
        transaction: whether they were changed in one.
    """
    total = sum(_change(table, before, after) for table, before, after in changed)
    return Units(write=float(total * (TWICE if transaction else 1)))


def _change(table: str, before: Item | None, after: Item | None) -> int:
    own = max(_kilobytes(before), _kilobytes(after), 1)
    return own + sum(_entry(index, before, after) for index in INDEXES[table].values())


def _entry(index: Index, before: Item | None, after: Item | None) -> int:
    was, now = index.entry(before), index.entry(after)
    if was == now:
        return 0
    if was and now and all(was[name] == now[name] for name in index.names):
        return max(_kilobytes(was), _kilobytes(now))
    return _kilobytes(was) + _kilobytes(now)


def _kilobytes(item: Item | None) -> int:
    return 0 if item is None else max(1, math.ceil(size_of(item) / WRITE_BYTES))


def _blocks(item: Item | None) -> int:
    return max(1, math.ceil(size_of(item or {}) / READ_BYTES))
