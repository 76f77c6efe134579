"""What the vault testifies when an anchor names another before it, and how far back it looks."""

import pytest

from chalicelib.audit.anchor_model import Anchor, Kind, Link, Spoiled
from chalicelib.audit.anchor_store import latest_period, read_leaves
from chalicelib.audit.check import Flaw, Problem
from chalicelib.audit.evidence import gather
from tests.fakes.vault import FakeVault
from tests.support.audited import START, Audited


def test_an_anchor_that_names_one_that_never_was_tells_that_it_is_missing():
    world = Audited()
    world.claim_before(Link("2031-05-01T00", "d" * 64))
    problems = gather(world.archive, now=world.now()).problems
    assert problems[0] == Problem("anchor:hourly:2031-05-01T00", None, Flaw.ANCHOR_MISSING)


class Listed(FakeVault):
    """Notes behind which names it was asked for others."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def names(self, prefix, *, after=""):
        self.asked.append(after.removeprefix(prefix))
        return super().names(prefix, after=after)


def test_the_newest_anchor_is_looked_for_in_three_months_and_then_everywhere():
    vault = Listed()
    vault.files["anchors/nightly/manifests/2029-12-31.json"] = b"{}"
    assert latest_period(vault, Kind.NIGHTLY, now=START) == "2029-12-31"
    assert vault.asked == ["2031-02-27", ""]  # 92 days before 30 May
    vault.files["anchors/nightly/manifests/2031-03-01.json"] = b"{}"
    vault.asked.clear()
    assert latest_period(vault, Kind.NIGHTLY, now=START) == "2031-03-01"
    assert vault.asked == ["2031-02-27"]


def hours():
    """Four hours, each anchored, with where its manifest lies."""
    world = Audited()
    world.system()
    world.pass_time(hours=5)
    made = [each.period for each in world.anchor_hours()]
    assert len(made) >= 4
    return world, made, [f"anchors/hourly/manifests/{period}.json" for period in made]


def told(world):
    found = gather(world.archive, now=world.now())
    periods = [anchor.statement.period for anchor in found.anchors]
    return periods, [(problem.chain, problem.problem) for problem in found.problems]


def test_hours_that_follow_on_one_another_are_all_believed():
    world, made, _ = hours()
    assert told(world) == (made, [])


def test_a_spoiled_hour_is_told_and_the_others_are_believed():
    world, made, names = hours()
    world.vault.files[names[1]] = b"{}"
    flaw = (f"anchor:hourly:{made[1]}", Flaw.ANCHOR_CHANGED)
    assert told(world) == ([made[0], *made[2:]], [flaw])


def test_an_hour_that_is_gone_is_told_and_the_others_are_believed():
    world, made, names = hours()
    del world.vault.files[names[1]]
    flaw = (f"anchor:hourly:{made[1]}", Flaw.ANCHOR_MISSING)
    assert told(world) == ([made[0], *made[2:]], [flaw])


def test_of_hours_in_a_row_that_are_gone_the_first_is_told():
    world, made, names = hours()
    for name in names[1:3]:
        del world.vault.files[name]
    flaw = (f"anchor:hourly:{made[1]}", Flaw.ANCHOR_MISSING)
    assert told(world) == ([made[0], *made[3:]], [flaw])


def test_signed_leaves_that_are_gone_are_spoiled():
    world, _, names = hours()
    anchor = Anchor.read(world.vault.files[names[0]])
    (shard,) = anchor.shards
    assert len(read_leaves(world.vault, anchor, shard.name)) == shard.leaves
    world.vault.files.clear()
    with pytest.raises(Spoiled):
        read_leaves(world.vault, anchor, shard.name)
