"""The same request twice is carried out once: keys, and filing's own answers to a repeat."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import idempotency
from chalicelib.documents.begin_upload import begin_document, begin_version
from chalicelib.documents.create_node import create_node
from chalicelib.documents.roll_back import roll_back
from chalicelib.documents.trash_document import restore_document, trash_document
from chalicelib.documents.trash_node import restore_node, trash_node
from chalicelib.errors import Busy, KeyReused, NameTaken
from chalicelib.idempotency import Remembered, Running, ids_from
from tests.fakes.database import FakeDatabase
from tests.support.factories import Office, declared, later

NOW = datetime(2031, 1, 2, 3, tzinfo=UTC)
ANSWER = Remembered(201, '{"id": 1}', {"ETag": '"1"'})


class Desk:
    def __init__(self):
        self.database, self.now = FakeDatabase(), NOW
        ids = itertools.count()
        self.new_id = lambda: f"{next(ids):026d}"

    def begin(self, key="k", fingerprint="f", owner="ann"):
        return idempotency.begin(
            self.database,
            owner=owner,
            key=key,
            fingerprint=fingerprint,
            now=self.now,
            new_id=self.new_id,
        )

    def finish(self, running, answer=ANSWER):
        idempotency.finish(
            self.database, running, answer, now=self.now, transaction_id=self.new_id()
        )


@pytest.fixture
def desk():
    return Desk()


def test_the_same_key_and_request_give_the_same_answer(desk):
    desk.finish(desk.begin())
    assert desk.begin() == ANSWER
    desk.now += timedelta(hours=23)
    assert desk.begin() == ANSWER


def test_another_request_under_the_key_is_refused(desk):
    desk.begin()
    with pytest.raises(KeyReused):
        desk.begin(fingerprint="g")
    desk.finish(Running(next(iter(desk.database.rows)), "f", "s"))
    with pytest.raises(KeyReused):
        desk.begin(fingerprint="g")


def test_keys_belong_to_one_person(desk):
    desk.finish(desk.begin())
    assert isinstance(desk.begin(owner="bo"), Running)
    assert isinstance(desk.begin(key="other"), Running)


def test_while_the_first_is_under_way_the_second_waits(desk):
    desk.begin()
    desk.now += timedelta(seconds=39)
    with pytest.raises(Busy):
        desk.begin()


def test_one_that_died_is_carried_out_again_with_the_same_ids(desk):
    first = desk.begin()
    assert not first.repeated
    desk.now += timedelta(seconds=41)
    again = desk.begin()
    assert (again.seed, again.repeated) == (first.seed, True)
    with pytest.raises(Busy):
        desk.begin()


def test_two_that_make_up_for_a_dead_one(desk):
    """Both find it dead; one of them works."""
    desk.begin()
    desk.now += timedelta(seconds=41)
    row, seen = dict(next(iter(desk.database.rows.values()))), []
    real = desk.database.commit

    def commit(changes, *, token):
        if not seen and changes[0].guard.get("txn"):
            seen.append(token)
            desk.begin()
        real(changes, token=token)

    desk.database.commit = commit
    with pytest.raises(Busy):
        desk.begin()
    assert next(iter(desk.database.rows.values()))["seed"] == row["seed"]


def test_a_key_is_free_after_a_day(desk):
    first = desk.begin()
    desk.finish(first)
    desk.now += timedelta(hours=24, seconds=1)
    again = desk.begin(fingerprint="g")
    assert again.seed != first.seed
    assert not again.repeated


def test_a_refused_request_frees_its_key(desk):
    running = desk.begin()
    idempotency.forget(desk.database, running, transaction_id="t")
    again = desk.begin(fingerprint="g")
    assert again.seed != running.seed
    assert not again.repeated


def test_an_answer_that_is_not_kept_is_made_again_with_the_same_ids(desk):
    running = desk.begin()
    idempotency.release(desk.database, running, now=desk.now, transaction_id="t")
    again = desk.begin()
    assert (again.seed, again.repeated) == (running.seed, True)


def test_ids_from_a_seed():
    ids, again, other = ids_from("seed"), ids_from("seed"), ids_from("other")
    first = [ids() for _ in range(100)]
    assert first == [again() for _ in range(100)]
    assert not set(first) & {other() for _ in range(100)}
    assert all(len(id_) == 26 and id_.isalnum() and id_ == id_.lower() for id_ in first)


class Crash(Exception):
    """The container died behind its commit."""


@pytest.fixture
def office(monkeypatch):
    monkeypatch.setattr("chalicelib.transaction.settle.__kwdefaults__", {"sleep": lambda _s: None})
    return Office()


def new_folder(office, authority):
    return create_node(office.filing, authority, parent_id="root", name="new").id


def new_document(office, authority):
    begun = begin_document(
        office.filing, authority, node_id="root", name="new.txt", declared=declared(b"new")
    )
    return begun.document.id, begun.version.upload.id


def new_version(office, authority):
    begun = begin_version(
        office.filing, authority, office.known_document.id, declared=declared(b"2"), rev=2
    )
    return begun.version.number, begun.version.upload.id


def rolled_back(office, authority):
    rev = office.known_revision
    return roll_back(office.filing, authority, office.known_document.id, version=1, rev=rev)[1]


def restored_document(office, authority):
    return restore_document(office.filing, authority, office.trashed_document.id, name="back.txt")


def restored_folder(office, authority):
    return restore_node(office.filing, authority, office.trashed_node.id, name="back").id


REQUESTS = [new_folder, new_document, new_version, rolled_back, restored_document, restored_folder]


def furnished(office, request):
    office.known_document = office.document("known.txt", b"1")
    if request is rolled_back:
        office.known_document = office.version(office.known_document, b"22")
    office.known_revision = office.known_document.rev
    gone = office.document("gone.txt")
    office.trashed_document = trash_document(office.filing, office.by(), gone.id, rev=gone.rev)
    node = office.folder("gone")
    office.trashed_node = trash_node(office.filing, office.by(), node.id, rev=node.rev)


@pytest.mark.parametrize("busy", [0, 1, 5])
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_that_died_behind_its_commit_is_not_carried_out_twice(office, request_, busy):
    furnished(office, request_)
    died, waiting = [], [None] * busy

    def before(operation):
        if operation == "commit" and waiting:
            waiting.pop()
            raise Busy

    def after(changes):
        if len(changes) > 1:
            died.append(True)
            raise Crash

    office.database.before, office.database.after_commit = before, after
    with pytest.raises(Crash):
        request_(office, office.by(new_id=ids_from("seed")))
    office.database.before = lambda _operation: None
    office.database.after_commit = lambda _changes: None
    rows = office.snapshot()
    asked = later(office.by(new_id=ids_from("seed")), repeated=True)
    answer = request_(office, asked)
    assert office.snapshot() == rows | _counted(office, rows)
    once_more = later(office.by(new_id=ids_from("seed")), repeated=True)
    assert request_(office, once_more) == answer
    assert office.problems(office.known_document) == []


def _counted(office, rows):
    """A number drawn in vain leaves a gap, which is allowed."""
    return {key: row for key, row in office.snapshot().items() if key.pk == "COUNTER"}


@pytest.mark.parametrize("request_", [new_version, rolled_back])
def test_a_repeat_that_did_nothing_the_first_time_is_carried_out(office, request_):
    furnished(office, request_)
    chain = len(office.told(office.known_document))
    asked = later(office.by(new_id=ids_from("seed")), repeated=True)
    request_(office, asked)
    assert len(office.told(office.known_document)) == chain + 1


def test_others_with_their_own_keys_are_no_repeats(office):
    first = new_folder(office, office.by(new_id=ids_from("one")))
    with pytest.raises(NameTaken):
        new_folder(office, office.by(new_id=ids_from("two")))
    assert first
