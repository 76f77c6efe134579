import copy

import pytest

from chalicelib.audit.anchor_model import Anchor, Kind, Spoiled
from chalicelib.audit.anchor_night import ChainsBroken
from chalicelib.audit.anchor_store import load, read_leaves
from chalicelib.audit.check import Flaw
from chalicelib.audit.evidence import gather
from chalicelib.audit.mapping import read_entry
from chalicelib.audit.model import Action, Head, append
from chalicelib.audit.store import entry_put
from chalicelib.transaction import Key, Table
from tests.support.audited import Audited, busy_days


def claims(world, chain):
    return gather(world.archive, now=world.now()).claims(chain)


def manifests(world, kind="hourly"):
    return sorted(name for name in world.vault.files if f"{kind}/manifests" in name)


def test_an_hour_is_anchored_once_it_is_over_and_its_grace_too():
    world = Audited()
    world.system()
    entry = world.change()
    world.pass_time(minutes=54)  # 23:04
    assert world.anchor_hours() == []
    world.pass_time(minutes=1)
    (statement,) = world.anchor_hours()
    assert (statement.kind, statement.period) == (Kind.HOURLY, "2031-05-30T22")
    assert (statement.environment, statement.previous) == ("test", None)
    assert claims(world, "D#one") == {1: {entry.hash}}
    assert set(claims(world, "S#0")) == {1}


def test_the_same_hour_again_writes_nothing():
    world = busy_days()
    before = dict(world.vault.files)
    world.vault.writes.clear()
    assert world.anchor_hours() == []
    assert (world.vault.files, world.vault.writes) == (before, [])


def test_the_same_night_again_writes_nothing():
    world = busy_days()
    world.pass_time(days=1)
    world.anchor_hours()
    statement = world.anchor_night()
    world.vault.writes.clear()
    assert world.anchor_night() == statement
    assert world.vault.writes == []


def test_an_hour_without_change_leaves_a_heartbeat():
    world = Audited()
    world.system()
    world.pass_time(hours=4)
    made = world.anchor_hours()
    assert [statement.leaves for statement in made] == [1, 0, 0, 0]
    assert [statement.previous for statement in made[1:]] == [
        statement.link for statement in made[:-1]
    ]
    assert sum("leaves" in name for name in world.vault.files) == 1


def test_a_fresh_environment_where_nothing_happened_can_be_anchored():
    world = Audited()
    assert [statement.leaves for statement in world.anchor_hours()] == [0]
    assert world.anchor_night().leaves == 0


def test_after_an_outage_hours_are_made_up_in_bounded_steps():
    world = Audited()
    world.system()
    world.change()
    world.pass_time(days=20)
    first = world.anchor_hours()
    assert len(first) == 200
    while world.anchor_hours():
        pass
    assert len(manifests(world)) == 20 * 24
    assert world.verify().valid


def test_a_long_silence_is_looked_through_for_the_newest_anchor():
    world = busy_days()
    newest = manifests(world)[-1]
    world.pass_time(days=200)
    made = world.anchor_hours()
    assert made[0].previous.period in newest


def test_what_the_index_shows_late_is_in_the_next_anchor():
    world = Audited()
    world.system()
    world.change()
    late = world.change()
    key = world.row("D#one", 2)
    row = world.database.rows.pop(key)
    world.pass_time(hours=1)
    world.anchor_hours()
    assert set(claims(world, "D#one")) == {1}
    world.database.rows[key] = row
    world.pass_time(hours=1)
    world.anchor_hours()
    assert claims(world, "D#one")[2] == {late.hash}
    world.pass_time(hours=1)
    world.anchor_hours()
    assert load(world.vault, Kind.HOURLY, "2031-05-31T00").statement.leaves == 0


def test_an_entry_stamped_before_its_predecessor_is_anchored_all_the_same():
    world = Audited()
    world.system()
    world.change()
    world.pass_time(hours=-1)
    last = world.change()  # another machine's clock is behind
    world.pass_time(hours=3)
    world.anchor_hours()
    assert claims(world, "D#one") == {2: {last.hash}}
    world.change()
    world.pass_time(hours=2)
    world.anchor_hours()
    assert world.anchor_night().leaves == 2
    assert world.verify().proven_until.seq == 3


@pytest.mark.parametrize("fails", range(12))
def test_a_run_that_dies_anywhere_is_finished_by_the_next(fails):
    world = busy_days()
    world.pass_time(hours=2)
    reference = copy.deepcopy(world.vault.files)
    writes = iter(range(100))

    def die(operation, _name):
        if operation == "write" and next(writes) == fails:
            raise ConnectionError

    world.vault.before = die
    try:
        world.anchor_hours()
        world.anchor_night()
    except ConnectionError:
        pass
    world.vault.before = lambda _operation, _name: None
    world.anchor_hours()
    world.anchor_night()
    assert all(world.vault.files[name] == content for name, content in reference.items())
    verification = world.verify()
    assert verification.valid
    assert verification.proven_until.seq == 11


def test_two_runs_at_once_agree_on_one_anchor():
    world = busy_days()
    world.pass_time(hours=2)
    started = iter([True])

    def meet(operation, name):
        if operation == "write" and "manifests" in name and next(started, False):
            world.anchor_hours()  # the other run is faster

    world.vault.before = meet
    made = world.anchor_hours()
    for statement in made:
        assert load(world.vault, Kind.HOURLY, statement.period).statement == statement
    assert world.verify().valid


def test_a_night_covers_every_chain_and_only_needs_the_vault():
    world = busy_days()
    world.pass_time(days=1)
    world.anchor_hours()
    world.database.calls.clear()
    statement = world.anchor_night()
    # Only the system's chains are walked: their hourly leaves tell of a head, not of an hour.
    assert "get" not in world.database.calls
    anchor = load(world.vault, Kind.NIGHTLY, statement.period)
    leaves = [
        leaf for shard in anchor.shards for leaf in read_leaves(world.vault, anchor, shard.name)
    ]
    chains = {row["chain"] for row in world.database.rows.values() if "chain" in row}
    assert {leaf.chain for leaf in leaves} == chains
    assert len(leaves) == len(chains) == statement.leaves
    newest = {leaf.chain: leaf.head for leaf in leaves}
    assert newest["D#one"] == world.head()


def test_a_quiet_document_stays_proven_night_after_night():
    world = busy_days()
    world.pass_time(hours=2)
    for _ in range(5):
        world.anchor_night()
        world.pass_time(days=1)
        world.change("two")
    verification = world.verify()
    assert verification.valid
    assert verification.proven_until.seq == 11


def test_many_hours_of_one_chain_merge_without_reading_its_entries():
    world = Audited()
    world.system()
    for _ in range(20):
        world.change()
        world.change()
        world.pass_time(minutes=50)
        world.anchor_hours()
    world.pass_time(hours=2)
    world.anchor_hours()
    world.database.calls.clear()
    world.anchor_night()
    assert world.database.calls.count("query") <= 1  # the system's chain
    assert world.verify().proven_until.seq == 40


def rewritten(world, chain, seq):
    """Replace an entry and all behind it by ones with true hashes, the document's head too."""
    old = [
        read_entry(row)
        for key, row in sorted(world.database.rows.items(), key=lambda item: item[0].sk)
        if key.table == Table.AUDIT and key.pk == chain and int(key.sk) >= seq
    ]
    head = Head(seq - 1, old[0].previous)
    for entry in old:
        forged = append(
            head,
            chain=chain,
            at=entry.at,
            actor="user-Mallory",
            action=Action.DOCUMENT_RENAMED,
            subject=entry.subject,
            details=entry.details,
            context=entry.context,
            transaction_id=entry.transaction_id,
        )
        put = entry_put(forged)
        world.database.rows.pop(put.key)
        world.database.commit([put], token="forged")
        head = forged.head
    row = {"chain_seq": head.seq, "chain_hash": head.hash}
    if chain.startswith("D#"):
        world.database.rows[Key(Table.CORE, chain, "META")] = row


@pytest.mark.parametrize("chain", ["D#one", "R#one"])
@pytest.mark.parametrize("seq", [1, 6, 10])
def test_a_rewritten_past_is_found_however_many_nights_go_by(chain, seq):
    world = busy_days()
    world.pass_time(hours=2)
    world.anchor_night()
    rewritten(world, chain, seq)
    world.change()
    world.read()
    world.pass_time(days=1)
    world.anchor_hours()
    with pytest.raises(ChainsBroken) as broken:
        world.anchor_night()
    assert broken.value.chains == [chain]
    for _ in range(3):
        world.pass_time(days=1)
        world.anchor_night()
    problems = world.verify().problems
    assert [(each.chain, each.seq, each.problem) for each in problems] == [
        (chain, 11, Flaw.REPLACED)
    ]


def test_an_anchor_that_another_key_signed_is_not_built_upon():
    world = busy_days()
    name = manifests(world)[-1]
    anchor = Anchor.read(world.vault.files[name])
    world.vault.files[name] = Anchor(
        statement=anchor.statement, signature=b"another", shards=anchor.shards
    ).manifest
    world.pass_time(days=1)
    with pytest.raises(Spoiled, match="not signed"):
        world.anchor_night()


def test_a_statement_fits_what_is_signed_at_once():
    world = busy_days()
    for name in world.vault.files:
        if "manifests" in name:
            anchor = Anchor.read(world.vault.files[name])
            assert len(anchor.statement.text.encode()) < 1024
            assert anchor.manifest == world.vault.files[name]


def test_a_spoiled_row_does_not_stop_the_anchor_of_the_others():
    world = Audited()
    world.system()
    world.change("one")
    world.change("two")
    key = world.row("D#one", 1)
    world.database.rows[key] = {**world.database.rows[key], "seq": "one"}
    world.database.rows[world.row("S#0", 1)] = {
        **world.database.rows[world.row("S#0", 1)],
        "format": 9,
    }
    world.pass_time(hours=1)
    world.anchor_hours()
    assert claims(world, "D#two")
    assert not claims(world, "D#one")
    assert not world.verify("one").valid
