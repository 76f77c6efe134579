"""Positions in lists as they come back from outside: each way in which one can be none of ours."""

import base64
from datetime import UTC, datetime

import pytest

from chalicelib.audit import store
from chalicelib.audit.history import history_page
from chalicelib.documents import cursors
from chalicelib.errors import Invalid
from chalicelib.identity.store.positions import read_cursor
from tests.fakes.database import FakeDatabase

NOW = datetime(2031, 5, 6, tzinfo=UTC)
NAMES = ("one", "two", "three")


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def broken(cursor: str) -> str:
    """The same with a character in it that lenient readers of base64 skip."""
    return f"{cursor[:2]}*{cursor[2:]}"


def test_positions_of_documents_are_read_as_they_were_written():
    last = dict(zip(NAMES, ("a", "ö", "c"), strict=True))
    cursor = cursors.write(last, NAMES)
    assert cursors.read(cursor, {"pk": "P#n"}, NAMES) == {"pk": "P#n", **last}


@pytest.mark.parametrize(
    "cursor",
    [
        encoded('["a", "b", "' + "c" * 1025 + '"]'),  # longer than any key of DynamoDB's
        encoded('["a", "b", ""]'),
        encoded('["a", "b"]'),
        encoded('["a", "b", "c", "d"]'),
        encoded('["a", "b", 3]'),
        encoded('{"a": 1, "b": 2, "c": 3}'),
        cursors.write(dict.fromkeys(NAMES, "a" * 1024), NAMES),  # each fits, all do not
        "é",
    ],
)
def test_no_position_of_documents(cursor):
    with pytest.raises(Invalid):
        cursors.read(cursor, {}, NAMES)


def test_a_position_of_people_is_read_as_it_was_written():
    assert read_cursor(encoded("q#1"), prefix="q") == "q#1"


@pytest.mark.parametrize(
    "cursor",
    [
        broken(encoded("q#1")),
        encoded("q#" + "a" * 1400),
        encoded("a#1"),
        encoded("qq"),
    ],
)
def test_no_position_of_people(cursor):
    with pytest.raises(Invalid):
        read_cursor(cursor, prefix="q")


@pytest.mark.parametrize("text", ["1.2", "1.", ".2", "123456789012.2"])
def test_a_position_in_both_chains_is_taken(text):
    assert history_page(FakeDatabase(), "d1", cursor=encoded(text)).items == []


@pytest.mark.parametrize(
    "cursor",
    [broken(encoded("1.2")), encoded("٣.2"), encoded("1234567890123.2"), encoded("-1.2")],
)
def test_no_position_in_both_chains(cursor):
    with pytest.raises(Invalid):
        history_page(FakeDatabase(), "d1", cursor=cursor)


@pytest.mark.parametrize("text", ["2031-05", "2031-05-06T07:08:09Z#S#1#000000000001"])
def test_a_position_in_the_system_log_is_taken(text):
    assert store.system_page(FakeDatabase(), now=NOW, cursor=encoded(text)).items == []


@pytest.mark.parametrize(
    "cursor",
    [
        broken(encoded("2031-05")),
        encoded("2031-13"),
        encoded("2031-05-06T07:08:09Z##000000000001"),
        encoded("2031-05-06T07:08:09Z#S#1#"),
        encoded("2031-05-06T07:08:09Z"),
    ],
)
def test_no_position_in_the_system_log(cursor):
    with pytest.raises(Invalid):
        store.system_page(FakeDatabase(), now=NOW, cursor=cursor)
