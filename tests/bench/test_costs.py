"""What everything costs stays as it was: a call or a unit more shows in a diff."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import pytest

from tests.bench.costs.counts import as_json, standing
from tests.bench.costs.least import LEAST, least_of
from tests.bench.costs.measured import Counts, measured
from tests.bench.costs.section import _row
from tests.bench.costs.units import Units, size_of, write_units
from tests.bench.costs.words import REASONS, above
from tests.scenarios.catalogue import SCENARIOS, entries
from tests.scenarios.stage import serving
from tests.support.dynamodb_local import NotAvailable

NAMES = [each.name for each in SCENARIOS]


@pytest.fixture(scope="module")
def found() -> Iterator[Mapping[str, Counts]]:
    """Every scenario, counted once for all tests."""
    try:
        with serving() as servers:
            yield measured(servers)
    except NotAvailable as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))


def test_every_route_and_event_is_in_the_table():
    assert {each.entry for each in SCENARIOS} == entries()
    assert set(LEAST) == set(NAMES)
    assert set(standing()) == set(NAMES)


@pytest.mark.dynamodb_local
@pytest.mark.parametrize("name", NAMES)
def test_it_costs_what_it_did(found, name):
    """Where the new counts are meant: python -m tests.bench.costs.counts, and look at the diff."""
    assert as_json(found[name]) == standing()[name]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_near_the_least_or_says_why_not(name):
    kept = standing()[name]
    row = _row(name, Counts(**kept, sent=0, received=0))
    assert above(row) == (name in REASONS), row


def test_the_least_adds_up():
    """By hand: session, person, epoch and row; then the row, two of the list, and the entry."""
    composed = least_of("ADMISSION DOCUMENT > DOCUMENT_ROW CHILD ENTRY | LIST > 3 of HEAD")
    assert asdict(composed) == {"read": 7.5, "write": 12.0, "calls": 6, "rounds": 3}


ITEM = {"pk": {"S": "D#1"}, "sk": {"S": "META"}}


def test_sizes_are_those_of_the_developer_guide():
    """docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""
    assert size_of({"name": {"S": "Zoë"}}) == 4 + 4
    assert size_of({"n": {"N": "27"}}) == 1 + 2
    assert size_of({"n": {"N": "-123"}}) == 1 + 4
    assert size_of({"b": {"BOOL": True}, "no": {"NULL": True}}) == 1 + 1 + 2 + 1
    assert size_of({"m": {"M": {"k": {"S": "vv"}}}}) == 1 + 3 + 1 + 1 + 2
    assert size_of({"l": {"L": [{"S": "abc"}]}}) == 1 + 3 + 1 + 3


def of_size(size: int, **more):
    item = {**ITEM, **more, "fill": {"S": ""}}
    return {**item, "fill": {"S": "x" * (size - size_of(item))}}


LISTED = {"list_pk": {"S": "P#1"}, "list_sk": {"S": "2031"}}


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, of_size(1024), 1),
        (None, of_size(1025), 2),
        (of_size(3000), of_size(100), 3),
        (of_size(3000), None, 3),
        (None, None, 1),
        (None, of_size(1025, **LISTED), 2 + 2),
        (of_size(100, **LISTED), of_size(1025, **LISTED), 2 + 2),
        (of_size(100, **LISTED), of_size(100, **LISTED), 1),
        (of_size(100, **LISTED), of_size(100), 1 + 1),
        (of_size(100, **LISTED), of_size(100, **{**LISTED, "list_sk": {"S": "2032"}}), 1 + 2),
        (None, of_size(2000, sha256={"S": "ab"}), 2 + 1),
    ],
)
def test_a_write_costs_the_larger_row_and_each_index_that_changes(before, after, units):
    assert write_units([("core", before, after)], transaction=False) == Units(write=units)
    assert write_units([("core", before, after)] * 2, transaction=True) == Units(write=4 * units)
