"""What administrators alone may ask for, whichever door leads there."""

import pytest

from chalicelib.errors import Forbidden
from chalicelib.identity import change_group, change_members, look_up
from chalicelib.identity.create_user import NewUser, create_user
from chalicelib.identity.edit_user import Edit, edit_user
from chalicelib.identity.reset_password import reset_password

PAGE = {"prefix": "", "cursor": None, "limit": 5}
NEW = NewUser(name="New", username="new")
CASES = {
    "look at a person": lambda r, who, user, group: look_up.find_user(r, who, user.id),
    "look at people": lambda r, who, user, group: look_up.find_users(r, who, **PAGE),
    "look at a group": lambda r, who, user, group: look_up.find_group(r, who, group.id),
    "look at groups": lambda r, who, user, group: look_up.find_groups(r, who, **PAGE),
    "look at members": lambda r, who, user, group: look_up.find_members(
        r, who, group.id, cursor=None, limit=5
    ),
    "look at members of all": lambda r, who, user, group: look_up.find_members_of(
        r, who, [group], limit=5
    ),
    "make a person": lambda r, who, user, group: create_user(r, who, NEW),
    "change a person": lambda r, who, user, group: edit_user(
        r, who, user.id, Edit(name="Other"), rev=user.rev
    ),
    "give a new password": lambda r, who, user, group: reset_password(r, who, user.id),
    "make a group": lambda r, who, user, group: change_group.create(r, who, name="New"),
    "rename a group": lambda r, who, user, group: change_group.rename(
        r, who, group.id, name="Other", rev=group.rev
    ),
    "delete a group": lambda r, who, user, group: change_group.delete(
        r, who, group.id, rev=group.rev
    ),
    "add a member": lambda r, who, user, group: change_members.add_member(
        r, who, group.id, user.id
    ),
    "remove a member": lambda r, who, user, group: change_members.remove_member(
        r, who, group.id, user.id
    ),
}


@pytest.mark.parametrize("ask", CASES.values(), ids=CASES)
def test_nobody_else_may(world, ask):
    user, _ = world.person("zoe")
    actor = world.acting(world.person("ann")[0])
    group = change_group.create(world.registry, world.administrator, name="Team")
    before = dict(world.database.rows)
    with pytest.raises(Forbidden):
        ask(world.registry, actor, user, group)
    assert world.database.rows == before


@pytest.mark.parametrize("ask", CASES.values(), ids=CASES)
def test_an_administrator_may(world, ask):
    user, _ = world.person("zoe")
    group = change_group.create(world.registry, world.administrator, name="Team")
    if ask is CASES["remove a member"]:
        change_members.add_member(world.registry, world.administrator, group.id, user.id)
    ask(world.registry, world.administrator, user, group)
