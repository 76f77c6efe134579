"""What lies in the vault in another form than anchors are written in is said to be spoiled."""

import json
from dataclasses import replace

import pytest

from chalicelib.audit import merkle
from chalicelib.audit.anchor_model import (
    Anchor,
    Kind,
    Leaf,
    Link,
    Shard,
    Spoiled,
    Statement,
    leaves_name,
    root_of,
)
from chalicelib.audit.anchor_store import read_leaves, write_leaves
from chalicelib.audit.check import Flaw, Problem
from chalicelib.audit.evidence import gather
from chalicelib.audit.model import Head
from tests.fakes.vault import FakeVault
from tests.support.audited import Audited, busy_days

LEAVES = [Leaf("D#one", Head(2, "b" * 64), Head(1, "a" * 64)), Leaf("D#two", Head(5, "c" * 64))]
SHARD = Shard("a", len(LEAVES), merkle.root([leaf.line for leaf in LEAVES]))
LINK = Link("2031-01-02T02", "d" * 64)
STATEMENT = Statement(
    environment="test",
    kind=Kind.HOURLY,
    period="2031-01-02T03",
    made_at="2031-01-02T04:05:00.000000Z",
    leaves=2,
    root=root_of([SHARD]),
    previous=LINK,
    through=None,
)


def anchor(*, shards=(SHARD,), **said):
    """A manifest that is right in all but what is said differently: root and form included."""
    statement = replace(STATEMENT, **{"root": root_of(shards), **said})
    return Anchor(statement=statement, signature=b"signed", shards=shards)


def test_what_was_written_can_be_read():
    assert Anchor.read(anchor().manifest) == replace(anchor(), shards=[SHARD])
    assert [Leaf.read(leaf.line) for leaf in LEAVES] == LEAVES


@pytest.mark.parametrize(
    "line",
    [
        b'[7,1,"h",null]',
        b'["c","1","h",null]',
        b'["c",true,"h",null]',
        b'["c",1,7,null]',
        b'["c",2,"h",["1","g"]]',
        b'["c",2,"h",[1,7]]',
        b'["c", 1, "h", null]',
        b'["c",1,"h"]',
    ],
)
def test_a_leaf_in_another_form_is_spoiled(line):
    with pytest.raises(Spoiled):
        Leaf.read(line)


@pytest.mark.parametrize(
    "told",
    [
        {"environment": 7},
        {"period": 7},
        {"made_at": None},
        {"leaves": "2"},
        {"leaves": True},
        {"previous": Link("2031-01-02T02", 7)},
        {"through": Link(7, "d" * 64)},
    ],
    ids=str,
)
def test_a_statement_of_other_kinds_of_values_is_spoiled(told):
    with pytest.raises(Spoiled):
        Anchor.read(anchor(**told).manifest)


@pytest.mark.parametrize(
    "shard",
    [replace(SHARD, name=7), replace(SHARD, root=7), replace(SHARD, leaves="2")],
    ids=["name", "root", "leaves"],
)
def test_a_shard_of_other_kinds_of_values_is_spoiled(shard):
    with pytest.raises(Spoiled):
        Anchor.read(anchor(shards=(shard,)).manifest)


def test_a_root_of_another_kind_is_spoiled():
    with pytest.raises(Spoiled):
        Anchor.read(anchor(root=7).manifest)


def test_other_shards_than_the_signed_ones_are_spoiled():
    manifest = Anchor(statement=STATEMENT, signature=b"", shards=[replace(SHARD, leaves=1)])
    with pytest.raises(Spoiled):
        Anchor.read(manifest.manifest)


def test_a_manifest_with_spaces_is_spoiled():
    spaced = json.dumps(json.loads(anchor().manifest)).encode()
    with pytest.raises(Spoiled):
        Anchor.read(spaced)


def test_leaves_that_are_not_there_are_spoiled():
    with pytest.raises(Spoiled):
        read_leaves(FakeVault(), anchor(), "a")


def test_fewer_leaves_than_were_signed_are_spoiled():
    vault = FakeVault()
    shard = write_leaves(vault, Kind.HOURLY, STATEMENT.period, "a", LEAVES)
    signed = replace(shard, leaves=3)
    assert leaves_name(Kind.HOURLY, STATEMENT.period, signed) in vault.files
    with pytest.raises(Spoiled):
        read_leaves(vault, anchor(shards=(signed,)), "a")


def test_a_night_is_not_built_upon_hours_with_one_between_them_gone():
    world = Audited()
    world.system()
    world.pass_time(hours=4)
    first, *_ = (statement.period for statement in world.anchor_hours())
    del world.vault.files[f"anchors/hourly/manifests/{first}.json"]
    world.pass_time(days=1)
    with pytest.raises(Spoiled):
        world.anchor_night()


def test_an_anchor_of_another_environment_is_not_believed():
    world = busy_days()
    found = gather(replace(world.archive, environment="other"), now=world.now())
    assert found.anchors == []
    assert {problem.problem for problem in found.problems} == {Flaw.ANCHOR_UNSIGNED}


def test_an_anchor_that_says_to_be_the_first_though_one_is_before_it_is_found():
    world = Audited()
    period = world.claim_before(None)
    problems = gather(world.archive, now=world.now()).problems
    assert Problem(f"anchor:hourly:{period}", None, Flaw.ANCHOR_CHANGED) in problems


def test_an_entry_put_behind_a_gap_is_misplaced():
    world = Audited()
    for _ in range(3):
        world.change()
    moved = world.database.rows.pop(world.row("D#one", 3))
    key = world.row("D#one", 5)
    world.database.rows[key] = {**moved, "sk": key.sk}
    problems = list(world.verify().problems)
    assert Problem("D#one", 5, Flaw.MISPLACED) in problems


def test_a_stray_file_among_the_anchors_stops_no_verification():
    world = busy_days()
    world.vault.files["anchors/hourly/manifests/2031-6-1T03.json"] = b"no anchor"
    assert list(gather(world.archive, now=world.now()).problems) == []
