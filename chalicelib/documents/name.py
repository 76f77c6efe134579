"""Names of folders and documents: what may be typed, and when two are the same."""

import unicodedata
from dataclasses import dataclass

from chalicelib.errors import Invalid

MAX_BYTES = 255
MAX_KEY_BYTES = 1024
"""DynamoDB's longest sort key; folding makes 255 bytes three times as long at most."""
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Bidirectional controls can make "gpj.exe" read "exe.jpg" (UAX #9, UTR #36 section 2.5).
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as typed (`text`), and the `key` that makes it one of its siblings.

    The key is NFC(casefold(NFC(text))): "É", "é" and "e" + U+0301 in either case collide.
    """

    text: str
    key: str

    @classmethod
    def of(cls, text: str, *, field: str = "name") -> "Name":
        """Check a typed name.

        Raises:
            Invalid: empty, "." or "..", over 255 bytes of UTF-8, a slash, a control character, a
                text-direction control, or broken Unicode.
        """
        trimmed = text.strip()
        problem = _problem(trimmed)
        if problem:
            raise Invalid(field, problem)
        return cls(trimmed, key_of(trimmed))


def key_of(text: str) -> str:
    """What two names share when they count as the same (or a prefix of a name, to search by)."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded)


def _problem(text: str) -> str | None:
    categories = {unicodedata.category(character) for character in text}
    if "Cs" in categories:
        return "the name is not valid Unicode"
    size = len(unicodedata.normalize("NFC", text).encode())
    problems = {
        "give it a name": not text,
        "a name cannot be only dots": text in (".", ".."),
        "a name cannot hold control characters": categories & _FORBIDDEN_CATEGORIES
        or _BIDI_CONTROLS & set(text),
        "a name cannot hold a slash": "/" in text or "\\" in text,
        f"a name may have {MAX_BYTES} bytes; this has {size}": size > MAX_BYTES,
    }
    return next((problem for problem, found in problems.items() if found), None)
