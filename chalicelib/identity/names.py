"""Rules for what people and groups are called; sign-in names share one namespace."""

import re
import unicodedata

from chalicelib.errors import Invalid

MAX_NAME = 200
MAX_USERNAME = 128
MAX_EMAIL = 254
_FOLDED = 64
_USERNAME_MARKS = "._-@+'"
_EMAIL = re.compile(
    r"""[^\s@<>()\[\],;:\\"]{1,64}@[^\s@<>()\[\],;:\\".]+(\.[^\s@<>()\[\],;:\\".]+)*"""
)
# These turn the reading direction, so that a name can pose as another one.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def folded(text: str) -> str:
    """The form under which two texts are the same name (NFC, case folded, NFC again)."""
    return _nfc(_nfc(text).casefold())


def sort_key(name: str, id_: str) -> str:
    """Where a name stands in a list; the id tells namesakes apart."""
    return f"{prefix_key(name)}#{id_}"


def prefix_key(name: str) -> str:
    """What a sort key begins with when its name begins with this text (first 64 characters)."""
    return folded(name)[:_FOLDED]


def clean_name(text: str, *, field: str = "name") -> str:
    """A person's or group's name as it is kept: NFC, trimmed.

    Raises:
        Invalid: empty, over 200 characters, or with characters that cannot be shown.
    """
    name = _nfc(text).strip()
    if not name:
        raise Invalid(field, "must not be empty")
    if len(name) > MAX_NAME:
        raise Invalid(field, f"may have at most {MAX_NAME} characters")
    if not _is_showable(name):
        raise Invalid(field, "must not hold line breaks, control or direction characters")
    return name


def clean_username(text: str) -> str:
    """A sign-in name as it is kept: NFC, trimmed; case does not tell two apart.

    Raises:
        Invalid: not 1 to 128 letters, digits and . _ - @ + ', beginning with a letter or digit.
    """
    username = _nfc(text).strip()
    if not 1 <= len(username) <= MAX_USERNAME:
        raise Invalid("username", f"needs 1 to {MAX_USERNAME} characters")
    kinds = [unicodedata.category(char)[0] for char in username]
    if kinds[0] not in "LN":
        raise Invalid("username", "must begin with a letter or a digit")
    for char, kind in zip(username, kinds, strict=True):
        if kind not in "LMN" and char not in _USERNAME_MARKS:
            raise Invalid("username", "may hold letters, digits and . _ - @ + ' only")
    return username


def clean_email(text: str | None) -> str | None:
    """A mail address as it is kept; None and empty text mean none.

    Raises:
        Invalid: it is no address of the form name@domain.
    """
    email = _nfc(text or "").strip()
    if not email:
        return None
    if len(email.encode("utf-8", "replace")) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise Invalid("email", "must be an address such as name@example.com")
    if not _is_showable(email):
        raise Invalid("email", "must not hold control characters")
    return email


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_showable(text: str) -> bool:
    hidden = ("Cc", "Cs", "Zl", "Zp")
    return not any(char in _BIDI or unicodedata.category(char) in hidden for char in text)
