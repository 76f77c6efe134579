"""The audit alone gives the state; and whatever one has and the other has not is told."""

from datetime import datetime, timedelta

import pytest

from chalicelib.transaction import Table
from tests.faults.breaks.invariants import broken_audit
from tests.faults.rebuild import differences
from tests.support.world import World, furnish


class Ticking(World):
    """A world whose clock moves on with each look, so that its entries have an order."""

    @property
    def moment(self) -> datetime:
        self._moment += timedelta(microseconds=1)
        return self._moment

    @moment.setter
    def moment(self, value: datetime) -> None:
        self._moment = value


@pytest.fixture(scope="module")
def rows():
    world = Ticking()
    furnish(world)
    api, ids = world.root, world.ids
    api.patch(
        f"/v1/nodes/{ids['folder']}", {"name": "Else"}, If_Match=world.etag("N", ids["folder"])
    )
    match = world.etag("D", ids["document"])
    api.patch(f"/v1/documents/{ids['document']}", {"node_id": ids["folder"]}, If_Match=match)
    api.post(f"/v1/documents/{ids['document']}/rollback", {"version": 1})
    api.post(f"/v1/nodes/{ids['gone_folder']}/restore", {})
    match = world.etag("U", ids["stranger"])
    api.patch(f"/v1/users/{ids['stranger']}", {"disabled": True}, If_Match=match)
    return dict(world.database.rows)


def test_the_audit_alone_gives_the_state(rows):
    assert len(rows) > 100
    assert differences(rows, complete=True) == []


def of(rows, table, begins, sk=""):
    return [
        key
        for key in rows
        if key.table is table and key.pk.startswith(begins) and key.sk.startswith(sk)
    ]


@pytest.mark.parametrize(
    ("table", "begins", "sk"),
    [
        (Table.CORE, "D#", "META"),
        (Table.CORE, "D#", "V#"),
        (Table.CORE, "N#", "META"),
        (Table.CORE, "P#", ""),
        (Table.CORE, "T#", ""),
        (Table.CORE, "NUMBER#", ""),
        (Table.IDENTITY, "U#", "META"),
        (Table.IDENTITY, "G#", "META"),
        (Table.IDENTITY, "G#", "M#"),
        (Table.IDENTITY, "SHARE#", ""),
        (Table.IDENTITY, "ADMINISTRATORS", ""),
        (Table.AUDIT, "D#", ""),
    ],
)
def test_each_row_that_is_lost_is_missed(rows, table, begins, sk):
    found = of(rows, table, begins, sk)
    assert found
    for key in found[:4]:
        assert broken_audit({k: v for k, v in rows.items() if k != key}, complete=True), key


@pytest.mark.parametrize(
    ("table", "begins", "sk", "changed"),
    [
        (Table.CORE, "D#", "META", {"node_id": "elsewhere"}),
        (Table.CORE, "D#", "META", {"version": 9}),
        (Table.CORE, "D#", "META", {"chain_hash": "0" * 64}),
        (Table.CORE, "D#", "V#", {"state": "rejected"}),
        (Table.CORE, "N#", "META", {"grants": {"user:nobody": "viewer"}}),
        (Table.CORE, "P#", "", {"name": "Another"}),
        (Table.IDENTITY, "U#", "META", {"era": 99}),
        (Table.IDENTITY, "SHARE#", "", {"role": "owner"}),
    ],
)
def test_each_row_that_is_changed_is_noticed(rows, table, begins, sk, changed):
    for key in of(rows, table, begins, sk)[:4]:
        assert differences({**rows, key: {**rows[key], **changed}}, complete=True), key


def test_of_some_rows_only_what_began_among_them_is_compared(rows):
    document = next(key for key in of(rows, Table.CORE, "D#", "META"))
    entries = {key: rows[key] for key in of(rows, Table.AUDIT, f"D#{document.pk[2:]}")}
    told = differences({**entries, document: rows[document]}, complete=False)
    assert told
    assert all(document.pk[2:] in line for line in told)
    assert differences({document: rows[document]}, complete=False) == []
