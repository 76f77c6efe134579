"""People, sessions and mail on Amazon's own engine: conditions, indexes and races."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.audit.model import Context
from chalicelib.audit.trail import Trail
from chalicelib.dynamodb import DynamoDatabase
from chalicelib.errors import (
    LastOfItsKind,
    NameTaken,
    SignInRefused,
    Stale,
    Throttled,
    Unauthenticated,
)
from chalicelib.identity import change_group, change_members
from chalicelib.identity.authenticate import authenticate
from chalicelib.identity.change_password import change_password
from chalicelib.identity.create_user import NewUser, create_first_administrator, create_user
from chalicelib.identity.edit_user import Edit, edit_user
from chalicelib.identity.end_sessions import end_own_sessions, own_sessions
from chalicelib.identity.look_up import find_members, find_principals, find_users
from chalicelib.identity.passwords import Vault
from chalicelib.identity.registry import Registry
from chalicelib.identity.sign_in import sign_in
from chalicelib.identity.store.users import get_user
from chalicelib.notify.deliver import Mailroom, sweep
from chalicelib.notify.model import State
from chalicelib.transaction import Table
from chalicelib.wiring import new_id

pytestmark = pytest.mark.dynamodb_local
PASSWORD = "correct-horse-of-the-admin"
HERE = {"address": "203.0.113.7", "agent": "test"}


@dataclass
class Relay:
    subjects: list = field(default_factory=list)

    def send(self, letter):
        self.subjects.append(letter.subject)
        return "relay-1"


@pytest.fixture
def now():
    return [datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)]


@pytest.fixture
def registry(stage_tables, monkeypatch, now):
    for name, value in stage_tables.environment().items():
        monkeypatch.setenv(name, value)
    names = {Table(short): name for short, name in stage_tables.names.items()}
    database = DynamoDatabase(names, region="us-east-1", host=stage_tables.endpoint)

    def moment():
        return now[0]

    return Registry(
        database=database,
        trail=Trail(database, moment, new_id, secrets.randbelow),
        now=moment,
        new_id=new_id,
        new_secret=lambda: secrets.token_urlsafe(32),
        vault=Vault(memory_kib=8, rounds=1),
        portal_url="",
    )


@pytest.fixture
def admin(registry):
    user = create_first_administrator(
        registry, actor="system:test", username="admin", password=PASSWORD, must_change=False
    )
    return user.as_principal(Context("ctx", "0" * 64))


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Run `act` on so many threads; each gives its result or its error."""
    outcomes: list[object] = [None] * count
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        try:
            outcomes[number] = act(number)
        except Exception as error:  # noqa: BLE001 - the outcome is what is asserted
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def kinds(outcomes: list[object], kind: type) -> int:
    return sum(isinstance(outcome, kind) for outcome in outcomes)


def test_a_session_from_sign_in_to_its_end(registry, admin, now):
    started = sign_in(registry, username="ADMIN", password=PASSWORD, **HERE)
    found = authenticate(registry, started.cookie_value, **HERE)
    assert found.session == started.session
    now[0] += timedelta(minutes=6)
    found = authenticate(registry, started.cookie_value, **HERE)
    assert found.session.seen_at == now[0]
    moved = authenticate(registry, started.cookie_value, address="198.51.100.1", agent="test")
    assert len(moved.session.whereabouts) == 2
    renewed = change_password(
        registry,
        moved.principal,
        moved.session,
        present=PASSWORD,
        new="mossy lantern quarrel",
        address=HERE["address"],
    )
    found = authenticate(registry, renewed.cookie_value, **HERE)
    assert [each.id for each in own_sessions(registry, found.principal)] == [started.session.id]
    end_own_sessions(registry, found.principal, found.session)
    assert own_sessions(registry, found.principal) == []


def test_people_groups_and_their_lists(registry, admin):
    zoe = create_user(
        registry, admin, NewUser(name="Zoë", username="zoe", email="zoe@example.com")
    ).user
    for number in range(3):
        create_user(registry, admin, NewUser(name=f"N{number}", username=f"n{number}"))
    edited = edit_user(registry, admin, zoe.id, Edit(name="Zora", email=""), rev=1)
    assert get_user(registry.database, zoe.id) == edited
    group = change_group.create(registry, admin, name="Team")
    change_members.add_member(registry, admin, group.id, zoe.id)
    members, cursor = find_members(registry, admin, group.id, cursor=None, limit=5)
    assert ([user.id for user in members], cursor) == ([zoe.id], None)
    names, cursor = [], None
    while True:
        page, cursor = find_users(registry, admin, prefix="", cursor=cursor, limit=2)
        names += [user.name for user in page]
        if cursor is None:
            break
    assert names == ["Administrator", "N0", "N1", "N2", "Zora"]
    page, cursor = find_users(registry, admin, prefix="n", cursor=None, limit=2)
    page, cursor = find_users(registry, admin, prefix="n", cursor=cursor, limit=2)
    assert [user.name for user in page] == ["N2"]
    assert [each.name for each in find_principals(registry, prefix="te", limit=5)] == ["Team"]


def test_of_many_who_take_a_user_name_one_gets_it(registry, admin):
    outcomes = at_once(
        12, lambda _n: create_user(registry, admin, NewUser(name="Zoë", username="zoe"))
    )
    assert kinds(outcomes, NameTaken) == 11


def test_of_many_edits_of_one_revision_one_succeeds(registry, admin):
    zoe = create_user(registry, admin, NewUser(name="Zoë", username="zoe")).user
    outcomes = at_once(
        12, lambda n: edit_user(registry, admin, zoe.id, Edit(name=f"Name {n}"), rev=1)
    )
    assert kinds(outcomes, Stale) == 11
    assert get_user(registry.database, zoe.id).rev == 2


def test_administrators_who_are_removed_at_once_leave_one(registry, admin):
    """Whoever asks is one of them: once they are out, no more of their requests goes through."""
    others = [
        create_user(
            registry, admin, NewUser(name="A", username=f"a{number}", is_administrator=True)
        ).user.id
        for number in range(5)
    ]
    everyone = [admin.user_id, *others]
    outcomes = at_once(
        6, lambda n: edit_user(registry, admin, everyone[n], Edit(disabled=True), rev=1)
    )
    refused = kinds(outcomes, LastOfItsKind) + kinds(outcomes, Unauthenticated)
    left = sum(not get_user(registry.database, each).disabled for each in everyone)
    assert left == refused >= 1


def test_members_added_at_once_are_all_in(registry, admin):
    group = change_group.create(registry, admin, name="Team")
    people = [
        create_user(registry, admin, NewUser(name="A", username=f"a{number}")).user.id
        for number in range(8)
    ]
    at_once(8, lambda n: change_members.add_member(registry, admin, group.id, people[n]))
    members, _ = find_members(registry, admin, group.id, cursor=None, limit=50)
    assert {user.id for user in members} == set(people)
    assert all(user.group_ids == (group.id,) for user in members)


def test_guesses_sent_at_once_get_no_more_answers(registry, admin):
    def guess(_number):
        return sign_in(registry, username="admin", password="wrong", **HERE)

    outcomes = at_once(16, guess)
    assert kinds(outcomes, SignInRefused) == 10
    assert kinds(outcomes, Throttled) == 6


def test_the_outbox_is_swept(registry, admin, now):
    new = NewUser(name="Zoë", username="zoe", email="zoe@example.com")
    create_user(registry, admin, new, invite=True)
    relay = Relay()
    room = Mailroom(
        database=registry.database,
        relay=relay,
        now=registry.now,
        new_id=new_id,
        sender="noreply@example.com",
    )
    outcomes = at_once(4, lambda _n: sweep(room))
    assert relay.subjects == ["You can now sign in to PaperTrail"]
    assert [state for told in outcomes for state in told.values()] == [State.SENT]
    assert sweep(room) == {}
