"""Bytes are being verified, and meanwhile somebody else decides over the document."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.documents.begin_upload import begin_version
from chalicelib.documents.cancel_upload import cancel_upload
from chalicelib.documents.complete_upload import complete, complete_arrived
from chalicelib.documents.model import DocumentState, VersionState
from chalicelib.documents.trash_document import trash_document
from chalicelib.errors import Busy, Conflict, NameTaken
from tests.support.factories import Office, declared


@pytest.fixture
def office():
    return Office()


def meanwhile(office, monkeypatch, deed):
    """Let something happen right after the first look at the version."""
    look = office.filing.store.document_with_version

    def overtaken(*asked):
        found = look(*asked)
        monkeypatch.undo()
        deed()
        return found

    monkeypatch.setattr(
        type(office.filing.store), "document_with_version", lambda _s, *a: overtaken(*a)
    )


def test_a_cancelled_upload_is_not_taken_up_again(office, monkeypatch):
    begun = office.begin("a.txt", b"bytes")
    office.send(begun, b"bytes")
    id_ = begun.document.id
    # The staged bytes are still there: whoever cancels removes them last.
    monkeypatch.setattr(type(office.files), "discard", lambda _files, _upload: None)
    cancel_upload(office.filing, office.by(), id_, 1)
    assert office.filing.store.version(id_, 1).state is VersionState.ABANDONED
    with pytest.raises(Conflict):
        complete(office.filing, office.by(), id_, 1, part_digests={})
    assert complete_arrived(office.filing, id_, 1) is None


@pytest.mark.parametrize("asked", ["by the client", "by the worker"])
def test_an_upload_cancelled_behind_the_first_look_stays_cancelled(office, monkeypatch, asked):
    begun = office.begin("a.txt", b"bytes")
    office.send(begun, b"bytes")
    id_ = begun.document.id
    with monkeypatch.context() as patch:
        meanwhile(office, patch, lambda: cancel_upload(office.filing, office.by(), id_, 1))
        if asked == "by the client":
            with pytest.raises(Conflict):
                complete(office.filing, office.by(), id_, 1, part_digests={})
        else:
            with pytest.raises(Busy):  # and delivered again, it finds nothing to do
                complete_arrived(office.filing, id_, 1)
            assert complete_arrived(office.filing, id_, 1) is None
    assert office.filing.store.version(id_, 1).state is VersionState.ABANDONED
    assert office.files.kept == []
    assert office.problems(begun.document) == []


def test_the_trash_lists_the_version_that_came_meanwhile(office, monkeypatch):
    document = office.document("a.txt", b"first")
    begun = begin_version(
        office.filing, office.by(), document.id, declared=declared(b"the second one")
    )
    office.send(begun, b"the second one")

    def trash():
        rev = office.again(document).rev
        trash_document(office.filing, office.by(), document.id, rev=rev)

    with monkeypatch.context() as patch:
        meanwhile(office, patch, trash)
        complete(office.filing, office.by(), document.id, 2, part_digests={})
    listed = office.filing.store.trash_in("root", limit=9, cursor=None).items
    assert [(child.version, child.size) for child in listed] == [(2, len(b"the second one"))]


def test_an_upload_gives_way_in_the_transaction_that_begins_the_next(office):
    first = office.begin("a.txt", b"first")
    second = office.begin("a.txt", b"the second one")
    ended = office.filing.store.version(first.document.id, 1)
    assert ended.state is VersionState.ABANDONED
    (_, gave_way), (created,) = office.told(first.document), office.told(second.document)
    assert gave_way.transaction_id == created.transaction_id
    held = office.filing.store.child_row("root", "a.txt")
    assert held["id"] == second.document.id
    assert office.problems(first.document, second.document) == []


def test_an_upload_that_is_being_verified_gives_no_way(office):
    first = office.begin("a.txt", b"first")
    version = first.version
    now, until = office.moment, office.moment + timedelta(minutes=2)
    verifying = replace(version, state=VersionState.VERIFYING)
    office.filing.store.claim(verifying, was=version, claim="c", now=now, until=until)
    with pytest.raises(NameTaken):
        office.begin("a.txt", b"the second one")


def test_an_upload_given_up_meanwhile_is_not_gone_on_with(office, monkeypatch):
    first = office.begin("a.txt", b"first")
    with monkeypatch.context() as patch:
        patch.setattr(type(office.files), "discard", lambda _files, _upload: None)
        look = office.filing.store.child_row

        def overtaken(*asked):
            found = look(*asked)
            patch.undo()
            cancel_upload(office.filing, office.by(), first.document.id, 1)
            return found

        patch.setattr(type(office.filing.store), "child_row", lambda _s, *a: overtaken(*a))
        again = office.begin("a.txt", b"first")
    assert again.document.id != first.document.id
    assert again.document.state is DocumentState.PENDING
