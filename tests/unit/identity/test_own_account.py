import pytest

from chalicelib.access.store import EPOCH_KEY
from chalicelib.errors import Forbidden, Invalid, NotFound, Throttled, Unauthenticated
from chalicelib.identity.authenticate import TREE_EPOCH, authenticate
from chalicelib.identity.change_password import change_password
from chalicelib.identity.end_sessions import end_own_sessions, end_session, own_sessions
from chalicelib.transaction import Table
from tests.unit.identity.conftest import ADMIN_PASSWORD, HERE

NEW = "mossy lantern quarrel"


def authenticated(world, started):
    return authenticate(world.registry, started.cookie_value, **HERE)


def change(world, started, *, present, new=NEW):
    found = authenticated(world, started)
    return change_password(
        world.registry,
        found.principal,
        found.session,
        present=present,
        new=new,
        address=HERE["address"],
    )


def test_a_changed_password_frees_the_person_and_renews_the_session(world):
    _, password = world.person("zoe", email="zoe@example.com")
    started, other = (world.sign_in("zoe", password) for _ in range(2))
    renewed = change(world, started, present=password)
    assert renewed.cookie_value != started.cookie_value
    assert renewed.session.id == started.session.id
    found = authenticated(world, renewed)
    assert not found.session.must_change_password
    for ended in (started, other):
        with pytest.raises(Unauthenticated):
            authenticated(world, ended)
    assert not world.sign_in("zoe", NEW).session.must_change_password
    mails = [row for key, row in world.database.rows.items() if key.table is Table.WORK]
    assert [mail["template"] for mail in mails] == ["password_changed"]


def test_the_change_is_told_without_the_password(world):
    _, password = world.person("zoe")
    change(world, world.sign_in("zoe", password), present=password)
    entries = [row for row in world.told() if row["action"] == "password_changed"]
    assert len(entries) == 1
    assert NEW not in str(world.database.rows)
    assert password not in str(world.database.rows)


def test_a_chosen_password_does_not_lapse(world):
    _, password = world.person("zoe")
    change(world, world.sign_in("zoe", password), present=password)
    world.pass_time(days=100)
    assert world.sign_in("zoe", NEW)


def test_the_present_password_is_asked_and_guessing_it_is_throttled(world):
    started = world.sign_in("admin", ADMIN_PASSWORD)
    for _ in range(10):
        with pytest.raises(Forbidden):
            change(world, started, present="wrong")
    with pytest.raises(Throttled):
        change(world, started, present=ADMIN_PASSWORD)


@pytest.mark.parametrize(
    "new", ["short", "password1234", "Administrator", ADMIN_PASSWORD, "\ud800" * 20]
)
def test_a_bad_new_password_changes_nothing(world, new):
    started = world.sign_in("admin", ADMIN_PASSWORD)
    with pytest.raises(Invalid):
        change(world, started, present=ADMIN_PASSWORD, new=new)
    assert authenticated(world, started)


def test_one_sees_and_ends_ones_own_sessions(world):
    first = world.sign_in("admin", ADMIN_PASSWORD)
    world.pass_time(minutes=10)
    second = world.sign_in("admin", ADMIN_PASSWORD, agent="curl")
    actor = authenticated(world, second).principal
    listed = own_sessions(world.registry, actor)
    assert {each.id for each in listed} == {first.session.id, second.session.id}
    end_session(world.registry, actor, second.session, first.session.id)
    assert world.last_told()["details"] == {"session_id": first.session.id}
    with pytest.raises(Unauthenticated):
        authenticated(world, first)
    assert authenticated(world, second)
    with pytest.raises(NotFound):
        end_session(world.registry, actor, second.session, first.session.id)


def test_anothers_session_cannot_be_ended(world):
    started, own = world.sign_in("admin", ADMIN_PASSWORD), world.person("zoe")
    own = authenticated(world, world.sign_in("zoe", own[1]))
    with pytest.raises(NotFound):
        end_session(world.registry, own.principal, own.session, started.session.id)


def test_sessions_past_their_time_are_not_listed(world):
    world.sign_in("admin", ADMIN_PASSWORD)
    world.pass_time(minutes=61)
    assert own_sessions(world.registry, world.administrator) == []


def test_all_sessions_end_at_once(world):
    started = [world.sign_in("admin", ADMIN_PASSWORD) for _ in range(3)]
    end_own_sessions(world.registry, world.administrator, started[0].session)
    assert world.last_told()["details"] == {"all": True}
    for each in started:
        with pytest.raises(Unauthenticated):
            authenticated(world, each)
    assert own_sessions(world.registry, world.administrator) == []


def test_many_sessions_are_all_listed(world):
    for _ in range(120):
        world.sign_in("admin", ADMIN_PASSWORD)
    assert len(own_sessions(world.registry, world.administrator)) == 120


def test_the_epoch_is_read_where_access_keeps_it(world):
    assert TREE_EPOCH == EPOCH_KEY
    world.database.rows[EPOCH_KEY] = {"pk": "EPOCH", "sk": "TREE", "epoch": 7}
    assert authenticated(world, world.sign_in("admin", ADMIN_PASSWORD)).epoch == 7
