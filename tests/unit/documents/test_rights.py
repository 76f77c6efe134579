"""Each thing that can be done in a folder, asked for by people of every role there.

Which role is the least that may, and whether a folder in the trash is open for it, is written
down here by hand, as in the product's description.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.documents import open as look
from chalicelib.documents.begin_upload import begin_document, begin_version, resume
from chalicelib.documents.cancel_upload import cancel_upload
from chalicelib.documents.change_access import change_access
from chalicelib.documents.change_document import move_document, rename_document
from chalicelib.documents.change_node import move_node, rename_node
from chalicelib.documents.complete_upload import complete
from chalicelib.documents.create_node import create_node
from chalicelib.documents.roll_back import roll_back
from chalicelib.documents.trash_document import restore_document, trash_document
from chalicelib.documents.trash_node import restore_node, trash_node
from chalicelib.errors import Conflict, Forbidden, InTrash, NotFound
from tests.support.factories import declared

ROLES = ("stranger", "viewer", "contributor", "editor", "manager")
PAGE = {"limit": 9, "cursor": None}


@dataclass
class Place:
    """A folder with people of every role in it, and what else an act is asked of."""

    office: Any
    work: Any
    other: Any
    node: Any
    letter: Any
    gone_node: Any
    gone_letter: Any

    def upload(self, who):
        """The upload under way of whoever asks; of the others, the contributor's."""
        began = who if who in ("contributor", "editor", "manager") else "contributor"
        return self.begun[began]

    def __post_init__(self):
        self.begun = {}
        for who in ("contributor", "editor", "manager"):
            begun = begin_version(
                self.office.filing, self.office.by(who), self.letter.id, declared=declared(b"new")
            )
            self.office.send(begun, b"new")
            self.begun[who] = begun.version.number


@pytest.fixture
def place(office):
    everybody = {role: role for role in ROLES[1:]}
    work, other = office.folder("work"), office.folder("other")
    office.grant(other, **everybody)
    node, gone_node = office.folder("node", work), office.folder("gone", work)
    letter = office.document("letter", b"one", work)
    letter = office.version(letter, b"two")
    gone_letter = office.document("gone letter", b"bytes", work)
    by = office.by()
    trash_node(office.filing, by, gone_node.id, rev=gone_node.rev)
    trash_document(office.filing, by, gone_letter.id, rev=gone_letter.rev)
    work = office.grant(work, **everybody)
    return Place(office, work, other, node, letter, gone_node, gone_letter)


def _begun(f, by, p, who):
    return begin_document(f, by, node_id=p.work.id, name="new", declared=declared(b"new"))


def _completed(f, by, p, who):
    return complete(f, by, p.letter.id, p.upload(who), part_digests={})


def _access(f, by, p, who):
    return change_access(f, by, p.work.id, inherit=True, grants={}, rev=p.office.node(p.work).rev)


@dataclass
class Act:
    """What is done; `least` may do it; in a folder in the trash it is refused with `in_trash`."""

    least: str
    do: Callable[..., Any]
    in_trash: type[Exception] | None = None


ACTS = {
    "open a folder": Act("viewer", lambda f, by, p, who: look.open_node(f, by, p.work.id)),
    "list a folder": Act(
        "viewer", lambda f, by, p, who: look.list_children(f, by, p.work.id, **PAGE)
    ),
    "list folders": Act(
        "viewer", lambda f, by, p, who: look.list_folders(f, by, p.work.id, **PAGE)
    ),
    "list its trash": Act(
        "viewer", lambda f, by, p, who: look.list_trash(f, by, node_id=p.work.id, **PAGE)
    ),
    "open a document": Act("viewer", lambda f, by, p, who: look.open_document(f, by, p.letter.id)),
    "list versions": Act(
        "viewer", lambda f, by, p, who: look.list_versions(f, by, p.letter.id, **PAGE)
    ),
    "open a version": Act("viewer", lambda f, by, p, who: look.open_version(f, by, p.letter.id, 1)),
    "get the bytes": Act(
        "viewer", lambda f, by, p, who: look.link_to_content(f, by, p.letter.id, 1, inline=False)
    ),
    "see who has access": Act("manager", lambda f, by, p, who: look.open_access(f, by, p.work.id)),
    "give access": Act("manager", _access, InTrash),
    "make a folder": Act(
        "contributor",
        lambda f, by, p, who: create_node(f, by, parent_id=p.work.id, name="new"),
        InTrash,
    ),
    "rename a folder": Act(
        "editor",
        lambda f, by, p, who: rename_node(f, by, p.node.id, name="new", rev=p.node.rev),
        InTrash,
    ),
    "move a folder away": Act(
        "editor",
        lambda f, by, p, who: move_node(f, by, p.node.id, parent_id=p.other.id, rev=p.node.rev),
        InTrash,
    ),
    "trash a folder": Act(
        "editor", lambda f, by, p, who: trash_node(f, by, p.node.id, rev=p.node.rev), InTrash
    ),
    "restore a folder": Act(
        "editor", lambda f, by, p, who: restore_node(f, by, p.gone_node.id), InTrash
    ),
    "begin a document": Act("contributor", _begun, InTrash),
    "begin a version": Act(
        "contributor",
        lambda f, by, p, who: begin_version(f, by, p.letter.id, declared=declared(b"x")),
        InTrash,
    ),
    "resume an upload": Act(
        "contributor", lambda f, by, p, who: resume(f, by, p.letter.id, p.upload(who))
    ),
    "complete an upload": Act("contributor", _completed, InTrash),
    "cancel an upload": Act(
        "contributor", lambda f, by, p, who: cancel_upload(f, by, p.letter.id, p.upload(who))
    ),
    "rename a document": Act(
        "editor",
        lambda f, by, p, who: rename_document(
            f, by, p.letter.id, name="new", rev=p.office.again(p.letter).rev
        ),
        InTrash,
    ),
    "move a document away": Act(
        "editor",
        lambda f, by, p, who: move_document(
            f, by, p.letter.id, node_id=p.other.id, rev=p.office.again(p.letter).rev
        ),
        InTrash,
    ),
    "trash a document": Act(
        "editor",
        lambda f, by, p, who: trash_document(f, by, p.letter.id, rev=p.office.again(p.letter).rev),
        InTrash,
    ),
    "restore a document": Act(
        "editor", lambda f, by, p, who: restore_document(f, by, p.gone_letter.id), Conflict
    ),
    "bring a version back": Act(
        "editor",
        lambda f, by, p, who: roll_back(f, by, p.letter.id, version=1, rev=None),
        InTrash,
    ),
}
CASES = [(name, who) for name in ACTS for who in ROLES]


@pytest.mark.parametrize(("name", "who"), CASES, ids=[f"{who}: {name}" for name, who in CASES])
def test_the_least_role_that_may_and_no_lesser_one(place, name, who):
    office, act = place.office, ACTS[name]
    before = office.snapshot()
    if ROLES.index(who) >= ROLES.index(act.least):
        act.do(office.filing, office.by(who), place, who)
        return
    with pytest.raises(NotFound if who == "stranger" else Forbidden):
        act.do(office.filing, office.by(who), place, who)
    assert office.snapshot() == before


@pytest.mark.parametrize("name", ACTS)
def test_what_a_folder_in_the_trash_is_closed_for(place, name):
    office, act = place.office, ACTS[name]
    trash_node(office.filing, office.by(), place.work.id, rev=place.work.rev)
    before = office.snapshot()
    if act.in_trash is None:
        act.do(office.filing, office.by("manager"), place, "manager")
        return
    with pytest.raises(act.in_trash):
        act.do(office.filing, office.by("manager"), place, "manager")
    assert office.snapshot() == before


INTO = {
    "a folder": lambda f, by, p: move_node(f, by, p.node.id, parent_id=p.other.id, rev=p.node.rev),
    "a document": lambda f, by, p: move_document(
        f, by, p.letter.id, node_id=p.other.id, rev=p.office.again(p.letter).rev
    ),
}


@pytest.mark.parametrize("move", INTO.values(), ids=INTO)
@pytest.mark.parametrize("role", [None, "viewer", "contributor"])
def test_nothing_is_moved_to_where_one_may_add_nothing(place, move, role):
    office = place.office
    office.grant(place.other, **({"editor": role} if role else {}))
    before = office.snapshot()
    if role == "contributor":
        move(office.filing, office.by("editor"), place)
        return
    with pytest.raises(Forbidden if role else NotFound):
        move(office.filing, office.by("editor"), place)
    assert office.snapshot() == before


@pytest.mark.parametrize("move", INTO.values(), ids=INTO)
def test_nothing_is_moved_into_the_trash(place, move):
    office = place.office
    trash_node(office.filing, office.by(), place.other.id, rev=office.node(place.other).rev)
    before = office.snapshot()
    with pytest.raises(InTrash):
        move(office.filing, office.by("editor"), place)
    assert office.snapshot() == before
