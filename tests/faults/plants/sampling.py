"""A few plants, and for each the tests to try: told by the last report, without any measuring.

A test that noticed a plant when the report was written is tried on it again. A plant that the
report does not know (a new guard, a renamed function, a test that bears another name now) is tried
with the tests that noticed its neighbours, and with the others in their files.
"""

import random
from collections.abc import Iterator, Mapping, Sequence

from tests.faults.plants.finders import Plant
from tests.support.report import ROOT

_FILES = 6
_TESTS = 80


def chosen(
    every: Sequence[Plant], known: Mapping[str, str], seed: str, count: int
) -> Sequence[Plant]:
    """So many plants, by chance; those that the report does not know first."""
    mixed = random.Random(seed).sample(list(every), len(every))
    mixed.sort(key=lambda plant: plant.name in known)
    usable = (plant for plant in mixed if files(plant, every, known))
    return [plant for plant, _ in zip(usable, range(count), strict=False)]


def files(plant: Plant, every: Sequence[Plant], known: Mapping[str, str]) -> Sequence[str]:
    """Test files that are there and may notice, the nearest first."""
    if plant.name in known and "::" not in known[plant.name]:
        return ()  # noticed by what never ends, which no sample has time for
    near = (_file(test) for test in _noticing(plant, every, known))
    there = dict.fromkeys(file for file in near if file and (ROOT / file).is_file())
    return list(there)[: 1 if plant.name in known else _FILES]


def tests(
    plant: Plant, every: Sequence[Plant], known: Mapping[str, str], collected: Sequence[str]
) -> Sequence[str]:
    """Of the tests that were collected, those to try on a plant."""
    there = set(collected)
    if known.get(plant.name) in there:
        return [known[plant.name]]
    near = [test for test in _noticing(plant, every, known) if test in there]
    kin = files(plant, every, known)
    others = [test for test in collected if _file(test) in kin]
    return list(dict.fromkeys([*near, *others]))[:_TESTS]


def _noticing(plant: Plant, every: Sequence[Plant], known: Mapping[str, str]) -> Iterator[str]:
    """The test that noticed the plant, then those of its neighbours, in its file and folder."""
    if plant.name in known:
        yield known[plant.name]

    def distance(other: Plant) -> tuple[bool, bool, int]:
        elsewhere = other.file != plant.file
        return elsewhere, other.scope != plant.scope, abs(other.lines[0] - plant.lines[0])

    folder = plant.file.rpartition("/")[0]
    kin = [p for p in every if p.name in known and p.file.rpartition("/")[0] == folder]
    yield from (known[other.name] for other in sorted(kin, key=distance))


def _file(test: str) -> str:
    return test.partition("::")[0] if "::" in test else ""
