"""A POST that bears an Idempotency-Key happens once, however often it is sent."""

import pytest

from chalicelib.transaction import Table
from functions import idempotency
from tests.support.api import Api
from tests.support.refusals import nothing_changed, require_problem
from tests.support.world import PASSWORD, declared, good, module_world, world

__all__ = ["module_world", "world"]

KEY = {"Idempotency_Key": "4f1d"}
OTHER_KEY = {"Idempotency_Key": "9c2e"}


class Died(BaseException):
    """The process is gone: nothing catches it, and nothing is noted."""


NEW_USER = {"name": "New", "username": "new"}


def posts(world) -> list[tuple[str, object]]:
    ids = world.ids
    document = f"/v1/documents/{ids['document']}"
    return [
        ("/v1/nodes", {"parent_id": ids["work"], "name": "New"}),
        (f"/v1/nodes/{ids['gone_folder']}/restore", {}),
        ("/v1/documents", {"node_id": ids["work"], "name": "New.pdf", **declared(b"new")}),
        (f"/v1/documents/{ids['gone_document']}/restore", {"name": "Back.pdf"}),
        (f"{document}/versions", declared(b"next")),
        (f"{document}/rollback", {"version": 1}),
        (f"{document}/versions/{ids['upload_of_manager']}/complete", {}),
    ]


@pytest.mark.parametrize("number", range(7))
def test_the_same_request_again_gets_the_same_answer_and_changes_nothing(world, number):
    path, body = posts(world)[number]
    api = world.callers["manager"]
    first = api.post(path, body, **KEY)
    assert first.status < 300
    with nothing_changed(world):
        again = api.post(path, body, **KEY)
    assert (again.status, again.text) == (first.status, first.text)
    for name in ("etag", "location", "content-type"):
        assert again.headers.get(name) == first.headers.get(name)


def test_a_group_and_a_person_are_made_once_too(world):
    for path, body in (("/v1/groups", {"name": "New"}), ("/v1/users", NEW_USER)):
        first = world.root.post(path, body, Idempotency_Key=path[-5:])
        again = world.root.post(path, body, Idempotency_Key=path[-5:])
        assert (first.status, again.status) == (201, 201)
        assert first.headers["location"] == again.headers["location"]


def test_the_key_with_another_request_is_refused(world):
    path, body = posts(world)[4]
    good(world.root.post(path, body, **KEY), 201)
    with nothing_changed(world):
        for other in (
            world.root.post(path, declared(b"other"), **KEY),
            world.root.post("/v1/groups", {"name": "New"}, **KEY),
            world.root.post(path, body, If_Match=world.etag("D", world.ids["document"]), **KEY),
        ):
            require_problem(other, 422)
            assert other.json["type"] == "urn:papertrail:problem:key-reused"


def test_while_the_first_is_under_way_the_second_is_told_to_wait(world):
    body = {"parent_id": world.ids["work"], "name": "New"}
    meanwhile = []

    def send_again(operation: str) -> None:
        if operation == "commit" and not meanwhile:
            world.database.before = lambda _operation: None
            meanwhile.append(world.root.post("/v1/nodes", body, **KEY))

    world.database.before = send_again
    first = world.root.post("/v1/nodes", body, **KEY)
    assert first.status == 201
    require_problem(meanwhile[0], 503)
    assert meanwhile[0].headers["retry-after"] == "1"
    assert world.root.post("/v1/nodes", body, **KEY).text == first.text


def test_each_person_has_keys_of_their_own(world):
    path = "/v1/nodes"
    one = good(world.root.post(path, {"parent_id": world.ids["work"], "name": "One"}, **KEY), 201)
    api = world.callers["manager"]
    two = good(api.post(path, {"parent_id": world.ids["work"], "name": "Two"}, **KEY), 201)
    assert one["id"] != two["id"]


def test_a_refused_request_frees_its_key(world):
    body = {"parent_id": world.ids["work"], "name": "Folder"}
    require_problem(world.root.post("/v1/nodes", body, **KEY), 409)
    path, match = f"/v1/nodes/{world.ids['folder']}", world.etag("N", world.ids["folder"])
    good(world.root.patch(path, {"name": "Other"}, If_Match=match), 200)
    good(world.root.post("/v1/nodes", body, **KEY), 201)
    fixed = {"parent_id": world.ids["work"], "name": "a/b"}
    require_problem(world.root.post("/v1/nodes", fixed, Idempotency_Key="k"), 422)
    good(world.root.post("/v1/nodes", {**fixed, "name": "a-b"}, Idempotency_Key="k"), 201)


@pytest.mark.parametrize("number", range(7))
def test_after_a_crash_behind_the_commit_the_repeat_tells_what_was_done(world, number):
    path, body = posts(world)[number]
    api = world.callers["manager"]

    def crash(changes) -> None:
        if any(change.key.table is Table.AUDIT for change in changes):
            world.database.after_commit = lambda _changes: None
            raise Died

    world.database.after_commit = crash
    with pytest.raises(Died):
        api.post(path, body, **KEY)
    require_problem(api.post(path, body, **KEY), 503)
    world.pass_time(seconds=41)
    before = len(world.rows())
    again = api.post(path, body, **KEY)
    assert len(world.rows()) == before
    assert again.status < 300, again.text


@pytest.mark.parametrize("number", range(7))
def test_an_answer_too_long_to_keep_is_made_anew_for_the_same_thing(world, monkeypatch, number):
    monkeypatch.setattr(idempotency, "_LONGEST_KEPT", 10)
    path, body = posts(world)[number]
    api = world.callers["manager"]
    first = api.post(path, body, **KEY)
    assert first.status < 300
    with nothing_changed(world):
        again = api.post(path, body, **KEY)
    assert again.status == first.status, again.text
    for part in ("id", "document", "version"):
        assert identity(again.json.get(part)) == identity(first.json.get(part))


def identity(part):
    return (part.get("id"), part.get("number")) if isinstance(part, dict) else part


def test_a_one_time_password_is_kept_nowhere(world):
    first = good(world.root.post("/v1/users", NEW_USER, **KEY), 201)
    again = good(world.root.post("/v1/users", NEW_USER, **KEY), 201)
    assert again["user"]["id"] == first["user"]["id"]
    stored = str(world.database.rows)
    for answer in (first, again):
        assert answer["one_time_password"] not in stored
    assert Api().sign_in("new", again["one_time_password"]).status == 201
    reset = good(world.root.post(f"/v1/users/{first['user']['id']}/password", **OTHER_KEY), 200)
    assert reset["one_time_password"] not in str(world.database.rows)


def test_only_a_signed_in_persons_posts_have_keys(world):
    def kept() -> int:
        return sum(key.pk.startswith("IDEMPOTENCY#") for key in world.database.rows)

    before = kept()
    api = Api()
    for _ in range(2):
        credentials = {"username": "viewer", "password": PASSWORD}
        good(api.post("/v1/sessions", credentials, **KEY), 201)
    world.root.get("/v1/me", **KEY)
    match = world.etag("N", world.ids["folder"])
    good(
        world.root.patch(f"/v1/nodes/{world.ids['folder']}", {"name": "A"}, If_Match=match, **KEY),
        200,
    )
    world.root.post("/sign-out", "", Content_Type="application/x-www-form-urlencoded", **KEY)
    assert kept() == before


def test_a_key_is_free_again_after_a_day(world):
    body = {"parent_id": world.ids["work"], "name": "New"}
    good(world.root.post("/v1/nodes", body, **KEY), 201)
    world.pass_time(hours=24, seconds=1)
    api = Api()
    good(api.sign_in("manager", PASSWORD), 201)
    good(api.post("/v1/nodes", {**body, "name": "Newer"}, **KEY), 201)


def test_an_answer_that_something_goes_on_is_not_kept(world, monkeypatch):
    path, body = posts(world)[6]
    api = world.callers["manager"]
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.documents.complete_upload.AT_ONCE_MAX", 0)
        good(api.post(path, body, **KEY), 202)
    good(api.post(path, body, **KEY), 200)
