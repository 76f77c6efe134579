import pytest

from chalicelib.audit.model import Action
from chalicelib.documents.change_node import move_node, rename_node
from chalicelib.documents.create_node import create_node
from chalicelib.documents.model import MAX_DEPTH
from chalicelib.documents.open import open_node
from chalicelib.documents.trash_node import restore_node, trash_node
from chalicelib.errors import (
    Conflict,
    Forbidden,
    InTrash,
    Invalid,
    NameTaken,
    NotFound,
    Stale,
)
from chalicelib.transaction import Key, Table


def rename(office, node, name, **options):
    rev = options.get("rev", node.rev)
    authority = office.by(options.get("who", "boss"))
    return rename_node(office.filing, authority, node.id, name=name, rev=rev)


def move(office, node, parent, **options):
    rev = options.get("rev", node.rev)
    parent_id = parent if isinstance(parent, str) else parent.id
    authority = office.by(options.get("who", "boss"))
    return move_node(office.filing, authority, node.id, parent_id=parent_id, rev=rev)


def trash(office, node, who="boss"):
    return trash_node(office.filing, office.by(who), node.id, rev=office.node(node).rev)


def restore(office, node, name=None, who="boss"):
    return restore_node(office.filing, office.by(who), node.id, name=name)


def test_a_new_folder_is_there_and_told(office):
    node = office.folder("  Contracts ")
    assert node.name == "Contracts"
    assert open_node(office.filing, office.by(), node.id).node == node
    assert office.names() == ["Contracts"]
    told = office.system()[-1]
    assert (told.action, told.actor) == (Action.NODE_CREATED, "boss")
    assert told.subject == f"node:{node.id}"
    assert told.details == {"parent_id": "root", "name": "Contracts"}


def test_siblings_bear_different_names(office):
    office.folder("Straße")
    office.document("letter.txt")
    before = office.snapshot()
    for name, kind in (("STRASSE", "folder"), ("Letter.TXT", "document")):
        with pytest.raises(NameTaken) as refused:
            office.folder(name)
        assert refused.value.facts["existing_kind"] == kind
    assert office.snapshot() == before


def test_the_same_name_in_different_folders_is_fine(office):
    a, b = office.folder("a"), office.folder("b")
    assert office.folder("x", a).id != office.folder("x", b).id


@pytest.mark.parametrize(
    "node_id", ["nowhere", "", "../x", "ü" * 9, "x" * 3000, "\ud800", "a#b", "N#root"]
)
def test_ids_that_are_none_are_not_found(office, node_id):
    with pytest.raises(NotFound):
        create_node(office.filing, office.by(), parent_id=node_id, name="x")
    with pytest.raises(NotFound):
        open_node(office.filing, office.by(), node_id)
    with pytest.raises(NotFound):
        restore_node(office.filing, office.by(), node_id)


def test_renamed(office):
    node = office.folder("old")
    changed = rename(office, node, "new")
    assert (changed.name, changed.rev) == ("new", node.rev + 1)
    assert office.names() == ["new"]
    assert office.folder("old").name == "old"
    assert office.system()[-2].details == {"from": "old", "to": "new"}


def test_renamed_only_in_case(office):
    node = office.folder("readme")
    assert rename(office, node, "README").name == "README"
    assert office.names() == ["README"]


def test_renamed_to_a_taken_name(office):
    node, _ = office.folder("a"), office.folder("b")
    before = office.snapshot()
    with pytest.raises(NameTaken):
        rename(office, node, "B")
    assert office.snapshot() == before


@pytest.mark.parametrize("change", [rename, move])
def test_a_stale_revision_changes_nothing(office, change):
    node, target = office.folder("a"), office.folder("b")
    rename(office, node, "c")
    before = office.snapshot()
    with pytest.raises(Stale):
        change(office, node, "d" if change is rename else target)
    assert office.snapshot() == before


def test_the_root_stays_as_it_is(office):
    root, node = office.node("root"), office.folder("a")
    for attempt in (
        lambda: rename(office, root, "x"),
        lambda: move(office, root, node),
        lambda: trash(office, root),
        lambda: restore(office, root),
    ):
        with pytest.raises(Conflict):
            attempt()


def test_moved_with_everything_in_it(office):
    a, b = office.folder("a"), office.folder("b")
    deep = office.folder("deep", a)
    office.document("letter.txt", node=deep)
    moved = move(office, a, b)
    assert moved.parent_id == b.id
    assert office.names() == ["b"]
    assert office.names(b) == ["a"]
    assert office.names(deep) == ["letter.txt"]
    above = open_node(office.filing, office.by(), deep.id).above
    assert [place.name for place in above] == ["a", "b", "All documents"]


def test_moving_costs_the_same_whatever_hangs_below(office):
    a, b, target = office.folder("a"), office.folder("b"), office.folder("target")
    office.tower(3, target)
    for n in range(30):
        office.folder(f"{n}", a)
    office.folder("one", b)

    def rows_written(node):
        before = office.snapshot()
        move(office, node, target)
        after = office.snapshot()
        return len({k for k in before.keys() | after.keys() if before.get(k) != after.get(k)})

    assert rows_written(a) == rows_written(b)


def test_no_loop(office):
    a, b, c = office.tower(3)
    before = office.snapshot()
    for target in (a, b, c):
        with pytest.raises(Conflict):
            move(office, a, target)
    assert office.snapshot() == before


def test_fifty_levels_and_no_more(office):
    tower = office.tower(MAX_DEPTH)
    before = office.snapshot()
    with pytest.raises(Conflict) as refused:
        office.folder("too deep", tower[-1])
    assert refused.value.facts["limit"] == 50
    assert office.snapshot() == before


def test_a_tall_tree_moves_as_far_down_as_fits(office):
    tower = office.tower(MAX_DEPTH - 10)
    tall = office.tower(11, name="s")
    with pytest.raises(Conflict):
        move(office, tall[0], tower[-1])
    assert move(office, tall[0], tower[-2]).parent_id == tower[-2].id
    with pytest.raises(Conflict):
        office.folder("too deep", tall[-1])
    standing = open_node(office.filing, office.by(), tall[-1].id).standing
    assert standing.depth == MAX_DEPTH


def test_what_grows_in_a_moved_tree_counts_above_it(office):
    a, b = office.folder("a"), office.folder("b")
    move(office, a, b)
    office.tower(4, a)
    assert office.node(a).height == 4
    assert office.node(b).height == 5
    assert office.node("root").height == 6


def test_trashed_and_restored(office):
    node = office.folder("a")
    inner = office.folder("inner", node)
    letter = office.document("letter.txt", node=inner)
    gone = trash(office, node)
    assert gone.trashed.by == "boss"
    assert office.names() == []
    with pytest.raises(InTrash):
        office.folder("new", inner)
    with pytest.raises(InTrash):
        rename(office, office.node(node), "b")
    with pytest.raises(InTrash):
        office.begin("new.txt", node=inner)
    with pytest.raises(InTrash):
        office.version(letter, b"2")
    back = restore(office, node)
    assert back.trashed is None
    assert office.names() == ["a"]
    assert office.names(inner) == ["letter.txt"]
    assert office.folder("new", inner).name == "new"


def test_a_trashed_name_is_free_and_its_return_is_refused(office):
    node = office.folder("a")
    trash(office, node)
    office.folder("A")
    with pytest.raises(NameTaken):
        restore(office, node)
    assert restore(office, node, "a (old)").name == "a (old)"
    assert office.names() == ["A", "a (old)"]


def test_what_lies_in_a_trashed_folder_cannot_be_restored_alone(office):
    a = office.folder("a")
    b = office.folder("b", a)
    trash(office, b)
    trash(office, a)
    with pytest.raises(InTrash):
        restore(office, b)
    restore(office, a)
    restore(office, b)
    assert office.names(a) == ["b"]


def test_what_is_not_in_the_trash_cannot_be_restored(office):
    node = office.folder("a")
    with pytest.raises(Conflict):
        restore(office, node)


def test_nothing_goes_into_a_trashed_folder(office):
    a, b = office.folder("a"), office.folder("b")
    trash(office, b)
    with pytest.raises(InTrash):
        move(office, a, b)


def test_a_folder_that_waits_in_the_trash_keeps_its_room(office):
    tower = office.tower(47)
    top = office.folder("top")
    inner = office.tower(3, top, "i")
    trash(office, inner[0])
    with pytest.raises(Conflict):
        move(office, top, tower[-1], rev=office.node(top).rev)
    move(office, top, tower[-2], rev=office.node(top).rev)
    restore(office, inner[0])
    assert office.names(top) == ["i0"]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("viewer", 0), ("contributor", 1), ("editor", 5), ("manager", 5), (None, 0)],
)
def test_what_a_role_may_do_to_folders(office, role, allowed):
    place = office.folder("place")
    node, target = office.folder("node", place), office.folder("target", place)
    if role:
        office.grant(place, ann=role)
    attempts = [
        lambda: office.folder("new", place, "ann"),
        lambda: rename(office, office.node(node), "renamed", who="ann"),
        lambda: move(office, office.node(node), target, who="ann"),
        lambda: trash(office, node, "ann"),
        lambda: restore(office, node, who="ann"),
    ]
    for index, attempt in enumerate(attempts):
        if index < allowed:
            attempt()
            continue
        before = office.snapshot()
        with pytest.raises(Forbidden if role else NotFound):
            attempt()
        assert office.snapshot() == before


def test_a_move_needs_rights_at_both_ends(office):
    a, b = office.folder("a"), office.folder("b")
    node = office.folder("node", a)
    office.grant(a, ann="editor")
    with pytest.raises(NotFound):
        move(office, node, b, who="ann")
    office.grant(b, ann="viewer")
    with pytest.raises(Forbidden):
        move(office, node, b, who="ann")
    office.grant(b, ann="contributor")
    assert move(office, node, b, who="ann").parent_id == b.id


def test_a_right_taken_away_meanwhile_is_gone(office):
    a, b = office.folder("a"), office.folder("b")
    office.grant(ann="editor")
    asked = office.by("ann")
    office.filing.guard.standing(asked, a.id)
    office.grant()
    before = office.snapshot()
    for attempt in (
        lambda: rename_node(office.filing, asked, a.id, name="x", rev=a.rev),
        lambda: move_node(office.filing, asked, a.id, parent_id=b.id, rev=a.rev),
        lambda: trash_node(office.filing, asked, a.id, rev=a.rev),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert office.snapshot() == before


def test_each_change_of_the_tree_begins_an_epoch(office):
    def epoch():
        return office.database.rows.get(Key(Table.CORE, "EPOCH", "TREE"), {}).get("epoch", 0)

    seen = [epoch()]
    a, b = office.folder("a"), office.folder("b")
    assert epoch() == seen[0]
    for change in (
        lambda: rename(office, office.node(a), "c"),
        lambda: move(office, office.node(a), b),
        lambda: trash(office, a),
        lambda: restore(office, a),
        lambda: office.grant(a, ann="viewer"),
    ):
        change()
        seen.append(epoch())
    assert seen == list(range(seen[0], seen[0] + 6))


def test_another_container_sees_a_change_at_once(office):
    a, b = office.folder("a"), office.folder("b")
    inner = office.folder("inner", a)
    other = office.desk(office.database)
    assert other.guard.standing(office.by(), inner.id).depth == 2
    move(office, a, b)
    assert other.guard.standing(office.by(), inner.id).depth == 3


def test_growing_below_does_not_make_a_reader_stale(office, monkeypatch):
    """Somebody makes a folder in one that another renames: both succeed."""
    node = office.folder("a")
    other = office.desk(office.database)
    real, waiting = office.filing.store.node, [True]

    def read(node_id):
        found = real(node_id)
        if waiting and waiting.pop():
            create_node(other, office.by(), parent_id=node.id, name="grown")
        return found

    monkeypatch.setattr(office.filing.store, "node", read)
    assert rename(office, node, "b").name == "b"
    assert office.node(node).height == 1


def test_every_change_is_told_and_the_chains_hold(office):
    a, b = office.folder("a"), office.folder("b")
    move(office, rename(office, a, "c"), b)
    trash(office, a)
    restore(office, a)
    office.grant(b, ann="viewer")
    assert [entry.action for entry in office.system()] == [
        Action.NODE_CREATED,
        Action.NODE_CREATED,
        Action.NODE_CREATED,
        Action.NODE_RENAMED,
        Action.NODE_MOVED,
        Action.NODE_TRASHED,
        Action.NODE_RESTORED,
        Action.ACCESS_CHANGED,
    ]
    assert office.problems() == []


def test_a_name_that_cannot_be_changes_nothing(office):
    node = office.folder("a")
    before = office.snapshot()
    for attempt in (
        lambda: office.folder("a/b"),
        lambda: rename(office, node, "\u202ex"),
        lambda: office.begin("\x00"),
    ):
        with pytest.raises(Invalid):
            attempt()
    assert office.snapshot() == before
