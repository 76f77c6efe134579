# ruff: noqa: SLF001, ANN401 - the emulator offers no public way in, and its records are untyped
"""Object Lock that holds: across restarts, on every way to write, and against misuse.

The emulator forgets retention and legal holds at a restart, ignores lock headers on
CopyObject and multipart uploads (and copies the source's lock instead, which S3 does not),
accepts a date in the past, and lets versioning be suspended on a locked bucket.
Locks are written to a journal before the request is answered, so that not even the
second between two snapshots can lose one.
"""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

from ministack.core.responses import AccountScopedDict
from ministack.services import s3

Response = tuple[int, dict[str, Any], bytes]


class Journal(AccountScopedDict):  # type: ignore[misc]  # the emulator has no types
    """The emulator's dict of locks by (bucket, key, version), kept in an append-only file."""

    __slots__ = ("_file",)

    def __init__(self, path: Path) -> None:
        super().__init__()
        if path.exists():
            self._replay(path)
        self._file = path.open("a", encoding="utf-8")

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self._append(key, value)

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove and return one lock, as dict.pop."""
        if key in self:
            self._append(key, None)
        return super().pop(key, *default)

    def _append(self, key: Any, value: Any) -> None:
        self._file.write(json.dumps([self._prefix(), list(key), value]) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _replay(self, path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            try:
                account, key, value = json.loads(line)
            except ValueError:
                # Only the last line can be torn by a kill, and it was never acknowledged.
                if number < len(lines):
                    raise
                path.write_text("".join(f"{whole}\n" for whole in lines[:-1]), encoding="utf-8")
                return
            if value is None:
                self._data.pop((account, tuple(key)), None)
            else:
                self._data[account, tuple(key)] = value


def install() -> None:
    """Journal the locks and honour them everywhere."""
    folder = Path(os.environ["S3_DATA_DIR"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    s3._object_retention = Journal(folder.parent / "retention.jsonl")
    s3._object_legal_hold = Journal(folder.parent / "legal-holds.jsonl")
    _on_copies()
    _on_multipart_uploads()
    _refuse_past_dates()
    _refuse_suspension()


def _on_copies() -> None:
    stock = s3._copy_object

    def copy(bucket: str, key: str, headers: dict[str, str]) -> Response:
        response: Response = stock(bucket, key, headers)
        if response[0] == 200:  # noqa: PLR2004 - HTTP
            version = s3._buckets[bucket]["objects"][key].get("version_id")
            s3._object_retention.pop((bucket, key, version), None)
            s3._object_legal_hold.pop((bucket, key, version), None)
            s3._apply_object_lock_from_headers(bucket, key, headers, version)
        return response

    s3._copy_object = copy


def _on_multipart_uploads() -> None:
    stock_create, stock_complete = s3._create_multipart_upload, s3._complete_multipart_upload

    def create(bucket: str, key: str, headers: dict[str, str]) -> Response:
        before = set(s3._multipart_uploads)
        response: Response = stock_create(bucket, key, headers)
        for upload_id in set(s3._multipart_uploads) - before:
            s3._multipart_uploads[upload_id]["lock_headers"] = {
                name: headers[name] for name in s3._OBJECT_LOCK_HEADERS if name in headers
            }
        return response

    def complete(
        bucket: str, key: str, body: bytes, query: dict[str, list[str]], headers: Any = None
    ) -> Response:
        upload = s3._multipart_uploads.get((query.get("uploadId") or [""])[0])
        response: Response = stock_complete(bucket, key, body, query, headers)
        if upload is not None and response[0] == 200:  # noqa: PLR2004 - HTTP
            version = s3._buckets[bucket]["objects"][key].get("version_id")
            s3._apply_object_lock_from_headers(bucket, key, upload["lock_headers"], version)
        return response

    s3._create_multipart_upload, s3._complete_multipart_upload = create, complete


def _refuse_past_dates() -> None:
    stock_headers, stock_put = s3._object_lock_header_error, s3._put_object_retention

    def check_headers(bucket: str, headers: dict[str, str]) -> Response | None:
        error: Response | None = stock_headers(bucket, headers)
        return error or _past(headers.get("x-amz-object-lock-retain-until-date"))

    def put(bucket: str, key: str, body: bytes, *rest: Any) -> Response:
        date = s3._find_xml_tag(s3.fromstring(body), "RetainUntilDate") if body else None
        refused = _past(date.text if date is not None else None)
        response: Response = refused or stock_put(bucket, key, body, *rest)
        return response

    s3._object_lock_header_error, s3._put_object_retention = check_headers, put


def _past(date: str | None) -> Response | None:
    if not date or dt.datetime.fromisoformat(date) > dt.datetime.now(dt.UTC):
        return None
    error: Response = s3._error(
        "InvalidArgument", "The retain until date must be in the future!", 400
    )
    return error


def _refuse_suspension() -> None:
    stock = s3._put_bucket_versioning

    def put(name: str, body: bytes) -> Response:
        if s3._bucket_object_lock.get(name) and b"<Status>Suspended" in body:
            refused: Response = s3._error(
                "InvalidBucketState",
                "An Object Lock configuration is present on this bucket, "
                "so the versioning state cannot be changed.",
                409,
            )
            return refused
        response: Response = stock(name, body)
        return response

    s3._put_bucket_versioning = put
