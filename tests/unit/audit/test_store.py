import copy
from datetime import UTC, datetime

import pytest

from chalicelib.audit import store
from chalicelib.audit.mapping import read_entry
from chalicelib.audit.model import Action, personal
from chalicelib.errors import Busy, Invalid
from chalicelib.transaction import Key, Table
from tests.support.audited import Audited


def all_pages(page, **options):
    found, cursor, calls = [], None, 0
    while True:
        answer = page(cursor=cursor, **options)
        found += answer.items
        calls += 1
        if answer.next_cursor is None:
            return found
        cursor = answer.next_cursor
        assert calls < 100


def test_an_entry_reads_back_as_it_was_written():
    world = Audited()
    entry = world.change(details={"list": [1, None, "x", {"deep": [True]}], "empty": {}})
    assert store.entries(world.database, "D#one").items == [entry]
    assert store.head(world.database, "D#one") == entry.head


def test_a_second_entry_in_the_same_place_meets_busy():
    world = Audited()
    entry = world.change()
    with pytest.raises(Busy):
        world.database.commit([store.entry_put(entry)], token="again")


def test_an_empty_chain_has_the_head_of_no_entry():
    world = Audited()
    assert store.head(world.database, "D#none").seq == 0
    assert store.entries(world.database, "D#none").items == []


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_pages_of_a_chain_hold_each_entry_once_in_order(descending, limit):
    world = Audited()
    written = [world.change() for _ in range(7)]

    def page(cursor):
        return store.entries(
            world.database, "D#one", limit=limit, descending=descending, cursor=cursor
        )

    assert all_pages(page) == (written[::-1] if descending else written)


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_the_system_log_runs_newest_first_over_chains_and_months(limit):
    world = Audited()
    for number in range(12):
        world.shard = number % 8
        world.system(f"user:{number}")
        world.pass_time(days=17)
    world.change()
    found = all_pages(
        lambda cursor: store.system_page(
            world.database, now=world.now(), limit=limit, cursor=cursor
        )
    )
    assert [entry.subject for entry in found] == [f"user:{number}" for number in range(11, -1, -1)]


def test_a_log_that_sleeps_for_years_is_walked_in_bounded_steps():
    world = Audited()
    world.system()
    world.pass_time(days=365 * 4)
    first = store.system_page(world.database, now=world.now())
    assert (first.items, world.database.calls.count("query") < 20) == ([], True)
    assert first.next_cursor is not None
    found = all_pages(
        lambda cursor: store.system_page(world.database, now=world.now(), cursor=cursor)
    )
    assert len(found) == 1


def test_a_log_ends_where_the_environment_began():
    world = Audited()
    world.system()
    page = store.actor_page(world.database, "user-Ada", now=world.now())
    assert (page.items, page.next_cursor) == ([], None)


def test_what_a_person_did_comes_from_all_chains_and_of_nobody_else():
    world = Audited()
    world.system()
    mine = [world.change(), world.read(), world.change("two")]
    world.change(who="Bo")
    found = all_pages(
        lambda cursor: store.actor_page(
            world.database, "user-Ada", now=world.now(), limit=2, cursor=cursor
        )
    )
    assert sorted(entry.hash for entry in found) == sorted(entry.hash for entry in mine)


@pytest.mark.parametrize(
    "cursor",
    ["x", "Ä", "!!!!", "MjAzMS0xMw", "MjAzMS0wNVQ", "AAAA", "MjAzMS0wNS0wMQ", "{}", "=" * 5000],
)
def test_an_invented_cursor_is_refused(cursor):
    world = Audited()
    world.change()
    with pytest.raises(Invalid):
        store.entries(world.database, "D#one", cursor=cursor)
    with pytest.raises(Invalid):
        store.system_page(world.database, now=world.now(), cursor=cursor)


def test_personal_fields_are_told_until_they_are_erased():
    world = Audited()
    ours = [world.change(who="Ada"), world.change(who="Bo")]
    del world.database.rows[Key(Table.AUDIT, "CTX#context-Bo", "CTX")]
    ada, bo = store.tell(world.database, ours)
    assert (ada.personal.name, ada.erased) == ("Ada", False)
    assert (bo.personal, bo.erased) == (None, True)


def test_an_entry_of_a_job_has_nothing_to_erase():
    world = Audited()
    world.system()
    (told,) = store.tell(world.database, store.entries(world.database, "S#0").items)
    assert (told.personal, told.erased) == (None, False)


def test_contexts_are_read_a_hundred_at_a_time():
    world = Audited()
    ours = [world.change(who=f"Person {number}") for number in range(150)]
    world.database.calls.clear()
    told = store.tell(world.database, ours)
    assert all(each.personal for each in told)
    assert world.database.calls == ["get_many", "get_many"]


def test_the_same_fields_with_another_salt_give_another_digest():
    told = personal(name="Ada", address="192.0.2.7", agent="x" * 1000)
    assert len(told.agent) == 400
    assert told.salted("c", "one") != told.salted("c", "two")


def test_a_row_of_a_later_format_is_not_guessed_at():
    world = Audited()
    world.change()
    key = world.row("D#one", 1)
    world.database.rows[key] = {**copy.deepcopy(world.database.rows[key]), "format": 2}
    with pytest.raises(ValueError, match="format 2"):
        read_entry(world.database.rows[key])
    [shown] = store.entries(world.database, "D#one").items
    assert shown.action is Action.ENTRY_SPOILED
    assert shown.details == {}


def test_rows_of_a_long_chain_come_in_pages():
    world = Audited()
    for _ in range(1001):
        world.read()
    found = list(store.rows(world.database, "R#one", after=1))
    assert [row["seq"] for row in found] == list(range(2, 1002))
    assert store.length(world.database, "R#one") == 1001


def test_the_environment_is_born_with_its_first_system_entry():
    world = Audited()
    assert store.birth(world.database) is None
    world.shard = 5
    world.system()
    world.pass_time(days=1)
    world.shard = 2
    world.system()
    assert store.birth(world.database) == "2031-05-30T22:10:00.000000Z"
    assert datetime.fromisoformat(store.birth(world.database)).tzinfo == UTC
