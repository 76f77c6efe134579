"""The vault on Amazon S3: objects locked in COMPLIANCE mode, read by their first version.

A version under COMPLIANCE lock can be neither removed nor overwritten by anybody, but a newer one
or a delete marker can be laid over it. So the first version ever written is the one that counts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_GONE = frozenset({"NoSuchKey", "NoSuchVersion"})
_UNSEEN = _GONE | {"AccessDenied"}
"""S3 denies a missing key to whoever may not list the whole bucket."""
_MAX_REMEMBERED = 1_000
"""Names whose first version is remembered, the last listed of them: a night's files and a month of
hours. A container that lives long must not come to know all of the vault.
"""


class S3Vault:
    """One bucket. Needs s3:PutObject, PutObjectRetention, ListBucketVersions, GetObjectVersion.

    Args:
        client: a botocore S3 client.
        bucket: the vault.
        retention_days: how long each object is locked.
        now: the time, from wiring.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - botocore has no types of its own
        bucket: str,
        *,
        retention_days: int,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._retention = timedelta(days=retention_days)
        self._now = now
        self._first: dict[str, str] = {}

    def names(self, prefix: str, *, after: str = "") -> Sequence[str]:
        """Names that begin so, in order, those under a delete marker too (a request a thousand)."""
        return sorted(name for name in self._listed(prefix, after) if name > after)

    def read(self, name: str) -> bytes | None:
        """The first content written under the name; None: nothing ever was."""
        version_id = self._first.get(name) or self._listed(name).get(name)
        if version_id is None:
            return None
        return self._got(_GONE, Key=name, VersionId=version_id)

    def topmost(self, name: str) -> bytes | None:
        """What lies on top under the name; None: nothing, or a delete marker."""
        return self._got(_UNSEEN, Key=name)

    def _got(self, missing: Collection[str], **place: str) -> bytes | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, **place)
        except ClientError as error:
            if error.response["Error"]["Code"] in missing:
                return None
            raise
        content: bytes = answer["Body"].read()
        return content

    def write(self, name: str, content: bytes) -> bool:
        """Put and lock in one request; False where the name is taken."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=name,
                Body=content,
                ChecksumAlgorithm="SHA256",
                ContentType="application/json",
                IfNoneMatch="*",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=self._now() + self._retention,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return False
            raise
        return True

    def _listed(self, prefix: str, after: str = "") -> Mapping[str, str]:
        """First versions by name; the newest names of all listings are remembered."""
        first: dict[str, str] = {}
        begin = {"KeyMarker": after} if after else {}
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix, **begin
        )
        for page in pages:
            for version in page.get("Versions", []):
                # S3 lists the versions of a key newest first, so the last one told is the first.
                first[version["Key"]] = version["VersionId"]
        for name in sorted(first)[-_MAX_REMEMBERED:]:
            self._first.pop(name, None)
            self._first[name] = first[name]
        while len(self._first) > _MAX_REMEMBERED:
            del self._first[next(iter(self._first))]
        return first
