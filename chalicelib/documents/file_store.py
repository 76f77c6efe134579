"""The staging and the files bucket on Amazon S3.

How bytes are verified without passing through Lambda:
- one request: the presigned PUT is bound to length and SHA-256, S3 refuses other bytes and keeps
  the checksum (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html);
- parts up to 5 GB in all: S3's own multipart checksum is a hash of part hashes, so the joined
  object is copied as the single part of a multipart copy, for which S3 computes and returns the
  SHA-256 of all its bytes *before* anything becomes an object in the files bucket;
- above: part by part in the same way, each against the digest that the client said.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.documents.desk import Kept, Request
from chalicelib.documents.media import OCTETS, PEEK, shown_in_place
from chalicelib.documents.model import WHOLE_MAX, ObjectRef, Upload, Version, part_sizes
from chalicelib.errors import NotFound, NotReady, WrongBytes
from chalicelib.outages import is_outage

LINK_SECONDS = 300
_COPIES_AT_ONCE = 8
_THERE_ALREADY = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchUpload"})
"""How S3 refuses to make an object that an earlier try has made."""


class S3Files:
    """Presigns, joins, verifies and keeps.

    Args:
        client: a botocore S3 client (SigV4).
        staging: the bucket without a lock, where uploads land.
        files: the bucket with Object Lock, where verified bytes stay.
        data_key: ARN of the KMS key that the buckets encrypt with.
        upload_seconds: how long a presigned upload holds.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - botocore makes its clients at run time
        *,
        staging: str,
        files: str,
        data_key: str,
        upload_seconds: int = 3600,
    ) -> None:
        self._s3 = client
        self._staging = staging
        self._files = files
        self._data_key = data_key
        self._seconds = upload_seconds

    def begin_parts(self, key: str) -> str:
        """Start an upload in parts."""
        return str(self._s3.create_multipart_upload(Bucket=self._staging, Key=key)["UploadId"])

    def requests(
        self, upload: Upload, *, size: int, sha256: str, begun: bool = False
    ) -> Sequence[Request]:
        """Presigned requests; signing is local, telling what arrived is one list call."""
        if upload.multipart_id is None or upload.part_size is None:
            return [self._single(upload, size, sha256)]
        arrived = {} if begun else self._arrived(upload)
        return [
            Request(
                method="PUT",
                url=self._part_url(upload, number, part),
                headers={},
                number=number,
                size=part,
                arrived=arrived.get(number) == part,
            )
            for number, part in enumerate(part_sizes(size, upload.part_size), start=1)
        ]

    def assemble(self, upload: Upload, *, size: int) -> None:
        """Join the parts; joined before, it finds the object."""
        sizes = part_sizes(size, upload.part_size or size)
        try:
            parts = self._parts(upload)
        except ClientError as error:
            if _code(error) == "NoSuchUpload" and self._staged_size(upload) == size:
                return
            raise _gone(error) from error
        wrong = [n for n, part in enumerate(sizes, 1) if parts.get(n, (-1, ""))[0] != part]
        if wrong:
            raise WrongBytes(
                f"{len(wrong)} of {len(sizes)} parts are missing or have the wrong size.",
                parts=wrong[:100],
            )
        self._s3.complete_multipart_upload(
            Bucket=self._staging,
            Key=upload.key,
            UploadId=upload.multipart_id,
            MultipartUpload={
                "Parts": [{"PartNumber": n, "ETag": parts[n][1]} for n in range(1, len(sizes) + 1)]
            },
        )

    def keep(
        self,
        version: Version,
        upload: Upload,
        *,
        metadata: Mapping[str, str],
        until: datetime,
        again: bool = True,
    ) -> Kept:
        """Verify and copy; what an earlier try kept is found by its key."""
        key = f"documents/{version.document_id}/{version.number:06d}"
        kept = self._kept_before(key, version) if again else None
        if kept is None:
            kept = self._kept_once(key, version, upload, self._lock(metadata, until))
        return Kept(kept, version.checksum, self._first(key, kept.version_id, version.size))

    def _kept_once(
        self, key: str, version: Version, upload: Upload, lock: Mapping[str, Any]
    ) -> ObjectRef:
        staged = self._staged(upload, version)
        copy = self._copy_whole if upload.multipart_id is None else self._copy_in_parts
        try:
            return copy(key, version, upload, staged, lock)
        except ClientError as error:
            # The SDK repeats a copy whose answer was lost, and then meets its own: a second one
            # would be locked for years, and no version would name it.
            if _code(error) not in _THERE_ALREADY:
                raise
            kept = self._kept_before(key, version)
            if kept is None:
                raise
            return kept

    def discard(self, upload: Upload) -> None:
        """Remove what was staged; what S3 does not remove now, the bucket's lifecycle rule does."""
        try:
            self._remove(upload)
        except (BotoCoreError, ClientError) as error:
            if not is_outage(error):
                raise

    def _remove(self, upload: Upload) -> None:
        if upload.multipart_id is not None:
            try:
                self._s3.abort_multipart_upload(
                    Bucket=self._staging, Key=upload.key, UploadId=upload.multipart_id
                )
            except ClientError as error:
                if _code(error) != "NoSuchUpload":
                    raise
        self._s3.delete_object(Bucket=self._staging, Key=upload.key)

    def link(self, version: Version, *, inline: bool) -> str:
        """Presign a read of exactly this object version, as its own kind or as mere bytes."""
        if version.object is None:
            raise NotFound("version")
        show = inline and shown_in_place(version.media_type)
        plain = f"{version.media_type}; charset=utf-8"
        shown = plain if version.media_type.startswith("text/") else version.media_type
        return str(
            self._s3.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._files,
                    "Key": version.object.key,
                    "VersionId": version.object.version_id,
                    "ResponseContentType": shown if show else OCTETS,
                    "ResponseContentDisposition": _disposition(version.name, inline=show),
                    "ResponseCacheControl": "private, max-age=300",
                },
                ExpiresIn=LINK_SECONDS,
            )
        )

    def _single(self, upload: Upload, size: int, sha256: str) -> Request:
        checksum = _base64(sha256)
        url = self._s3.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._staging,
                "Key": upload.key,
                "ContentLength": size,
                "ChecksumSHA256": checksum,
            },
            ExpiresIn=self._seconds,
        )
        # Content-Length is signed too; every client sends it of itself, and browsers only so.
        return Request(method="PUT", url=url, headers={"x-amz-checksum-sha256": checksum})

    def _part_url(self, upload: Upload, number: int, size: int) -> str:
        return str(
            self._s3.generate_presigned_url(
                "upload_part",
                Params={
                    "Bucket": self._staging,
                    "Key": upload.key,
                    "UploadId": upload.multipart_id,
                    "PartNumber": number,
                    "ContentLength": size,
                },
                ExpiresIn=self._seconds,
            )
        )

    def _arrived(self, upload: Upload) -> Mapping[int, int]:
        try:
            return {number: size for number, (size, _) in self._parts(upload).items()}
        except ClientError as error:
            if _code(error) != "NoSuchUpload":
                raise
            return {}

    def _parts(self, upload: Upload) -> Mapping[int, tuple[int, str]]:
        pages = self._s3.get_paginator("list_parts").paginate(
            Bucket=self._staging, Key=upload.key, UploadId=upload.multipart_id
        )
        return {
            part["PartNumber"]: (part["Size"], part["ETag"])
            for page in pages
            for part in page.get("Parts", [])
        }

    def _staged_size(self, upload: Upload) -> int | None:
        head = self._head(self._staging, upload.key)
        return None if head is None else int(head["ContentLength"])

    def _staged(self, upload: Upload, version: Version) -> Mapping[str, Any]:
        head = self._head(self._staging, upload.key)
        if head is None:
            raise NotReady("The bytes have not arrived. Send them, then complete again.")
        if head["ContentLength"] != version.size:
            raise WrongBytes(
                f"{head['ContentLength']} bytes arrived, {version.size} were declared.",
                arrived=head["ContentLength"],
                declared=version.size,
            )
        return head

    def _head(self, bucket: str, key: str) -> Mapping[str, Any] | None:
        try:
            head: Mapping[str, Any] = self._s3.head_object(
                Bucket=bucket, Key=key, ChecksumMode="ENABLED"
            )
        except ClientError as error:
            if _code(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise
        return head

    def _kept_before(self, key: str, version: Version) -> ObjectRef | None:
        head = self._head(self._files, key)
        if head is None or head["Metadata"].get("sha256") != version.sha256:
            return None
        return ObjectRef(key, head["VersionId"])

    def _lock(self, metadata: Mapping[str, str], until: datetime) -> dict[str, Any]:
        # Default retention does not reach every way of writing; each object names its own.
        return {
            "Bucket": self._files,
            "Metadata": dict(metadata),
            "ContentType": OCTETS,
            "ChecksumAlgorithm": "SHA256",
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": self._data_key,
            "BucketKeyEnabled": True,
            "ObjectLockMode": "GOVERNANCE",
            "ObjectLockRetainUntilDate": until,
        }

    def _copy_whole(
        self,
        key: str,
        version: Version,
        upload: Upload,
        staged: Mapping[str, Any],
        lock: Mapping[str, Any],
    ) -> ObjectRef:
        _require_equal(staged.get("ChecksumSHA256"), version.sha256)
        answer = self._s3.copy_object(
            **lock,
            Key=key,
            CopySource={"Bucket": self._staging, "Key": upload.key},
            CopySourceIfMatch=staged["ETag"],
            MetadataDirective="REPLACE",
            IfNoneMatch="*",
        )
        return ObjectRef(key, answer["VersionId"])

    def _copy_in_parts(
        self,
        key: str,
        version: Version,
        upload: Upload,
        staged: Mapping[str, Any],
        lock: Mapping[str, Any],
    ) -> ObjectRef:
        begun = self._s3.create_multipart_upload(**lock, Key=key)["UploadId"]
        target = {"Bucket": self._files, "Key": key, "UploadId": begun}

        def copy(piece: tuple[int, str | None, str]) -> dict[str, Any]:
            number, span, digest = piece
            result = self._s3.upload_part_copy(
                **target,
                PartNumber=number,
                CopySource={"Bucket": self._staging, "Key": upload.key},
                CopySourceIfMatch=staged["ETag"],
                **({"CopySourceRange": span} if span else {}),
            )["CopyPartResult"]
            _require_equal(result.get("ChecksumSHA256"), digest)
            return {
                "PartNumber": number,
                "ETag": result["ETag"],
                "ChecksumSHA256": result["ChecksumSHA256"],
            }

        try:
            with ThreadPoolExecutor(_COPIES_AT_ONCE) as pool:
                parts = list(pool.map(copy, _pieces(version, upload)))
            answer = self._s3.complete_multipart_upload(
                **target, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
            )
        except BaseException:
            # What cannot be told to end now is ended by the bucket's lifecycle rule.
            with suppress(BotoCoreError, ClientError):
                self._s3.abort_multipart_upload(**target)
            raise
        return ObjectRef(key, answer["VersionId"])

    def _first(self, key: str, version_id: str, size: int) -> bytes:
        if size == 0:
            return b""
        answer = self._s3.get_object(
            Bucket=self._files, Key=key, VersionId=version_id, Range=f"bytes=0-{PEEK - 1}"
        )
        return bytes(answer["Body"].read())


def _pieces(version: Version, upload: Upload) -> Iterator[tuple[int, str | None, str]]:
    """What to copy: part number, byte range (None: everything), SHA-256 hex to compare with."""
    if version.size <= WHOLE_MAX:
        yield 1, None, version.sha256
        return
    start = 0
    for number, size in enumerate(part_sizes(version.size, upload.part_size or version.size), 1):
        yield number, f"bytes={start}-{start + size - 1}", upload.part_digests[number]
        start += size


def _require_equal(checksum: str | None, sha256: str) -> None:
    if checksum != _base64(sha256):
        raise WrongBytes(
            "The bytes that arrived are not the bytes that were declared (SHA-256 differs). "
            "Send the file again."
        )


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _gone(error: ClientError) -> WrongBytes | ClientError:
    if _code(error) == "NoSuchUpload":
        return WrongBytes("The upload's parts are gone. Begin a new upload.")
    return error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition with the name for old and new clients (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
