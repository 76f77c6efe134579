# ruff: noqa: SLF001, ANN401 - the emulator offers no public way in, and its records are untyped
"""Multipart uploads on disk, with S3's rules about sizes and checksums.

The emulator holds all parts of an unfinished upload in memory and forgets them at a
restart, so an upload could not be resumed after a kill. It also accepts small parts in the
middle and parts without the checksum that the upload was created with, and
UploadPartCopy returns no checksum.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from ministack.core.responses import get_account_id
from ministack.services import s3

from infra.local.emulator.versions import mapped

Response = tuple[int, dict[str, Any], bytes]
Query = dict[str, list[str]]
SMALLEST_PART_BYTES = 5 << 20
OK = 200


def install() -> None:
    """Keep parts in files, and load those of the last run."""
    _restore()
    _create()
    _upload()
    _copy()
    _complete()
    _abort()


def _folder() -> Path:
    return Path(os.environ["S3_DATA_DIR"]).parent / "uploads"


def _restore() -> None:
    for record in sorted(_folder().glob("*/upload.json")):
        upload = json.loads(record.read_text(encoding="utf-8"))
        account = upload.pop("account")
        upload["parts"] = dict(_stored_parts(record.parent))
        s3._multipart_uploads._data[account, record.parent.name] = upload


def _stored_parts(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for record in folder.glob("*.part.json"):
        part = json.loads(record.read_text(encoding="utf-8"))
        part["body"] = mapped(record.with_suffix(""))
        yield int(record.name.split(".")[0]), part


def _create() -> None:
    stock = s3._create_multipart_upload

    def create(bucket: str, key: str, headers: dict[str, str]) -> Response:
        before = set(s3._multipart_uploads)
        response: Response = stock(bucket, key, headers)
        for upload_id in set(s3._multipart_uploads) - before:
            folder = _folder() / upload_id
            folder.mkdir(mode=0o700, parents=True)
            upload = {**s3._multipart_uploads[upload_id], "account": get_account_id()}
            s3._atomic_write(str(folder / "upload.json"), json.dumps(upload), text=True)
        return response

    s3._create_multipart_upload = create


def _store(upload_id: str, number: int) -> None:
    part = s3._multipart_uploads[upload_id]["parts"][number]
    path = _folder() / upload_id / f"{number}.part"
    s3._atomic_write(str(path), part["body"])
    record = {name: value for name, value in part.items() if name != "body"}
    s3._atomic_write(f"{path}.json", json.dumps(record), text=True)
    part["body"] = mapped(path)


def _upload() -> None:
    stock = s3._upload_part

    def upload(
        bucket: str, key: str, body: bytes, query: Query, headers: dict[str, str]
    ) -> Response:
        record = s3._multipart_uploads.get(query["uploadId"][0])
        missing = _missing_checksum(record, headers) if record else None
        if missing:
            return missing
        response: Response = stock(bucket, key, body, query, headers)
        if response[0] == OK:
            _store(query["uploadId"][0], int(query["partNumber"][0]))
        return response

    s3._upload_part = upload


def _missing_checksum(upload: dict[str, Any], headers: dict[str, str]) -> Response | None:
    algorithm = upload.get("checksum_algorithm")
    if not algorithm or headers.get(f"x-amz-checksum-{algorithm.lower()}"):
        return None
    error: Response = s3._error(
        "InvalidRequest",
        f"Checksum Type mismatch occurred, expected checksum Type: {algorithm.lower()}, "
        "actual checksum Type: null",
        400,
    )
    return error


def _copy() -> None:
    stock = s3._upload_part_copy

    def copy(bucket: str, key: str, query: Query, headers: dict[str, str]) -> Response:
        status, answer, body = stock(bucket, key, query, headers)
        if status != OK:
            return status, answer, body
        upload_id, number = query["uploadId"][0], int(query["partNumber"][0])
        upload = s3._multipart_uploads[upload_id]
        algorithm, part = upload.get("checksum_algorithm"), upload["parts"][number]
        if algorithm:
            value = s3._compute_s3_checksum(algorithm, part["body"])
            part["checksums"] = {algorithm: value}
            body = _with_checksum(body, algorithm, value)
        _store(upload_id, number)
        return status, answer, body

    s3._upload_part_copy = copy


def _with_checksum(body: bytes, algorithm: str, value: str) -> bytes:
    root = ET.fromstring(body)  # noqa: S314 - the emulator's own answer
    ET.SubElement(root, f"Checksum{algorithm}").text = value
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _complete() -> None:
    stock = s3._complete_multipart_upload

    def complete(bucket: str, key: str, body: bytes, query: Query, headers: Any = None) -> Response:
        upload_id = query["uploadId"][0]
        upload = s3._multipart_uploads.get(upload_id)
        refused = _incomplete(upload, body) if upload else None
        response: Response = refused or stock(bucket, key, body, query, headers)
        if response[0] == OK:
            shutil.rmtree(_folder() / upload_id, ignore_errors=True)
        return response

    s3._complete_multipart_upload = complete


def _incomplete(upload: dict[str, Any], body: bytes) -> Response | None:
    try:
        root = ET.fromstring(body)  # noqa: S314 - no entities: expat's default limits apply
    except ET.ParseError:
        return None  # the stock handler says so in S3's words
    asked = [
        {child.tag.rpartition("}")[2]: child.text or "" for child in part}
        for part in root.iter()
        if part.tag.rpartition("}")[2] == "Part"
    ]
    if not asked:
        malformed: Response = s3._error("MalformedXML", s3._MALFORMED_XML, 400)
        return malformed
    return _too_small(upload, asked) or _unchecked(upload, asked)


def _too_small(upload: dict[str, Any], asked: list[dict[str, str]]) -> Response | None:
    numbers = sorted(int(part["PartNumber"]) for part in asked)
    for number in numbers[:-1]:
        part = upload["parts"].get(number)
        if part is not None and part["size"] < SMALLEST_PART_BYTES:
            error: Response = s3._error(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                400,
            )
            return error
    return None


def _unchecked(upload: dict[str, Any], asked: list[dict[str, str]]) -> Response | None:
    algorithm = upload.get("checksum_algorithm")
    for part in asked:
        if algorithm and not part.get(f"Checksum{algorithm}"):
            error: Response = s3._error(
                "InvalidRequest",
                f"The upload was created using a {algorithm.lower()} checksum. The complete "
                "request must include the checksum for each part. It was missing for part "
                f"{part['PartNumber']} in the request.",
                400,
            )
            return error
    return None


def _abort() -> None:
    stock = s3._abort_multipart_upload

    def abort(bucket: str, key: str, query: Query) -> Response:
        response: Response = stock(bucket, key, query)
        if response[0] == 204:  # noqa: PLR2004 - HTTP
            shutil.rmtree(_folder() / query["uploadId"][0], ignore_errors=True)
        return response

    s3._abort_multipart_upload = abort
