"""S3 as the product relies on it: what AWS documents, held by the emulator too."""

import base64
import datetime as dt
import hashlib
import os
import time

import httpx
import pytest
from botocore.exceptions import ClientError

FIVE_MIB = 5 << 20
ORIGIN = "http://127.0.0.1:8000"


def digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@pytest.fixture(scope="module")
def s3(shared_emulator):
    client = shared_emulator.client("s3")
    client.create_bucket(Bucket="staging")
    client.create_bucket(Bucket="files", ObjectLockEnabledForBucket=True)
    return client


@pytest.fixture(scope="module")
def browser():
    with httpx.Client(trust_env=False) as client:
        yield client


def put_url(s3, body: bytes, *, seconds: int = 60, key: str = "one") -> str:
    return s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": "staging",
            "Key": key,
            "ContentLength": len(body),
            "ChecksumSHA256": digest(body),
        },
        ExpiresIn=seconds,
    )


def error_code(response: httpx.Response) -> str:
    return response.text.partition("<Code>")[2].partition("</Code>")[0]


def test_bytes_that_do_not_match_their_checksum_are_refused(s3):
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket="staging", Key="bad", Body=b"x", ChecksumSHA256=digest(b"y"))
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket="staging", Key="bad")


def test_the_checksum_is_stored_and_told_when_asked_for(s3):
    put = s3.put_object(Bucket="staging", Key="a", Body=b"a", ChecksumSHA256=digest(b"a"))
    head = s3.head_object(Bucket="staging", Key="a", ChecksumMode="ENABLED")
    assert put["ChecksumSHA256"] == head["ChecksumSHA256"] == digest(b"a")
    assert head["ChecksumType"] == "FULL_OBJECT"


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"hello", {"x-amz-checksum-sha256": digest(b"hello")}, ""),
        (b"hello!", {"x-amz-checksum-sha256": digest(b"hello")}, "SignatureDoesNotMatch"),
        (b"other", {"x-amz-checksum-sha256": digest(b"hello")}, "BadDigest"),
        (b"hello", {"x-amz-checksum-sha256": digest(b"other")}, "SignatureDoesNotMatch"),
        (b"hello", {}, "SignatureDoesNotMatch"),
        (
            b"hello",
            {"x-amz-checksum-sha256": digest(b"hello"), "x-amz-acl": "private"},
            "AccessDenied",
        ),
    ],
)
def test_an_upload_link_takes_exactly_what_it_was_made_for(s3, browser, body, headers, code):
    assert error_code(browser.put(put_url(s3, b"hello"), content=body, headers=headers)) == code


def test_a_link_is_good_for_its_key_and_its_time_only(s3, browser):
    url = put_url(s3, b"hello", seconds=1)
    headers = {"x-amz-checksum-sha256": digest(b"hello")}
    other = browser.put(url.replace("/one?", "/two?"), content=b"hello", headers=headers)
    assert error_code(other) == "SignatureDoesNotMatch"
    time.sleep(2.1)
    late = browser.put(url, content=b"hello", headers=headers)
    assert (late.status_code, error_code(late)) == (403, "AccessDenied")
    assert "Request has expired" in late.text


def test_nothing_is_given_to_whoever_did_not_sign(shared_emulator, browser):
    url = shared_emulator.settings.aws_url
    assert browser.get(url).status_code == 403
    assert browser.put(f"{url}/staging/anonymous", content=b"x").status_code == 403
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        shared_emulator.client("s3", secret="wrong").list_buckets()
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        shared_emulator.client("s3", key="test", secret="test").list_buckets()
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        shared_emulator.client("dynamodb", secret="wrong").list_tables()


def test_parts_composite_and_whole_checksums(s3):
    first, last = os.urandom(FIVE_MIB), b"the end"
    upload = s3.create_multipart_upload(Bucket="staging", Key="big", ChecksumAlgorithm="SHA256")
    address = {"Bucket": "staging", "Key": "big", "UploadId": upload["UploadId"]}
    parts = []
    for number, body in enumerate((first, last), start=1):
        part = s3.upload_part(**address, PartNumber=number, Body=body, ChecksumSHA256=digest(body))
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": digest(body)})
    done = s3.complete_multipart_upload(**address, MultipartUpload={"Parts": parts})
    of_digests = hashlib.sha256(first).digest() + hashlib.sha256(last).digest()
    assert done["ChecksumSHA256"] == f"{digest(of_digests)}-2"
    assert done["ChecksumType"] == "COMPOSITE"

    copied = s3.copy_object(
        Bucket="files",
        Key="big",
        CopySource={"Bucket": "staging", "Key": "big"},
        ChecksumAlgorithm="SHA256",
    )
    assert copied["CopyObjectResult"]["ChecksumSHA256"] == digest(first + last)
    head = s3.head_object(Bucket="files", Key="big", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (digest(first + last), "FULL_OBJECT")


def test_copied_parts_have_checksums_and_the_upload_keeps_its_lock(s3):
    body = os.urandom(FIVE_MIB + 1)
    s3.put_object(Bucket="staging", Key="source", Body=body)
    upload = s3.create_multipart_upload(
        Bucket="files",
        Key="parts",
        ChecksumAlgorithm="SHA256",
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=dt.datetime.now(dt.UTC) + dt.timedelta(days=1),
    )
    address = {"Bucket": "files", "Key": "parts", "UploadId": upload["UploadId"]}
    parts = []
    for number, (start, end) in enumerate(((0, FIVE_MIB - 1), (FIVE_MIB, FIVE_MIB)), start=1):
        part = s3.upload_part_copy(
            **address,
            PartNumber=number,
            CopySource={"Bucket": "staging", "Key": "source"},
            CopySourceRange=f"bytes={start}-{end}",
        )["CopyPartResult"]
        assert part["ChecksumSHA256"] == digest(body[start : end + 1])
        parts.append({"PartNumber": number, **{k: part[k] for k in ("ETag", "ChecksumSHA256")}})
    s3.complete_multipart_upload(**address, MultipartUpload={"Parts": parts})
    head = s3.head_object(Bucket="files", Key="parts")
    assert head["ObjectLockMode"] == "GOVERNANCE"
    assert head["ContentLength"] == len(body)


def test_small_middle_parts_and_missing_checksums_are_refused(s3):
    upload = s3.create_multipart_upload(Bucket="staging", Key="s", ChecksumAlgorithm="SHA256")
    address = {"Bucket": "staging", "Key": "s", "UploadId": upload["UploadId"]}
    parts = []
    for number in (1, 2):
        part = s3.upload_part(
            **address, PartNumber=number, Body=b"small", ChecksumSHA256=digest(b"small")
        )
        parts.append(
            {"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": digest(b"small")}
        )
    with pytest.raises(ClientError, match="EntityTooSmall"):
        s3.complete_multipart_upload(**address, MultipartUpload={"Parts": parts})
    bare = [{"PartNumber": 1, "ETag": parts[0]["ETag"]}]
    with pytest.raises(ClientError, match="InvalidRequest"):
        s3.complete_multipart_upload(**address, MultipartUpload={"Parts": bare})


def test_a_copy_has_the_lock_it_was_given_and_not_its_source_s(s3):
    tomorrow = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=1)
    s3.put_object(
        Bucket="files",
        Key="locked",
        Body=b"x",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=tomorrow + dt.timedelta(days=9),
    )
    source = {"Bucket": "files", "Key": "locked"}
    s3.copy_object(Bucket="files", Key="bare", CopySource=source)
    s3.copy_object(
        Bucket="files",
        Key="given",
        CopySource=source,
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=tomorrow,
    )
    assert "ObjectLockMode" not in s3.head_object(Bucket="files", Key="bare")
    given = s3.head_object(Bucket="files", Key="given")
    assert given["ObjectLockMode"] == "GOVERNANCE"
    assert given["ObjectLockRetainUntilDate"] == tomorrow


def test_locks_are_neither_backdated_nor_suspended(s3):
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    with pytest.raises(ClientError, match="must be in the future"):
        s3.put_object(
            Bucket="files",
            Key="past",
            Body=b"x",
            ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate=yesterday,
        )
    with pytest.raises(ClientError, match="InvalidBucketState"):
        s3.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Suspended"})


def test_only_the_configured_origin_gets_cors_answers(s3, browser):
    s3.put_bucket_cors(
        Bucket="staging",
        CORSConfiguration={
            "CORSRules": [
                {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}
            ]
        },
    )
    url = put_url(s3, b"hello")
    asked = {"access-control-request-method": "PUT"}
    allowed = browser.options(url, headers={"origin": ORIGIN, **asked})
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    refused = browser.options(url, headers={"origin": "http://evil.example", **asked})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


def test_large_objects_are_streamed_and_sliced(s3):
    body = os.urandom(9 << 20)
    s3.put_object(Bucket="staging", Key="large", Body=body)
    assert s3.get_object(Bucket="staging", Key="large")["Body"].read() == body
    part = s3.get_object(Bucket="staging", Key="large", Range="bytes=8388600-8388700")
    assert part["Body"].read() == body[8388600:8388701]
