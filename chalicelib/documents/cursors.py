"""Opaque positions in lists.

A cursor holds only sort positions; the partition is always the one the request is allowed to list,
so a forged cursor can skip rows but never reach another folder's.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence

from chalicelib.errors import Invalid

_MAX = 4096


def write(last: Mapping[str, str] | None, names: Sequence[str]) -> str | None:
    """The cursor for a position, or None at the end."""
    if last is None:
        return None
    text = json.dumps([last[name] for name in names], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(
    cursor: str | None, fixed: Mapping[str, str], names: Sequence[str]
) -> Mapping[str, str] | None:
    """The position that `write` wrote, joined with the partition's own keys.

    Raises:
        Invalid: it is no cursor of ours.
    """
    if cursor is None:
        return None
    try:
        if len(cursor) > _MAX:
            raise ValueError(cursor)
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not _plausible(parts, len(names)):
            raise ValueError(cursor)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Invalid("cursor", "send back next_cursor as it came, with the same sort") from error
    return {**fixed, **dict(zip(names, parts, strict=True))}


def _plausible(parts: object, count: int) -> bool:
    return (
        isinstance(parts, list)
        and len(parts) == count
        and all(isinstance(part, str) and 0 < len(part.encode()) <= 1024 for part in parts)  # noqa: PLR2004 - DynamoDB's longest sort key
    )
