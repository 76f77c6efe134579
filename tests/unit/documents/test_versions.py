import pytest

from chalicelib.audit.model import Action
from chalicelib.documents.model import Verdict
from chalicelib.documents.open import list_versions
from chalicelib.documents.record_verdict import record_verdict
from chalicelib.errors import (
    Busy,
    Conflict,
    Invalid,
    NotReady,
)
from tests.support.factories import Office
from tests.unit.documents.acts import (
    CLEAN,
    THREAT,
    back,
    look,
    rename,
    scanned,
)


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
