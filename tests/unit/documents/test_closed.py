"""What stays closed, unseen or unread though a row of it is there."""

from dataclasses import replace

import pytest

from chalicelib.access.model import Role
from chalicelib.access.store import node_key
from chalicelib.documents import changes, desk, shares
from chalicelib.documents import open as look
from chalicelib.documents.change_document import rename_document
from chalicelib.documents.give_way import give_way
from chalicelib.documents.model import DocumentState, VersionState
from chalicelib.documents.rows import version_key
from chalicelib.documents.trash_node import trash_node
from chalicelib.errors import Busy, Invalid, NotFound, NotReady, Stale
from chalicelib.transaction import Key, Put, Table, Update


def write(office, change):
    office.database.commit([change], token=office.new_id())


@pytest.mark.parametrize(
    "spoiled", [{"state": "rejected"}, {"object_key": None, "object_version": None}]
)
def test_a_version_that_is_not_wholly_kept_is_not_opened(office, spoiled):
    document = office.document("a")
    write(office, Update(key=version_key(document.id, 1), values=spoiled))
    with pytest.raises(NotReady):
        look.link_to_content(office.filing, office.by(), document.id, 1, inline=False)
    assert office.looks(document) == []


@pytest.mark.parametrize("number", [0, 2])
def test_a_version_that_is_not_there_is_not_found(office, number):
    document = office.document("a")
    with pytest.raises(NotFound):
        office.filing.store.version(document.id, number)


def test_a_folder_that_is_not_there_is_not_found(office):
    with pytest.raises(NotFound):
        office.filing.store.node("nowhere")


def test_folders_above_are_named_only_to_those_who_see_them(office):
    secret = office.folder("secret")
    shared = office.folder("shared", secret)
    below = office.folder("below", shared)
    document = office.document("letter", node=below)
    office.grant(shared, ann="manager")
    by = office.by("ann")
    opened = (
        look.open_node(office.filing, by, below.id).above,
        look.open_access(office.filing, by, below.id).above,
        look.open_document(office.filing, by, document.id).above[1:],
    )
    assert [[place.name for place in above] for above in opened] == [["shared"]] * 3


def test_what_lies_in_a_folder_in_the_trash_is_no_recent_document(office):
    kept, folder = office.document("kept"), office.folder("gone")
    gone = office.document("letter", node=folder)
    by = office.by()
    found = [office.again(kept), office.again(gone)]
    assert [d.name for d in look.still_seen(office.filing, by, found)] == ["kept", "letter"]
    trash_node(office.filing, by, folder.id, rev=office.node(folder).rev)
    assert [d.name for d in look.still_seen(office.filing, office.by(), found)] == ["kept"]


def test_what_is_shared_no_more_is_not_listed_though_a_row_says_so(office):
    folder, other = office.folder("folder"), office.folder("other")
    office.grant(other, ann="viewer")
    key = Key(Table.IDENTITY, "SHARE#user:ann", node_key(folder.id).pk)
    write(office, Put(key=key, row={"node_id": folder.id, "role": "viewer"}))
    shared = shares.shared_with(office.filing, office.by("ann"))
    assert [node.name for node in shared] == ["other"]


def test_only_grants_that_changed_are_listed_anew():
    before = {"user:ann": Role.VIEWER, "user:bo": Role.VIEWER, "user:cy": Role.VIEWER}
    after = {"user:ann": Role.VIEWER, "user:bo": Role.EDITOR, "user:di": Role.VIEWER}
    written = shares.changed("n", before=before, after=after)
    assert sorted(change.key.pk for change in written) == [
        "SHARE#user:bo",
        "SHARE#user:cy",
        "SHARE#user:di",
    ]


@pytest.mark.parametrize("who", ["robot:ann", "ann", "user:", "user:a#b", ":ann"])
def test_a_grant_is_to_a_person_or_a_group(office, who):
    with pytest.raises(Invalid, match='principals are "user:ID" or "group:ID"'):
        shares.require_known(office.database, {who: Role.VIEWER})


def given_way(office, document, version):
    return give_way(office.filing, office.by(), document, version, transaction_id=office.new_id())


def test_only_an_upload_under_way_that_nobody_works_on_gives_way(office):
    begun = office.begin("a")
    document, version = begun.document, begun.version
    assert given_way(office, document, version).document_id == document.id
    for state in (DocumentState.ACTIVE, DocumentState.ABANDONED):
        assert given_way(office, replace(document, state=state), version) is None
    for state in (VersionState.STORED, VersionState.REJECTED, VersionState.ABANDONED):
        assert given_way(office, document, replace(version, state=state)) is None
    claimed = replace(version, claim="somebody", claimed_until="2999-01-01T00:00:00.000Z")
    assert given_way(office, document, replace(claimed, state=VersionState.VERIFYING)) is None
    with pytest.raises(Busy):
        given_way(office, document, claimed)


def test_who_said_what_they_read_is_refused_without_another_look(office, monkeypatch):
    document, transact = office.document("a"), desk.transact

    def late(*args, **options):
        other = replace(document, rev=document.rev + 1)
        write(office, changes.put_document(other, was=document))
        office.database.calls.clear()
        return transact(*args, **options)

    monkeypatch.setattr(desk, "transact", late)
    with pytest.raises(Stale):
        rename_document(office.filing, office.by(), document.id, name="b", rev=document.rev)
    assert office.database.calls == ["commit"]


def test_no_beginning_of_a_name_is_longer_than_any_key(office):
    office.folder("a")
    assert office.names(prefix="a" * 1024) == []
    with pytest.raises(Invalid, match="no name is as long as this"):
        office.names(prefix="a" * 1025)
