"""Query parameters that routes declare, as the OpenAPI document tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.calls import DEFAULT_LIMIT, MAX_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter: what it does, and a JSON Schema of its values."""

    name: str
    description: str
    schema: Mapping[str, Any]


LIMIT = Parameter(
    name="limit",
    description="How many items to list at most; a page may hold fewer and still have a cursor.",
    schema={"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
)
CURSOR = Parameter(
    name="cursor",
    description="The next_cursor of the page before, with the other parameters as they were.",
    schema={"type": "string", "maxLength": 4096},
)
PAGE = (LIMIT, CURSOR)
PREFIX = Parameter(
    name="prefix",
    description="How names begin; case and the way accents are written make no difference.",
    schema={"type": "string", "maxLength": 300, "example": "Contr"},
)
SORT = Parameter(
    name="sort",
    description="By name or by last change; a minus turns the order round.",
    schema={"enum": ["name", "-name", "modified", "-modified"], "default": "name"},
)
KIND = Parameter(
    name="kind",
    description="node lists folders alone, by name, whatever the number of documents.",
    schema={"const": "node"},
)
IN_FOLDER = Parameter(
    name="node_id",
    description="The folder out of which things were trashed; without it, what I trashed.",
    schema={"type": "string", "maxLength": 64},
)
NUMBER = Parameter(
    name="number",
    description="A document's number: lists that document, or nothing.",
    schema={"type": "integer", "minimum": 0, "maximum": 999_999_999_999_999, "example": 42},
)
DISPOSITION = Parameter(
    name="disposition",
    description="inline to look at the bytes; what is dangerous to show is downloaded anyway.",
    schema={"enum": ["attachment", "inline"], "default": "attachment"},
)
FORMAT = Parameter(
    name="format",
    description="Everything at once as a file, instead of a page (up to 10,000 entries).",
    schema={"enum": ["csv", "json"]},
)
