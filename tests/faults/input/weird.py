"""Valid things spoiled: cut, doubled, nested, retyped, and made of the characters that hurt."""

import base64
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

PIECES = (
    *("\x00", "\u202e", "\u2066", "\u0430", "\ud800", "\udfff", "\u0663", "\ufeff", "\u2028", "é"),
    *("\r\n", "\n", "\t", " ", "%00", "%ff", "../", "/", "\\", "=", ".", "#", "@", ":", ";", ","),
    *('"', "'", "{", "}", "[", "]", "<script>", "${7*7}", "{subject}", "-", "+", "e999", "_", "K"),
    *("9" * 30, "9" * 5000, "NaN", "Infinity", "-0", "null", "true", "ﬃ", "İ", "e\u0301", "😀"),
)
SCALARS = (
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**400), float("nan"), float("inf"), -0.0),
    *("", " ", "x" * 3000, [], {}, [[]], [None], {"": {}}, ["x"], {"S": "x"}, {"pk": {"S": 1}}),
)
DEEP = 10_000


def text(valid: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Valid text, spoiled up to three times."""
    edits = st.lists(_text_edits(), max_size=3)
    return st.builds(_all, valid, edits) | st.text(max_size=60)


def octets(valid: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Valid bytes, spoiled up to three times."""
    place, piece = st.floats(0, 1), st.binary(max_size=8) | st.sampled_from((b"\xff", b"\x00"))
    edits = st.lists(st.builds(_edit, st.sampled_from(_EDITS), place, place, piece), max_size=3)
    return st.builds(_all, valid, edits) | st.binary(max_size=200)


def value(valid: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A valid JSON value in which up to three places hold something else, or nothing."""
    edits = st.lists(st.builds(_Change, st.integers(0, 10**6), _anything()), max_size=3)
    return st.builds(lambda found, changes: _all(deepcopy(found), changes), valid, edits)


def written(valid: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """Such a value as JSON, which may be spoiled once more as bytes."""
    dumped = value(valid).map(lambda found: json.dumps(found).encode())
    return dumped | octets(dumped)


def monsters(size: int) -> tuple[str, ...]:
    """Large and deep texts of about `size` characters."""
    nested = "[" * DEEP + "]" * DEEP
    return (
        "a" * size,
        "é\u202e" * (size // 2),
        "9" * size,
        "." * size,
        "[" * size,
        nested,
        '{"a":' * DEEP + "1" + "}" * DEEP,
        "[" + "{}," * (size // 3) + "{}]",
        base64.urlsafe_b64encode(nested.encode()).decode(),
        "/" * size,
        "&a=1" * (size // 4),
    )


def leaves(found: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: its container and the key or index there."""
    places: list[Any] = list(
        found.items()
        if isinstance(found, dict)
        else enumerate(found)
        if isinstance(found, list)
        else ()
    )
    for key, inner in places:
        yield found, key
        yield from leaves(inner)


class _Change:
    """Put something else into one place of a value; into the whole where it has none."""

    def __init__(self, place: int, other: Any) -> None:
        self.place, self.other = place, other

    def __call__(self, found: Any) -> Any:
        places, other = list(leaves(found)), deepcopy(self.other)
        if not places:
            return other
        container, key = places[self.place % len(places)]
        if self.place % 7 == 0:
            del container[key]
        elif self.place % 7 == 1 and isinstance(container, dict):
            container[f"{key}{PIECES[self.place % len(PIECES)]}"] = container[key]
        elif self.place % 7 == 2 and isinstance(container[key], str):
            container[key] += PIECES[self.place % len(PIECES)]
        else:
            container[key] = other
        return found


def _anything() -> st.SearchStrategy[Any]:
    return st.sampled_from((*SCALARS, *PIECES)) | st.text(max_size=20) | st.integers()


def _text_edits() -> st.SearchStrategy[Callable[[str], str]]:
    place, piece = st.floats(0, 1), st.sampled_from(PIECES) | st.text(max_size=5)
    return st.builds(_edit, st.sampled_from(_EDITS), place, place, piece)


def _edit(kind: str, first: float, second: float, piece: Any) -> Callable[[Any], Any]:
    def spoil(found: Any) -> Any:
        start, end = sorted((int(first * len(found)), int(second * len(found))))
        return {
            "cut": found[:start],
            "double": found + found,
            "drop": found[:start] + found[end:],
            "insert": found[:start] + piece + found[start:],
            "repeat": found[:start] + found[start:end] * 20 + found[end:],
            "replace": found[:start] + piece + found[end:],
        }[kind]

    return spoil


_EDITS = ("cut", "double", "drop", "insert", "repeat", "replace")


def _all(found: Any, edits: list[Callable[[Any], Any]]) -> Any:
    for edit in edits:
        found = edit(found)
    return found
