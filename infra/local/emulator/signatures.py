# ruff: noqa: SLF001 - the emulator offers no public way in
"""Who may ask: nobody without a signature, and a signed link allows what it says only.

The emulator takes an unsigned S3 request for the account's root, does not check the root's
own signature, and lets the holder of a presigned URL add x-amz headers (an ACL, a lock)
that were not signed. AWS refuses all three.
"""

import os
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import s3

Response = tuple[int, dict[str, Any], bytes]
Query = dict[str, list[str]]
# Sent by every SDK, and no part of what is asked.
HARMLESS = frozenset({"x-amz-user-agent", "x-amz-content-sha256", "x-amz-date"})


def install() -> None:
    """Check S3 requests before the emulator does."""
    stock = s3._verify_presigned_sigv4

    def verify(method: str, path: str, headers: dict[str, str], query: Query) -> Response | None:
        refused = _unsigned_headers(headers, query)
        checked: Response | None = stock(method, path, headers, query)
        return checked or refused

    s3._verify_presigned_sigv4 = verify
    _check_root()
    _return_put_checksums()


def _check_root() -> None:
    """Check the root's signature too, and let no other key be root.

    The emulator believes whoever says "test" or an account's number, and leaves browsers
    free to send such a request from any page.
    """
    root = os.environ["AWS_ACCESS_KEY_ID"]
    iam_evaluator.is_root_access_key = lambda key: key in {"", root}
    iam_evaluator._is_root_key = lambda key: not key


def is_anonymous(headers: dict[str, str], query: str) -> bool:
    """Whether a request to the AWS endpoint carries no signature at all."""
    if headers.get("authorization", "").startswith("AWS4-HMAC-SHA256"):
        return False
    form = headers.get("content-type", "").startswith("multipart/form-data")
    return not form and "X-Amz-Signature=" not in query


def _unsigned_headers(headers: dict[str, str], query: Query) -> Response | None:
    signed = (query.get("X-Amz-SignedHeaders") or [""])[0].split(";")
    if "X-Amz-Signature" not in query:
        return None
    added = {name for name in headers if name.startswith("x-amz-")} - {*signed, *HARMLESS}
    if not added:
        return None
    refused: Response = s3._object_error(
        "AccessDenied",
        "There were headers present in the request which were not signed",
        403,
        HeadersNotSigned=", ".join(sorted(added)),
    )
    return refused


def _return_put_checksums() -> None:
    """PutObject answers with the checksums it stored; the emulator leaves them out."""
    stock = s3._put_object

    def put(bucket: str, key: str, body: bytes, headers: dict[str, str]) -> Response:
        status, answer, content = stock(bucket, key, body, headers)
        if status == 200:  # noqa: PLR2004 - HTTP
            for name, value in s3._buckets[bucket]["objects"][key]["checksums"].items():
                answer[f"x-amz-checksum-{name.lower()}"] = value
        return status, answer, content

    s3._put_object = put
