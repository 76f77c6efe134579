"""Forgers: what somebody with every right on the tables could do to the audit."""

import copy

from hypothesis import settings

from chalicelib.audit import store
from chalicelib.audit.evidence import gather
from chalicelib.audit.mapping import read_entry
from chalicelib.audit.model import Action, Head, append
from chalicelib.transaction import Key, Table
from tests.fakes.database import FakeDatabase
from tests.fakes.vault import FakeVault
from tests.support.audited import Audited, busy_days

WRITTEN = busy_days()
"""Never tampered with; `forged` gives copies. Chains have 11 entries, of which 10 are anchored."""

EVIDENCE = gather(WRITTEN.archive, now=WRITTEN.now())
LENGTH, ANCHORED = 11, 10
DOCUMENTS = ("one", "two", "three")

forgery = settings(max_examples=200, deadline=None)


def forged() -> Audited:
    """A fresh copy to tamper with."""
    world = copy.copy(WRITTEN)
    world.database = FakeDatabase()
    world.database.rows = dict(WRITTEN.database.rows)
    world.vault = FakeVault()
    world.vault.files = dict(WRITTEN.vault.files)
    world.__post_init__()
    return world


def alter(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return ("1" if value[:1] == "0" else "0") + value[1:]
    if isinstance(value, dict):
        return {**value, "more": 1}
    return [*value, 1]


def rehashed(world: Audited, chain: str, rows, *, after: int):
    """Write entries behind `after` anew, each with a true hash and link, as a forger would."""
    before = world.database.rows.get(world.row(chain, after))
    head = Head(after, before["hash"]) if before else Head()
    for key in [
        key
        for key in world.database.rows
        if (key.table, key.pk) == (Table.AUDIT, chain) and int(key.sk) > after
    ]:
        del world.database.rows[key]
    for row in rows:
        entry = append(
            head,
            chain=chain,
            at=row["at"],
            actor=row["actor"],
            action=Action(row["action"]),
            subject=row["subject"],
            details=row["details"],
            context=read_entry(row).context,
            transaction_id=row["transaction_id"],
        )
        put = store.entry_put(entry)
        world.database.commit([put], token="forged")
        head = entry.head
    if chain.startswith("D#"):
        key = Key(Table.CORE, chain, "META")
        world.database.rows[key] = {"pk": chain, "sk": "META"} | {
            "chain_seq": head.seq,
            "chain_hash": head.hash,
        }


def exchange(world: Audited, one: Key, other: Key):
    rows = world.database.rows
    first, second = rows[one], rows[other]
    rows[one] = {**second, "pk": one.pk, "sk": one.sk}
    rows[other] = {**first, "pk": other.pk, "sk": other.sk}
