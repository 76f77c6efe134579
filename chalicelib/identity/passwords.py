"""Passwords: what is allowed, how they are kept, and how much work a guess costs."""

import base64
import hashlib
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.errors import Invalid
from chalicelib.identity.commonness import is_common
from chalicelib.identity.names import folded

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_CHARACTERS = 12
MAX_BYTES = 1024
_SHORTEST_TELLING = 4


def check_allowed(password: str, *, personal: tuple[str | None, ...], field: str) -> None:
    """Refuse a password that would be guessed.

    Any character is allowed and none is required; what counts is length and not being common.

    Args:
        password: as typed.
        personal: the person's user name, address and name, which it must not be made of.
        field: what to call it in the error.

    Raises:
        Invalid: under 12 characters, over 1,024 bytes, common, or made of personal words.
    """
    encoded = encode(password)
    if encoded is None:
        raise Invalid(field, f"may have at most {MAX_BYTES} bytes of Unicode text")
    text = encoded.decode()
    if len(text) < MIN_CHARACTERS:
        raise Invalid(
            field, f"needs at least {MIN_CHARACTERS} characters; a short sentence is good"
        )
    if is_common(_without(text, personal)):
        raise Invalid(field, "is easily guessed; choose words that have nothing to do with you")


def encode(password: str) -> bytes | None:
    """The bytes that are hashed (NFKC, UTF-8), so that every keyboard types the same password.

    None: over 1,024 bytes, or not Unicode text.
    """
    if len(password) > MAX_BYTES:
        return None
    try:
        encoded = unicodedata.normalize("NFKC", password).encode()
    except UnicodeEncodeError:
        return None
    return encoded if len(encoded) <= MAX_BYTES else None


def one_time_password(secret: str) -> str:
    """Four groups of five letters and digits (100 bits) from a random secret."""
    text = base64.b32encode(hashlib.sha256(secret.encode()).digest()).decode().lower()
    return "-".join(text[start : start + 5] for start in range(0, 20, 5))


class Vault:
    """Hashes passwords by argon2id. The costs are OWASP's minimum: about 0.1 s and 19 MiB.

    Args:
        memory_kib: memory per hash.
        rounds: passes over it.
    """

    def __init__(self, *, memory_kib: int = 19_456, rounds: int = 2) -> None:
        self._memory_kib = memory_kib
        self._rounds = rounds

    def hash(self, password: str) -> str:
        """The text to store: parameters, salt and hash.

        Raises:
            Invalid: over 1,024 bytes, or not Unicode text.
        """
        encoded = encode(password)
        if encoded is None:
            raise Invalid("password", f"may have at most {MAX_BYTES} bytes of Unicode text")
        return self._hasher.hash(encoded)

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one; the same work when there is none to fit."""
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - 18 ms

        encoded = encode(password)
        try:
            self._hasher.verify(stored or self._decoy, encoded or b"")
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None and encoded is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether it was hashed under other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher  # noqa: PLC0415 - 18 ms, and only sign-in needs it

        return PasswordHasher(time_cost=self._rounds, memory_cost=self._memory_kib, parallelism=1)

    @property
    def _decoy(self) -> str:
        # Nobody's password: comparing with it costs what comparing with a real one does.
        salt, digest = "A" * 22, "A" * 43
        return f"$argon2id$v=19$m={self._memory_kib},t={self._rounds},p=1${salt}${digest}"


def _without(text: str, personal: tuple[str | None, ...]) -> str:
    """The text with each personal word reduced to one character, so that it adds no length."""
    reduced = folded(text)
    words = {word for entry in personal for word in _words(entry or "")}
    for word in sorted(words, key=len, reverse=True):
        reduced = reduced.replace(word, "a")
    shrunk = len(reduced) < len(folded(text))
    return "a" if shrunk and len(reduced) < MIN_CHARACTERS else reduced


def _words(entry: str) -> set[str]:
    text = folded(entry)
    parts = {text, *text.replace("@", " ").replace(".", " ").split(), text.partition("@")[0]}
    return {part for part in parts if len(part) >= _SHORTEST_TELLING}
