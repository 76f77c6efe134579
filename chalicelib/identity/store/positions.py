"""Ids and cursors as they come from outside: checked before they become part of a key."""

import base64
import binascii
from collections.abc import Mapping

from chalicelib.errors import Invalid

_MAX_CURSOR = 1400


def write_cursor(last: Mapping[str, str] | None, attribute: str) -> str | None:
    """The cursor behind the last row of a page (None: there is nothing behind)."""
    if last is None:
        return None
    return base64.urlsafe_b64encode(last[attribute].encode()).decode().rstrip("=")


def read_cursor(cursor: str, *, prefix: str) -> str:
    """The sort key in a cursor of a list whose sort keys begin with `prefix`.

    Raises:
        Invalid: it is none that such a list gave.
    """
    problem = Invalid("cursor", "is not one that this list gave")
    if len(cursor) > _MAX_CURSOR:
        raise problem
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise problem from error
    if not text.startswith(prefix) or "#" not in text:
        raise problem
    return text
