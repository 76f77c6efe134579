import itertools

import pytest

from chalicelib.errors import Conflict, Forbidden, NameTaken, NotFound, Stale
from chalicelib.identity import change_group, change_members
from chalicelib.identity.look_up import find_group, find_groups, find_members, find_principals


@pytest.fixture
def team(world):
    return change_group.create(world.registry, world.administrator, name="Team")


def add(world, group, user):
    change_members.add_member(world.registry, world.administrator, group.id, user.id)


def remove(world, group, user):
    change_members.remove_member(world.registry, world.administrator, group.id, user.id)


def members(world, group, limit=10):
    found, cursor = [], None
    while True:
        page, cursor = find_members(
            world.registry, world.administrator, group.id, cursor=cursor, limit=limit
        )
        found += [user.username for user in page]
        if cursor is None:
            return found


def test_groups_have_unique_names(world, team):
    assert world.last_told()["action"] == "group_created"
    with pytest.raises(NameTaken):
        change_group.create(world.registry, world.administrator, name="TEAM")


def test_a_group_is_renamed_and_its_old_name_is_free(world, team):
    after = change_group.rename(
        world.registry, world.administrator, team.id, name="Crew", rev=team.rev
    )
    assert after == find_group(world.registry, world.administrator, team.id)
    assert change_group.create(world.registry, world.administrator, name="team")
    with pytest.raises(Stale):
        change_group.rename(world.registry, world.administrator, team.id, name="X", rev=1)
    with pytest.raises(NameTaken):
        change_group.rename(world.registry, world.administrator, team.id, name="Team", rev=2)


def test_a_group_may_change_its_case_only(world, team):
    after = change_group.rename(world.registry, world.administrator, team.id, name="TEAM", rev=1)
    assert after.name == "TEAM"


def test_membership_reaches_the_person_at_once(world, team):
    user, _ = world.person("zoe")
    add(world, team, user)
    assert world.acting(user).names == {f"user:{user.id}", f"group:{team.id}"}
    assert world.last_told()["details"] == {"user_id": user.id}
    assert members(world, team) == ["zoe"]
    remove(world, team, user)
    assert world.acting(user).names == {f"user:{user.id}"}
    assert members(world, team) == []
    assert find_group(world.registry, world.administrator, team.id).member_count == 0


def test_adding_and_removing_twice_changes_nothing(world, team):
    user, _ = world.person("zoe")
    add(world, team, user)
    before = len(world.told())
    add(world, team, user)
    assert find_group(world.registry, world.administrator, team.id).member_count == 1
    remove(world, team, user)
    remove(world, team, user)
    assert len(world.told()) == before + 1


def test_members_come_in_pages(world, team):
    for number in range(5):
        user, _ = world.person(f"user{number}")
        add(world, team, user)
    assert sorted(members(world, team, limit=2)) == [f"user{number}" for number in range(5)]


def test_members_added_at_once_are_all_counted(world, team):
    first, _ = world.person("ann")
    second, _ = world.person("bob")
    overtaken = []

    def overtake(operation):
        if operation == "commit" and not overtaken:
            overtaken.append(True)
            add(world, team, second)

    world.database.before = overtake
    add(world, team, first)
    assert find_group(world.registry, world.administrator, team.id).member_count == 2


def test_nobody_is_in_more_groups_than_a_request_can_carry(world, team):
    user, _ = world.person("zoe")
    key = next(key for key in world.database.rows if key.pk == f"U#{user.id}")
    full = [f"g{number}" for number in range(500)]
    world.database.rows[key] = {**world.database.rows[key], "group_ids": full}
    with pytest.raises(Conflict):
        add(world, team, user)


def test_unknown_groups_and_people_are_not_found(world, team):
    user, _ = world.person("zoe")
    with pytest.raises(NotFound):
        change_members.add_member(world.registry, world.administrator, "none", user.id)
    with pytest.raises(NotFound):
        change_members.add_member(world.registry, world.administrator, team.id, "none")
    with pytest.raises(NotFound):
        members(world, change_group.Group(**{**vars_of(team), "id": "none"}))


def vars_of(group):
    return {name: getattr(group, name) for name in group.__slots__}


def test_only_an_empty_group_is_deleted(world, team):
    user, _ = world.person("zoe")
    add(world, team, user)
    with pytest.raises(Conflict):
        change_group.delete(world.registry, world.administrator, team.id, rev=1)
    remove(world, team, user)
    change_group.delete(world.registry, world.administrator, team.id, rev=1)
    assert world.last_told()["action"] == "group_deleted"
    with pytest.raises(NotFound):
        find_group(world.registry, world.administrator, team.id)
    assert change_group.create(world.registry, world.administrator, name="Team")


def test_only_administrators_manage_groups(world, team):
    user, _ = world.person("zoe")
    actor = world.acting(user)
    for refused in (
        lambda: change_group.create(world.registry, actor, name="Mine"),
        lambda: change_group.rename(world.registry, actor, team.id, name="Mine", rev=1),
        lambda: change_group.delete(world.registry, actor, team.id, rev=1),
        lambda: change_members.add_member(world.registry, actor, team.id, user.id),
        lambda: change_members.remove_member(world.registry, actor, team.id, user.id),
        lambda: find_group(world.registry, actor, team.id),
        lambda: find_groups(world.registry, actor, prefix="", cursor=None, limit=9),
        lambda: find_members(world.registry, actor, team.id, cursor=None, limit=9),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_groups_are_listed_and_found_for_the_access_dialog(world, team):
    found, cursor = find_groups(
        world.registry, world.administrator, prefix="", cursor=None, limit=9
    )
    assert ([group.name for group in found], cursor) == (["Team"], None)
    (named,) = find_principals(world.registry, prefix="tea", limit=20)
    assert (named.principal, named.name) == (f"group:{team.id}", "Team")


def test_a_request_repeated_after_a_lost_answer_makes_no_second_group(world):
    made = []
    for _ in range(2):
        numbers = itertools.count()
        registry = world.registry.with_ids(lambda numbers=numbers: f"seed{next(numbers)}")
        made.append(change_group.create(registry, world.administrator, name="Once"))
    assert made[0] == made[1]
