"""What documents read: names, positions in lists, first bytes, keys of objects."""

import json
from typing import Any

from hypothesis import strategies as st

from chalicelib.documents import cursors, media, record_verdict
from chalicelib.documents.name import MAX_BYTES, MAX_KEY_BYTES, Name, key_of
from chalicelib.errors import Invalid
from chalicelib.named import rows_named
from chalicelib.transaction import Key
from tests.faults.input import weird
from tests.faults.input.parser import Parser

_FIXED, _NAMES = {"pk": "P#here"}, ("sk", "list_sk")
_MARKS = tuple(signature for _, signature, _ in media._SIGNATURES)
_STARTS = (*_MARKS, b"PK\x03\x04", b"RIFF\x00\x00\x00\x00WEBP", b"<?xml", b"From: ", b"text")
_SHOWN = (b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def _position(sk: str, list_sk: str) -> str:
    return str(cursors.write({"sk": sk, "list_sk": list_sk}, _NAMES))


def _read_cursor(cursor: str) -> Any:
    return cursors.read(cursor, _FIXED, _NAMES)


def _position_holds(cursor: str, found: Any) -> None:
    assert found["pk"] == "P#here", "a cursor never leaves its list"
    assert all(1 <= len(found[name].encode()) <= 1024 for name in _NAMES)
    assert _read_cursor(_position(found["sk"], found["list_sk"])) == found, cursor


def _name_holds(typed: str, name: Name) -> None:
    assert 1 <= len(name.text.encode()) <= 3 * MAX_BYTES
    assert 1 <= len(name.key.encode()) <= MAX_KEY_BYTES
    assert name.text == typed.strip()
    assert Name.of(name.text) == name
    assert key_of(name.key) == name.key, "folding twice is folding once"
    assert not set("/\\\x00\n\u202e") & set(name.text)


def _kind_holds(first: bytes, kind: str) -> None:
    assert "/" in kind
    assert kind.isascii()
    if kind == media.TEXT:
        assert b"\x00" not in first[: media.PEEK]
    elif media.shown_in_place(kind):
        assert first.startswith(_SHOWN), "nothing is shown in place but by its signature"


def _place_holds(key: str, place: Any) -> None:
    if place is not None:
        document_id, number = place
        prefix, between, digits = key.split("/")
        assert (prefix, between, int(digits)) == ("documents", document_id, number)


def _encoded(found: bytes) -> str:
    text = json.dumps(found.decode("latin-1"))
    return cursors.base64.urlsafe_b64encode(text.encode()).decode()


PARSERS = (
    Parser(
        name="position in a folder",
        reads=("chalicelib.documents.cursors:read",),
        call=_read_cursor,
        cases=weird.text(st.builds(_position, st.text(min_size=1), st.text(min_size=1)))
        | weird.written(st.just(["a", "b"])).map(_encoded),
        refuses=(Invalid,),
        holds=_position_holds,
        valid=(_position("ä", "2031#x"), _position("x" * 1000, "y")),
    ),
    Parser(
        name="name of a folder or document",
        reads=("chalicelib.documents.name:Name.of",),
        call=Name.of,
        cases=weird.text(st.sampled_from(("Contract.pdf", "Ä", "ﬃ İ", "a" * 255, "e\u0301", ".x"))),
        refuses=(Invalid,),
        holds=_name_holds,
        valid=("Contract.pdf", "İ" * 127, "e\u0301"),
    ),
    Parser(
        name="first bytes of a file",
        reads=(
            "chalicelib.documents.media:sniff",
            "chalicelib.documents.media:_text_kind",
        ),
        call=lambda first: media.sniff(first[: media.PEEK]),
        cases=weird.octets(st.sampled_from(_STARTS)),
        holds=_kind_holds,
        valid=_STARTS,
        monster=lambda text: text.encode("utf-8", "surrogatepass"),
    ),
    Parser(
        name="key of a scanned object",
        reads=("chalicelib.documents.record_verdict:_read_place",),
        call=record_verdict._read_place,
        cases=weird.text(st.just("documents/01j9zq6n5v/000002")),
        holds=_place_holds,
        valid=("documents/01j9zq6n5v/000002",),
    ),
    Parser(
        name="rows that an address names",
        reads=("chalicelib.named:rows_named",),
        call=lambda text: rows_named({"document_id": text, "node_id": "root", "number": text}),
        cases=weird.text(st.sampled_from(("01j9zq6n5v", "2", "000002"))),
        holds=lambda _text, keys: _each_fits(keys),
        valid=("2",),
    ),
)


def _each_fits(keys: list[Key]) -> None:
    assert 1 <= len(keys) <= 3
    assert all(key.pk.isascii() and key.sk.isascii() and len(key.pk) < 100 for key in keys)
