import csv
import io
import json

from chalicelib.audit.export import COLUMNS, as_csv, as_json, history
from chalicelib.audit.model import recomputed
from chalicelib.transaction import Key, Table
from tests.support.audited import Audited, busy_days


def csv_rows(world, document="one"):
    text = "".join(as_csv(history(world.database, document)))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_history_is_both_chains_in_the_order_of_time():
    world = busy_days()
    told = list(history(world.database, "one"))
    assert len(told) == 22
    times = [each.entry.at for each in told]
    assert times == sorted(times)
    assert {each.entry.chain for each in told} == {"D#one", "R#one"}


def test_columns_are_stable():
    assert COLUMNS[:6] == ("at", "actor", "name", "action", "subject", "version")
    world = busy_days()
    (first, *_) = csv_rows(world)
    assert tuple(first) == COLUMNS
    reading = next(row for row in csv_rows(world) if row["chain"] == "R#one")
    assert (reading["version"], reading["sha256"]) == ("1", "ab" * 32)


def test_no_cell_is_taken_for_a_formula():
    world = Audited()
    for name in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", 'say "hi", you'):
        world.change(who=name, name=name)
    for row in csv_rows(world):
        for value in row.values():
            assert not value.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert csv_rows(world)[0]["name"] == "'=1+1"


def test_erased_fields_say_so():
    world = Audited()
    world.change()
    del world.database.rows[Key(Table.AUDIT, "CTX#context-Ada", "CTX")]
    (row,) = csv_rows(world)
    assert (row["name"], row["address"], row["agent"]) == ("erased", "erased", "erased")


def test_json_holds_all_that_a_hash_is_computed_from():
    world = busy_days()
    told = list(history(world.database, "one"))
    exported = json.loads("".join(as_json(told)))
    assert [each["hash"] for each in exported] == [recomputed(each.entry) for each in told]
    assert exported[0]["details"] == dict(told[0].entry.details)


def test_an_empty_history_is_valid_too():
    world = Audited()
    assert json.loads("".join(as_json(history(world.database, "none")))) == []
    assert csv_rows(world, "none") == []


def test_a_long_history_comes_in_chunks():
    world = Audited()
    for _ in range(250):
        world.read()
    chunks = list(as_csv(history(world.database, "one")))
    assert len(chunks) == 251
