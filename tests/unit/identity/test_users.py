import itertools

import pytest

from chalicelib.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LastOfItsKind,
    NameTaken,
    NotFound,
    Stale,
)
from chalicelib.identity.authenticate import authenticate
from chalicelib.identity.create_user import NewUser, create_first_administrator, create_user
from chalicelib.identity.edit_user import Edit, edit_user
from chalicelib.identity.look_up import find_principals, find_user, find_users, names_of
from chalicelib.identity.reset_password import reset_password
from chalicelib.transaction import Table
from tests.unit.identity.conftest import ADMIN_PASSWORD, HERE


def create(world, **known):
    return create_user(world.registry, world.administrator, NewUser(**{"name": "Zoë", **known}))


def edit(world, user_id, rev, **changes):
    return edit_user(world.registry, world.administrator, user_id, Edit(**changes), rev=rev)


def outbox(world):
    return [row for key, row in world.database.rows.items() if key.table is Table.WORK]


def test_a_new_person_gets_a_password_that_must_be_changed(world):
    issued = create(world, username="zoe", email="zoe@example.com")
    started = world.sign_in("zoe", issued.password)
    assert started.session.must_change_password
    assert issued.user.rev == 1
    assert outbox(world) == []


def test_creation_is_told_without_a_personal_word(world):
    issued = create(world, username="zoe", email="zoe@example.com")
    entry = world.last_told()
    assert entry["action"] == "user_created"
    assert entry["subject"] == f"user:{issued.user.id}"
    assert entry["actor"] == world.administrator.user_id
    assert entry["details"] == {"is_administrator": False}
    assert "zoe" not in str(entry).casefold()


def test_an_invitation_goes_to_the_outbox_without_the_password(world):
    new = NewUser(name="Zoë", username="zoe", email="zoe@example.com")
    issued = create_user(world.registry, world.administrator, new, invite=True)
    (mail,) = outbox(world)
    assert mail["to"] == "zoe@example.com"
    assert mail["template"] == "invitation"
    assert mail["txn"] == world.last_told()["txn"]
    assert issued.password not in str(world.database.rows)


def test_an_invitation_needs_an_address(world):
    with pytest.raises(Invalid):
        create_user(
            world.registry, world.administrator, NewUser(name="Z", username="z"), invite=True
        )


@pytest.mark.parametrize("username", ["ADMIN", "Admin", "admin "])
def test_user_names_are_unique_whatever_their_case(world, username):
    before = dict(world.database.rows)
    with pytest.raises(NameTaken) as taken:
        create(world, username=username)
    assert taken.value.facts["existing_id"] == world.administrator.user_id
    assert world.database.rows == before


def test_addresses_and_user_names_share_one_namespace(world):
    create(world, username="zoe@example.com")
    with pytest.raises(Conflict):
        create(world, username="zoe", email="ZOE@example.com")
    assert create(world, username="ann@example.com", email="Ann@Example.com")


def test_only_administrators_manage_people(world):
    user, _ = world.person("zoe")
    actor = world.acting(user)
    with pytest.raises(Forbidden):
        create_user(world.registry, actor, NewUser(name="A", username="a"))
    with pytest.raises(Forbidden):
        edit_user(world.registry, actor, user.id, Edit(is_administrator=True), rev=1)
    with pytest.raises(Forbidden):
        reset_password(world.registry, actor, world.administrator.user_id)
    with pytest.raises(Forbidden):
        find_users(world.registry, actor, prefix="", cursor=None, limit=10)
    with pytest.raises(Forbidden):
        find_user(world.registry, actor, world.administrator.user_id)
    assert find_user(world.registry, actor, user.id).id == user.id


def seeded(prefix):
    numbers = itertools.count()
    return lambda: f"{prefix}{next(numbers)}"


def test_a_request_repeated_after_a_lost_answer_hands_out_a_new_password(world):
    new = NewUser(name="Zoë", username="zoe", email="zoe@example.com")
    registry = world.registry.with_ids(seeded("seed"))
    first = create_user(registry, world.administrator, new)
    again = world.registry.with_ids(seeded("seed"))
    second = create_user(again, world.administrator, new)
    assert second.user.id == first.user.id
    assert world.sign_in("zoe", second.password)


def test_an_edit_changes_what_it_names_and_nothing_else(world):
    user, password = world.person("zoe", email="zoe@example.com")
    after = edit(world, user.id, 1, name="Zoë Müller", username="zmueller")
    assert (after.name, after.username, after.email) == ("Zoë Müller", "zmueller", user.email)
    assert after == world.user(user.id)
    assert after.rev == 2
    assert world.last_told()["details"]["changed"] == ["name", "username"]
    assert world.sign_in("zmueller", password)
    assert create(world, username="zoe")


def test_an_address_can_be_removed_and_is_free_then(world):
    user, _ = world.person("zoe", email="zoe@example.com")
    assert edit(world, user.id, 1, email="").email is None
    assert create(world, username="ann", email="zoe@example.com")


def test_a_user_name_may_change_its_case_only(world):
    user, password = world.person("zoe")
    assert edit(world, user.id, 1, username="Zoe").username == "Zoe"
    assert world.sign_in("zoe", password)


def test_an_edit_that_changes_nothing_tells_nothing(world):
    user, _ = world.person("zoe")
    before = len(world.told())
    assert edit(world, user.id, 1, name=user.name).rev == 1
    assert len(world.told()) == before


def test_a_stale_edit_changes_nothing(world):
    user, _ = world.person("zoe")
    edit(world, user.id, 1, name="A")
    before = dict(world.database.rows)
    with pytest.raises(Stale):
        edit(world, user.id, 1, name="B")
    assert world.database.rows == before


def test_an_edit_overtaken_in_the_very_moment_is_stale(world):
    user, _ = world.person("zoe")
    overtaken = []

    def overtake(operation):
        if operation == "commit" and not overtaken:
            overtaken.append(True)
            edit(world, user.id, 1, name="B")

    world.database.before = overtake
    with pytest.raises(Stale):
        edit(world, user.id, 1, name="A")
    assert world.user(user.id).name == "B"


def test_an_unknown_person_cannot_be_edited(world):
    with pytest.raises(NotFound):
        edit(world, "nobody", 1, name="A")


def test_disabling_ends_all_sessions_for_good(world):
    user, password = world.person("zoe")
    started = world.sign_in("zoe", password)
    edit(world, user.id, 1, disabled=True)
    assert world.last_told()["action"] == "user_disabled"
    with pytest.raises(Exception, match="Sign in"):
        authenticate(world.registry, started.cookie_value, **HERE)
    edit(world, user.id, 2, disabled=False)
    assert world.last_told()["action"] == "user_enabled"
    with pytest.raises(Exception, match="Sign in"):
        authenticate(world.registry, started.cookie_value, **HERE)
    assert world.sign_in("zoe", password)


@pytest.mark.parametrize("change", [{"disabled": True}, {"is_administrator": False}])
def test_the_last_administrator_stays(world, change):
    with pytest.raises(LastOfItsKind):
        edit(world, world.administrator.user_id, 1, **change)
    other, _ = world.person("zoe", is_administrator=True)
    edit(world, world.administrator.user_id, 1, **change)
    with pytest.raises(LastOfItsKind):
        edit(world, other.id, 1, **change)


def test_a_disabled_administrator_does_not_count(world):
    other, _ = world.person("zoe", is_administrator=True)
    edit(world, other.id, 1, disabled=True)
    with pytest.raises(LastOfItsKind):
        edit(world, world.administrator.user_id, 1, disabled=True)
    edit(world, other.id, 2, disabled=False)
    assert edit(world, world.administrator.user_id, 1, disabled=True).disabled


def test_two_administrators_cannot_remove_each_other_at_once(world):
    other, _ = world.person("zoe", is_administrator=True)
    overtaken = []

    def overtake(operation):
        if operation == "commit" and not overtaken:
            overtaken.append(True)
            edit(world, other.id, 1, is_administrator=False)

    world.database.before = overtake
    with pytest.raises(LastOfItsKind):
        edit(world, world.administrator.user_id, 1, is_administrator=False)


def test_there_is_one_first_administrator(world):
    with pytest.raises(Conflict):
        create_first_administrator(
            world.registry,
            actor="system:test",
            username="second",
            password=ADMIN_PASSWORD,
            must_change=True,
        )


def test_a_reset_hands_out_a_new_password_and_tells_the_person(world):
    user, password = world.person("zoe", email="zoe@example.com")
    started = world.sign_in("zoe", password)
    issued = reset_password(world.registry, world.administrator, user.id)
    assert world.last_told()["details"] == {"one_time": True}
    with pytest.raises(Exception, match="not right"):
        world.sign_in("zoe", password)
    with pytest.raises(Exception, match="Sign in"):
        authenticate(world.registry, started.cookie_value, **HERE)
    assert world.sign_in("zoe", issued.password).session.must_change_password
    (mail,) = outbox(world)
    assert mail["template"] == "password_reset"


def test_ones_own_password_is_not_reset(world):
    with pytest.raises(Conflict):
        reset_password(world.registry, world.administrator, world.administrator.user_id)


def test_people_are_listed_by_name_in_pages(world):
    names = ["Zoë", "ann", "Bob", "anna", "Ångström"]
    for number, name in enumerate(names):
        create(world, username=f"user{number}", name=name)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page, cursor = find_users(
            world.registry, world.administrator, prefix="", cursor=cursor, limit=2
        )
        found += [user.name for user in page]
        pages += 1
    assert found == ["Administrator", "ann", "anna", "Bob", "Zoë", "Ångström"]
    page, _ = find_users(world.registry, world.administrator, prefix="AN", cursor=None, limit=9)
    assert [user.name for user in page] == ["ann", "anna"]


@pytest.mark.parametrize("cursor", ["x", "%%%", "bm9wZQ", "A" * 5000, "é"])
def test_a_made_up_cursor_is_refused(world, cursor):
    with pytest.raises(Invalid):
        find_users(world.registry, world.administrator, prefix="q", cursor=cursor, limit=2)


def test_the_access_dialog_finds_enabled_people_by_name(world):
    user, _ = world.person("zoe", name="Zoë")
    gone, _ = world.person("zora", name="Zora")
    edit(world, gone.id, 1, disabled=True)
    found = find_principals(world.registry, prefix="zo", limit=20)
    assert [(each.principal, each.name) for each in found] == [(f"user:{user.id}", "Zoë")]


def test_names_are_known_by_principal(world):
    user, _ = world.person("zoe", name="Zoë")
    wanted = [f"user:{user.id}", "user:nobody", "group:none", "other"]
    assert names_of(world.registry, wanted) == {f"user:{user.id}": "Zoë"}
