# ruff: noqa: SLF001 - the emulator offers no public way in
"""CopyObject that computes and returns the checksum asked for, and overwrites only if it may.

S3 computes the whole object's SHA-256 for `ChecksumAlgorithm=SHA256`, stores it and returns
it; and a copy made in one piece never keeps a hash of part hashes. The emulator carries the
source's value over and returns none, and overlooks If-None-Match.
"""

from typing import Any
from xml.etree import ElementTree as ET

from ministack.services import s3

Response = tuple[int, dict[str, Any], bytes]


def install() -> None:
    """Compute, store and return checksums of copies."""
    stock = s3._copy_object

    def copy(bucket: str, key: str, headers: dict[str, str]) -> Response:
        refused: Response | None = s3._check_put_preconditions(headers, _present(bucket, key))
        if refused is not None:
            return refused
        wanted = headers.get("x-amz-checksum-algorithm", "")
        status, answer, body = stock(bucket, key, headers)
        if status != 200:  # noqa: PLR2004 - HTTP
            return status, answer, body
        checksums = _store(bucket, key, wanted.upper())
        return status, answer, _with_checksums(body, checksums) if checksums else body

    s3._copy_object = copy


def _present(bucket: str, key: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = s3._buckets.get(bucket, {}).get("objects", {}).get(key)
    return found


def _store(bucket: str, key: str, wanted: str) -> dict[str, str]:
    obj = s3._buckets[bucket]["objects"][key]
    algorithms = {wanted} if wanted else set(obj["checksums"])
    if not algorithms or (not wanted and not any("-" in v for v in obj["checksums"].values())):
        return dict(obj["checksums"])
    body = s3._read_body(bucket, key, obj)
    obj["checksums"] = {name: s3._compute_s3_checksum(name, body) for name in algorithms}
    for version in s3._object_versions.get((bucket, key), []):
        if version["version_id"] == obj.get("version_id"):
            version["checksums"] = obj["checksums"]
    s3._persist_object(bucket, key, obj)
    return dict(obj["checksums"])


def _with_checksums(body: bytes, checksums: dict[str, str]) -> bytes:
    root = ET.fromstring(body)  # noqa: S314 - the emulator's own answer
    for algorithm, value in checksums.items():
        ET.SubElement(root, f"Checksum{algorithm}").text = value
    ET.SubElement(root, "ChecksumType").text = "FULL_OBJECT"
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
