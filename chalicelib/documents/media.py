"""What bytes are, by their own first bytes: declared types are not believed.

Only what browsers can show without running anything is shown in place; everything else is offered
for download as application/octet-stream (WHATWG MIME Sniffing explains the danger).
"""

from codecs import getincrementaldecoder
from collections.abc import Sequence

PEEK = 4096
"""How many bytes the rules look at."""
OCTETS = "application/octet-stream"
TEXT = "text/plain"

_SIGNATURES: Sequence[tuple[int, bytes, str]] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"{\\rtf", "application/rtf"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (257, b"ustar", "application/x-tar"),
)
_ZIP_MEMBERS: Sequence[tuple[bytes, str]] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<head", b"<body", b"<iframe", b"<svg")
_MAIL_HEADERS = (b"received:", b"return-path:", b"from:", b"message-id:", b"mime-version:")
_SHOWN_IN_PLACE = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", TEXT}
)


def sniff(first: bytes) -> str:
    """The media type that the first bytes speak for; octets where they speak for none.

    Args:
        first: up to `PEEK` bytes from the start.
    """
    for offset, signature, media_type in _SIGNATURES:
        if first.startswith(signature, offset):
            return media_type
    if first.startswith(b"RIFF") and first[8:12] == b"WEBP":
        return "image/webp"
    if first.startswith(b"PK\x03\x04"):
        return _zip_kind(first)
    return _text_kind(first)


def shown_in_place(media_type: str) -> bool:
    """Whether a browser may render it; all else is only ever downloaded."""
    return media_type in _SHOWN_IN_PLACE


def _zip_kind(first: bytes) -> str:
    for member, media_type in _ZIP_MEMBERS:
        if member in first:
            return media_type
    if b"[Content_Types].xml" in first:
        return "application/vnd.openxmlformats-package"
    return "application/zip"


def _text_kind(first: bytes) -> str:
    if not first or b"\x00" in first:
        return "application/x-empty" if not first else OCTETS
    try:
        # The window may cut a character in two: its beginning alone is no error then.
        getincrementaldecoder("utf-8")().decode(first, final=len(first) < PEEK)
    except UnicodeDecodeError:
        return OCTETS
    head = first.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if any(mark in head[:1024] for mark in _MARKUP):
        return "image/svg+xml" if b"<svg" in head[:1024] else "text/html"
    if head.startswith(b"<?xml"):
        return "application/xml"
    if head.startswith(_MAIL_HEADERS):
        return "message/rfc822"
    return TEXT
