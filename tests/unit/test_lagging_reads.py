"""Reads that must see the last write, on a database whose other reads do not.

DynamoDB answers a query that does not ask for consistency from a replica that may be behind; the
plain fake never is. Here every such query of a table misses the last commit.
"""

from dataclasses import replace

import pytest

from chalicelib import wiring
from tests.fakes.database import FakeDatabase
from tests.support.world import World, declared, good


class LaggingDatabase(FakeDatabase):
    """The fake, one commit behind for whoever does not ask for consistency (indexes are let be)."""

    def __init__(self):
        super().__init__()
        self._behind = {}

    def commit(self, changes, *, token):
        before = dict(self.rows)
        super().commit(changes, token=token)
        self._behind = before

    def query(self, query):
        if query.consistent or query.index:
            return super().query(query)
        present, self.rows = self.rows, self._behind
        try:
            return super().query(query)
        finally:
            self.rows = present


@pytest.fixture(scope="module")
def built():
    world = World(database=LaggingDatabase())
    world.person("ann")
    world.ids["work"] = world.folder("Work")
    world.ids["letter"] = world.document(world.ids["work"], "Letter.pdf", b"%PDF-1.7")
    world.keep()
    yield world
    wiring.use(None)


@pytest.fixture
def world(built, monkeypatch):
    monkeypatch.setattr("chalicelib.transaction.settle.__kwdefaults__", {"sleep": lambda _s: None})
    wiring.use(built.wiring)
    built.reset()
    return built


def test_a_folder_lists_what_was_just_put_into_it(world):
    world.folder("Fresh", world.ids["work"])
    items = good(world.root.get(f"/v1/nodes/{world.ids['work']}/children"), 200)["items"]
    assert [item["name"] for item in items] == ["Fresh", "Letter.pdf"]


def test_a_document_lists_the_version_just_begun(world):
    path = f"/v1/documents/{world.ids['letter']}/versions"
    good(world.root.post(path, declared(b"second")), 201)
    assert [v["number"] for v in good(world.root.get(path), 200)["items"]] == [2, 1]


def test_a_history_tells_of_the_change_just_made(world):
    _rename(world)
    told = good(world.root.get(f"/v1/documents/{world.ids['letter']}/audit"), 200)["items"]
    assert told[0]["action"] == "document_renamed"


def test_a_history_verifies_right_after_a_change(world):
    before = _verified(world)["entries"]
    _rename(world)
    after = _verified(world)
    assert (after["valid"], after["entries"]) == (True, before + 1)


def test_two_looks_in_a_row_are_both_told(world):
    path = f"/v1/documents/{world.ids['letter']}/versions/1/content"
    for _ in range(2):
        assert world.root.get(path).status == 303
    assert _verified(world)["reads"] == 2


def test_two_system_entries_in_a_row_both_find_their_place(world, monkeypatch):
    registry = world.wiring.registry
    one_chain = replace(registry, trail=replace(registry.trail, choose=lambda _count: 0))
    monkeypatch.setitem(world.wiring.__dict__, "registry", one_chain)
    for name in ("One", "Two"):
        good(world.root.post("/v1/groups", {"name": name}), 201)


def test_a_session_just_begun_is_listed(world):
    good(world.callers["ann"].sign_in("ann", "mossy lantern quarrel"), 201)
    items = good(world.callers["ann"].get("/v1/sessions"), 200)["items"]
    assert [item["current"] for item in items].count(True) == 1


def test_a_member_just_added_counts_as_one(world):
    group = good(world.root.post("/v1/groups", {"name": "Team"}), 201)["id"]
    world.root.put(f"/v1/groups/{group}/members/{world.ids['ann']}")
    items = good(world.root.get(f"/v1/groups/{group}/members"), 200)["items"]
    assert [item["id"] for item in items] == [world.ids["ann"]]


def test_a_group_just_filled_can_manage_a_folder(world):
    group = good(world.root.post("/v1/groups", {"name": "Team"}), 201)["id"]
    world.root.put(f"/v1/groups/{group}/members/{world.ids['ann']}")
    path = f"/v1/nodes/{world.ids['work']}/access"
    etag = world.root.get(path).headers["etag"]
    grants = [{"principal": f"group:{group}", "role": "manager"}]
    answer = world.root.put(path, {"inherit": False, "grants": grants}, If_Match=etag)
    assert answer.status == 200, answer.text


def _rename(world):
    path, etag = f"/v1/documents/{world.ids['letter']}", world.etag("D", world.ids["letter"])
    good(world.root.patch(path, {"name": "Renamed.pdf"}, If_Match=etag), 200)


def _verified(world):
    return good(world.root.get(f"/v1/documents/{world.ids['letter']}/audit/verification"), 200)
