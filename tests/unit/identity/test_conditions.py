"""Rows of people are written only while they stand as they were read: each condition by itself.

Each change is made for a state of the rows; something happens in between that no other condition
of the same transaction would notice, and then nothing at all may be written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from chalicelib.audit.model import Context
from chalicelib.audit.store import Personal, context_put
from chalicelib.errors import Busy, Conflict, NameTaken
from chalicelib.identity.model import Group, User
from chalicelib.identity.session import Session, Whereabouts
from chalicelib.identity.store import groups, sessions, users
from chalicelib.notify.model import Mail, State
from chalicelib.notify.store import mail_key, put_mail, update_mail
from chalicelib.transaction import Change, Delete, Key, Put, Table, Update
from tests.fakes.database import FakeDatabase

AT = "2031-05-06T07:08:09Z"
NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
ZOE = User(
    id="zoe",
    username="zoe",
    email="zoe@example.com",
    name="Zoë",
    is_administrator=False,
    disabled=False,
    must_change_password=False,
    password_hash="hash",
    password_until=None,
    group_ids=("team",),
    era=0,
    rev=3,
    created_at=AT,
    changed_at=AT,
)
TEAM = Group(id="team", name="Team", member_count=1, rev=3, created_at=AT, changed_at=AT)
OTHERS = replace(TEAM, id="others", name="Others", member_count=0)
HERE = Whereabouts(address="203.0.113.7", agent="Firefox", context=Context("ctx", "0" * 64))
SESSION = Session(
    id="session",
    user_id="zoe",
    digest="digest",
    era=0,
    must_change_password=False,
    started_at=NOW,
    seen_at=NOW,
    ends_at=NOW,
    whereabouts=(HERE,),
)
MAIL = Mail(
    id="mail",
    to="zoe@example.com",
    template="password_changed",
    parameters={},
    state=State.PENDING,
    attempts=1,
    created_at=AT,
    next_attempt_at=AT,
)
MEMBER = Key(Table.IDENTITY, "G#team", "M#zoe")
TEAM_NAME = Key(Table.IDENTITY, "GROUP#team", "META")
CONTEXT_ROW = Key(Table.AUDIT, "CTX#ctx", "CTX")


@dataclass
class Written:
    """What is written, where nothing or another row (or another value in it) lies by then."""

    changes: Callable[[], Sequence[Change]]
    meanwhile: Change
    error: type[Exception] = Busy


def now_there(key):
    return Put(key=key, row={"user_id": "somebody", "group_id": "something", "name": "Else"})


def now_says(key, **values):
    return Update(key=key, values=values)


def stored(database):
    """Zoë, alone in her team, with a session and a mail on its way."""
    member = Put(key=MEMBER, row={"user_id": "zoe", "added_at": AT})
    administrators = users.put_administrators((), ["admin"])
    for changes in (
        [*users.put_user(ZOE), administrators],
        [*groups.put_group(TEAM), *groups.put_group(OTHERS), member],
        [sessions.put_session(SESSION), put_mail(MAIL)],
    ):
        database.commit(changes, token="made")


TEAM_ROW, OTHERS_ROW = groups.group_key("team"), groups.group_key("others")
ZOE_ROW = users.user_key("zoe")
SESSION_ROW = sessions.session_key("zoe", "digest")
NEW_GROUP, NEW_USER = replace(TEAM, id="new", name="New"), replace(ZOE, id="new", username="new")
NEW_USER = replace(NEW_USER, email=None)
NEW_SESSION = replace(SESSION, digest="new")


def renamed():
    return groups.rename_group(replace(TEAM, name="Crew"), before=TEAM)


def joined():
    return groups.add_member(OTHERS, ZOE, at=AT)


def left():
    return groups.remove_member(TEAM, ZOE)


def moved():
    return users.update_user(replace(ZOE, email="zora@example.com"), before=ZOE)


def seen():
    later = replace(SESSION, seen_at=NOW.replace(hour=8))
    return [sessions.update_session(later, before=SESSION)]


def tried():
    return [update_mail(replace(MAIL, attempts=2), before=MAIL)]


def context():
    told = Personal("Zoë", "203.0.113.7", "x")
    return [context_put(Context("ctx", "0" * 64), told, salt="s")]


CASES = {
    "a new group whose id is given": Written(
        lambda: groups.put_group(NEW_GROUP), now_there(groups.group_key("new")), Conflict
    ),
    "a new group whose name is taken": Written(
        lambda: groups.put_group(NEW_GROUP),
        now_there(Key(Table.IDENTITY, "GROUP#new", "META")),
        NameTaken,
    ),
    "a group renamed after another change": Written(renamed, now_says(TEAM_ROW, rev=4)),
    "a group renamed to a taken name": Written(
        renamed, now_there(Key(Table.IDENTITY, "GROUP#crew", "META")), NameTaken
    ),
    "a group renamed whose old name is another's": Written(renamed, now_there(TEAM_NAME)),
    "a group deleted after another change": Written(
        lambda: groups.delete_group(OTHERS), now_says(OTHERS_ROW, rev=4)
    ),
    "a group deleted that somebody joined": Written(
        lambda: groups.delete_group(OTHERS), now_says(OTHERS_ROW, member_count=1), Conflict
    ),
    "a member added twice": Written(joined, now_there(Key(Table.IDENTITY, "G#others", "M#zoe"))),
    "a member added beside another": Written(joined, now_says(OTHERS_ROW, member_count=1)),
    "a member added who was changed": Written(joined, now_says(ZOE_ROW, rev=4)),
    "a member removed twice": Written(left, Delete(key=MEMBER)),
    "a member removed beside another": Written(left, now_says(TEAM_ROW, member_count=2)),
    "a member removed who was changed": Written(left, now_says(ZOE_ROW, rev=4)),
    "a new person whose id is given": Written(
        lambda: users.put_user(NEW_USER), now_there(users.user_key("new")), Conflict
    ),
    "a new person whose name is taken": Written(
        lambda: users.put_user(NEW_USER), now_there(users.name_key("new")), NameTaken
    ),
    "a person changed after another change": Written(moved, now_says(ZOE_ROW, rev=4)),
    "a person whose new address is taken": Written(
        moved, now_there(users.name_key("zora@example.com")), Conflict
    ),
    "a person whose old address is another's": Written(
        moved, now_there(users.name_key("zoe@example.com"))
    ),
    "a password hashed anew after it changed": Written(
        lambda: [users.update_hash(ZOE, "stronger")], now_says(ZOE_ROW, password_hash="other")
    ),
    "all sessions ended after another change": Written(
        lambda: [users.end_era(ZOE)], now_says(ZOE_ROW, rev=4)
    ),
    "administrators after others were named": Written(
        lambda: [users.put_administrators(["admin"], ["admin", "zoe"])],
        now_says(users.ADMINISTRATORS_KEY, user_ids=["bo"]),
    ),
    "a session under a secret that is in use": Written(
        lambda: [sessions.put_session(NEW_SESSION)], now_there(sessions.session_key("zoe", "new"))
    ),
    "a last use after a later one": Written(
        seen, now_says(SESSION_ROW, seen_at="2031-05-06T07:09:00.000Z")
    ),
    "a last use after one from elsewhere": Written(seen, now_says(SESSION_ROW, whereabouts=[])),
    "a session ended twice": Written(
        lambda: [sessions.delete_session(SESSION)], Delete(key=SESSION_ROW)
    ),
    "a mail whose id is given": Written(
        lambda: [put_mail(replace(MAIL, id="new"))], now_there(mail_key("new"))
    ),
    "a mail that was sent": Written(tried, now_says(mail_key("mail"), state="sent")),
    "a mail that was tried": Written(tried, now_says(mail_key("mail"), attempts=2)),
    "a context whose id is given": Written(context, now_there(CONTEXT_ROW)),
}


@pytest.fixture
def database():
    made = FakeDatabase()
    stored(made)
    return made


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_was_read_and_still_stands_is_written_over(database, case):
    before = dict(database.rows)
    database.commit(case.changes(), token="write")
    assert database.rows != before


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_happened_meanwhile_is_never_written_over(database, case):
    database.commit([case.meanwhile], token="meanwhile")
    before = dict(database.rows)
    with pytest.raises(case.error):
        database.commit(case.changes(), token="write")
    assert database.rows == before


def test_the_first_set_of_administrators_is_named_only_once(database):
    with pytest.raises(Busy):
        database.commit([users.put_administrators((), ["zoe"])], token="again")
    assert users.administrators(database) == ["admin"]
