import pytest

from chalicelib.access.model import ROOT_ID
from chalicelib.audit.model import Action
from chalicelib.documents.change_document import rename_document
from chalicelib.documents.model import DocumentState, VersionState
from chalicelib.documents.open import list_versions, open_document, open_version
from chalicelib.documents.roll_back import roll_back
from chalicelib.documents.trash_document import restore_document
from chalicelib.documents.trash_node import trash_node
from chalicelib.errors import (
    Conflict,
    Forbidden,
    InTrash,
    Invalid,
    NameTaken,
    NotFound,
    NotReady,
    Stale,
)
from chalicelib.transaction import Key, Table
from tests.unit.documents.acts import (
    CLEAN,
    back,
    look,
    move,
    rename,
    restore,
    scanned,
    trash,
)


def test_renamed(office):
    document = office.document("old.txt")
    changed = rename(office, document, "new.txt")
    assert (changed.name, changed.rev, changed.number) == ("new.txt", document.rev + 1, 1)
    assert office.names() == ["new.txt"]
    assert office.told(document)[-1].details == {"from": "old.txt", "to": "new.txt"}
    assert office.document("old.txt").number == 2


def test_moved(office):
    document, node = office.document("a.txt"), office.folder("in")
    assert move(office, document, node).node_id == node.id
    assert office.names() == ["in"]
    assert office.names(node) == ["a.txt"]
    assert office.told(document)[-1].details == {"from": "root", "to": node.id}


def test_taken_names(office):
    document, node = office.document("a.txt"), office.folder("in")
    office.document("A.TXT", node=node)
    office.document("b.txt")
    before = office.snapshot()
    for attempt in (
        lambda: rename(office, document, "B.txt"),
        lambda: move(office, document, node),
    ):
        with pytest.raises(NameTaken):
            attempt()
    assert office.snapshot() == before


def test_stale_revisions(office):
    document, node = office.document("a.txt"), office.folder("in")
    old = document.rev
    rename(office, document, "b.txt")
    before = office.snapshot()
    for attempt in (
        lambda: rename(office, document, "c.txt", old),
        lambda: move(office, document, node, old),
        lambda: trash(office, document, old),
        lambda: back(office, document, 1, old),
    ):
        with pytest.raises(Stale):
            attempt()
    assert office.snapshot() == before


def test_the_match_is_in_the_write_itself(office, monkeypatch):
    """Two read the same revision; only one of them changes anything."""
    document = office.document("a.txt")
    real, other = office.filing.store.media_type, [True]

    def read(of):
        if other and other.pop():
            rename(office, document, "first.txt")
        return real(of)

    monkeypatch.setattr(office.filing.store, "media_type", read)
    with pytest.raises(Stale):
        rename(office, document, "second.txt", document.rev)
    assert office.names() == ["first.txt"]
    assert office.problems(document) == []


def test_nothing_but_the_upload_before_the_first_bytes(office):
    begun, node = office.begin("a.txt"), office.folder("in")
    for attempt in (
        lambda: rename(office, begun.document, "b.txt"),
        lambda: move(office, begun.document, node),
        lambda: trash(office, begun.document),
        lambda: look(office, begun.document),
    ):
        with pytest.raises((Conflict, NotReady)):
            attempt()
    with pytest.raises(Invalid):
        back(office, begun.document, 1)


def test_trashed_and_restored(office):
    document = office.document("a.txt")
    gone = trash(office, document)
    assert (gone.state, gone.trashed.by) == (DocumentState.TRASHED, "boss")
    assert office.names() == []
    for attempt in (
        lambda: rename(office, document, "b.txt"),
        lambda: trash(office, document),
        lambda: office.version(document, b"2"),
        lambda: back(office, document, 1),
    ):
        with pytest.raises(InTrash):
            attempt()
    again = restore(office, document)
    assert (again.state, again.trashed) == (DocumentState.ACTIVE, None)
    assert office.names() == ["a.txt"]
    assert len(office.files.kept) == 1
    with pytest.raises(Conflict):
        restore(office, document)


def test_a_name_taken_meanwhile(office):
    document = office.document("a.txt")
    trash(office, document)
    office.folder("A.txt")
    before = office.snapshot()
    with pytest.raises(NameTaken):
        restore(office, document)
    assert office.snapshot() == before
    assert restore(office, document, "a (2).txt").name == "a (2).txt"


def test_a_document_comes_back_after_its_folder(office):
    node = office.folder("in")
    document = office.document("a.txt", node=node)
    trash(office, document)
    trash_node(office.filing, office.by(), node.id, rev=office.node(node).rev)
    with pytest.raises(Conflict):
        restore(office, document)


def test_another_persons_upload_is_nobodys_to_see(office):
    office.grant(ann="manager")
    document = office.document("a.txt")
    from_boss = office.begin("other.txt")
    office.version(document, b"2", "ann")
    found, _ = list_versions(office.filing, office.by("ann"), document.id, limit=9, cursor=None)
    assert [version.state for version in found] == [VersionState.STORED] * 2
    with pytest.raises(NotFound):
        open_version(office.filing, office.by("ann"), from_boss.document.id, 1)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (None, set()),
        ("viewer", {"open", "look"}),
        ("contributor", {"open", "look", "create", "version"}),
        ("editor", {"open", "look", "create", "version", "back", "rename", "move", "trash"}),
        ("manager", {"open", "look", "create", "version", "back", "rename", "move", "trash"}),
    ],
)
def test_what_a_role_may_do_to_documents(office, role, allowed):
    place = office.folder("place")
    target = office.folder("target", place)
    document = office.document("a.txt", b"one", place)
    office.version(document, b"two")
    if role:
        office.grant(place, ann=role)
    attempts = {
        "open": lambda: open_document(office.filing, office.by("ann"), document.id),
        "look": lambda: look(office, document, who="ann"),
        "create": lambda: office.document("new.txt", b"new", place, "ann"),
        "version": lambda: office.version(document, b"3", "ann"),
        "back": lambda: back(office, document, 1, who="ann"),
        "rename": lambda: rename(office, document, "b.txt", who="ann"),
        "move": lambda: move(office, document, target, who="ann"),
        "trash": lambda: trash(office, document, who="ann"),
    }
    for name, attempt in attempts.items():
        if name in allowed:
            attempt()
            continue
        before, kept = office.snapshot(), len(office.files.kept)
        with pytest.raises(Forbidden if role else NotFound):
            attempt()
        assert office.snapshot() == before
        assert len(office.files.kept) == kept


def test_restoring_needs_the_right(office):
    document = office.document("a.txt")
    trash(office, document)
    office.grant(ann="contributor")
    with pytest.raises(Forbidden):
        restore(office, document, who="ann")
    with pytest.raises(NotFound):
        restore(office, document, who="bo")
    office.grant(ann="editor")
    assert restore(office, document, who="ann").modified_by == "ann"


def test_a_move_needs_rights_at_both_ends(office):
    here, there = office.folder("here"), office.folder("there")
    document = office.document("a.txt", node=here)
    office.grant(here, ann="editor")
    with pytest.raises(NotFound):
        move(office, document, there, who="ann")
    office.grant(there, ann="viewer")
    with pytest.raises(Forbidden):
        move(office, document, there, who="ann")


@pytest.mark.parametrize("document_id", ["nowhere", "x" * 3000, "ü", "\ud800", "a/b", "D#x", ""])
def test_ids_that_are_none_are_not_found(office, document_id):
    filing, by = office.filing, office.by()
    for attempt in (
        lambda: open_document(filing, by, document_id),
        lambda: open_version(filing, by, document_id, 1),
        lambda: rename_document(filing, by, document_id, name="x", rev=1),
        lambda: restore_document(filing, by, document_id),
        lambda: roll_back(filing, by, document_id, version=1, rev=None),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_every_action_is_told_and_the_chain_holds(office):
    document, node = office.document("a.txt", b"one"), office.folder("in")
    office.version(document, b"two")
    back(office, document, 1)
    rename(office, document, "b.txt")
    move(office, document, node)
    trash(office, document)
    restore(office, document)
    scanned(office, document, CLEAN)
    assert office.actions(document) == [
        Action.DOCUMENT_CREATED,
        Action.VERSION_ADDED,
        Action.VERSION_BEGUN,
        Action.VERSION_ADDED,
        Action.DOCUMENT_ROLLED_BACK,
        Action.DOCUMENT_RENAMED,
        Action.DOCUMENT_MOVED,
        Action.DOCUMENT_TRASHED,
        Action.DOCUMENT_RESTORED,
        Action.VERSION_SCANNED,
    ]
    look(office, document)
    assert office.problems(document) == []
    actors = {entry.actor for entry in office.told(document)}
    assert actors == {"boss", "system:scan_verdict"}


def listed(office):
    return [row for key, row in office.database.rows.items() if key.pk == f"P#{ROOT_ID}"]


def test_a_document_of_old_learns_its_media_type_from_its_version(office):
    """Rows from before it was kept on the document too."""
    document = office.document("a.pdf", b"%PDF-1.7")
    key = Key(Table.CORE, f"D#{document.id}", "META")
    kept = office.database.rows[key]
    assert kept["media_type"] == "application/pdf"
    office.database.rows[key] = {n: v for n, v in kept.items() if n != "media_type"}
    rename(office, document, "b.pdf")
    assert [row["media_type"] for row in listed(office)] == ["application/pdf"]
