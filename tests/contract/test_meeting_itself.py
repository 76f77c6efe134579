"""A single write that comes again, as the SDK sends it when an answer was lost, has happened."""

import pytest

from chalicelib.transaction import NEW_ROW, Key, Put, Table, Update
from tests.contract.test_database import InTheWay

HERE = Key(Table.WORK, "here", "META")


def test_a_new_row_that_meets_itself_has_happened(database):
    put = Put(key=HERE, row={"a": 1, "txn": "one"}, guard=NEW_ROW, refusal=InTheWay)
    database.commit([put], token="one")
    database.commit([put], token="one")
    assert database.get(HERE)["a"] == 1


def test_a_change_that_meets_itself_has_happened(database):
    database.commit([Put(key=HERE, row={"a": 1, "txn": "one"})], token="one")
    values = {"a": 2, "txn": "two"}
    update = Update(key=HERE, values=values, guard={"a": 1}, refusal=InTheWay)
    database.commit([update], token="two")
    database.commit([update], token="two")
    assert database.get(HERE)["a"] == 2


def test_another_write_is_in_the_way_as_ever(database):
    put = Put(key=HERE, row={"a": 1, "txn": "one"}, guard=NEW_ROW, refusal=InTheWay)
    database.commit([put], token="one")
    other = Put(key=HERE, row={"a": 2, "txn": "two"}, guard=NEW_ROW, refusal=InTheWay)
    with pytest.raises(InTheWay):
        database.commit([other], token="two")
