"""What a call to AWS reads and writes, and so where the order of two calls can matter.

Two calls that touch nothing in common, or that both only read, give the same in either order. So
of all places where one party's calls can fall between the other's, only those in front of a call
that they have something in common with differ from one another. The rest need no try of their own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.scenarios.aws_calls import AwsCall

_PLAIN = ("GetItem", "DeleteItem", "UpdateItem")
_LISTS = ("ListObjectsV2", "ListObjectVersions", "ListParts")


@dataclass(frozen=True)
class Place:
    """Something at AWS: exactly this, or whatever begins so; written, or only read."""

    text: str
    whole: bool
    written: bool

    def meets(self, other: "Place") -> bool:
        """Whether the order of the two can matter."""
        if not (self.written or other.written):
            return False
        if self.whole and other.whole:
            return self.text == other.text
        if self.whole:
            return self.text.startswith(other.text)
        return other.text.startswith(self.text) or (
            not other.whole and self.text.startswith(other.text)
        )


@dataclass(frozen=True)
class Touch:
    """One call: its name, and what it touches."""

    name: str
    places: tuple[Place, ...]

    def meets(self, others: Sequence["Touch"]) -> bool:
        """Whether its order among other calls can matter."""
        return any(
            mine.meets(theirs)
            for other in others
            for theirs in other.places
            for mine in self.places
        )


def touch_of(call: AwsCall) -> Touch:
    """What a call touches; a call of an unknown kind touches everything of its service."""
    if call.service == "dynamodb":
        places = tuple(_rows(call.operation, call.parameters))
    elif call.service == "s3":
        places = tuple(_objects(call))
    else:
        places = (Place(f"{call.service}|", whole=False, written=call.writes),)
    return Touch(f"{call.service}.{call.operation}", places)


def rows_written(touches: Iterable[Touch]) -> set[tuple[str, str, str]]:
    """Table name, pk and sk of every row that calls may have written."""
    found = set()
    for place in (place for touch in touches for place in touch.places):
        if place.written and place.whole and not place.text.startswith("s3|"):
            table, pk, sk = place.text.split("|", 2)
            found.add((table, pk, sk))
    return found


def objects_written(touches: Iterable[Touch]) -> bool:
    """Whether any call may have written an object."""
    places = (place for touch in touches for place in touch.places)
    return any(place.written and place.text.startswith("s3|") for place in places)


def cuts(mine: Sequence[Touch], others: Sequence[Touch]) -> Sequence[int]:
    """After how many of one's calls the other's must fall, so that each difference is tried once.

    Before the first call that matters is the same as before all of them, and behind the last one
    the same as after all.
    """
    matter = [n for n, touch in enumerate(mine) if touch.meets(others)]
    return matter[1:]


def _rows(operation: str, said: Mapping[str, Any]) -> Iterator[Place]:
    if operation == "Query":
        yield _queried(said)
    elif operation == "BatchGetItem":
        for table, wanted in said["RequestItems"].items():
            yield from (_row(table, key, written=False) for key in wanted["Keys"])
    elif operation == "TransactWriteItems":
        for action in said["TransactItems"]:
            ((kind, told),) = action.items()
            key = told["Item"] if kind == "Put" else told["Key"]
            yield _row(told["TableName"], key, written=kind != "ConditionCheck")
    elif operation == "PutItem":
        yield _row(said["TableName"], said["Item"], written=True)
    elif operation in _PLAIN:
        yield _row(said["TableName"], said["Key"], written=operation != "GetItem")
    else:
        yield Place("", whole=False, written=True)


def _row(table: str, key: Mapping[str, Any], *, written: bool) -> Place:
    return Place(f"{table}|{key['pk']['S']}|{key['sk']['S']}", whole=True, written=written)


def _queried(said: Mapping[str, Any]) -> Place:
    values = [value["S"] for value in said["ExpressionAttributeValues"].values() if "S" in value]
    table = said["TableName"]
    # The partition's key is the first value; an index may show any row of its table.
    text = f"{table}|" if "IndexName" in said else f"{table}|{values[0]}|"
    return Place(text, whole=False, written=False)


def _objects(call: AwsCall) -> Iterator[Place]:
    said = call.parameters
    key = said.get("Key", said.get("Prefix", ""))
    exact = call.operation not in _LISTS
    yield Place(f"s3|{said['Bucket']}|{key}", whole=exact, written=call.writes)
    if "CopySource" in said:
        yield Place(f"s3|{_source(said['CopySource'])}", whole=True, written=False)


def _source(said: Any) -> str:
    """Bucket and key; boto3 turns the two into one path while it sends."""
    bucket, key = (said["Bucket"], said["Key"]) if isinstance(said, Mapping) else said.split("/", 1)
    return f"{bucket}|{key}"
