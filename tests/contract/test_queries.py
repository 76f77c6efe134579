"""What `Database.query` promises: order, pages, prefixes, positions and indexes."""

import pytest

from chalicelib.errors import Invalid
from chalicelib.transaction import Key, Put, Query, Table, Update


def put(key, **row):
    return Put(key=key, row=row)


def update(key, **values):
    return Update(key=key, values=values)


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
    assert database.get(key) == {"pk": "p1", "sk": "01", "name": "1"}


def test_an_index_has_prefixes_too(database, indexed):
    assert sorted(read(database, pk="list", index="modified", prefix="02")) == ["4", "5"]


def test_the_digest_index_gives_keys_only(database):
    database.commit([put(Key(Table.CORE, "D#1", "V#1"), sha256="ab", more=1)], token="t")
    page = database.query(Query(table=Table.CORE, pk="ab", index="digest"))
    assert page.rows == [{"pk": "D#1", "sk": "V#1", "sha256": "ab"}]
