# ruff: noqa: SLF001, ANN401 - the emulator offers no public way in, and its records are untyped
"""Reading a named version honours Range and the response-* overrides, as any other read does.

The emulator answers such a read with the whole object under its stored headers; but the type and
the file name that a presigned link fixes are what keeps dangerous files from being rendered.
"""

from typing import Any

from ministack.services import s3


def install() -> None:
    """Wrap reads of a version."""
    stock = s3._get_object

    def get_object(
        bucket: str, key: str, headers: dict[str, str], query_params: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        status, answered, body = stock(bucket, key, headers, query_params)
        if status == 200 and s3._qp(query_params or {}, "versionId", ""):  # noqa: PLR2004
            s3._apply_response_overrides(answered, query_params)
            if headers.get("range"):
                return _ranged(headers["range"], answered, body)
        return status, answered, body

    s3._get_object = get_object


def _ranged(span: str, answered: dict[str, str], body: Any) -> tuple[int, dict[str, str], Any]:
    total = len(body)
    found = s3._parse_range(span, total)
    if found is None:
        return 416, {"Content-Range": f"bytes */{total}"}, b""
    start, end = found
    piece = bytes(body[start : end + 1])
    length = {"Content-Range": f"bytes {start}-{end}/{total}", "Content-Length": str(len(piece))}
    # A part of the bytes does not have the whole's checksum.
    kept = {k: v for k, v in answered.items() if not k.lower().startswith("x-amz-checksum")}
    dropped = {k: v for k, v in kept.items() if k.lower() != "content-length"}
    return 206, dropped | length, piece
