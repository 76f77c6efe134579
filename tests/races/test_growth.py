"""More of anything makes no request ask more often: the bench's growth section, at small sizes."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from chalicelib.attributes import to_row
from chalicelib.transaction import Key, Table
from tests.bench.growth import operations
from tests.bench.growth.ground import Ground, growing
from tests.bench.growth.measuring import cost
from tests.bench.growth.words import BECAUSE
from tests.bench.soak.running import quiet
from tests.scenarios.model import Scenario
from tests.support import dynamodb_local
from tests.support.world import PASSWORD

pytestmark = pytest.mark.dynamodb_local
_HASHES = (2, 3, 6)
"""Columns with the engine's own hashes of keys."""


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with quiet():
        try:
            with growing() as made:
                yield made
        except dynamodb_local.NotAvailable as reason:
            pytest.skip(str(reason))


def counted(ground: Ground, scenarios: Sequence[Scenario]) -> Mapping[str, Any]:
    return {each.what: cost(ground.world, each).calls for each in scenarios}


def grown(
    ground: Ground, sizes: Sequence[int], scenarios: Callable[[int], Sequence[Scenario]]
) -> Mapping[str, Any]:
    """Operations whose counts differ, with their counts by size."""
    found = {size: counted(ground, scenarios(size)) for size in sizes}
    first = found[sizes[0]]
    return {
        what: [each[what] for each in found.values()]
        for what in first
        if len({each[what] for each in found.values()}) > 1
    }


def test_what_is_written_is_what_the_engine_writes(ground):
    """Every row that the API made, written by us, has the columns that the engine gave it."""
    filler, world = ground.filler, ground.world
    engine = sqlite3.connect(filler.file)
    compared = 0
    for table, name in world.config.tables.items():
        for columns in engine.execute(f'SELECT * FROM "{name}"'):
            row = {**to_row(json.loads(columns[5]))}
            ours = list(
                filler.stored(Key(Table(table), row.pop("pk"), row.pop("sk")), row).columns()
            )
            theirs = [each for n, each in enumerate(columns) if n not in _HASHES]
            ours = [each for n, each in enumerate(ours) if n not in _HASHES]
            theirs[3], ours[3] = json.loads(theirs[3]), json.loads(ours[3])
            assert ours == theirs
            compared += 1
    engine.close()
    assert compared > 100


def test_more_documents_cost_no_more_calls(ground):
    def at(size: int) -> Sequence[Scenario]:
        ground.grow(size)
        return operations.LARGE

    assert grown(ground, (150, 1_000), at) == {}


def test_copies_have_histories_that_verify(ground):
    ground.grow(max(1, ground.documents))
    copy = ground.world.ids["copy"]
    told = ground.world.root.get(f"/v1/documents/{copy}/audit/verification").json
    assert told["valid"], told
    assert told["entries"] == 2


def test_a_long_history_costs_no_more_calls_unless_it_is_read(ground):
    found = grown(ground, (2, 300), lambda n: operations.with_history(ground.with_history(n)))
    assert set(found) <= set(BECAUSE["histories"]), found


def test_depth_costs_no_more_calls(ground):
    found = grown(ground, (3, 30), lambda n: operations.in_folder(ground.at_depth(n)))
    assert set(found) <= set(BECAUSE["depths"]), found


def test_groups_cost_no_more_calls(ground):
    def by(count: int) -> Sequence[Scenario]:
        return operations.by_member(*ground.in_groups(count), PASSWORD)

    found = grown(ground, (30, 100), by)
    assert found == {}
