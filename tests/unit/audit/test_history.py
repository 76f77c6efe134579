"""A document's history as a list: both chains merged, and robust against a spoiled row."""

from datetime import UTC, datetime

import pytest

from chalicelib.audit.history import history_page
from chalicelib.audit.mapping import entry_row
from chalicelib.audit.model import Action, Head, append, document_chain, reads_chain
from chalicelib.clock import utc_text
from chalicelib.errors import Invalid
from chalicelib.transaction import Key, Put, Table
from tests.fakes.database import FakeDatabase


def _written(database, chain, count, *, minute):
    head = Head()
    for number in range(count):
        entry = append(
            head,
            chain=chain,
            at=utc_text(datetime(2031, 1, 2, 3, minute + 2 * number, tzinfo=UTC)),
            actor="u1",
            action=Action.DOCUMENT_RENAMED,
            subject="document:d1",
            details={"number": number},
            context=None,
            transaction_id="t1",
        )
        head = entry.head
        key = Key(Table.AUDIT, chain, f"{entry.seq:012d}")
        database.commit([Put(key=key, row=entry_row(entry))], token="t")


def _history():
    database = FakeDatabase()
    _written(database, document_chain("d1"), 5, minute=0)
    _written(database, reads_chain("d1"), 4, minute=1)
    return database


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 8, 9, 50])
def test_every_entry_comes_once_newest_first_whatever_the_page_size(limit):
    database, seen, cursor = _history(), [], None
    while True:
        page = history_page(database, "d1", limit=limit, cursor=cursor)
        seen += [entry.at[14:16] for entry in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["08", "07", "06", "05", "04", "03", "02", "01", "00"]


def test_a_spoiled_row_is_shown_as_spoiled_and_hides_no_other():
    database = _history()
    key = Key(Table.AUDIT, document_chain("d1"), "000000000003")
    database.rows[key] = {"pk": key.pk, "sk": key.sk, "format": "nonsense"}
    actions = [entry.action for entry in history_page(database, "d1").items]
    assert actions.count(Action.ENTRY_SPOILED) == 1
    assert len(actions) == 9


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "MS4yLjM", "LTEuMg", "9" * 200, "é"])
def test_a_cursor_of_nobody_is_refused(cursor):
    with pytest.raises(Invalid):
        history_page(_history(), "d1", cursor=cursor)
