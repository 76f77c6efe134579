"""What S3 is asked for, word by word: locks, conditions and keys that no emulator enforces in full.

A client of the SDK's own, which checks names and kinds of parameters; nothing leaves the process.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.audit.vault_store import S3Vault
from chalicelib.documents.file_store import S3Files
from chalicelib.documents.model import ObjectRef, Upload, Version, VersionState

NOW = datetime(2031, 1, 1, tzinfo=UTC)
UNTIL = NOW + timedelta(days=3650)
BODY = b"right bytes"
SHA256 = hashlib.sha256(BODY).hexdigest()
CHECKSUM = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
KEY = "documents/d1/000001"
STAGED = "uploads/d1/000001/u1"
DATA_KEY = "arn:aws:kms:eu-central-1:111122223333:key/data"
SOURCE = {"Bucket": "staging", "Key": STAGED}
LOCKED = {
    "Bucket": "files",
    "Key": KEY,
    "Metadata": {"sha256": SHA256},
    "ContentType": "application/octet-stream",
    "ChecksumAlgorithm": "SHA256",
    "ServerSideEncryption": "aws:kms",
    "SSEKMSKeyId": DATA_KEY,
    "BucketKeyEnabled": True,
    "ObjectLockMode": "GOVERNANCE",
    "ObjectLockRetainUntilDate": UNTIL,
}


@dataclass
class Asked:
    """A bucket that holds one staged upload, and notes what it is asked for.

    `kept` is the SHA-256 that an object already kept is said to have (None: there is none).
    """

    client: Any
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    kept: str | None = None

    def __post_init__(self) -> None:
        self.client.meta.events.register("provide-client-params.s3", self._note)
        self.client.meta.events.register("before-call.s3", self._answer)

    def all(self, operation: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == operation]

    def _note(self, params, model, **_more):
        self.calls.append((model.name, dict(params)))

    def _answer(self, model, **_more):
        operation, asked = self.calls[-1]
        if (operation, asked.get("Bucket")) == ("HeadObject", "files"):
            if self.kept is None:
                return AWSResponse("", 404, {}, None), {"Error": {"Code": "404"}}
            return AWSResponse("", 200, {}, None), {
                "VersionId": "v6",
                "Metadata": {"sha256": self.kept},
            }
        told = {
            "HeadObject": {"ContentLength": len(BODY), "ETag": "etag", "ChecksumSHA256": CHECKSUM},
            "CreateMultipartUpload": {"UploadId": "m1"},
            "UploadPartCopy": {"CopyPartResult": {"ETag": "part", "ChecksumSHA256": CHECKSUM}},
            "GetObject": {"Body": BytesIO(BODY)},
        }
        return AWSResponse("", 200, {}, None), {"VersionId": "v7"} | told.get(operation, {})


@pytest.fixture
def asked():
    client = boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )
    return Asked(client)


@pytest.fixture
def files(asked):
    return S3Files(
        asked.client, staging="staging", files="files", data_key=DATA_KEY, upload_seconds=1234
    )


def version_of(*, parts=False):
    upload = Upload(
        id="u1",
        key=STAGED,
        multipart_id="m0" if parts else None,
        part_size=5 * 1024**2 if parts else None,
        expires_at=NOW,
    )
    return Version(
        document_id="d1",
        number=1,
        name="letter.txt",
        state=VersionState.VERIFYING,
        size=len(BODY),
        sha256=SHA256,
        content_type="text/plain",
        media_type="text/plain",
        checksum="whole",
        created_at=NOW,
        created_by="u",
        upload=upload,
        object=ObjectRef(KEY, "v7"),
    )


def keep(files, version):
    return files.keep(version, version.upload, metadata={"sha256": SHA256}, until=UNTIL)


def test_a_copy_is_locked_encrypted_and_made_only_once_and_of_what_was_looked_at(asked, files):
    keep(files, version_of())
    assert asked.all("CopyObject") == [
        {
            **LOCKED,
            "CopySource": SOURCE,
            "CopySourceIfMatch": "etag",
            "MetadataDirective": "REPLACE",
            "IfNoneMatch": "*",
        }
    ]


def test_a_copy_in_parts_is_locked_encrypted_and_made_only_once_and_of_what_was_looked_at(
    asked, files
):
    keep(files, version_of(parts=True))
    target = {"Bucket": "files", "Key": KEY, "UploadId": "m1"}
    assert asked.all("CreateMultipartUpload") == [LOCKED]
    assert asked.all("UploadPartCopy") == [
        {**target, "PartNumber": 1, "CopySource": SOURCE, "CopySourceIfMatch": "etag"}
    ]
    part = {"PartNumber": 1, "ETag": "part", "ChecksumSHA256": CHECKSUM}
    assert asked.all("CompleteMultipartUpload") == [
        {**target, "MultipartUpload": {"Parts": [part]}, "IfNoneMatch": "*"}
    ]


@pytest.mark.parametrize("parts", [False, True])
def test_the_first_bytes_are_those_of_the_version_just_kept(asked, files, parts):
    keep(files, version_of(parts=parts))
    (first,) = asked.all("GetObject")
    assert (first["Key"], first["VersionId"]) == (KEY, "v7")


def test_an_entry_of_the_vault_is_locked_for_good_and_written_only_once(asked):
    vault = S3Vault(asked.client, "vault", retention_days=400, now=lambda: NOW)
    assert vault.write("anchors/1.json", b"{}") is True
    assert asked.all("PutObject") == [
        {
            "Bucket": "vault",
            "Key": "anchors/1.json",
            "Body": b"{}",
            "ChecksumAlgorithm": "SHA256",
            "ContentType": "application/json",
            "IfNoneMatch": "*",
            "ObjectLockMode": "COMPLIANCE",
            "ObjectLockRetainUntilDate": NOW + timedelta(days=400),
        }
    ]


def query_of(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_a_link_is_for_one_version_for_five_minutes_and_for_nobody_elses_cache(files):
    query = query_of(files.link(version_of(), inline=False))
    assert query["X-Amz-Expires"] == "300"
    assert query["versionId"] == "v7"
    assert query["response-cache-control"] == "private, max-age=300"


@pytest.mark.parametrize("parts", [False, True])
def test_an_upload_is_signed_for_its_length_and_for_as_long_as_the_stage_says(files, parts):
    version = version_of(parts=parts)
    (request,) = files.requests(version.upload, size=len(BODY), sha256=SHA256, begun=True)
    query = query_of(request.url)
    assert query["X-Amz-Expires"] == "1234"
    assert "content-length" in query["X-Amz-SignedHeaders"].split(";")


@pytest.mark.parametrize(("kept", "copies"), [(None, 1), ("0" * 64, 1), (SHA256, 0)])
def test_only_the_very_same_bytes_are_taken_for_kept_before(asked, files, kept, copies):
    asked.kept = kept
    found = keep(files, version_of())
    assert len(asked.all("CopyObject")) == copies
    assert found.object.version_id == ("v7" if copies else "v6")


@pytest.mark.parametrize("parts", [False, True])
def test_what_is_given_up_is_removed(asked, files, parts):
    files.discard(version_of(parts=parts).upload)
    aborted = {**SOURCE, "UploadId": "m0"}
    assert asked.all("AbortMultipartUpload") == ([aborted] if parts else [])
    assert asked.all("DeleteObject") == [SOURCE]
