"""What `Database` promises, held against the fake and against Amazon's own engine."""

from enum import StrEnum

import pytest

from chalicelib.errors import Busy, PaperTrailError
from chalicelib.transaction import (
    NEW_ROW,
    Below,
    Check,
    Delete,
    Expected,
    Key,
    Put,
    Query,
    Table,
    Update,
)

HERE = Key(Table.CORE, "here", "META")
THERE = Key(Table.CORE, "there", "META")
ELSEWHERE = Key(Table.WORK, "elsewhere", "META")


class InTheWay(PaperTrailError):
    def __init__(self, row):
        super().__init__("in the way")
        self.row = row


def put(key=HERE, guard=None, **row):
    return Put(key=key, row=row, guard=guard or {}, refusal=InTheWay)


def update(key=HERE, guard=None, **values):
    return Update(key=key, values=values, guard=guard or {}, refusal=InTheWay)


def alone(change):
    """A change by itself: a plain conditional write."""
    return [change]


def together(change):
    """The same change in a transaction."""
    return [change, Put(key=ELSEWHERE, row={"beside": True})]


either = pytest.mark.parametrize("sent", [alone, together])


def row_of(database, key=HERE):
    row = database.get(key)
    return row and {name: value for name, value in row.items() if name not in ("pk", "sk")}


class Colour(StrEnum):
    RED = "red"


@either
@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        10**15,
        True,
        False,
        "",
        "ßtraße ☂ 𝄞",
        [],
        {},
        ["a", 1, None, {"deep": [True, ""]}],
        {"empty": "", "none": None, "more": {"n": 1}},
    ],
)
def test_values_come_back_as_they_went(database, sent, value):
    database.commit(sent(put(v=value)), token="t")
    found = row_of(database)["v"]
    assert found == value
    assert type(found) is type(value)


def test_texts_with_a_type_of_their_own_and_tuples_come_back_plain(database):
    database.commit([put(v=Colour.RED, w=("a", 1))], token="t")
    assert type(row_of(database)["v"]) is str
    assert row_of(database) == {"v": "red", "w": ["a", 1]}


@pytest.mark.parametrize("value", [1.5, object()])
def test_what_no_row_can_hold_is_refused(database, value):
    with pytest.raises(TypeError):
        database.commit([put(v=value)], token="t")
    assert database.get(HERE) is None


def test_a_row_bears_its_key(database):
    database.commit([put(v=1)], token="t")
    assert database.get(HERE) == {"pk": "here", "sk": "META", "v": 1}


def test_no_row_is_none(database):
    assert database.get(HERE) is None


def test_many_rows_of_several_tables(database):
    keys = [Key(table, f"p{n}", "s") for table in (Table.CORE, Table.AUDIT) for n in range(50)]
    for key in keys[:-1]:
        database.commit([put(key, at=f"{key.table}{key.pk}")], token="t")
    found = database.get_many([*keys, keys[0]])
    assert set(found) == set(keys[:-1])
    assert all(row["at"] == f"{key.table}{key.pk}" for key, row in found.items())


@either
def test_put_replaces_a_whole_row(database, sent):
    database.commit(sent(put(a=1, b=2)), token="1")
    database.commit(sent(put(b=3)), token="2")
    assert row_of(database) == {"b": 3}


@either
def test_put_leaves_none_out(database, sent):
    database.commit(sent(put(a=None, b=2)), token="1")
    assert row_of(database) == {"b": 2}


@either
def test_update_sets_some_removes_none_and_leaves_the_rest(database, sent):
    database.commit(sent(put(a=1, b=2, c=3)), token="1")
    database.commit(sent(update(a=9, b=None, d="new")), token="2")
    assert row_of(database) == {"a": 9, "c": 3, "d": "new"}


@either
def test_update_makes_a_row_where_there_is_none(database, sent):
    database.commit(sent(update(a=1)), token="1")
    assert row_of(database) == {"a": 1}


@either
def test_delete_removes_and_does_not_mind_nothing(database, sent):
    database.commit([put(a=1)], token="1")
    database.commit(sent(Delete(key=HERE)), token="2")
    assert database.get(HERE) is None
    database.commit(sent(Delete(key=HERE)), token="3")
    assert database.get(HERE) is None


GUARDS = [
    ({"pk": Expected.ABSENT}, None, True),
    ({"pk": Expected.ABSENT}, {"a": 1}, False),
    ({"a": Expected.ABSENT}, {"b": 1}, True),
    ({"a": Expected.PRESENT}, {"a": ""}, True),
    ({"a": Expected.PRESENT}, {"b": 1}, False),
    ({"a": Expected.PRESENT}, None, False),
    ({"a": 1}, {"a": 1}, True),
    ({"a": 1}, {"a": 2}, False),
    ({"a": 1}, {"a": "1"}, False),
    ({"a": 1}, {"a": True}, False),
    ({"a": 1}, None, False),
    ({"a": ""}, {"a": ""}, True),
    ({"a": True}, {"a": True}, True),
    ({"a": {"b": [1]}}, {"a": {"b": [1]}}, True),
    ({"a": {"b": [1]}}, {"a": {"b": [2]}}, False),
    ({"a": Below(5)}, {"a": 4}, True),
    ({"a": Below(5)}, {"a": 5}, False),
    ({"a": Below(5)}, {"a": "4"}, False),
    ({"a": Below(5)}, None, False),
    ({"a": 1, "b": Expected.ABSENT}, {"a": 1}, True),
    ({"a": 1, "b": Expected.ABSENT}, {"a": 1, "b": 1}, False),
]


@either
@pytest.mark.parametrize("kind", ["put", "update", "delete", "check"])
@pytest.mark.parametrize(("guard", "standing", "holds"), GUARDS)
def test_guards(database, sent, kind, guard, standing, holds):
    if standing is not None:
        database.commit([put(**standing)], token="0")
    change = {
        "put": put(guard=guard, new=1),
        "update": update(guard=guard, new=1),
        "delete": Delete(key=HERE, guard=guard, refusal=InTheWay),
        "check": Check(key=HERE, guard=guard, refusal=InTheWay),
    }[kind]
    before = database.get(HERE)
    if holds:
        database.commit(sent(change), token="1")
        written = kind in ("put", "update") or (kind == "delete" and before is not None)
        assert (database.get(HERE) != before) == written
        return
    with pytest.raises(InTheWay) as refused:
        database.commit(sent(change), token="1")
    assert refused.value.row == before
    assert database.get(HERE) == before
    assert database.get(ELSEWHERE) is None


@either
def test_a_refusal_gets_the_row_that_stood_in_the_way(database, sent):
    standing = {"id": "first", "deep": {"list": [1, "", None]}}
    database.commit([put(**standing)], token="0")
    with pytest.raises(InTheWay) as refused:
        database.commit(sent(put(guard=NEW_ROW, id="second")), token="1")
    assert refused.value.row == {"pk": "here", "sk": "META", **standing}


def test_the_first_refusal_counts(database):
    for key in (HERE, THERE):
        database.commit([put(key, name=key.pk)], token="0")
    with pytest.raises(InTheWay) as refused:
        database.commit([put(ELSEWHERE), put(THERE, NEW_ROW), put(HERE, NEW_ROW)], token="1")
    assert refused.value.row["name"] == "there"


def test_without_words_of_its_own_a_refusal_is_busy(database):
    database.commit([put(a=1)], token="0")
    with pytest.raises(Busy):
        database.commit([Put(key=HERE, row={}, guard=NEW_ROW)], token="1")


def test_all_or_nothing_over_tables(database):
    database.commit([put(a=1)], token="0")
    changes = [put(ELSEWHERE, b=1), update(THERE, c=1), put(guard=NEW_ROW)]
    with pytest.raises(InTheWay):
        database.commit(changes, token="1")
    assert database.get(ELSEWHERE) is None
    assert database.get(THERE) is None


def test_the_same_transaction_again_changes_nothing_more(database):
    changes = [put(guard=NEW_ROW, a=1), put(THERE, b=1)]
    database.commit(changes, token="same")
    database.commit([update(a=2)], token="between")
    database.commit(changes, token="same")
    assert row_of(database) == {"a": 2}


def test_a_refused_transaction_may_come_again(database):
    database.commit([put(a=1)], token="0")
    changes = [put(guard={"a": 2}, a=3), put(THERE, b=1)]
    with pytest.raises(InTheWay):
        database.commit(changes, token="same")
    database.commit([update(a=2)], token="1")
    database.commit(changes, token="same")
    assert row_of(database) == {"a": 3}


def test_another_content_under_the_same_token_is_another_transaction(database):
    database.commit([put(a=1), put(THERE, b=1)], token="same")
    database.commit([put(a=2), put(THERE, b=1)], token="same")
    assert row_of(database) == {"a": 2}


def test_a_hundred_actions_at_once(database):
    changes = [put(Key(Table.CORE, "many", f"{n:03d}"), guard=NEW_ROW, n=n) for n in range(100)]
    database.commit(changes, token="t")
    page = database.query(Query(table=Table.CORE, pk="many", limit=200, consistent=True))
    assert [row["n"] for row in page.rows] == list(range(100))
    with pytest.raises(InTheWay) as refused:
        database.commit([*[Delete(key=c.key) for c in changes[:99]], changes[99]], token="u")
    assert refused.value.row["n"] == 99


def test_increment_counts_from_one(database):
    assert [database.increment(HERE, "n") for _ in range(3)] == [1, 2, 3]
    assert row_of(database) == {"n": 3}


def test_increment_adds_what_it_is_told(database):
    assert [database.increment(HERE, "n", by=by) for by in (5, -2, 1)] == [5, 3, 4]


def test_increment_sets_values_only_where_they_are_missing(database):
    database.increment(HERE, "n", values={"since": "first", "expires": 7})
    database.increment(HERE, "n", values={"since": "second", "until": "x"})
    assert row_of(database) == {"n": 2, "since": "first", "expires": 7, "until": "x"}


def test_reading_changes_nothing_held_elsewhere(database):
    given = {"deep": {"list": [1]}}
    database.commit([put(v=given)], token="t")
    given["deep"]["list"].append(2)
    database.get(HERE)["v"]["deep"]["list"].append(3)
    assert row_of(database) == {"v": {"deep": {"list": [1]}}}
