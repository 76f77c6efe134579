import pytest

from chalicelib.errors import Busy, NotFound
from chalicelib.transaction import (
    NEW_ROW,
    Check,
    Delete,
    Key,
    Put,
    Table,
    Update,
    housekeep,
    is_id,
    settle,
    transact,
)
from tests.fakes.database import FakeDatabase

HERE, THERE = Key(Table.CORE, "here", "x"), Key(Table.CORE, "there", "x")
ENTRY = Put(key=Key(Table.AUDIT, "chain", "1"), row={"told": True}, guard=NEW_ROW)
LETTER = Put(key=Key(Table.WORK, "mail", "1"), row={"to": "ann"})


@pytest.fixture
def database():
    return FakeDatabase()


def test_rows_entries_and_letters_together(database):
    change = Put(key=HERE, row={"a": 1})
    transact(database, transaction_id="t", changes=[change], audit=[ENTRY], outbox=[LETTER])
    assert {key.table for key in database.rows} == {Table.CORE, Table.AUDIT, Table.WORK}
    assert all(row["txn"] == "t" for row in database.rows.values())


def test_no_change_without_an_entry(database):
    with pytest.raises(ValueError, match="audit"):
        transact(database, transaction_id="t", changes=[Put(key=HERE, row={})], audit=[])
    assert database.rows == {}


def test_a_refused_entry_takes_everything_with_it(database):
    transact(database, transaction_id="1", changes=[], audit=[ENTRY])
    with pytest.raises(Busy):
        transact(
            database,
            transaction_id="2",
            changes=[Put(key=HERE, row={})],
            audit=[ENTRY],
            outbox=[LETTER],
        )
    assert set(database.rows) == {ENTRY.key}


def test_every_kind_of_change_bears_the_transaction(database):
    housekeep(database, transaction_id="1", changes=[Put(key=HERE, row={"a": 1, "txn": "x"})])
    changes = [Update(key=HERE, values={"b": 2}), Delete(key=THERE)]
    housekeep(database, transaction_id="2", changes=changes)
    assert database.get(HERE) == {"pk": "here", "sk": "x", "a": 1, "b": 2, "txn": "2"}
    check = Check(key=HERE, guard={"a": 2}, refusal=lambda _row: NotFound())
    with pytest.raises(NotFound):
        housekeep(database, transaction_id="3", changes=[check, Put(key=THERE, row={})])


def test_a_hundred_and_one_is_a_programming_error(database):
    changes = [Put(key=Key(Table.CORE, f"{n}", "x"), row={}) for n in range(100)]
    with pytest.raises(ValueError, match="101"):
        transact(database, transaction_id="t", changes=changes, audit=[ENTRY])
    transact(database, transaction_id="t", changes=changes[1:], audit=[ENTRY])


def attempts(*results):
    waiting = list(results)

    def attempt():
        result = waiting.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    return attempt


def test_settled_at_once():
    waits = []
    assert settle(attempts("done"), sleep=waits.append) == "done"
    assert waits == []


def test_settled_after_others():
    waits = []
    assert settle(attempts(*[Busy()] * 39, "done"), sleep=waits.append) == "done"
    assert len(waits) == 39
    assert all(0 <= wait <= 0.5 for wait in waits)
    assert sum(waits) < 20
    assert waits[0] <= 0.02


def test_not_settled_after_forty_tries():
    with pytest.raises(Busy):
        settle(attempts(*[Busy()] * 40, "never"), sleep=lambda _seconds: None)


def test_what_is_refused_for_another_reason_is_refused_at_once():
    with pytest.raises(NotFound):
        settle(attempts(Busy(), NotFound(), "never"), sleep=lambda _seconds: None)


@pytest.mark.parametrize("text", ["a", "0", "root", "A" * 64])
def test_what_may_be_an_id(text):
    assert is_id(text)


@pytest.mark.parametrize("text", ["", "A" * 65, "a#b", "a b", "a-b", "ä", "٣", "a\n"])
def test_what_is_no_id(text):
    assert not is_id(text)
