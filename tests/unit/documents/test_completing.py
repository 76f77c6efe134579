import pytest

from chalicelib.audit.model import Action
from chalicelib.documents import complete_upload
from chalicelib.documents.begin_upload import begin_document, begin_version, resume
from chalicelib.documents.complete_upload import complete, complete_arrived
from chalicelib.documents.model import (
    PART_MIN,
    WHOLE_MAX,
    DocumentState,
    VersionState,
)
from chalicelib.documents.sweep_uploads import sweep_uploads
from chalicelib.documents.trash_document import trash_document
from chalicelib.errors import (
    Busy,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    NotReady,
    WrongBytes,
)
from tests.support.factories import declared, of_size

BIG = bytes(range(256)) * (17 * 1024**2 // 256)


def version_of(office, begun):
    return office.filing.store.version(begun.document.id, begun.version.number)


def test_wrong_bytes_never_become_a_version(office):
    begun = office.begin("a.bin", BIG)
    wrong = b"\x00" * len(BIG)
    office.send(begun, wrong)
    with pytest.raises(WrongBytes):
        office.complete(begun)
    assert version_of(office, begun).state is VersionState.REJECTED
    assert office.again(begun.document).state is DocumentState.ABANDONED
    assert office.files.kept == []
    assert (office.files.staged, office.files.open) == ({}, {})
    assert office.names() == []
    assert office.actions(begun.document) == [Action.DOCUMENT_CREATED, Action.UPLOAD_REJECTED]
    with pytest.raises(Conflict):
        office.complete(begun)
    assert office.document("a.bin").version == 1


def test_wrong_bytes_leave_the_earlier_version_alone(office):
    document = office.document("a.bin", b"good")
    begun = begin_version(office.filing, office.by(), document.id, declared=declared(BIG))
    office.send(begun, b"\x00" * len(BIG))
    with pytest.raises(WrongBytes):
        office.complete(begun)
    now = office.again(document)
    assert (now.version, now.sha256, now.rev) == (1, document.sha256, document.rev)
    assert now.state is DocumentState.ACTIVE
    assert office.names() == ["a.bin"]
    assert office.version(document, b"better").version == 3


def test_completed_before_anything_arrived_it_may_still_come(office):
    begun = office.begin("a.txt")
    with pytest.raises(NotReady):
        office.complete(begun)
    assert version_of(office, begun).state is VersionState.PENDING
    office.send(begun, b"bytes")
    assert office.complete(begun)[1].state is VersionState.STORED


def test_missing_parts_may_still_come(office):
    begun = office.begin("a.bin", BIG)
    office.files.send(begun.requests[0], BIG[:PART_MIN])
    with pytest.raises(WrongBytes):
        office.complete(begun)
    assert version_of(office, begun).state is VersionState.PENDING
    fresh = resume(office.filing, office.by(), begun.document.id, 1)
    assert [request.arrived for request in fresh.requests] == [True, False]
    office.files.send(fresh.requests[1], BIG[PART_MIN:])
    assert office.complete(begun)[1].state is VersionState.STORED


def test_completed_twice_is_completed_once(office):
    document = office.document("a.txt")
    version = office.filing.store.version(document.id, 1)
    again = complete(office.filing, office.by(), document.id, 1, part_digests={})
    assert again == (document, version)
    assert complete_arrived(office.filing, document.id, 1) is None
    assert office.actions(document) == [Action.DOCUMENT_CREATED, Action.VERSION_ADDED]


def test_the_worker_completes_for_whoever_began(office):
    office.grant(ann="contributor")
    begun = office.begin("a.txt", who="ann")
    office.send(begun, b"bytes")
    assert complete_arrived(office.filing, begun.document.id, 1).state is VersionState.STORED
    told = office.told(begun.document)[-1]
    assert (told.action, told.actor, told.context) == (Action.VERSION_ADDED, "ann", None)


def test_the_worker_is_not_troubled_by_what_is_not_there(office):
    begun = office.begin("a.txt")
    assert complete_arrived(office.filing, "nowhere", 1) is None
    assert complete_arrived(office.filing, begun.document.id, 7) is None
    assert complete_arrived(office.filing, begun.document.id, 1) is None
    assert version_of(office, begun).state is VersionState.PENDING


def test_worker_and_client_at_once(office):
    """Whoever comes second keeps away: verified once, told once, kept once."""
    begun = office.begin("a.txt")
    office.send(begun, b"bytes")
    seen = []

    def meanwhile(operation):
        if operation == "keep" and not seen:
            seen.append(operation)
            with pytest.raises(Busy):
                complete_arrived(office.filing, begun.document.id, 1)
            assert office.complete(begun)[1].state is VersionState.VERIFYING

    office.files.before = meanwhile
    assert office.complete(begun)[1].state is VersionState.STORED
    assert seen == ["keep"]
    assert len(office.files.kept) == 1
    assert office.actions(begun.document) == [Action.DOCUMENT_CREATED, Action.VERSION_ADDED]


class Crash(Exception):
    """The container died."""


@pytest.mark.parametrize("moment", ["keep", "kept", "discard"])
def test_a_crash_at_any_step_is_made_up_for(office, moment):
    begun = office.begin("a.txt")
    office.send(begun, b"bytes")

    def crash(operation):
        if operation == moment:
            raise Crash

    office.files.before = crash
    with pytest.raises(Crash):
        office.complete(begun)
    office.files.before = lambda _operation: None
    office.pass_time(minutes=3)
    complete_arrived(office.filing, begun.document.id, 1)
    assert version_of(office, begun).state is VersionState.STORED
    assert len(office.files.kept) == 1
    assert office.actions(begun.document).count(Action.VERSION_ADDED) == 1


def test_a_worker_that_lost_its_claim_writes_nothing(office):
    """It slept past its lease; another finished meanwhile."""
    begun = office.begin("a.txt")
    office.send(begun, b"bytes")

    def slow(operation):
        if operation == "kept":
            office.files.before = lambda _operation: None
            office.pass_time(minutes=3)
            complete_arrived(office.filing, begun.document.id, 1)

    office.files.before = slow
    office.complete(begun)
    assert office.actions(begun.document).count(Action.VERSION_ADDED) == 1
    assert len(office.files.kept) == 1
    assert office.problems(begun.document) == []


def test_an_upload_is_over_after_a_day(office):
    begun = office.begin("a.txt")
    office.send(begun, b"bytes")
    office.pass_time(hours=24, seconds=1)
    with pytest.raises(Expired):
        office.complete(begun)
    with pytest.raises(Expired):
        resume(office.filing, office.by(), begun.document.id, 1)


def test_the_sweep_gives_up_what_is_past_its_time(office):
    old = office.begin("old.bin", BIG)
    document = office.document("kept.txt")
    begun = begin_version(office.filing, office.by(), document.id, declared=declared(b"2"))
    office.pass_time(hours=23)
    young = office.begin("young.txt")
    office.pass_time(hours=2)
    assert sweep_uploads(office.filing) == 2
    assert sweep_uploads(office.filing) == 0
    assert version_of(office, old).state is VersionState.ABANDONED
    assert version_of(office, begun).state is VersionState.ABANDONED
    assert version_of(office, young).state is VersionState.PENDING
    assert office.again(old.document).state is DocumentState.ABANDONED
    assert office.again(document).state is DocumentState.ACTIVE
    assert office.files.open == {}
    assert office.told(old.document)[-1].actor == "system:sweep_uploads"
    assert office.actions(old.document)[-1] is Action.UPLOAD_ABANDONED
    assert office.document("old.bin").name == "old.bin"
    assert office.problems(old.document, document) == []


def test_the_sweep_leaves_alone_what_is_being_verified(office):
    begun = office.begin("a.txt")
    office.send(begun, b"bytes")
    office.pass_time(hours=23, minutes=59, seconds=59)

    def meanwhile(operation):
        if operation == "keep":
            office.pass_time(seconds=5)
            assert sweep_uploads(office.filing) == 0

    office.files.before = meanwhile
    assert office.complete(begun)[1].state is VersionState.STORED
    assert office.names() == ["a.txt"]


def test_only_whoever_began_goes_on(office):
    office.grant(ann="manager")
    begun = office.begin("a.txt")
    office.send(begun, b"bytes")
    for attempt in (
        lambda: office.complete(begun, "ann"),
        lambda: resume(office.filing, office.by("ann"), begun.document.id, 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert version_of(office, begun).state is VersionState.PENDING


def test_a_right_that_is_gone_completes_nothing(office):
    office.grant(ann="contributor")
    begun = office.begin("a.txt", who="ann")
    office.send(begun, b"bytes")
    office.grant(ann="viewer")
    with pytest.raises(Forbidden):
        office.complete(begun, "ann")
    office.grant()
    with pytest.raises(NotFound):
        office.complete(begun, "ann")


def begin_huge(office, size):
    begun = begin_document(
        office.filing, office.by(), node_id="root", name="huge.bin", declared=of_size(size)
    )
    upload = begun.version.upload
    digests = {}
    for request in begun.requests:
        digests[request.number] = f"{request.number:064x}"
        office.files.pretend(
            upload, request.number, size=request.size, sha256=digests[request.number]
        )
    return begun, digests


def test_over_five_gigabytes_each_part_is_proven(office):
    begun, digests = begin_huge(office, WHOLE_MAX + 1)
    assert begun.version.checksum == "parts"
    for incomplete in ({}, dict(list(digests.items())[1:]), {**digests, 322: "ab" * 32}):
        with pytest.raises(Invalid):
            office.complete(begun, digests=incomplete)
    version = office.complete(begun, digests=digests)[1]
    assert version.state is VersionState.VERIFYING
    stored = complete_arrived(office.filing, begun.document.id, 1)
    assert (stored.state, stored.checksum) == (VersionState.STORED, "parts")


def test_a_wrong_part_is_found_over_five_gigabytes(office):
    begun, digests = begin_huge(office, WHOLE_MAX + 1)
    office.complete(begun, digests={**digests, 7: "0" * 64})
    assert complete_arrived(office.filing, begun.document.id, 1) is None
    assert version_of(office, begun).state is VersionState.REJECTED
    assert office.files.kept == []


def test_the_worker_may_be_called_while_the_client_still_waits(office):
    """S3 tells of the joined object at once: the digests must be there before it."""
    begun, digests = begin_huge(office, WHOLE_MAX + 1)
    real = office.files.assemble

    def assemble(upload, *, size):
        real(upload, size=size)
        stored = complete_arrived(office.filing, begun.document.id, 1)
        assert stored.state is VersionState.STORED

    office.files.assemble = assemble
    assert office.complete(begun, digests=digests)[1].state is VersionState.VERIFYING
    assert version_of(office, begun).state is VersionState.STORED


def test_a_large_one_is_left_to_the_worker(office, monkeypatch):
    monkeypatch.setattr(complete_upload, "AT_ONCE_MAX", len(BIG) - 1)
    begun = office.begin("a.bin", BIG)
    office.send(begun, BIG)
    for _ in range(2):
        assert office.complete(begun)[1].state is VersionState.VERIFYING
    assert office.files.kept == []
    assert complete_arrived(office.filing, begun.document.id, 1).state is VersionState.STORED
    assert office.complete(begun)[1].state is VersionState.STORED


@pytest.mark.parametrize("lost", ["disabled", "grant revoked", "document in the trash"])
def test_the_worker_keeps_nothing_for_whoever_lost_their_access(office, lost):
    office.grant(ann="contributor")
    document = office.document("a")
    begun = begin_version(
        office.filing, office.by("ann"), document.id, declared=declared(b"new"), rev=None
    )
    office.send(begun, b"new")
    if lost == "disabled":
        office.disabled.add("ann")
    elif lost == "grant revoked":
        office.grant()
    else:
        trash_document(office.filing, office.by(), document.id, rev=document.rev)
    assert complete_arrived(office.filing, document.id, 2) is None
    assert office.again(document).version == 1
