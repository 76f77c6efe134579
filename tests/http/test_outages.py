"""When AWS fails, whoever asks is told to ask again; and what was done is done once."""

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.errors import Busy
from chalicelib.transaction import Table
from tests.support.refusals import require_problem
from tests.support.world import good, module_world, world

__all__ = ["module_world", "world"]

KEY = {"Idempotency_Key": "4f1d"}


def silence(*_anything):
    raise ReadTimeoutError(endpoint_url="https://aws.example")


def kept_keys(world):
    return [key for key in world.database.rows if key.pk.startswith("IDEMPOTENCY#")]


def test_an_outage_is_a_problem_that_says_when_to_come_again(world):
    world.database.before = silence
    reply = world.root.get("/v1/me")
    require_problem(reply, 503)
    assert reply.json["type"] == "urn:papertrail:problem:unavailable"
    assert reply.headers["retry-after"] == "1"
    assert "again" in reply.json["detail"]
    assert "timeout" not in reply.text


@pytest.mark.parametrize("path", ["/", "/account"])
def test_a_page_says_so_too(world, path):
    world.database.before = silence
    reply = world.root.get(path)
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")


def test_a_fault_of_ours_stays_a_fault(world):
    def broken(_operation):
        raise KeyError("name")

    world.database.before = broken
    require_problem(world.root.get("/v1/me"), 500)


def test_a_request_whose_answer_was_lost_can_be_repeated_at_once(world):
    def once(changes):
        if any(change.key.table is Table.CORE for change in changes):
            world.database.after_commit = lambda _changes: None
            silence()

    world.database.after_commit = once
    body = {"parent_id": world.ids["work"], "name": "New"}
    require_problem(world.root.post("/v1/nodes", body, **KEY), 503)
    made = good(world.root.post("/v1/nodes", body, **KEY), 201)
    found = [key for key, row in world.rows().items() if row.get("name") == "New"]
    assert sorted(key.pk[0] for key in found) == ["N", "P"]
    assert made["name"] == "New"


def test_the_answer_stands_though_it_could_not_be_kept(world):
    def unkept(changes):
        if any("status" in getattr(change, "row", {}) for change in changes):
            silence()

    world.database.after_commit = unkept
    body = {"parent_id": world.ids["work"], "name": "New"}
    good(world.root.post("/v1/nodes", body, **KEY), 201)


def test_whoever_met_others_after_their_own_change_finds_it_when_they_repeat(world, monkeypatch):
    path = f"/v1/documents/{world.ids['document']}/versions"
    body = {"size": 3, "sha256": "0" * 64}

    def busy(*_anything, **_more):
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(type(world.wiring.filing.store), "by_digest", busy)
        require_problem(world.root.post(path, body, **KEY), 503)
    before = world.root.get(path).json["items"]
    again = good(world.root.post(path, body, **KEY), 201)
    assert again["version"]["number"] == before[0]["number"]
    assert world.root.get(path).json["items"] == before
