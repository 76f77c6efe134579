"""Whole uploads over HTTP: the API says where the bytes go, the storage is played by the fake."""

import hashlib
import json

import pytest

from chalicelib import wiring
from chalicelib.documents.complete_upload import complete_arrived
from chalicelib.documents.model import PART_MIN, Upload
from chalicelib.transaction import Key, Table
from functions.events.uploads import upload_arrived
from tests.support.refusals import nothing_changed, require_problem
from tests.support.world import (
    World,
    declared,
    furnished,
    good,
    module_world,
    settings,
    world,
)

__all__ = ["module_world", "world"]

LARGE = bytes(range(256)) * (PART_MIN // 256) + b"and a little more" * 100
GIGABYTE = 1024**3


def begin(world, content: bytes, name: str = "New.pdf", who: str = "contributor", **more):
    body = {"node_id": world.ids["work"], "name": name, **declared(content, **more)}
    return good(world.callers[who].post("/v1/documents", body), 201)


def version_path(begun) -> str:
    version = begun["version"]
    return f"/v1/documents/{version['document_id']}/versions/{version['number']}"


def staged_of(world, begun) -> list[str]:
    return [key for key in world.files.staged if begun["document"]["id"] in key]


def arrived(key: str):
    """What the queue is told after S3 has said that an object is there."""
    body = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
    message = {"messageId": "m1", "receiptHandle": "1", "body": body}
    return upload_arrived({"Records": [message]}, None)


def test_the_queue_comes_again_while_the_client_itself_is_at_it_and_no_alarm_rings(world):
    begun = begin(world, b"some bytes")
    world.send(begun["upload"], b"some bytes")
    (key,) = staged_of(world, begun)
    path = f"D#{begun['document']['id']}"
    row = world.database.rows[Key(Table.CORE, path, "V#000001")]
    taken = {**row, "claim": "another's", "claimed_until": "2999-01-01T00:00:00.000000Z"}
    world.database.rows[Key(Table.CORE, path, "V#000001")] = taken

    assert arrived(key) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}

    world.database.rows[Key(Table.CORE, path, "V#000001")] = row
    assert arrived(key) == {"batchItemFailures": []}
    stored = good(world.callers["viewer"].get(version_path(begun)), 200)
    assert stored["state"] == "stored"


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7 hello"])
def test_a_small_file_goes_in_one_request_and_comes_back_as_it_was(world, content):
    api = world.callers["contributor"]
    begun = begin(world, content)
    assert begun["upload"]["parts"] is None
    assert begun["upload"]["single"]["method"] == "PUT"
    assert begun["document"]["state"] == "pending"
    done = world.store(begun, content, by=api)
    assert (done["version"]["state"], done["version"]["checksum"]) == ("stored", "whole")
    assert done["document"]["version"] == 1
    reply = world.callers["viewer"].get(f"{version_path(begun)}/content")
    assert reply.status == 303
    assert world.files.fetch(reply.headers["location"])[2] == content
    assert staged_of(world, begun) == []


def test_a_large_file_goes_in_parts_and_goes_on_where_it_stopped(world):
    api = world.callers["contributor"]
    begun = begin(world, LARGE)
    parts = begun["upload"]["parts"]
    assert [part["size"] for part in parts] == [PART_MIN, len(LARGE) - PART_MIN]
    world.send({**begun["upload"], "parts": parts[:1]}, LARGE)
    with nothing_changed(world):
        again = begin(world, LARGE)
    assert again["version"] == begun["version"]
    for resumed in (again["upload"], good(api.get(f"{version_path(begun)}/upload"), 200)):
        assert [part["arrived"] for part in resumed["parts"]] == [True, False]
    too_early = api.post(f"{version_path(begun)}/complete")
    assert too_early.status in (409, 422)
    begun = begin(world, LARGE)
    done = world.store(begun, LARGE, by=api)
    assert done["version"]["sha256"] == hashlib.sha256(LARGE).hexdigest()
    assert world.files.open == {}


def test_what_must_be_verified_at_length_is_taken_on_and_done_by_the_worker(world):
    api, size = world.callers["contributor"], GIGABYTE
    body = {"node_id": world.ids["work"], "name": "Film.mp4", **declared(b"")}
    begun = good(api.post("/v1/documents", {**body, "size": size, "sha256": "ab" * 32}), 201)
    upload = stored_upload(world, begun)
    for part in begun["upload"]["parts"]:
        world.files.pretend(upload, part["number"], size=part["size"], sha256="cd" * 32)
    world.files.wholes[upload.key] = "ab" * 32
    taken = good(api.post(f"{version_path(begun)}/complete"), 202)
    assert taken["version"]["state"] == "verifying"
    assert good(api.post(f"{version_path(begun)}/complete"), 202) == taken
    version = complete_arrived(world.wiring.filing, taken["document"]["id"], 1)
    assert version.state == "stored"
    assert good(api.post(f"{version_path(begun)}/complete"), 200)["version"]["state"] == "stored"


def test_above_five_gigabytes_each_part_says_its_digest(world):
    api, size = world.callers["contributor"], 6 * GIGABYTE
    body = {"node_id": world.ids["work"], "name": "Disk.img", **declared(b"")}
    begun = good(api.post("/v1/documents", {**body, "size": size, "sha256": "ab" * 32}), 201)
    assert begun["version"]["checksum"] == "parts"
    upload, parts = stored_upload(world, begun), begun["upload"]["parts"]
    for part in parts:
        world.files.pretend(upload, part["number"], size=part["size"], sha256="cd" * 32)
    path = f"{version_path(begun)}/complete"
    digests = [{"number": part["number"], "sha256": "cd" * 32} for part in parts]
    with nothing_changed(world):
        for wrong in (
            {},
            {"parts": digests[1:]},
            {"parts": [*digests, {**digests[0], "number": 999}]},
        ):
            require_problem(api.post(path, wrong), 422)
    assert good(api.post(path, {"parts": digests}), 202)["version"]["state"] == "verifying"
    assert complete_arrived(world.wiring.filing, begun["document"]["id"], 1).state == "stored"


def stored_upload(world, begun) -> Upload:
    version = begun["version"]
    store = world.wiring.filing.store
    return store.version(version["document_id"], version["number"]).upload


def test_completing_before_the_bytes_are_there_loses_nothing(world):
    api, begun = world.callers["contributor"], begin(world, b"slow")
    require_problem(api.post(f"{version_path(begun)}/complete"), 409)
    again = begin(world, b"slow")
    assert again["document"]["id"] == begun["document"]["id"]
    world.pass_time(minutes=5)
    world.store(again, b"slow", by=api)


def test_other_bytes_than_the_declared_never_become_a_version(world):
    api, begun = world.callers["contributor"], begin(world, b"declared")
    key = next(iter(begun["upload"]["single"]["url"].split("?"))).removeprefix("fake://staging/")
    world.send(begun["upload"], b"declared")
    world.files.staged[key] = type(world.files.staged[key]).of(b"tampered")
    kept = list(world.files.kept)
    require_problem(api.post(f"{version_path(begun)}/complete"), 422)
    assert world.files.kept == kept
    assert staged_of(world, begun) == []
    require_problem(api.get(f"{version_path(begun)}/content"), 404, 409)
    world.store(begin(world, b"declared"), b"declared", by=api)


def test_an_upload_past_its_time_is_over(world):
    begun = begin(world, b"late")
    world.send(begun["upload"], b"late")
    world.pass_time(hours=24, seconds=1)
    api = world.callers["contributor"]
    good(api.sign_in("contributor", "mossy lantern quarrel"), 201)
    require_problem(api.post(f"{version_path(begun)}/complete"), 410)
    begun = begin(world, b"late")
    world.store(begun, b"late", by=api)


def test_nobody_goes_on_with_anothers_upload(world):
    begun = begin(world, b"mine")
    world.send(begun["upload"], b"mine")
    path = version_path(begun)
    with nothing_changed(world):
        for who in ("editor", "manager", "stranger"):
            require_problem(world.callers[who].get(f"{path}/upload"), 404)
            require_problem(world.callers[who].post(f"{path}/complete"), 404)
            require_problem(world.callers[who].delete(f"{path}/upload"), 404)


def test_a_name_is_held_while_its_bytes_are_on_their_way(world):
    begin(world, b"one")
    body = {"node_id": world.ids["work"], "name": "NEW.PDF", **declared(b"two")}
    taken = world.callers["editor"].post("/v1/documents", body)
    require_problem(taken, 409)
    assert taken.json["existing_id"] is None
    world.pass_time(hours=24, seconds=1)
    editor = world.callers["editor"]
    good(editor.sign_in("editor", "mossy lantern quarrel"), 201)
    good(editor.post("/v1/documents", body), 201)


def test_a_cancelled_upload_frees_its_name_and_leaves_no_bytes(world):
    api, begun = world.callers["contributor"], begin(world, b"one")
    world.send(begun["upload"], b"one")
    assert good(api.delete(f"{version_path(begun)}/upload"), 200)["state"] == "abandoned"
    assert good(api.delete(f"{version_path(begun)}/upload"), 200)["state"] == "abandoned"
    assert staged_of(world, begun) == []
    require_problem(api.post(f"{version_path(begun)}/complete"), 409)
    world.store(begin(world, b"two", who="editor"), b"two", by=world.callers["editor"])


def test_a_duplicate_is_pointed_out_and_not_refused(world):
    begun = begin(world, b"%PDF-1.7 second")
    (found,) = begun["duplicates"]
    letter = good(world.callers["viewer"].get(f"/v1/documents/{world.ids['document']}"), 200)
    assert found == {
        "document_id": letter["id"],
        "number": letter["number"],
        "name": "Letter.pdf",
    }
    world.store(begun, b"%PDF-1.7 second", by=world.callers["contributor"])


def test_a_new_version_follows_and_an_old_one_comes_back_without_its_bytes_moving(world):
    api, ids = world.callers["editor"], world.ids
    path = f"/v1/documents/{ids['document']}"
    etag = api.get(path).headers["etag"]
    begun = good(api.post(f"{path}/versions", declared(b"third"), If_Match=etag), 201)
    assert api.get(path).headers["etag"] == etag
    world.store(begun, b"third", by=api)
    require_problem(api.post(f"{path}/versions", declared(b"fourth"), If_Match=etag), 412)
    kept = len(world.files.kept)
    back = good(api.post(f"{path}/rollback", {"version": 1}), 201)
    assert len(world.files.kept) == kept
    number = back["version"]["number"]
    assert back["version"]["restored_from"] == 1
    location = api.get(f"{path}/versions/{number}/content").headers["location"]
    assert world.files.fetch(location)[2] == b"%PDF-1.7 first"
    actions = [e["action"] for e in good(api.get(f"{path}/audit"), 200)["items"]]
    assert {"document_rolled_back", "document_downloaded", "version_added"} <= set(actions)


@pytest.mark.parametrize(
    ("content", "name", "shown"),
    [
        (b"%PDF-1.7 x", "A.pdf", "inline"),
        (b"<html><script>alert(1)</script>", "A.pdf", "attachment"),
        (b"<svg onload='alert(1)'/>", "A.png", "attachment"),
    ],
)
def test_only_what_is_harmless_is_shown_whatever_it_says_to_be(world, content, name, shown):
    begun = begin(world, content, name)
    world.store(begun, content, by=world.callers["contributor"])
    path = f"{version_path(begun)}/content"
    for asked, expected in (("?disposition=inline", shown), ("", "attachment")):
        location = world.callers["viewer"].get(path + asked).headers["location"]
        assert world.files.fetch(location)[1]["content-disposition"].startswith(expected)


def test_where_a_scanner_must_clear_versions_none_opens_before(world):
    guarded = World(config=settings(require_scan=True))
    try:
        document = guarded.document("root", "New.pdf", b"new")
        path = f"/v1/documents/{document}/versions/1"
        require_problem(guarded.root.get(f"{path}/content"), 409)
        key = Key(Table.CORE, f"D#{document}", "V#000001")
        for verdict, status in (("clean", 303), ("threat", 409)):
            guarded.database.rows[key] = {**guarded.database.rows[key], "verdict": verdict}
            assert guarded.root.get(f"{path}/content").status == status
    finally:
        wiring.use(world.wiring)


def test_an_upload_may_be_as_large_as_the_environment_says():
    furnished_world = furnished()
    body = {"node_id": furnished_world.ids["work"], "name": "All.bin", **declared(b"")}
    largest = {**body, "size": furnished_world.config.max_document_bytes, "sha256": "ab" * 32}
    begun = good(furnished_world.root.post("/v1/documents", largest), 201)
    assert len(begun["upload"]["parts"]) <= 1000
    assert sum(part["size"] for part in begun["upload"]["parts"]) == largest["size"]
