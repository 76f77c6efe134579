# ruff: noqa: SLF001, ANN401 - the emulator offers no public way in, and its records are untyped
"""Objects live on disk, not in memory, and a write that failed is not acknowledged.

The emulator keeps the bytes of every version of a versioned bucket in memory although
they are on disk too, reads a whole file for a range of it, and answers 200 when the disk
refused. Large bodies are mapped here and sent in pieces.
"""

import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core.responses import StreamingResponse
from ministack.services import s3

MAPPED_FROM_BYTES = 1 << 20
PIECE_BYTES = 1 << 18


class Mapped(mmap.mmap):
    """A file's bytes, read as they are needed; copying it copies nothing."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Mapped":
        return self


def mapped(path: Path) -> bytes | Mapped:
    """Return a file's content, mapped when it is large. Raises OSError when it is not there."""
    with path.open("rb") as file:
        if path.stat().st_size < MAPPED_FROM_BYTES:
            return file.read()
        return Mapped(file.fileno(), 0, access=mmap.ACCESS_READ)


def install() -> None:
    """Keep bodies out of memory, stream them, and report failed writes."""
    _keep_bodies_on_disk()
    _send_in_pieces()
    _name_composite_checksums()


def _keep_bodies_on_disk() -> None:
    stock_entry, stock_persist = s3._version_entry_from_record, s3._persist_object

    def entry(obj: dict[str, Any], version_id: str, _data: Any) -> dict[str, Any]:
        made: dict[str, Any] = stock_entry(obj, version_id, None)
        return made

    def persist(bucket: str, key: str, obj: dict[str, Any]) -> None:
        stock_persist(bucket, key, obj)
        if obj.get("body") is not None:
            raise OSError(f"could not store {bucket}/{key}; see the warning above")

    def read(bucket: str, key: str, obj: dict[str, Any]) -> bytes | Mapped:
        body: bytes | None = obj.get("body")
        return body if body is not None else mapped(Path(s3._object_disk_path(bucket, key)))

    s3._version_entry_from_record, s3._persist_object, s3._read_body = entry, persist, read
    s3._version_body = _version_body


def _version_body(
    bucket: dict[str, Any], bucket_name: str, key: str, version: dict[str, Any]
) -> bytes | Mapped | None:
    if s3._version_file_exists(bucket_name, key, version["version_id"]):
        return mapped(Path(s3._version_disk_path(bucket_name, key, version["version_id"])))
    current = bucket["objects"].get(key)
    if current is not None and (current.get("version_id") or "null") == version["version_id"]:
        body: bytes | Mapped = s3._read_body(bucket_name, key, current)
        return body
    return None


def _send_in_pieces() -> None:
    stock: Callable[..., Any] = s3.handle_request

    async def handle_request(*args: Any, **kwargs: Any) -> tuple[int, dict[str, Any], Any]:
        status, headers, body = await stock(*args, **kwargs)
        return status, headers, _stream(body) if isinstance(body, Mapped) else body

    s3.handle_request = handle_request


def _stream(body: Mapped) -> StreamingResponse:
    async def run(send: Callable[[dict[str, Any]], Any], _receive: Any) -> None:
        for start in range(0, len(body), PIECE_BYTES):
            piece = body[start : start + PIECE_BYTES]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return StreamingResponse(run)


def _name_composite_checksums() -> None:
    """Say COMPOSITE for a hash of part hashes, also after a restart and for older versions.

    The emulator remembers the type only with the current object in memory; the suffix
    "-<parts>" of the value says the same and is stored.
    """
    stock = s3._object_response_headers

    def headers(obj: dict[str, Any], *args: Any, **kwargs: Any) -> dict[str, str]:
        made: dict[str, str] = stock(obj, *args, **kwargs)
        if "x-amz-checksum-type" in made:
            composite = any("-" in value for value in (obj.get("checksums") or {}).values())
            made["x-amz-checksum-type"] = "COMPOSITE" if composite else "FULL_OBJECT"
        return made

    s3._object_response_headers = headers
