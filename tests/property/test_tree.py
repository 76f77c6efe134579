"""Any sequence of changes to folders, against a model that holds parents in a dictionary."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from chalicelib.access.model import ROOT_ID
from chalicelib.documents import create_node as limits
from chalicelib.documents.change_node import move_node, rename_node
from chalicelib.documents.name import key_of
from chalicelib.documents.trash_node import restore_node, trash_node
from chalicelib.errors import Conflict, InTrash, NameTaken
from chalicelib.transaction import Key, Table
from tests.support.factories import Office

names = st.sampled_from(["a", "A", "b", "ß", "SS", "ss", "é", "e\u0301"])
DEEPEST = 5


class Tree(RuleBasedStateMachine):
    """What a person would expect of folders."""

    folders = Bundle("folders")

    @initialize(target=folders)
    def plant(self):
        self.patch = pytest.MonkeyPatch()
        # A lower limit meets its edge often.
        self.patch.setattr(limits, "MAX_DEPTH", DEEPEST)
        self.office = Office()
        self.parent, self.name = {ROOT_ID: None}, {ROOT_ID: "All documents"}
        self.trashed = set()
        self.epoch = 0
        return ROOT_ID

    def teardown(self):
        if hasattr(self, "patch"):
            self.patch.undo()

    def lineage(self, node):
        found = []
        while node is not None:
            found.append(node)
            node = self.parent[node]
        return found

    def depth(self, node):
        return len(self.lineage(node)) - 1

    def below(self, node):
        return [other for other in self.parent if node in self.lineage(other)]

    def height(self, node):
        return max(self.depth(other) for other in self.below(node)) - self.depth(node)

    def in_trash(self, node):
        return bool(self.trashed & set(self.lineage(node)))

    def taken(self, parent, name, *, but=None):
        return any(
            self.parent[other] == parent
            and other not in self.trashed
            and other != but
            and key_of(self.name[other]) == key_of(name)
            for other in self.parent
        )

    def attempt(self, change, expected):
        """Carry out what the model allows; what it does not is refused and changes nothing."""
        before = self.office.snapshot()
        try:
            done = change()
        except Conflict as error:
            refused = type(error)
        else:
            assert expected is None
            return done
        assert expected is not None
        assert issubclass(refused, expected)
        assert self.office.snapshot() == before
        return None

    def rev(self, node):
        return self.office.node(node).rev

    @rule(target=folders, parent=folders, name=names)
    def create(self, parent, name):
        expected = None
        if self.in_trash(parent):
            expected = InTrash
        elif self.depth(parent) + 1 > DEEPEST:
            expected = Conflict
        elif self.taken(parent, name):
            expected = NameTaken
        made = self.attempt(lambda: self.office.folder(name, parent), expected)
        if made is None:
            return parent
        self.parent[made.id], self.name[made.id] = parent, name
        return made.id

    @rule(node=folders, name=names)
    def rename(self, node, name):
        expected = None
        if self.in_trash(node):
            expected = InTrash
        elif node == ROOT_ID:
            expected = Conflict
        elif self.taken(self.parent[node], name, but=node):
            expected = NameTaken
        by, rev = self.office.by(), self.rev(node)
        if self.attempt(
            lambda: rename_node(self.office.filing, by, node, name=name, rev=rev), expected
        ):
            self.name[node] = name

    @rule(node=folders, into=folders)
    def move(self, node, into):
        # Heights are upper bounds: what once hung below may still count.
        height = self.office.node(node).height
        expected = None
        if self.in_trash(node):
            expected = InTrash
        elif node == ROOT_ID:
            expected = Conflict
        elif self.in_trash(into):
            expected = InTrash
        elif node in self.lineage(into) or self.depth(into) + 1 + height > DEEPEST:
            expected = Conflict
        elif self.taken(into, self.name[node], but=node):
            expected = NameTaken
        by, rev = self.office.by(), self.rev(node)
        if self.attempt(
            lambda: move_node(self.office.filing, by, node, parent_id=into, rev=rev), expected
        ):
            self.parent[node] = into

    @rule(node=folders)
    def trash(self, node):
        expected = None
        if self.in_trash(node):
            expected = InTrash
        elif node == ROOT_ID:
            expected = Conflict
        by, rev = self.office.by(), self.rev(node)
        if self.attempt(lambda: trash_node(self.office.filing, by, node, rev=rev), expected):
            self.trashed.add(node)

    @rule(node=folders)
    def restore(self, node):
        expected = None
        if node not in self.trashed:
            expected = Conflict
        elif self.in_trash(self.parent[node]):
            expected = InTrash
        elif self.taken(self.parent[node], self.name[node]):
            expected = NameTaken
        by = self.office.by()
        if self.attempt(lambda: restore_node(self.office.filing, by, node), expected):
            self.trashed.remove(node)

    @invariant()
    def every_folder_is_where_the_model_has_it(self):
        for node, parent in self.parent.items():
            stored = self.office.node(node)
            assert (stored.parent_id, stored.name) == (parent, self.name[node])
            assert (stored.trashed is not None) == (node in self.trashed)

    @invariant()
    def no_loop_and_nothing_too_deep(self):
        epoch = self.office.by().epoch
        for node in self.parent:
            lineage = self.office.filing.guard.lineages.of(node, epoch=epoch)
            assert [place.id for place in lineage] == self.lineage(node)
            assert len(lineage) - 1 <= DEEPEST

    @invariant()
    def heights_are_upper_bounds(self):
        for node in self.parent:
            assert self.office.node(node).height >= self.height(node)

    @invariant()
    def lists_show_what_is_there_under_names_of_their_own(self):
        for node in self.parent:
            listed = self.office.names(node)
            expected = [
                self.name[other]
                for other, parent in self.parent.items()
                if parent == node and other not in self.trashed
            ]
            assert sorted(listed) == sorted(expected)
            assert len({key_of(name) for name in listed}) == len(listed)

    @invariant()
    def the_epoch_only_grows(self):
        row = self.office.database.rows.get(Key(Table.CORE, "EPOCH", "TREE"), {"epoch": 0})
        assert row["epoch"] >= self.epoch
        self.epoch = row["epoch"]

    @invariant()
    def the_log_holds(self):
        assert self.office.problems() == []


TestTree = Tree.TestCase
TestTree.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
