"""Roles, grants and lineages: rules on values, and the guard over rows."""

import pytest

from chalicelib.access.guard import Authority, Guard
from chalicelib.access.model import Permission, Place, Role, best_role, inherited_grants
from chalicelib.access.store import Lineages
from chalicelib.errors import Forbidden, NotFound
from tests.support.factories import Office, person

V, C, E, M = Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.MANAGER


def place(id_, *, inherit=True, trashed=False, **grants):
    return Place(
        id=id_,
        parent_id=None,
        name=id_,
        inherit=inherit,
        grants={f"user:{who}": role for who, role in grants.items()},
        height=0,
        trashed=trashed,
    )


def test_each_role_allows_what_the_lesser_one_does_and_more():
    for lesser, greater in ((V, C), (C, E), (E, M)):
        assert lesser.permissions < greater.permissions
    assert set(M.permissions) == set(Permission)
    assert all(permission.value.endswith(":view") for permission in V.permissions)
    assert Permission.ACCESS_VIEW not in E.permissions


def test_permissions_stand_in_alphabetical_order():
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert all(p.name == p.value.replace(":", "_").upper() for p in Permission)


@pytest.mark.parametrize(
    ("lineage", "expected"),
    [
        ([place("a")], None),
        ([place("a", ann=V)], V),
        ([place("a"), place("b", ann=E)], E),
        ([place("a", ann=V), place("b", ann=M)], M),
        ([place("a", ann=M), place("b", ann=V)], M),
        ([place("a", inherit=False), place("b", ann=M)], None),
        ([place("a", inherit=False, ann=V), place("b", ann=M)], V),
        ([place("a"), place("b", inherit=False, ann=C), place("c", ann=M)], C),
        ([place("a", bo=M)], None),
    ],
)
def test_the_best_role_along_a_lineage(lineage, expected):
    assert best_role(lineage, frozenset({"user:ann", "group:x"})) is expected


def test_inherited_grants_are_the_best_from_above():
    lineage = [place("a", ann=M), place("b", ann=V, bo=C), place("c", bo=V, cy=E)]
    assert inherited_grants(lineage) == {"user:ann": V, "user:bo": C, "user:cy": E}
    lineage[1] = place("b", inherit=False, bo=V)
    assert inherited_grants(lineage) == {"user:bo": V}
    lineage[0] = place("a", inherit=False)
    assert inherited_grants(lineage) == {}


@pytest.fixture
def office():
    return Office()


def test_not_allowed_to_see_is_not_there(office):
    node = office.folder("a")
    for node_id in (node.id, "nowhere"):
        with pytest.raises(NotFound) as refused:
            office.filing.guard.require(office.by("ann"), node_id, Permission.NODE_VIEW)
        assert "a" not in refused.value.facts
    messages = set()
    for node_id in (node.id, "nowhere"):
        with pytest.raises(NotFound) as refused:
            office.filing.guard.require(office.by("ann"), node_id, Permission.NODE_TRASH)
        messages.add(refused.value.detail)
    assert len(messages) == 1


def test_a_refusal_says_role_and_permission(office):
    node = office.folder("a")
    office.grant(node, ann="viewer")
    with pytest.raises(Forbidden) as refused:
        office.filing.guard.require(office.by("ann"), node.id, Permission.NODE_TRASH)
    assert refused.value.facts == {"permission": "node:trash", "role": "viewer"}


def test_the_guard_notes_what_was_asked(office):
    authority = office.by("ann")
    with pytest.raises(NotFound):
        office.filing.guard.require(authority, "root", Permission.NODE_TRASH)
    assert authority.checked == {Permission.NODE_TRASH}


def test_warm_it_reads_nothing(office):
    deep = office.tower(20)[-1]
    guard = Guard(Lineages(office.database))
    authority = office.by()
    guard.require(authority, deep.id, Permission.NODE_VIEW)
    office.database.calls.clear()
    guard.require(authority, deep.id, Permission.NODE_VIEW)
    assert office.database.calls == []


def test_what_was_read_under_an_epoch_is_forgotten_with_it(office):
    node = office.folder("a")
    asked = office.by("ann")
    guard = office.filing.guard
    assert guard.standing(asked, node.id) is None
    office.grant(node, ann="viewer")
    assert guard.standing(office.by("ann"), node.id).role is V
    office.grant(node)
    assert guard.standing(office.by("ann"), node.id) is None


def test_a_lineage_that_does_not_end_is_a_fault_and_no_endless_loop(office):
    a, b = office.tower(2)
    for key, row in list(office.database.rows.items()):
        if key.pk == f"N#{a.id}":
            office.database.rows[key] = {**row, "parent_id": b.id}
    authority = Authority(principal=person("boss"), epoch=99, new_id=office.new_id)
    with pytest.raises(RuntimeError, match="does not end"):
        office.filing.guard.standing(authority, b.id)


def test_remembering_has_a_bound(office, monkeypatch):
    monkeypatch.setattr("chalicelib.access.store._MAX_REMEMBERED", 5)
    lineages = Lineages(office.database)
    for node in [office.folder(f"{n}") for n in range(20)]:
        lineages.of(node.id, epoch=0)
    assert len(lineages._places) <= 7
