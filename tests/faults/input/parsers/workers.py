"""What workers read: messages of S3's, batches of a stream, a scanner's results, attributes."""

import json
from typing import Any

from hypothesis import strategies as st

from chalicelib.attributes import from_attribute, to_attribute
from functions.events.outbox import read_written
from functions.events.scans import read_scan
from functions.events.uploads import read_arrivals
from tests.faults.input import weird
from tests.faults.input.parser import Parser

ARRIVED = {"Records": [{"s3": {"object": {"key": "uploads/01j9/000001/01ja"}}}]}
WRITTEN = {
    "Records": [
        {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "OUTBOX#1"}}}},
        {"eventName": "REMOVE", "dynamodb": {"Keys": {"pk": {"S": "OUTBOX#2"}}}},
    ]
}
SCANNED = {
    "s3ObjectDetails": {"bucketName": "files", "objectKey": "documents/01j9/000001"},
    "scanResultDetails": {"scanResultStatus": "NO_THREATS_FOUND"},
}


def _arrivals_hold(_message: Any, found: Any) -> None:
    for document_id, number in found:
        assert document_id.isalnum()
        assert document_id.isascii()
        assert 0 <= number <= 999_999


def _scan_holds(_detail: Any, found: Any) -> None:
    assert [type(each) for each in found] == [str, str, str]


def _keys_hold(event: Any, found: Any) -> None:
    assert all(isinstance(key, str) for key in found)
    assert len(found) <= len(event["Records"])


def _rows() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.integers() | st.text() | st.binary()
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )


def _round(row: Any) -> Any:
    return from_attribute(to_attribute(row))


def _round_holds(row: Any, again: Any) -> None:
    assert again == row
    assert json.dumps(again, default=repr) == json.dumps(row, default=repr)


PARSERS = (
    Parser(
        name="message of arrived bytes",
        reads=("functions.events.uploads:read_arrivals",),
        call=read_arrivals,
        cases=weird.value(st.just(ARRIVED)),
        refuses=(ValueError,),
        holds=_arrivals_hold,
        valid=(ARRIVED, {"Service": "Amazon S3", "Event": "s3:TestEvent"}),
        monster=lambda text: {"Records": [{"s3": {"object": {"key": text}}}]},
    ),
    Parser(
        name="batch of a stream",
        reads=("functions.events.outbox:read_written",),
        call=read_written,
        cases=weird.value(st.just(WRITTEN)).filter(
            lambda event: isinstance(event, dict) and isinstance(event.get("Records"), list)
        ),
        holds=_keys_hold,
        valid=(WRITTEN,),
        monster=lambda text: {
            "Records": [{"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": text}}}}]
        },
    ),
    Parser(
        name="result of a scan",
        reads=("functions.events.scans:read_scan",),
        call=read_scan,
        cases=weird.value(st.just(SCANNED)),
        refuses=(ValueError,),
        holds=_scan_holds,
        valid=(SCANNED,),
        monster=lambda text: {**SCANNED, "s3ObjectDetails": {"bucketName": text, "objectKey": ""}},
    ),
    Parser(
        name="attribute of a row",
        reads=("chalicelib.attributes:from_attribute",),
        call=_round,
        cases=_rows(),
        holds=_round_holds,
        valid=({"a": [1, "x", None, True, b"\x00"]},),
        monster=lambda text: {"text": text},
    ),
)
