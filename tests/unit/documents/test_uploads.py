import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.audit.model import Action
from chalicelib.documents.begin_upload import begin_document, begin_version
from chalicelib.documents.cancel_upload import cancel_upload
from chalicelib.documents.complete_upload import complete_arrived
from chalicelib.documents.model import (
    PART_MIN,
    WHOLE_MAX,
    DocumentState,
    VersionState,
    part_size_of,
    part_sizes,
)
from chalicelib.documents.open import find_by_number, open_document, open_version
from chalicelib.documents.trash_document import restore_document, trash_document
from chalicelib.errors import (
    Conflict,
    InTrash,
    Invalid,
    NameTaken,
    NotFound,
    Stale,
    TooLarge,
)
from tests.support.factories import declared

BIG = bytes(range(256)) * (17 * 1024**2 // 256)


def version_of(office, begun):
    return office.filing.store.version(begun.document.id, begun.version.number)


def test_a_document_comes_with_its_first_version(office):
    document = office.document("Brief.txt", b"Guten Tag")
    assert (document.state, document.version, document.latest) == (DocumentState.ACTIVE, 1, 1)
    assert (document.number, document.size) == (1, 9)
    assert document.sha256 == hashlib.sha256(b"Guten Tag").hexdigest()
    assert office.names() == ["Brief.txt"]
    assert office.files.staged == {}
    (kept,) = office.files.kept
    assert kept.blob.body == b"Guten Tag"
    assert kept.until - office.moment > timedelta(days=3649)
    assert kept.metadata["document-id"] == document.id
    assert kept.metadata["sha256"] == document.sha256
    version = office.filing.store.version(document.id, 1)
    assert (version.state, version.media_type) == (VersionState.STORED, "text/plain")
    assert (version.object, version.upload) == (kept.ref, None)


def test_zero_bytes_are_a_document(office):
    document = office.document("empty", b"")
    assert (document.size, document.version) == (0, 1)
    assert office.filing.store.version(document.id, 1).media_type == "application/x-empty"


def test_numbers_go_up(office):
    assert [office.document(f"{n}").number for n in range(3)] == [1, 2, 3]


def test_a_pending_document_is_in_no_list_and_only_its_maker_knows(office):
    office.grant(ann="viewer", bo="editor")
    begun = office.begin("secret plans.txt", who="bo")
    assert office.names(who="ann") == []
    assert open_document(office.filing, office.by("bo"), begun.document.id)
    for attempt in (
        lambda: open_document(office.filing, office.by("ann"), begun.document.id),
        lambda: open_version(office.filing, office.by("ann"), begun.document.id, 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert find_by_number(office.filing, office.by("ann"), begun.document.number) is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"size": -1}, Invalid),
        ({"size": 50 * 1024**3 + 1}, TooLarge),
        ({"sha256": "AB" * 32}, Invalid),
        ({"sha256": "ab" * 31}, Invalid),
        ({"sha256": "ab" * 32 + "\n"}, Invalid),
        ({"content_type": "nonsense"}, Invalid),
        ({"content_type": "text/html; charset=x"}, Invalid),
        ({"content_type": "a/" + "b" * 101}, Invalid),
    ],
)
def test_what_cannot_be_declared(office, change, error):
    document, wrong = office.document("a"), replace(declared(b"x"), **change)
    before = office.snapshot()
    with pytest.raises(error):
        begin_document(office.filing, office.by(), node_id="root", name="b", declared=wrong)
    with pytest.raises(error):
        begin_version(office.filing, office.by(), document.id, declared=wrong)
    assert office.snapshot() == before


def test_a_name_is_held_while_the_bytes_are_on_their_way(office):
    office.grant(ann="contributor")
    office.begin("plan.txt")
    with pytest.raises(NameTaken) as refused:
        office.begin("PLAN.txt", b"hers", who="ann")
    assert refused.value.facts["existing_id"] is None
    with pytest.raises(NameTaken):
        office.folder("Plan.txt")


def test_the_same_again_is_the_same_upload(office):
    first = office.begin("a.bin", BIG)
    office.files.send(first.requests[0], BIG[:PART_MIN])
    again = office.begin("a.bin", BIG)
    assert (again.document, again.version) == (first.document, first.version)
    assert [request.arrived for request in again.requests] == [True, False]
    office.files.send(again.requests[1], BIG[PART_MIN:])
    assert office.complete(again)[0].sha256 == hashlib.sha256(BIG).hexdigest()


def test_other_bytes_under_ones_own_pending_name_take_it_over(office):
    first = office.begin("a.txt", b"first")
    office.send(first, b"first")
    second = office.begin("a.txt", b"second")
    assert second.document.id != first.document.id
    assert version_of(office, first).state is VersionState.ABANDONED
    assert office.again(first.document).state is DocumentState.ABANDONED
    assert complete_arrived(office.filing, first.document.id, 1) is None
    with pytest.raises(Conflict):
        office.complete(first)
    office.send(second, b"second")
    assert office.complete(second)[0].version == 1
    assert office.names() == ["a.txt"]
    assert [kept.blob.body for kept in office.files.kept] == [b"second"]
    assert office.files.staged == {}
    assert office.problems(first.document, second.document) == []


def test_an_upload_that_is_being_verified_is_not_pushed_aside(office):
    first = office.begin("a.txt", b"first")
    office.send(first, b"first")

    def meanwhile(operation):
        if operation == "keep":
            office.files.before = lambda _operation: None
            with pytest.raises(NameTaken):
                office.begin("a.txt", b"second")

    office.files.before = meanwhile
    assert office.complete(first)[0].version == 1


def test_a_hold_that_is_over_may_be_taken_by_anybody(office):
    office.grant(ann="contributor")
    first = office.begin("a.txt", b"first")
    office.pass_time(hours=25)
    second = office.begin("a.txt", b"hers", who="ann")
    office.send(second, b"hers")
    assert office.complete(second, "ann")[0].name == "a.txt"
    assert version_of(office, first).state is VersionState.ABANDONED


def test_a_version_is_added(office):
    document = office.document("a.txt", b"one")
    begun = begin_version(office.filing, office.by(), document.id, declared=declared(b"two!"))
    assert begun.document.rev == document.rev
    assert begun.version.number == 2
    office.send(begun, b"two!")
    now, version = office.complete(begun)
    assert (now.version, now.latest, now.size, now.rev) == (2, 2, 4, document.rev + 1)
    assert version.number == 2
    assert [kept.blob.body for kept in office.files.kept] == [b"one", b"two!"]
    assert office.actions(document) == [
        Action.DOCUMENT_CREATED,
        Action.VERSION_ADDED,
        Action.VERSION_BEGUN,
        Action.VERSION_ADDED,
    ]
    assert office.problems(document) == []


def test_a_version_may_demand_what_it_replaces(office):
    document = office.document("a.txt", b"one")
    office.version(document, b"two")
    with pytest.raises(Stale):
        begin_version(
            office.filing, office.by(), document.id, declared=declared(b"3"), rev=document.rev
        )


def test_a_lower_number_that_comes_late_does_not_become_current(office):
    document = office.document("a.txt", b"one")
    slow = begin_version(office.filing, office.by(), document.id, declared=declared(b"slow"))
    fast = begin_version(office.filing, office.by(), document.id, declared=declared(b"fast"))
    office.send(fast, b"fast")
    office.complete(fast)
    office.send(slow, b"slow")
    now, version = office.complete(slow)
    assert version.state is VersionState.STORED
    assert (now.version, now.latest) == (3, 3)
    assert now.sha256 == hashlib.sha256(b"fast").hexdigest()
    assert office.problems(document) == []


def test_no_version_before_the_first(office):
    begun = office.begin("a.txt")
    with pytest.raises(Conflict):
        begin_version(office.filing, office.by(), begun.document.id, declared=declared(b"2"))


def test_duplicates_are_pointed_out_where_one_may_see_them(office):
    hidden, shown = office.folder("hidden"), office.folder("shown")
    office.grant(shown, ann="contributor")
    office.document("1.txt", b"same", hidden)
    known = office.document("2.txt", b"same", shown)
    gone = office.document("3.txt", b"same", shown)
    trash_document(office.filing, office.by(), gone.id, rev=gone.rev)
    begun = office.begin("new.txt", b"same", shown, "ann")
    assert [found.id for found in begun.duplicates] == [known.id]
    assert office.begin("other.txt", b"other", shown, "ann").duplicates == []
    mine = office.begin("mine.txt", b"same", shown)
    assert len(mine.duplicates) == 2


@pytest.mark.parametrize(
    ("size", "part", "count"),
    [
        (0, None, 1),
        (16 * 1024**2, None, 1),
        (16 * 1024**2 + 1, 16 * 1024**2, 2),
        (200 * 1024**2, 16 * 1024**2, 13),
        (WHOLE_MAX, 16 * 1024**2, 320),
        (16_000 * 1024**2, 16 * 1024**2, 1000),
        (16_000 * 1024**2 + 1, 32 * 1024**2, 501),
        (50 * 1024**3, 64 * 1024**2, 800),
    ],
)
def test_sizes_of_parts(size, part, count):
    assert part_size_of(size) == part
    if part:
        sizes = part_sizes(size, part)
        assert (len(sizes), sum(sizes)) == (count, size)
        assert all(5 * 1024**2 <= each <= 5 * 1024**3 for each in sizes[:-1])


def test_an_upload_to_a_trashed_document_waits_for_its_restore(office):
    document = office.document("a")
    begun = begin_version(
        office.filing, office.by(), document.id, declared=declared(b"new"), rev=None
    )
    office.send(begun, b"new")
    trash_document(office.filing, office.by(), document.id, rev=document.rev)
    with pytest.raises(InTrash):
        office.complete(begun)
    restore_document(office.filing, office.by(), document.id)
    assert office.complete(begun)[0].version == 2


def test_a_cancelled_upload_frees_its_name_and_its_bytes(office):
    begun = office.begin("a.txt")
    office.send(begun, b"bytes")
    cancelled = cancel_upload(office.filing, office.by(), begun.document.id, 1)
    assert cancelled.state is VersionState.ABANDONED
    assert office.files.staged == {}
    assert office.document("a.txt", who="boss").version == 1
    again = cancel_upload(office.filing, office.by(), begun.document.id, 1)
    assert again == cancelled


def test_only_ones_own_upload_and_only_before_it_is_stored(office):
    office.grant(ann="contributor")
    begun = office.begin("a.txt")
    with pytest.raises(NotFound):
        cancel_upload(office.filing, office.by("ann"), begun.document.id, 1)
    office.send(begun, b"bytes")
    office.complete(begun)
    with pytest.raises(Conflict):
        cancel_upload(office.filing, office.by(), begun.document.id, 1)
