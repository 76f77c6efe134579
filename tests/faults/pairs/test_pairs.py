"""A seeded sample of what `python -m tests.faults pairs` tries, and that it finds faults."""

import random

import pytest

from tests.faults.pairs.catalogue import KINDS, changing, mentioned, sample
from tests.faults.pairs.ground import Kind
from tests.faults.pairs.planted import duties, lists
from tests.faults.pairs.running import arena_on
from tests.faults.pairs.seed import seed
from tests.faults.pairs.touched import Place, Touch, cuts
from tests.faults.pairs.trying import Depth
from tests.scenarios.catalogue import SCENARIOS

SAMPLE = Depth(cuts=2, woven=1, at_once=1)


@pytest.fixture(scope="module")
def ground(servers):
    with arena_on(servers) as made:
        yield made


def found(ground, kind: Kind, pairs=None, depth=SAMPLE, chance=None):
    chosen = kind.pairs() if pairs is None else pairs
    return list(ground.tried(kind, chosen, depth, chance or random.Random(1)))


@pytest.mark.faults
def test_a_sample_of_pairs_comes_out_as_one_after_the_other(ground):
    chance = random.Random(seed())
    for kind, names in sample(chance, kinds=3, pairs=2):
        pairs = [tuple(name.split(" beside ")) for name in names]
        for each in found(ground, kind, pairs, chance=chance):
            assert each.anomalies == [], each.name


@pytest.mark.faults
def test_a_lost_update_is_found(ground):
    (both,) = found(ground, lists(guarded=False), [("append a", "append b")])
    assert any("equals no serial order" in anomaly for anomaly in both.anomalies)
    assert both.schedules > both.serial


@pytest.mark.faults
def test_two_who_trust_what_the_other_undoes_are_found(ground):
    (both,) = found(ground, duties(), [("one", "other")])
    assert any("equals no serial order" in anomaly for anomaly in both.anomalies)


@pytest.mark.faults
def test_a_guarded_update_is_not_reported(ground):
    for each in found(ground, lists(guarded=True)):
        assert each.anomalies == []
        assert each.schedules >= 3


def test_every_scenario_that_changes_something_is_in_a_pair():
    assert {each.name for each in changing()} - mentioned() == set()


def test_pairs_mention_only_scenarios_that_are_there():
    assert mentioned() <= {each.name for each in SCENARIOS}


def test_each_kind_of_object_is_called_something_of_its_own():
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)


def call(text: str, *, written: bool = False, whole: bool = True) -> Touch:
    return Touch("call", (Place(text, whole=whole, written=written),))


def test_only_places_in_front_of_a_call_that_matters_are_tried():
    mine = [call("who"), call("a"), call("b"), call("c"), call("a", written=True)]
    assert cuts(mine, [call("a", written=True), call("b")]) == [4]
    assert cuts(mine, [call("x", written=True), call("a")]) == []
    assert cuts(mine, [call("", written=True, whole=False)]) == [1, 2, 3, 4]


def test_a_list_meets_what_is_written_into_it():
    listing = Place("table|folder|", whole=False, written=False)
    assert listing.meets(Place("table|folder|child", whole=True, written=True))
    assert not listing.meets(Place("table|folder|child", whole=True, written=False))
    assert not listing.meets(Place("table|other|child", whole=True, written=True))
