"""What was checked under a tree's epoch holds at the write, or the change is tried anew."""

import pytest

from chalicelib.documents import desk
from chalicelib.documents.change_node import move_node, rename_node
from chalicelib.documents.trash_node import restore_node, trash_node
from chalicelib.errors import InTrash, NotFound


@pytest.fixture
def meanwhile(office, monkeypatch):
    """Let something happen once, behind all checks of the next change and before its write."""

    def happens(what):
        waiting, transact = [what], desk.transact

        def commit(*args, **options):
            if waiting:
                waiting.pop()()
            return transact(*args, **options)

        monkeypatch.setattr(desk, "transact", commit)

    return happens


def other(office):
    """Somebody else's container."""
    return office.desk(office.database)


def test_a_right_taken_away_between_check_and_write(office, meanwhile):
    a, b = office.folder("a"), office.folder("b")
    changes = [
        lambda by: rename_node(office.filing, by, a.id, name="x", rev=office.node(a).rev),
        lambda by: move_node(office.filing, by, a.id, parent_id=b.id, rev=office.node(a).rev),
        lambda by: trash_node(office.filing, by, a.id, rev=office.node(a).rev),
    ]
    for change in changes:
        office.grant(ann="editor")
        by = office.by("ann")
        meanwhile(office.grant)
        with pytest.raises(NotFound):
            change(by)
    now = office.node(a)
    assert (now.name, now.parent_id, now.trashed) == ("a", "root", None)


def test_a_target_trashed_between_check_and_write(office, meanwhile):
    a, b = office.folder("a"), office.folder("b")
    meanwhile(lambda: trash_node(other(office), office.by(), b.id, rev=b.rev))
    with pytest.raises(InTrash):
        move_node(office.filing, office.by(), a.id, parent_id=b.id, rev=a.rev)


def test_a_parent_trashed_between_check_and_restore(office, meanwhile):
    a = office.folder("a")
    b = office.folder("b", a)
    trash_node(office.filing, office.by(), b.id, rev=b.rev)
    meanwhile(lambda: trash_node(other(office), office.by(), a.id, rev=office.node(a).rev))
    with pytest.raises(InTrash):
        restore_node(office.filing, office.by(), b.id)
