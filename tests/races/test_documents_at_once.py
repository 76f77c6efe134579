"""Fifty at one document: nothing lost, no chain broken, no number twice."""

import hashlib

from chalicelib.audit.model import Action
from chalicelib.audit.trail import record_read
from chalicelib.documents.begin_upload import begin_document, begin_version
from chalicelib.documents.change_document import rename_document
from chalicelib.documents.complete_upload import complete, complete_arrived
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import DocumentState, VersionState
from chalicelib.documents.roll_back import roll_back
from chalicelib.documents.sweep_uploads import sweep_uploads
from chalicelib.documents.trash_document import restore_document, trash_document
from chalicelib.errors import Busy, Conflict, NameTaken, PaperTrailError, Stale
from tests.support.factories import declared

WRITERS = 50


def stored(outcomes):
    return [each for each in outcomes if not isinstance(each, PaperTrailError)]


def test_fifty_versions_at_once(office, race):
    document = office.document("a.txt", b"first")

    def write(desk: Filing, n: int):
        body = b"version of %d" % n
        begun = begin_version(desk, office.by(), document.id, declared=declared(body))
        office.send(begun, body)
        return complete(desk, office.by(), document.id, begun.version.number, part_digests={})

    outcomes = race(write, WRITERS)
    assert len(stored(outcomes)) == WRITERS
    now = office.again(document)
    assert (now.version, now.latest) == (WRITERS + 1, WRITERS + 1)
    numbers = [version.number for _, version in outcomes]
    assert sorted(numbers) == list(range(2, WRITERS + 2))
    versions, _ = office.filing.store.versions(document.id, limit=100, cursor=None)
    assert {version.state for version in versions} == {VersionState.STORED}
    bodies = {kept.ref: kept.blob.sha256 for kept in office.files.kept}
    assert all(bodies[version.object] == version.sha256 for version in versions)
    assert now.sha256 == versions[0].sha256
    assert office.actions(document).count(Action.VERSION_ADDED) == WRITERS + 1
    assert office.problems(document) == []


def test_fifty_changes_that_each_say_what_they_read(office, race):
    document = office.document("0.txt")
    read = office.again(document).rev

    def write(desk: Filing, n: int):
        return rename_document(desk, office.by(), document.id, name=f"{n}.txt", rev=read)

    outcomes = race(write, WRITERS)
    assert len(stored(outcomes)) == 1
    refused = [each for each in outcomes if isinstance(each, PaperTrailError)]
    assert {type(each) for each in refused} == {Stale}
    now = office.again(document)
    assert (now.rev, now.name) == (read + 1, stored(outcomes)[0].name)
    assert office.names() == [now.name]
    assert office.problems(document) == []


def test_fifty_who_read_again_until_it_holds(office, race):
    """No update is lost: each builds on the one before."""
    document = office.document("x")

    def write(desk: Filing, n: int):
        while True:
            now = desk.store.document(document.id)
            name = f"{now.name.split('+')[0]}+{len(office.told(document))}.{n}"
            try:
                return rename_document(desk, office.by(), document.id, name=name, rev=now.rev)
            except (Stale, Busy):
                continue

    revs = sorted(each.rev for each in race(write, WRITERS))
    assert revs == list(range(document.rev + 1, document.rev + 1 + WRITERS))
    assert len(office.names()) == 1
    assert office.problems(document) == []


def test_fifty_documents_bear_fifty_numbers(office, race):
    def write(desk: Filing, n: int):
        return begin_document(
            desk, office.by(), node_id="root", name=f"{n}", declared=declared(b"x")
        )

    numbers = [begun.document.number for begun in race(write, WRITERS)]
    assert sorted(numbers) == list(range(1, WRITERS + 1))
    assert all(office.filing.store.by_number(number) for number in numbers)


def test_one_name_fifty_times(office, race):
    def write(desk: Filing, n: int):
        by = office.by(f"p{n}")
        return begin_document(desk, by, node_id="root", name="Same.txt", declared=declared(b"x"))

    office.grant(**{f"p{n}": "contributor" for n in range(39)})
    outcomes = race(write, 39)
    assert len(stored(outcomes)) == 1
    assert {type(each) for each in outcomes if isinstance(each, PaperTrailError)} == {NameTaken}


def test_client_worker_and_sweep_on_one_upload(office, race):
    for round_ in range(8):
        body = b"round %d" % round_
        begun = office.begin(f"{round_}.txt", body)
        office.send(begun, body)
        if round_ % 2:
            office.pass_time(hours=25)

        def work(desk: Filing, n: int, begun=begun):
            id_, by = begun.document.id, office.by()
            return (
                lambda: complete(desk, by, id_, 1, part_digests={}),
                lambda: complete_arrived(desk, id_, 1),
                lambda: sweep_uploads(desk),
            )[n % 3]()

        race(work, 9)
        document = office.again(begun.document)
        version = office.filing.store.version(document.id, 1)
        ended = office.actions(document)[1:]
        if document.state is DocumentState.ACTIVE:
            assert version.state is VersionState.STORED
            assert ended == [Action.VERSION_ADDED]
            assert f"{round_}.txt" in office.names()
        else:
            assert version.state is VersionState.ABANDONED
            assert ended == [Action.UPLOAD_ABANDONED]
            assert f"{round_}.txt" not in office.names()
        kept = [each for each in office.files.kept if each.metadata["sha256"] == version.sha256]
        assert len(kept) == (1 if document.state is DocumentState.ACTIVE else 0)
        assert office.problems(document) == []


def test_readers_beside_writers(office, race):
    document = office.document("a.txt", b"first")

    def work(desk: Filing, n: int):
        if n % 2:
            return record_read(
                desk.trail,
                office.by(f"reader{n}").principal,
                document_id=document.id,
                action=Action.DOCUMENT_VIEWED,
                version=1,
                sha256=document.sha256,
            )
        return roll_back(desk, office.by(), document.id, version=1, rev=None)

    office.version(document, b"second")
    outcomes = race(work, 40)
    refused = [each for each in outcomes if isinstance(each, PaperTrailError)]
    # Rolling back to what is current by now is all that may be refused, and never for a reader.
    assert {type(each) for each in refused} <= {Conflict}
    assert len(office.looks(document)) == 20
    assert office.problems(document) == []


def test_readers_make_nobody_stale(office, race):
    document = office.document("a.txt")

    def work(desk: Filing, n: int):
        if n == 0:
            by = office.by()
            return rename_document(desk, by, document.id, name="b.txt", rev=document.rev)
        return record_read(
            desk.trail,
            office.by().principal,
            document_id=document.id,
            action=Action.DOCUMENT_VIEWED,
            version=1,
            sha256=document.sha256,
        )

    outcomes = race(work, 30)
    assert len(stored(outcomes)) == 30
    assert hashlib.sha256(b"bytes").hexdigest() == office.again(document).sha256


def test_restored_while_another_takes_the_name(office, race):
    for round_ in range(10):
        name = f"{round_}.txt"
        document = office.document(name)
        trash_document(office.filing, office.by(), document.id, rev=office.again(document).rev)

        def work(desk: Filing, n: int, document=document, name=name):
            if n % 2:
                return restore_document(desk, office.by(), document.id)
            return begin_document(
                desk, office.by(), node_id="root", name=name, declared=declared(b"other")
            )

        outcomes = race(work, 2)
        assert len(stored(outcomes)) == 1
        refused = next(each for each in outcomes if isinstance(each, PaperTrailError))
        assert isinstance(refused, NameTaken)
