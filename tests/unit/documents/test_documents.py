import pytest

from chalicelib.audit.model import Action
from chalicelib.documents.change_document import move_document, rename_document
from chalicelib.documents.model import DocumentState, Verdict, VersionState
from chalicelib.documents.open import link_to_content, list_versions, open_document, open_version
from chalicelib.documents.record_verdict import record_verdict
from chalicelib.documents.roll_back import roll_back
from chalicelib.documents.trash_document import restore_document, trash_document
from chalicelib.documents.trash_node import trash_node
from chalicelib.errors import (
    Busy,
    Conflict,
    Forbidden,
    InTrash,
    Invalid,
    NameTaken,
    NotFound,
    NotReady,
    Stale,
)
from tests.support.factories import Office

CLEAN, THREAT = "NO_THREATS_FOUND", "THREATS_FOUND"


def rename(office, document, name, rev=None, who="boss"):
    rev = office.again(document).rev if rev is None else rev
    return rename_document(office.filing, office.by(who), document.id, name=name, rev=rev)


def move(office, document, node, rev=None, who="boss"):
    rev = office.again(document).rev if rev is None else rev
    return move_document(office.filing, office.by(who), document.id, node_id=node.id, rev=rev)


def trash(office, document, rev=None, who="boss"):
    rev = office.again(document).rev if rev is None else rev
    return trash_document(office.filing, office.by(who), document.id, rev=rev)


def restore(office, document, name=None, who="boss"):
    return restore_document(office.filing, office.by(who), document.id, name=name)


def back(office, document, version, rev=None, who="boss"):
    return roll_back(office.filing, office.by(who), document.id, version=version, rev=rev)


def look(office, document, number=1, who="boss", *, inline=True):
    return link_to_content(office.filing, office.by(who), document.id, number, inline=inline)


def scanned(office, document, status, number=1):
    key = f"documents/{document.id}/{number:06d}"
    return record_verdict(office.filing, object_key=key, status=status)


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
    real, other = office.filing.store.version, [True]

    def read(document_id, number):
        if other and other.pop():
            rename(office, document, "first.txt")
        return real(document_id, number)

    monkeypatch.setattr(office.filing.store, "version", read)
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


def test_rolled_back_without_copying_a_byte(office):
    document = office.document("a.txt", b"one")
    office.version(document, b"two!")
    office.files.before = pytest.fail
    now, version = back(office, document, 1)
    office.files.before = lambda _operation: None
    assert (now.version, now.latest, now.size, now.sha256) == (3, 3, 3, document.sha256)
    assert (version.number, version.restored_from) == (3, 1)
    first = office.filing.store.version(document.id, 1)
    assert version.object == first.object
    assert len(office.files.kept) == 2
    assert office.files.fetch(look(office, document, 3))[2] == b"one"
    told = office.told(document)[-1]
    assert told.action is Action.DOCUMENT_ROLLED_BACK
    assert told.details["restored_from"] == 1
    assert office.version(document, b"four").version == 4
    assert office.problems(document) == []


def test_a_roll_back_can_be_rolled_back(office):
    document = office.document("a.txt", b"one")
    office.version(document, b"two!")
    back(office, document, 1)
    back(office, document, 2)
    now, version = back(office, document, 3)
    assert now.version == 5
    assert office.files.fetch(look(office, document, 5))[2] == b"one"
    assert version.restored_from == 3


@pytest.mark.parametrize("number", [0, -1, 3, 10**9])
def test_versions_that_are_none_cannot_be_brought_back(office, number):
    document = office.document("a.txt", b"one")
    office.version(document, b"two")
    with pytest.raises(Invalid):
        back(office, document, number)


def test_the_current_version_is_current(office):
    document = office.document("a.txt", b"one")
    with pytest.raises(Conflict):
        back(office, document, 1)


def test_versions_stay_and_each_can_be_opened(office):
    document = office.document("a.txt", b"one")
    for body in (b"two", b"three"):
        office.version(document, body)
    found, cursor = list_versions(office.filing, office.by(), document.id, limit=10, cursor=None)
    assert ([version.number for version in found], cursor) == ([3, 2, 1], None)
    bodies = [office.files.fetch(look(office, document, n))[2] for n in (1, 2, 3)]
    assert bodies == [b"one", b"two", b"three"]


def test_versions_in_pages(office):
    document = office.document("a.txt", b"0")
    for n in range(1, 7):
        office.version(document, b"%d" % n)
    found, cursor = [], None
    while True:
        page, cursor = list_versions(
            office.filing, office.by(), document.id, limit=3, cursor=cursor
        )
        found += [version.number for version in page]
        if cursor is None:
            break
    assert found == [7, 6, 5, 4, 3, 2, 1]


def test_another_persons_upload_is_nobodys_to_see(office):
    office.grant(ann="manager")
    document = office.document("a.txt")
    from_boss = office.begin("other.txt")
    office.version(document, b"2", "ann")
    found, _ = list_versions(office.filing, office.by("ann"), document.id, limit=9, cursor=None)
    assert [version.state for version in found] == [VersionState.STORED] * 2
    with pytest.raises(NotFound):
        open_version(office.filing, office.by("ann"), from_boss.document.id, 1)


def test_each_look_is_told_in_a_chain_of_its_own(office):
    document = office.document("a.txt")
    office.grant(ann="viewer")
    look(office, document, who="ann")
    look(office, document, who="ann", inline=False)
    looks = office.looks(document)
    assert [entry.action for entry in looks] == [
        Action.DOCUMENT_VIEWED,
        Action.DOCUMENT_DOWNLOADED,
    ]
    assert looks[0].details == {"version": 1, "sha256": document.sha256}
    assert looks[0].actor == "ann"
    assert office.again(document) == document
    assert office.problems(document) == []


def test_a_look_that_cannot_be_told_is_not_given(office):
    document = office.document("a.txt")

    def refuse(operation):
        if operation == "write":
            raise Busy

    office.database.before = refuse
    with pytest.raises(Busy):
        look(office, document)


@pytest.mark.parametrize("status", ["UNSUPPORTED", "ACCESS_DENIED", "FAILED", "", "threats_found"])
def test_what_is_no_verdict_changes_nothing(office, status):
    document = office.document("a.txt")
    before = office.snapshot()
    assert scanned(office, document, status) is None
    assert office.snapshot() == before


@pytest.mark.parametrize(
    "key", ["", "documents", "documents/x", "documents/x/y", "uploads/x/1", "documents//1"]
)
def test_objects_of_no_version_are_passed_over(office, key):
    assert record_verdict(office.filing, object_key=key, status=THREAT) is None


def test_a_threat_closes_a_version_and_every_roll_back_to_it(office):
    document = office.document("a.txt", b"bad")
    office.version(document, b"good")
    back(office, document, 1)
    scanned(office, document, THREAT)
    for number in (1, 3):
        with pytest.raises(NotReady):
            look(office, document, number)
    assert look(office, document, 2)
    office.version(document, b"later")
    for number in (1, 3):
        with pytest.raises(NotReady):
            back(office, document, number)
    told = [entry for entry in office.told(document) if entry.action is Action.VERSION_SCANNED]
    assert [entry.details for entry in told] == [{"version": 1, "verdict": "threat"}]
    assert office.looks(document)[-1].details["version"] == 2
    assert office.problems(document) == []


def test_a_threat_stays_a_threat(office):
    document = office.document("a.txt")
    scanned(office, document, THREAT)
    assert scanned(office, document, CLEAN).verdict is Verdict.THREAT
    scanned(office, document, THREAT)
    assert office.actions(document).count(Action.VERSION_SCANNED) == 1


def test_where_scans_are_required_a_version_waits_for_its_own():
    office = Office(require_scan=True)
    document = office.document("a.txt", b"one")
    with pytest.raises(NotReady):
        look(office, document)
    scanned(office, document, CLEAN)
    assert look(office, document)
    office.version(document, b"two")
    with pytest.raises(NotReady):
        look(office, document, 2)
    back(office, document, 1)
    assert look(office, document, 3)


def test_a_verdict_that_comes_before_the_row_comes_again(office):
    begun = office.begin("a.txt")
    with pytest.raises(Busy):
        scanned(office, begun.document, CLEAN)


def test_a_verdict_makes_nobody_stale(office):
    document = office.document("a.txt")
    scanned(office, document, CLEAN)
    assert office.again(document).rev == document.rev
    assert rename(office, document, "b.txt", document.rev).name == "b.txt"


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
