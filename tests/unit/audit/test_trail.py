import pytest

from chalicelib.audit import store
from chalicelib.audit.model import Action
from chalicelib.audit.trail import record_read
from chalicelib.errors import Busy
from tests.support.audited import Audited


def test_a_reading_carries_version_and_digest_and_costs_one_write():
    world = Audited()
    who = world.someone()
    world.database.calls.clear()
    entry = record_read(
        world.trail,
        who,
        document_id="one",
        action=Action.DOCUMENT_DOWNLOADED,
        version=3,
        sha256="cd" * 32,
    )
    assert entry.details == {"version": 3, "sha256": "cd" * 32}
    assert (entry.actor, entry.context, entry.chain) == ("user-Ada", who.context, "R#one")
    assert world.database.calls == ["query", "write"]


def test_readers_who_collide_each_get_their_place():
    world = Audited()
    world.someone()
    others = iter([True, True, False])

    def overtake(operation):
        if operation == "write" and next(others, False):
            world.database.before = lambda _operation: None
            world.read(who="Ada")
            world.database.before = overtake

    world.database.before = overtake
    world.read()
    chain = store.entries(world.database, "R#one", descending=False).items
    assert [entry.seq for entry in chain] == list(range(1, len(chain) + 1))
    assert world.verify(limit=None).reads == len(chain) > 1


def test_a_put_whose_answer_was_lost_stands_once():
    world = Audited()
    world.someone()
    commit = world.database.commit

    def lost(changes, *, token):
        commit(changes, token=token)
        raise Busy  # the repeated request met its own row

    world.database.commit = lost
    entry = world.read()
    assert store.entries(world.database, "R#one").items == [entry]


def test_a_reader_who_never_gets_through_is_told_so(monkeypatch):
    monkeypatch.setattr("chalicelib.transaction.settle.__kwdefaults__", {"sleep": lambda _s: None})
    world = Audited()
    world.someone()

    def busy(operation):
        if operation == "write":
            raise Busy

    world.database.before = busy
    with pytest.raises(Busy):
        world.read()


def test_system_entries_spread_over_chains():
    world = Audited()
    for shard in (0, 7, 0):
        world.shard = shard
        world.system()
    assert store.head(world.database, "S#0").seq == 2
    assert store.head(world.database, "S#7").seq == 1


def test_a_change_and_its_entry_share_a_transaction():
    world = Audited()
    entry = world.change()
    assert world.database.rows[world.row("D#one", 1)]["txn"] == entry.transaction_id
    assert world.head() == entry.head
