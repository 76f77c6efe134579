"""Rows read along: each answers one read, nothing outlives its request, no old row is believed."""

import threading

import pytest

from chalicelib.errors import Busy
from chalicelib.foresight import Foresight
from chalicelib.named import rows_named
from chalicelib.transaction import NEW_ROW, Key, Put, Table, Update
from tests.fakes.database import FakeDatabase
from tests.support.world import World, good

ONE, TWO, GONE = (Key(Table.CORE, pk, "x") for pk in ("one", "two", "gone"))


@pytest.fixture
def behind() -> FakeDatabase:
    database = FakeDatabase()
    for key in (ONE, TWO):
        database.commit([Put(key=key, row={"n": 1})], token=key.pk)
    database.calls.clear()
    return database


@pytest.fixture
def foreseeing(behind) -> Foresight:
    """Has read the first row, and the second and one that is not there along with it."""
    database = Foresight(behind)
    database.expect([TWO, GONE])
    assert list(database.get_many([ONE])) == [ONE]
    return database


def test_a_row_read_along_costs_no_read_of_its_own(behind, foreseeing):
    assert foreseeing.get(TWO)["n"] == 1
    assert foreseeing.get(GONE) is None
    assert behind.calls == ["get_many"]


def test_it_answers_once_and_then_the_database_does(behind, foreseeing):
    foreseeing.get(TWO)
    behind.commit([Update(key=TWO, values={"n": 2})], token="elsewhere")
    assert foreseeing.get(TWO)["n"] == 2


def test_a_batch_reads_only_what_was_not_read_along(behind, foreseeing):
    assert set(foreseeing.get_many([ONE, TWO, GONE])) == {ONE, TWO}
    assert set(foreseeing.get_many([TWO])) == {TWO}
    assert behind.calls == ["get_many"] * 3


def test_a_row_that_is_expected_and_asked_for_answers_once_more(behind):
    database = Foresight(behind)
    database.expect([ONE])
    assert set(database.get_many([ONE])) == {ONE}
    assert database.get(ONE)["n"] == 1
    assert behind.calls == ["get_many"]


def test_what_was_written_is_read_anew(foreseeing):
    foreseeing.commit([Update(key=TWO, values={"n": 5})], token="mine")
    assert foreseeing.get(TWO)["n"] == 5


def test_a_refused_commit_drops_everything(behind, foreseeing):
    behind.commit([Update(key=TWO, values={"n": 2})], token="elsewhere")
    with pytest.raises(Busy):
        foreseeing.commit([Put(key=ONE, row={}, guard=NEW_ROW)], token="mine")
    assert foreseeing.get(TWO)["n"] == 2


def test_a_counted_row_is_read_anew(foreseeing):
    foreseeing.increment(TWO, "n")
    assert foreseeing.get(TWO)["n"] == 2


def test_another_thread_foresees_nothing(foreseeing):
    seen = []
    other = threading.Thread(target=lambda: seen.append(foreseeing.foresees(TWO)))
    other.start()
    other.join()
    assert (seen, foreseeing.foresees(TWO)) == ([False], True)


def test_no_more_than_a_hundred_rows_go_into_a_batch(behind):
    database = Foresight(behind)
    database.expect(Key(Table.CORE, f"n{number}", "x") for number in range(150))
    database.get_many([ONE, TWO])
    assert database.foresees(Key(Table.CORE, "n97", "x"))
    assert not database.foresees(Key(Table.CORE, "n98", "x"))


def test_an_address_names_only_what_could_be_there():
    named = rows_named({"document_id": "d1", "number": "2", "node_id": "no id", "user_id": ""})
    assert [(key.pk, key.sk) for key in named] == [("D#d1", "META"), ("D#d1", "V#000002")]
    assert rows_named({"document_id": "d/1", "number": "1"}) == []
    assert rows_named({"document_id": "d1", "number": "12345678"}) == rows_named(
        {"document_id": "d1"}
    )


def test_nothing_outlives_its_request():
    world = World()
    folder = world.folder("Folder")
    good(world.root.get(f"/v1/nodes/{folder}"), 200)
    key = Key(Table.CORE, f"N#{folder}", "META")
    assert not world.wiring.database.foresees(key)


def test_no_place_in_the_tree_is_remembered_from_a_row_read_along_with_the_epoch():
    """DynamoDB reads a batch's rows one by one: this one saw the folder before the epoch."""
    world = World()
    folder = world.folder("Folder")
    person = world.person("person")
    row = world.database.rows[Key(Table.CORE, f"N#{folder}", "META")]
    key = Key(Table.CORE, row["pk"], row["sk"])
    world.grant(folder, inherit=False, root_user="manager")
    read = world.database.get_many
    old = {**row, "grants": {f"user:{world.ids['person']}": "manager"}}
    world.database.get_many = lambda keys: {**read(keys), **({key: old} if key in keys else {})}
    assert person.get(f"/v1/nodes/{folder}").status == 404


def test_each_expectation_answers_one_read(behind):
    database = Foresight(behind)
    database.expect([TWO])
    database.expect([TWO])
    database.get(ONE)
    assert [database.get(TWO)["n"], database.get_many([TWO])[TWO]["n"]] == [1, 1]
    assert behind.calls == ["get_many"]
    database.get(TWO)
    assert behind.calls == ["get_many", "get"]
