"""Rows as DynamoDB's attribute values, and back.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html

boto3 has such a converter, but brings its transfer manager along: a tenth of a cold start. It also
counts the digits of every number, which a request pays for with each row. What rows may hold is
less than it allows, and is refused here when it is anything else.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.transaction import Row


def to_attribute(value: object) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
    """Text, a whole number, a flag, bytes, None, or a list or mapping (by text) of these.

    Raises:
        TypeError: it is anything else.
    """
    if isinstance(value, str):
        return {"S": str.__str__(value)}
    if isinstance(value, bool):  # before numbers: it is one to Python
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, Mapping):
        return {"M": {str(name): to_attribute(part) for name, part in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [to_attribute(part) for part in value]}
    if isinstance(value, bytes):
        return {"B": value}
    raise TypeError(f"a row holds no {type(value).__name__}")


def from_attribute(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever a row holds
    """The value of an attribute that `to_attribute` made.

    Raises:
        TypeError: it is of a kind that rows do not hold.
    """
    ((kind, value),) = attribute.items()
    if kind in ("S", "BOOL", "B"):
        return value
    if kind == "N":
        return int(value)
    if kind == "NULL":
        return None
    if kind == "M":
        return {name: from_attribute(part) for name, part in value.items()}
    if kind == "L":
        return [from_attribute(part) for part in value]
    raise TypeError(f"a row holds no attribute of kind {kind}")


def to_row(item: Mapping[str, Any]) -> Row:
    """The row of an item as DynamoDB gives it."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}
