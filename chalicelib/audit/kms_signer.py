"""Signing with the environment's anchor key in AWS KMS (ECC_NIST_P256, ECDSA_SHA_256)."""

import hashlib
from typing import Any

from botocore.exceptions import ClientError

_ALGORITHM = "ECDSA_SHA_256"
_REMEMBERED = 4_096
_NOT_GENUINE = frozenset({"KMSInvalidSignatureException", "ValidationException"})


class KmsSigner:
    """Signs and checks with one key. The private half never leaves KMS.

    Args:
        client: a botocore KMS client.
        key: the key's ARN; a statement signed with any other is not genuine.
    """

    def __init__(self, client: Any, key: str) -> None:  # noqa: ANN401 - botocore has no own types
        self._client = client
        self._key = key
        self._genuine: set[bytes] = set()

    def sign(self, message: bytes) -> bytes:
        """Sign a message of at most 4,096 bytes (kms:Sign)."""
        answer = self._client.sign(
            KeyId=self._key, Message=message, MessageType="RAW", SigningAlgorithm=_ALGORITHM
        )
        signature: bytes = answer["Signature"]
        return signature

    def genuine(self, message: bytes, signature: bytes) -> bool:
        """Ask KMS (kms:Verify), once for each message and signature that proved genuine."""
        mark = hashlib.sha256(message).digest() + signature
        if mark in self._genuine:
            return True
        try:
            answer = self._client.verify(
                KeyId=self._key,
                Message=message,
                MessageType="RAW",
                Signature=signature,
                SigningAlgorithm=_ALGORITHM,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_GENUINE:
                return False
            raise
        if answer["SignatureValid"] and len(self._genuine) < _REMEMBERED:
            self._genuine.add(mark)
        return bool(answer["SignatureValid"])
