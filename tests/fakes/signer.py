"""Signing without asymmetric arithmetic: a keyed digest, different at each signature as ECDSA's."""

import hashlib
import hmac
import itertools


class FakeSigner:
    """Signs and checks with one secret; `trusting` switches the check off (to see tests fail)."""

    def __init__(self, secret: bytes = b"the environment's key") -> None:
        self._secret = secret
        self._nonces = itertools.count()
        self.trusting = False

    def sign(self, message: bytes) -> bytes:
        assert len(message) <= 4096
        nonce = next(self._nonces).to_bytes(8, "big")
        return nonce + self._mac(nonce, message)

    def genuine(self, message: bytes, signature: bytes) -> bool:
        nonce, mac = signature[:8], signature[8:]
        return self.trusting or hmac.compare_digest(mac, self._mac(nonce, message))

    def _mac(self, nonce: bytes, message: bytes) -> bytes:
        return hmac.digest(self._secret, nonce + message, hashlib.sha256)
