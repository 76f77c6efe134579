"""What is noticed of rows one by one, and what of a chain leads to a later claim."""

from dataclasses import replace

import pytest

from chalicelib.audit import store
from chalicelib.audit.anchor_model import Leaf
from chalicelib.audit.check import Flaw, Problem, examine
from chalicelib.audit.continuity import merge, walked
from chalicelib.audit.mapping import read_entry, typed
from chalicelib.audit.model import Head
from chalicelib.audit.store import Personal, Told
from tests.support.audited import Audited

CHAIN = "D#one"


@pytest.fixture
def world():
    made = Audited()
    for _ in range(3):
        made.change()
    return made


def stored(world):
    return [dict(row) for row in store.rows(world.database, CHAIN)]


def problems(rows, **options):
    found = examine(CHAIN, rows, **options)
    return [(p.seq, p.problem) for each in found for p in each.problems]


def test_rows_as_they_were_written_are_sound(world):
    assert problems(stored(world)) == []


@pytest.mark.parametrize(
    "change", [{"txn": "another"}, {"time_pk": "S#2031-06"}, {"also": "this"}, {"actor_pk": None}]
)
def test_what_is_not_hashed_must_be_as_it_was_written_too(world, change):
    rows = stored(world)
    assert "time_pk" in rows[1]
    rows[1] = {k: v for k, v in {**rows[1], **change}.items() if v is not None}
    assert problems(rows) == [(2, Flaw.CHANGED)]


def test_a_row_that_does_not_come_behind_the_one_before_is_misplaced(world):
    first, second, third = stored(world)
    told = list(examine(CHAIN, [first, second, second, third]))
    assert [each.problems for each in told] == [(), (), (Problem(CHAIN, 3, Flaw.MISPLACED),), ()]
    assert told[2].entry is None
    assert problems([{**first, "sk": "nonsense"}, first, second, third]) == [(1, Flaw.MISPLACED)]


def test_the_entries_between_lead_from_one_head_to_the_other(world):
    heads = [Head(), *(read_entry(row).head for row in stored(world))]
    assert all(walked(world.database, CHAIN, old, new) for old in heads for new in heads[3:])
    assert walked(world.database, CHAIN, heads[1], heads[2])


def test_a_head_that_no_entry_has_is_led_to_by_nothing(world):
    last = read_entry(stored(world)[-1]).head
    assert not walked(world.database, CHAIN, Head(), replace(last, hash="f" * 64))
    assert not walked(world.database, CHAIN, Head(), Head(4, "f" * 64))


def test_a_claim_that_says_what_it_follows_from_is_believed_without_a_look():
    old, new = Leaf(CHAIN, Head(3, "a" * 64)), Leaf(CHAIN, Head(5, "b" * 64), Head(3, "a" * 64))
    joined = merge([old], [new], follows=lambda *_: pytest.fail("nobody need look"))
    assert (joined.broken, joined.leaves) == (False, [Leaf(CHAIN, Head(5, "b" * 64))])


@pytest.mark.parametrize(("kind", "value"), [(int, True), (int, "1"), (str, 1), (int, None)])
def test_a_value_of_another_kind_is_no_value(kind, value):
    with pytest.raises(ValueError, match="whose seq is"):
        typed({"seq": value}, "seq", kind)


def test_only_an_entry_that_had_personal_fields_can_have_lost_them(world):
    entry = read_entry(stored(world)[0])
    assert entry.context is not None
    forgotten = replace(entry, context=None)
    told = Personal("Zoë", "203.0.113.7", "Firefox")
    assert Told(entry, None).erased
    assert not Told(entry, told).erased
    assert not Told(forgotten, None).erased
