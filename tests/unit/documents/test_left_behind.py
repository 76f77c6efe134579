"""Uploads that others began, that died half-way, or that come late: what becomes of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.documents.begin_upload import begin_version, resume
from chalicelib.documents.change_node import rename_node
from chalicelib.documents.complete_upload import AT_ONCE_MAX, complete, complete_arrived
from chalicelib.documents.model import VersionState
from chalicelib.documents.open import list_children
from chalicelib.documents.rows import child_key, version_key
from chalicelib.documents.trash_node import trash_node
from chalicelib.errors import Busy, Conflict, Expired, InTrash
from chalicelib.idempotency import ids_from
from chalicelib.transaction import Update
from tests.support.factories import declared, later

PDF, TEXT = b"%PDF-1.7 bytes", b"plain text"


class Crash(Exception):
    """The container died."""


def test_bytes_of_an_upload_that_gave_way_are_removed(office):
    first = office.begin("a", b"first")
    office.send(first, b"first")
    second = office.begin("a", b"second")
    assert second.document.id != first.document.id
    assert office.files.staged == {}


def test_nobody_is_handed_anothers_upload_of_the_same_bytes(office):
    office.grant(ann="contributor")
    first = office.begin("a", b"bytes", who="ann")
    until = {"pending_until": "2031-01-01T00:00:00.000Z"}  # as if its time were over
    change = Update(key=child_key("root", "a"), values=until)
    office.database.commit([change], token="over")
    second = office.begin("a", b"bytes")
    assert second.document.id != first.document.id
    assert second.version.created_by == "boss"


def test_a_repeated_request_finds_its_version_stored_and_nothing_to_send(office):
    document = office.document("a")
    asked = office.by(new_id=ids_from("seed"))
    begun = begin_version(office.filing, asked, document.id, declared=declared(b"two"))
    office.send(begun, b"two")
    office.complete(begun)
    again = later(office.by(new_id=ids_from("seed")), repeated=True)
    found = begin_version(office.filing, again, document.id, declared=declared(b"two"))
    assert (found.version.number, found.version.state) == (2, VersionState.STORED)
    assert found.requests == ()


def test_a_folder_trashed_between_two_looks_at_it_is_not_renamed_there(office, monkeypatch):
    folder, look = office.folder("a"), type(office.filing.store).node
    waiting = [lambda: trash_node(other.filing, office.by(), folder.id, rev=folder.rev)]
    other = replace(office)
    other.filing = office.desk(office.database)

    def late(store, node_id):
        if waiting:
            waiting.pop()()
        return look(store, node_id)

    monkeypatch.setattr(type(office.filing.store), "node", late)
    with pytest.raises(InTrash):
        rename_node(office.filing, office.by(), folder.id, name="b", rev=folder.rev + 1)
    assert office.node(folder).name == "a"


LOST = {
    "all access": lambda office, folder: office.grant(folder),
    "all but the sight": lambda office, folder: office.grant(folder, ann="viewer"),
    "the folder": lambda office, folder: trash_node(
        office.filing, office.by(), folder.id, rev=office.node(folder).rev
    ),
}


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST)
def test_bytes_that_arrive_for_somebody_who_may_no_longer_send_them_wait(office, lose):
    folder = office.folder("folder")
    office.grant(folder, ann="contributor")
    begun = office.begin("a", node=folder, who="ann")
    office.send(begun, b"bytes")
    lose(office, folder)
    assert complete_arrived(office.filing, begun.document.id, 1) is None
    assert office.filing.store.version(begun.document.id, 1).state is VersionState.PENDING
    assert office.files.kept == []


def test_an_older_version_that_is_complete_late_changes_no_list(office):
    document = office.document("a", TEXT)
    older, newer = (
        begin_version(office.filing, office.by(), document.id, declared=declared(body))
        for body in (TEXT, PDF)
    )
    office.send(older, TEXT)
    office.send(newer, PDF)
    office.complete(newer)
    office.complete(older)
    (listed,) = list_children(office.filing, office.by(), "root", limit=9, cursor=None).items
    assert (listed.version, listed.media_type) == (3, "application/pdf")


def died_at(office, begun):
    def before(operation):
        if operation == "keep":
            raise Crash

    office.files.before = before
    with pytest.raises(Crash):
        complete_arrived(office.filing, begun.document.id, 1)
    office.files.before = lambda _operation: None


@pytest.mark.parametrize(
    ("size", "lease"),
    [(len(PDF), timedelta(minutes=2)), (AT_ONCE_MAX + 1, timedelta(minutes=16))],
    ids=["small", "large"],
)
def test_what_somebody_died_at_is_taken_up_when_their_time_is_over(office, size, lease):
    begun = office.begin("a", PDF)
    office.send(begun, PDF)
    key = version_key(begun.document.id, 1)
    office.database.commit([Update(key=key, values={"size": size})], token="as large")
    died_at(office, begun)
    office.moment += lease - timedelta(seconds=2)
    with pytest.raises(Busy):
        complete_arrived(office.filing, begun.document.id, 1)
    office.moment += timedelta(seconds=3)
    office.database.commit([Update(key=key, values={"size": len(PDF)})], token="as it was")
    kept = complete_arrived(office.filing, begun.document.id, 1)
    assert kept.state is VersionState.STORED


def test_the_client_is_told_that_somebody_is_at_it(office):
    begun = office.begin("a", PDF)
    office.send(begun, PDF)
    died_at(office, begun)
    _, version = complete(office.filing, office.by(), begun.document.id, 1, part_digests={})
    assert version.state is VersionState.VERIFYING


def test_an_upload_whose_row_has_lost_it_goes_on_nowhere(office):
    begun = office.begin("a")
    office.send(begun, b"bytes")
    key = version_key(begun.document.id, 1)
    office.database.commit([Update(key=key, values={"upload": None})], token="lost")
    with pytest.raises(Expired):
        resume(office.filing, office.by(), begun.document.id, 1)
    with pytest.raises(Conflict):
        office.complete(begun)
    with pytest.raises(Busy):
        complete_arrived(office.filing, begun.document.id, 1)
    assert office.files.kept == []
