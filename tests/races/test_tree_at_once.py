"""Moves, names and grants at once: no loop, no name twice, nothing too deep."""

from chalicelib.access.model import Role
from chalicelib.documents.change_access import change_access
from chalicelib.documents.change_node import move_node, rename_node
from chalicelib.documents.create_node import create_node
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import MAX_DEPTH
from chalicelib.documents.open import open_node
from chalicelib.documents.trash_node import restore_node, trash_node
from chalicelib.errors import (
    Conflict,
    Forbidden,
    NameTaken,
    NotFound,
    PaperTrailError,
    Stale,
)


def done(outcomes):
    return [each for each in outcomes if not isinstance(each, PaperTrailError)]


def refused(outcomes):
    return {type(each) for each in outcomes if isinstance(each, PaperTrailError)}


def move(desk, office, node, parent):
    rev = desk.store.node(node.id).rev
    return move_node(desk, office.by(), node.id, parent_id=parent.id, rev=rev)


def depth(office, node):
    return open_node(office.filing, office.by(), node.id).standing.depth


def test_two_opposing_moves(office, race):
    for round_ in range(15):
        a, b = office.folder(f"a{round_}"), office.folder(f"b{round_}")

        def work(desk: Filing, n: int, a=a, b=b):
            return move(desk, office, *((a, b) if n else (b, a)))

        outcomes = race(work, 2)
        assert len(done(outcomes)) == 1
        assert refused(outcomes) == {Conflict}
        assert sorted(depth(office, node) for node in (a, b)) == [1, 2]


def test_a_ring_of_moves(office, race):
    """Each under the next: one of them has to stay out."""
    nodes = [office.folder(f"{n}") for n in range(6)]

    def work(desk: Filing, n: int):
        return move(desk, office, nodes[n], nodes[(n + 1) % 6])

    outcomes = race(work, 6)
    assert len(done(outcomes)) == 5
    assert refused(outcomes) == {Conflict}
    assert sorted(depth(office, node) for node in nodes) == [1, 2, 3, 4, 5, 6]


def test_one_name_at_once(office, race):
    for round_ in range(5):

        def work(desk: Filing, n: int, round_=round_):
            name = ("straße", "STRASSE")[n % 2] + str(round_)
            return create_node(desk, office.by(), parent_id="root", name=name)

        outcomes = race(work, 8)
        assert len(done(outcomes)) == 1
        assert refused(outcomes) == {NameTaken}
    assert len(office.names()) == 5


def test_one_name_from_every_side(office, race):
    """Created, renamed to, moved to and restored to: one of them gets it."""
    place, other = office.folder("place"), office.folder("other")
    old = office.folder("old", place)
    moved = office.folder("name", other)
    gone = office.folder("name", place)
    trash_node(office.filing, office.by(), gone.id, rev=gone.rev)

    def work(desk: Filing, n: int):
        by = office.by()
        return (
            lambda: create_node(desk, by, parent_id=place.id, name="NAME"),
            lambda: rename_node(desk, by, old.id, name="Name", rev=old.rev),
            lambda: move_node(desk, by, moved.id, parent_id=place.id, rev=moved.rev),
            lambda: restore_node(desk, by, gone.id),
        )[n]()

    outcomes = race(work, 4)
    assert len(done(outcomes)) == 1
    assert refused(outcomes) == {NameTaken}
    assert [n.casefold() for n in office.names(place)].count("name") == 1


def test_a_deep_creation_beside_a_move_at_the_limit(office, race):
    """Alone each fits; together they would reach level 51."""
    tower = office.tower(MAX_DEPTH - 2)
    for round_ in range(8):
        top = office.folder(f"top{round_}")

        def work(desk: Filing, n: int, top=top):
            if n:
                inner = create_node(desk, office.by(), parent_id=top.id, name="1")
                return create_node(desk, office.by(), parent_id=inner.id, name="2")
            return move(desk, office, top, tower[-1])

        outcomes = race(work, 2)
        assert refused(outcomes) <= {Conflict}
        node, deepest = top, depth(office, top)
        while names := office.filing.store.children(
            node.id, prefix="", descending=False, limit=1, cursor=None
        ).items:
            node = office.node(names[0].id)
            deepest += 1
        assert deepest <= MAX_DEPTH
        assert depth(office, node) == deepest
        assert office.node(top).height >= deepest - depth(office, top)


def test_heights_hold_while_towers_grow_at_once(office, race):
    base = office.tower(3)

    def work(desk: Filing, n: int):
        node = base[-1]
        for level in range(n % 5 + 1):
            node = create_node(desk, office.by(), parent_id=node.id, name=f"{n}.{level}")
        return node

    assert len(done(race(work, 10))) == 10
    assert [office.node(node).height for node in base] == [7, 6, 5]


def test_a_grant_beside_a_move(office, race):
    """Rights go or the folder goes: whoever comes second knows of the first."""
    for round_ in range(10):
        here, there = office.folder(f"here{round_}"), office.folder(f"there{round_}")
        node = office.folder("node", here)
        there = office.grant(there, ann="editor")
        here = office.grant(here, ann="editor")

        def work(desk: Filing, n: int, here=here, there=there, node=node):
            if n:
                return change_access(
                    desk, office.by(), here.id, inherit=True, grants={}, rev=here.rev
                )
            by = office.by("ann")
            return move_node(desk, by, node.id, parent_id=there.id, rev=node.rev)

        outcomes = race(work, 2)
        assert refused(outcomes) <= {NotFound}
        moved = office.node(node).parent_id == there.id
        assert moved == (len(done(outcomes)) == 2)
        told = [e for e in office.system() if e.subject in (f"node:{here.id}", f"node:{node.id}")]
        if moved:
            order = [entry.action.value for entry in told][-2:]
            assert set(order) == {"node_moved", "access_changed"}


def test_a_role_taken_away_beside_changes_of_its_holder(office, race):
    node = office.folder("a")
    node = office.grant(node, ann="manager")
    office.known("user:ann")

    def work(desk: Filing, n: int):
        if n == 0:
            return change_access(desk, office.by(), node.id, inherit=True, grants={}, rev=node.rev)
        grants = {"user:ann": Role.MANAGER}
        return change_access(
            desk, office.by("ann"), node.id, inherit=True, grants=grants, rev=node.rev
        )

    outcomes = race(work, 8)
    assert len(done(outcomes)) == 1
    assert refused(outcomes) <= {Stale, NotFound, Forbidden}
    assert office.problems() == []


def test_trashed_and_changed_at_once(office, race):
    for round_ in range(10):
        node = office.folder(f"{round_}")

        def work(desk: Filing, n: int, node=node):
            by = office.by()
            if n:
                return trash_node(desk, by, node.id, rev=node.rev)
            return rename_node(desk, by, node.id, name=f"new {node.name}", rev=node.rev)

        outcomes = race(work, 2)
        assert len(done(outcomes)) == 1
        now = office.node(node)
        assert (now.name in office.names()) == (now.trashed is None)
    assert office.problems() == []
