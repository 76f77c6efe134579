"""What `Database` promises, held against the fake and against Amazon's own engine."""

from enum import StrEnum

import pytest

from chalicelib.errors import Busy, Invalid, PaperTrailError
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


def test_increment_sets_values_only_where_they_are_missing(database):
    database.increment(HERE, "n", values={"since": "first", "expires": 7})
    database.increment(HERE, "n", values={"since": "second", "until": "x"})
    assert row_of(database) == {"n": 2, "since": "first", "expires": 7, "until": "x"}


@pytest.fixture
def shelf(database):
    """Ten rows in a partition, sorted by their bytes, beside other partitions and tables."""
    names = ["a", "a1", "a10", "a2", "b", "z", "é", "ﬂ", "𝄞", "𝄞1"]
    for name in names:
        database.commit([put(Key(Table.CORE, "shelf", name), name=name)], token="t")
    database.commit([put(Key(Table.CORE, "shelf2", "a"), name="other")], token="t")
    database.commit([put(Key(Table.WORK, "shelf", "a"), name="other")], token="t")
    return names


def read(database, **query):
    return [row["name"] for row in database.query(Query(table=Table.CORE, **query)).rows]


def walk(database, limit, **query):
    """All pages, one after the other."""
    found, after = [], None
    for _ in range(50):
        page = database.query(Query(table=Table.CORE, limit=limit, after=after, **query))
        assert len(page.rows) <= limit
        found += [row["name"] for row in page.rows]
        after = page.last
        if after is None:
            return found
    raise AssertionError("no end")


@pytest.mark.parametrize("consistent", [True, False])
def test_a_partition_comes_in_the_order_of_its_bytes(database, shelf, consistent):
    assert read(database, pk="shelf", consistent=consistent) == shelf
    assert read(database, pk="shelf", descending=True, consistent=consistent) == shelf[::-1]
    assert read(database, pk="none") == []


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_join_without_a_gap_or_a_repeat(database, shelf, limit, descending):
    expected = shelf[::-1] if descending else shelf
    assert walk(database, limit, pk="shelf", descending=descending) == expected


def test_prefix(database, shelf):
    assert read(database, pk="shelf", prefix="a") == ["a", "a1", "a10", "a2"]
    assert read(database, pk="shelf", prefix="𝄞") == ["𝄞", "𝄞1"]
    assert read(database, pk="shelf", prefix="x") == []
    assert walk(database, 3, pk="shelf", prefix="a1") == ["a1", "a10"]
    assert walk(database, 1, pk="shelf", prefix="a", descending=True) == ["a2", "a10", "a1", "a"]


def test_a_position_may_be_gone_or_never_have_been(database, shelf):
    after = {"pk": "shelf", "sk": "a11"}
    assert read(database, pk="shelf", after=after)[:2] == ["a2", "b"]
    assert read(database, pk="shelf", after=after, descending=True) == ["a10", "a1", "a"]


@pytest.mark.parametrize(
    "asked",
    [
        {"pk": "shelf", "after": {"pk": "shelf2", "sk": "a"}},
        {"pk": "shelf", "prefix": "a", "after": {"pk": "shelf", "sk": "b"}},
        {"pk": "shelf", "after": {"pk": "shelf"}},
        {"pk": "shelf", "after": {"pk": "shelf", "sk": "a", "more": "x"}},
        {"pk": "x", "index": "modified", "after": {"pk": "shelf", "sk": "a"}},
        {
            "pk": "x",
            "index": "modified",
            "after": {"list_pk": "y", "list_sk": "1", "pk": "shelf", "sk": "a"},
        },
    ],
)
def test_a_position_outside_of_what_is_asked_for_is_invalid(database, shelf, asked):
    with pytest.raises(Invalid):
        read(database, **asked)


@pytest.fixture
def indexed(database):
    """Rows of two partitions in one list of an index; every third in none."""
    for n in range(9):
        listed = {"list_pk": "list", "list_sk": f"{n // 2:02d}"} if n % 3 else {}
        key = Key(Table.CORE, f"p{n % 2}", f"{n:02d}")
        database.commit([put(key, name=f"{n}", **listed)], token="t")


def test_an_index_lists_rows_that_have_its_keys(database, indexed):
    found = read(database, pk="list", index="modified")
    assert sorted(found) == ["1", "2", "4", "5", "7", "8"]
    orders = [int(name) // 2 for name in found]
    assert orders == sorted(orders)


@pytest.mark.parametrize("limit", [1, 2, 4])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_an_index(database, indexed, limit, descending):
    found = walk(database, limit, pk="list", index="modified", descending=descending)
    assert sorted(found) == ["1", "2", "4", "5", "7", "8"]
    orders = [int(name) // 2 for name in found]
    assert orders == sorted(orders, reverse=descending)


def test_a_row_leaves_an_index_with_its_attribute(database, indexed):
    key = Key(Table.CORE, "p1", "01")
    database.commit([update(key, list_pk=None, list_sk=None)], token="t")
    assert "1" not in read(database, pk="list", index="modified")
    assert row_of(database, key) == {"name": "1"}


def test_an_index_has_prefixes_too(database, indexed):
    assert sorted(read(database, pk="list", index="modified", prefix="02")) == ["4", "5"]


def test_the_digest_index_gives_keys_only(database):
    database.commit([put(Key(Table.CORE, "D#1", "V#1"), sha256="ab", more=1)], token="t")
    page = database.query(Query(table=Table.CORE, pk="ab", index="digest"))
    assert page.rows == [{"pk": "D#1", "sk": "V#1", "sha256": "ab"}]


def test_reading_changes_nothing_held_elsewhere(database):
    given = {"deep": {"list": [1]}}
    database.commit([put(v=given)], token="t")
    given["deep"]["list"].append(2)
    database.get(HERE)["v"]["deep"]["list"].append(3)
    assert row_of(database) == {"v": {"deep": {"list": [1]}}}
