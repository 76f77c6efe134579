import pytest

from chalicelib.access.model import Role
from chalicelib.audit.model import Action
from chalicelib.documents.change_access import change_access
from chalicelib.documents.model import MAX_GRANTS
from chalicelib.documents.open import open_access
from chalicelib.documents.plant import plant_root
from chalicelib.documents.trash_node import trash_node
from chalicelib.errors import (
    Conflict,
    Forbidden,
    InTrash,
    Invalid,
    LastOfItsKind,
    NotFound,
    Stale,
)
from chalicelib.transaction import Delete, Key, Table, Update
from tests.support.factories import person


def sees(office, node, who, *groups):
    return office.filing.guard.standing(office.by(person(who, *groups)), node.id) is not None


def change(office, node, grants, *, inherit=True, rev=None, who="boss"):
    rev = office.node(node).rev if rev is None else rev
    return change_access(
        office.filing, office.by(who), node.id, inherit=inherit, grants=grants, rev=rev
    )


def test_a_grant_holds_here_and_below_and_not_above(office):
    above, node, below = office.tower(3)
    office.grant(node, ann="viewer")
    assert sees(office, node, "ann")
    assert sees(office, below, "ann")
    assert not sees(office, above, "ann")
    assert not sees(office, node, "bo")


def test_a_grant_to_a_group_holds_for_its_people(office):
    node = office.folder("a")
    office.set_access(node, {"group:team": Role.VIEWER})
    assert sees(office, node, "ann", "team")
    assert not sees(office, node, "ann", "other")
    assert not sees(office, node, "team")


def test_broken_inheritance_cuts_off_what_lies_above(office):
    office.grant(ann="editor")
    node, below = office.tower(2)
    office.grant(node, inherit=False, boss="manager", bo="viewer")
    assert not sees(office, node, "ann")
    assert not sees(office, below, "ann")
    assert sees(office, below, "bo")
    change(office, node, {})
    assert sees(office, below, "ann")
    assert not sees(office, below, "bo")


def test_grants_that_reach_a_folder_from_above_are_told(office):
    office.grant(ann="editor")
    node, below = office.tower(2)
    office.grant(node, ann="viewer", bo="contributor")
    shown = open_access(office.filing, office.by(), below.id)
    assert shown.inherited == {
        "user:boss": Role.MANAGER,
        "user:ann": Role.EDITOR,
        "user:bo": Role.CONTRIBUTOR,
    }
    office.grant(below, inherit=False, boss="manager")
    assert open_access(office.filing, office.by(), below.id).inherited == {}


def test_a_manager_must_remain(office):
    root, node = office.node("root"), office.folder("a")
    office.known("user:ann", "user:boss")
    before = office.snapshot()
    for attempt in (
        lambda: change(office, root, {}),
        lambda: change(office, root, {"user:ann": Role.EDITOR}),
        lambda: change(office, node, {}, inherit=False),
        lambda: change(office, node, {"user:ann": Role.EDITOR}, inherit=False),
    ):
        with pytest.raises(LastOfItsKind):
            attempt()
    assert office.snapshot() == before
    change(office, node, {"user:ann": Role.MANAGER}, inherit=False)
    assert not sees(office, node, "boss")
    with pytest.raises(LastOfItsKind):
        change(office, node, {}, inherit=False, who="ann")


@pytest.mark.parametrize("state", ["disabled person", "empty group"])
def test_a_manager_who_cannot_sign_in_is_none(office, state):
    node = office.folder("a")
    office.known("user:ann", "group:few")
    if state == "disabled person":
        who, key = "user:ann", Key(Table.IDENTITY, "U#ann", "META")
        office.database.commit([Update(key=key, values={"disabled": True})], token="t")
    else:
        who, key = "group:few", Key(Table.IDENTITY, "G#few", "M#somebody")
        office.database.commit([Delete(key=key)], token="t")
    with pytest.raises(LastOfItsKind):
        change(office, node, {who: Role.MANAGER}, inherit=False)
    assert change(office, node, {who: Role.MANAGER}).grants == {who: Role.MANAGER}


def test_inheriting_again_counts_the_managers_above(office):
    node = office.folder("a")
    office.known("user:ann")
    change(office, node, {"user:boss": Role.MANAGER}, inherit=False)
    assert change(office, node, {}, inherit=True).inherit


def test_many_managers_reach_a_folder(office):
    """More than one batch read holds; only the last of them can sign in."""
    lineage = office.tower(4)
    for level, node in enumerate(lineage[:3]):
        people = [f"user:m{level}x{n}" for n in range(MAX_GRANTS)]
        office.set_access(node, dict.fromkeys(people, Role.MANAGER))
    for key, row in list(office.database.rows.items()):
        if key.table is Table.IDENTITY and key.pk.startswith("U#m"):
            office.database.rows[key] = {**row, "disabled": True}
    assert change(office, lineage[3], {}).rev == 2


def test_the_first_administrators_grant_is_ordinary(office):
    office.known("user:ann")
    change(office, office.node("root"), {"user:ann": Role.MANAGER})
    assert not sees(office, office.node("root"), "boss")
    plant_root(office.filing, manager_user_id="boss")
    assert not sees(office, office.node("root"), "boss")


def test_administering_alone_reads_nothing(office):
    admin = person("admin", administrator=True)
    assert office.filing.guard.standing(office.by(admin), "root") is None


def test_the_root_has_nothing_to_cut_off(office):
    office.known("user:boss")
    with pytest.raises(Conflict):
        change(office, office.node("root"), {"user:boss": Role.MANAGER}, inherit=False)


@pytest.mark.parametrize("who", ["user:nobody", "group:nobody", "boss", "user:", "thing:boss", ""])
def test_grants_to_nobody(office, who):
    node = office.folder("a")
    before = office.snapshot()
    with pytest.raises(Invalid):
        change(office, node, {who: Role.VIEWER})
    assert office.snapshot() == before


@pytest.mark.parametrize("who", ["user:" + "x" * 3000, "user:\ud800", "group:a/b"])
def test_grants_to_ids_that_are_none(office, who):
    with pytest.raises(Invalid):
        change(office, office.folder("a"), {who: Role.VIEWER})


def test_forty_grants_and_no_more(office):
    node = office.folder("a")
    people = [f"user:p{n}" for n in range(MAX_GRANTS + 1)]
    office.known(*people)
    with pytest.raises(Invalid):
        change(office, node, dict.fromkeys(people, Role.VIEWER))
    others = [f"user:q{n}" for n in range(MAX_GRANTS)]
    office.known(*others)
    change(office, node, dict.fromkeys(people[:-1], Role.VIEWER))
    changed = change(office, node, dict.fromkeys(others, Role.EDITOR))
    assert set(changed.grants) == set(others)


def test_stale(office):
    node = office.folder("a")
    office.grant(node, ann="viewer")
    before = office.snapshot()
    with pytest.raises(Stale):
        change(office, node, {}, rev=node.rev)
    assert office.snapshot() == before


@pytest.mark.parametrize("role", ["viewer", "contributor", "editor"])
def test_only_managers_see_and_change_access(office, role):
    node = office.folder("a")
    office.grant(node, ann=role)
    with pytest.raises(Forbidden):
        change(office, node, {}, who="ann")
    with pytest.raises(Forbidden):
        open_access(office.filing, office.by("ann"), node.id)
    with pytest.raises(NotFound):
        change(office, node, {}, who="bo")
    with pytest.raises(NotFound):
        open_access(office.filing, office.by("bo"), node.id)


def test_not_in_the_trash(office):
    node = office.folder("a")
    trash_node(office.filing, office.by(), node.id, rev=node.rev)
    with pytest.raises(InTrash):
        change(office, node, {})


def test_told_with_what_was_and_what_is(office):
    node = office.folder("a")
    office.grant(node, ann="viewer")
    office.grant(node, ann="editor", bo="viewer")
    told = office.system()[-1]
    assert (told.action, told.subject) == (Action.ACCESS_CHANGED, f"node:{node.id}")
    assert told.details == {
        "inherit": True,
        "before": {"user:ann": "viewer"},
        "after": {"user:ann": "editor", "user:bo": "viewer"},
    }
    assert office.problems() == []


def test_the_list_says_what_is_restricted(office):
    node = office.folder("a")
    office.grant(ann="viewer")
    office.grant(node, inherit=False, boss="manager")
    assert office.names(who="ann") == []
    change(office, node, {})
    assert office.names(who="ann") == ["a"]
