"""Checking anchors without AWS: by the public half of the key, which anybody may keep."""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class PublicKey:
    """Holds a P-256 public key in PEM; meets the audit's Signatures.

    Raises:
        ValueError: the text is not a public key.
    """

    def __init__(self, pem: bytes) -> None:
        self._key: Any = load_pem_public_key(pem)

    def genuine(self, message: bytes, signature: bytes) -> bool:
        """Whether the key signed the message (ECDSA over SHA-256, DER)."""
        try:
            self._key.verify(signature, message, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True
