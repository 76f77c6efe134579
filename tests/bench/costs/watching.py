"""Watches what a scenario does at AWS: rows before and after, and what waits for what."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient

from tests.bench.costs.units import Item, Place, Units, read_units, write_units
from tests.scenarios.aws_calls import AwsCall, Perform, listening
from tests.scenarios.strands import rounds

_CALL_ITSELF = BaseClient._make_api_call
"""As it is without anybody listening."""
_ONE = {"PutItem": "Item", "UpdateItem": "Key", "DeleteItem": "Key"}
_TRANSACTION = "TransactWriteItems"


@dataclass
class Watched:
    """What was seen since `begin`, and what every row was before anything was touched."""

    client: Any
    tables: Mapping[str, str]
    calls: list[tuple[AwsCall, Units]] = field(default_factory=list)
    kept: dict[Place, Item | None] = field(default_factory=dict)
    counting: bool = False

    def begin(self) -> None:
        """Count from here on."""
        self.calls.clear()
        self.counting = True

    def heard(self, call: AwsCall, perform: Perform) -> Mapping[str, Any]:
        """The listener."""
        places = _places(call)
        before = {place: self._item(place) for place in places}
        for place, item in before.items():
            self.kept.setdefault(place, item)
        try:
            return perform()
        finally:
            if self.counting:
                units = self._units(call, before)
                _compare(call, units)
                self.calls.append((call, units))

    def undo(self) -> None:
        """Put every touched row back."""
        requests = [
            (place[0], {"PutRequest": {"Item": item}} if item else _deletion(place))
            for place, item in self.kept.items()
        ]
        for start in range(0, len(requests), 25):
            wanted: dict[str, list[Any]] = {}
            for table, request in requests[start : start + 25]:
                wanted.setdefault(table, []).append(request)
            answer = _CALL_ITSELF(self.client, "BatchWriteItem", {"RequestItems": wanted})
            assert not answer["UnprocessedItems"]
        self.kept.clear()
        self.counting = False

    def rounds(self) -> int:
        """Round trips that wait for one another."""
        return rounds(call.strand for call, _ in self.calls)

    def _units(self, call: AwsCall, before: Mapping[Place, Item | None]) -> Units:
        if call.service != "dynamodb":
            return Units()
        if not before:
            return read_units(call, self.tables.__getitem__)
        changed = [(self.tables[p[0]], item, self._item(p)) for p, item in before.items()]
        return write_units(changed, transaction=call.operation == _TRANSACTION)

    def _item(self, place: Place) -> Item | None:
        asked = {
            "TableName": place[0],
            "Key": {"pk": {"S": place[1]}, "sk": {"S": place[2]}},
            "ConsistentRead": True,
        }
        found: Item | None = _CALL_ITSELF(self.client, "GetItem", asked).get("Item")
        return found


@contextmanager
def watching(client: Any, tables: Mapping[str, str]) -> Iterator[Watched]:
    """Watch every call of this process.

    Args:
        client: of DynamoDB, that may read any row.
        tables: what each table is called here ("core", …), by its name.
    """
    watched = Watched(client, tables)
    with listening(watched.heard):
        yield watched


def _compare(call: AwsCall, units: Units) -> None:
    """Hold our units against the engine's, where the engine counts as AWS does (see units.py)."""
    answer = call.answer or {}
    nothing = call.operation == "Query" and not answer.get("Items")
    missing = call.operation == "BatchGetItem" and sum(
        len(request["Keys"]) for request in call.parameters["RequestItems"].values()
    ) != sum(map(len, answer.get("Responses", {}).values()))
    absent = call.operation == "GetItem" and "Item" not in answer
    if not call.capacity or call.operation == _TRANSACTION or nothing or missing or absent:
        return
    told = sum(each["CapacityUnits"] for each in call.capacity)
    assert told == units.read + units.write, f"{call}: the engine says {told}, we say {units}"


def _places(call: AwsCall) -> Sequence[Place]:
    if call.operation in _ONE:
        return [_place(call.parameters, _ONE[call.operation])]
    if call.operation != _TRANSACTION:
        return []
    found = []
    for action in call.parameters["TransactItems"]:
        ((kind, request),) = action.items()
        found.append(_place(request, "Item" if kind == "Put" else "Key"))
    return found


def _place(request: Mapping[str, Any], named: str) -> Place:
    key = request[named]
    return request["TableName"], key["pk"]["S"], key["sk"]["S"]


def _deletion(place: Place) -> Mapping[str, Any]:
    return {"DeleteRequest": {"Key": {"pk": {"S": place[1]}, "sk": {"S": place[2]}}}}
