"""Merkle tree hashes as in RFC 6962, section 2.1 (https://www.rfc-editor.org/rfc/rfc6962)."""

import hashlib
from collections.abc import Iterable

_LEAF, _NODE = b"\x00", b"\x01"
"""A leaf can never pass for a node: their hashes begin differently."""


def root(leaves: Iterable[bytes]) -> str:
    """The tree's hash in hex; keeps one hash for each level, however many leaves pass by."""
    subtrees: list[tuple[int, bytes]] = []  # (height, hash), heights falling
    for leaf in leaves:
        height, top = 0, hashlib.sha256(_LEAF + leaf).digest()
        while subtrees and subtrees[-1][0] == height:
            top = _join(subtrees.pop()[1], top)
            height += 1
        subtrees.append((height, top))
    if not subtrees:
        return hashlib.sha256(b"").hexdigest()
    _, whole = subtrees.pop()
    while subtrees:
        whole = _join(subtrees.pop()[1], whole)
    return whole.hex()


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
