"""Bodies and headers that cannot be meant: a clear problem each, nothing changed."""

import json
from typing import Any

import pytest

from functions.edge import ROUTES
from tests.support.api import Api, matched
from tests.support.refusals import nothing_changed, require_problem
from tests.support.world import (
    ADMIN_PASSWORD,
    LARGEST,
    World,
    declared,
    module_world,
    world,
)

__all__ = ["module_world", "world"]

UPLOAD = declared(b"new bytes")
# Of every route that reads JSON, a request that would be carried out; words in braces are ids.
GOOD: tuple[tuple[str, str, Any, str], ...] = (
    ("POST", "/v1/sessions", {"username": "viewer", "password": "mossy lantern quarrel"}, ""),
    (
        "PUT",
        "/v1/me/password",
        {"present_password": ADMIN_PASSWORD, "new_password": "seven brittle umbrellas"},
        "",
    ),
    (
        "POST",
        "/v1/users",
        {
            "name": "New",
            "username": "new",
            "email": "new@example.com",
            "is_administrator": True,
            "invite": True,
        },
        "",
    ),
    (
        "PATCH",
        "/v1/users/{viewer}",
        {"name": "Other", "username": "other", "is_administrator": True, "disabled": True},
        "U:viewer",
    ),
    ("POST", "/v1/groups", {"name": "New"}, ""),
    ("PATCH", "/v1/groups/{group}", {"name": "Other"}, "G:group"),
    ("POST", "/v1/nodes", {"parent_id": "{work}", "name": "New"}, ""),
    ("PATCH", "/v1/nodes/{folder}", {"name": "Other"}, "N:folder"),
    ("PATCH", "/v1/nodes/{folder}", {"parent_id": "{target}"}, "N:folder"),
    ("POST", "/v1/nodes/{gone_folder}/restore", {"name": "Back"}, ""),
    (
        "PUT",
        "/v1/nodes/{work}/access",
        {"inherit": True, "grants": [{"principal": "user:{viewer}", "role": "manager"}]},
        "N:work",
    ),
    ("POST", "/v1/documents", {"node_id": "{work}", "name": "New.pdf", **UPLOAD}, ""),
    ("PATCH", "/v1/documents/{document}", {"name": "Other.pdf"}, "D:document"),
    ("PATCH", "/v1/documents/{document}", {"node_id": "{target}"}, "D:document"),
    ("POST", "/v1/documents/{gone_document}/restore", {"name": "Back.pdf"}, ""),
    ("POST", "/v1/documents/{document}/rollback", {"version": 1}, ""),
    ("POST", "/v1/documents/{document}/versions", {"name": "New.pdf", **UPLOAD}, ""),
    (
        "POST",
        "/v1/documents/{document}/versions/{mine}/complete",
        {"parts": [{"number": 1, "sha256": UPLOAD["sha256"]}]},
        "",
    ),
)
TEXTS = (1, 1.5, True, None, [], ["a"], {}, "", "\ud800", "a\x00b", "a\u202eb", "x" * 10_000)
NUMBERS = (-1, 1.5, "1", True, None, [], {}, 10**30, 10**4000, float("nan"), float("inf"))
FLAGS = ("true", "yes", 1, 0, None, [], {})
LISTS = ({}, "x", None, 1, [1], [None], [[]], [{}], [{"more": 1}])
# What is fine although it looks odd: these fields may be absent or null, or take any text.
MAY_BE_NULL = {
    ("POST", "name", "restore"),
    ("POST", "name", "versions"),
    ("POST", "parts", "complete"),
}
MAY_BE_ABSENT = {
    "content_type",
    "email",
    "invite",
    "is_administrator",
    "parts",
    "disabled",
    "username",
}


@pytest.fixture(scope="module")
def uploads(module_world):
    """An upload of the first administrator's, with its bytes already there."""
    path = f"/v1/documents/{module_world.ids['document']}/versions"
    begun = module_world.root.post(path, UPLOAD).json
    module_world.send(begun["upload"], b"new bytes")
    module_world.ids["mine"] = str(begun["version"]["number"])
    module_world.keep()


def ask(world: World, case: tuple[str, str, Any, str], body: Any, **headers: str) -> Any:
    method, path, _, match = case
    if match:
        kind, _, name = match.partition(":")
        headers = {"If_Match": world.etag(kind, world.ids[name]), **headers}
    return world.root.send(method, path.format(**world.ids), body, headers)


def filled(world: World, body: Any) -> Any:
    text = json.dumps(body)
    for name, id_ in world.ids.items():
        text = text.replace(f"{{{name}}}", id_)
    return json.loads(text)


def names(cases: Any) -> list[str]:
    return [f"{case[0]} {case[1]}" for case in cases]


@pytest.fixture(params=GOOD, ids=names(GOOD))
def case(request, uploads):
    return request.param


def test_the_good_requests_cover_every_route_that_reads_json_and_are_carried_out(world, uploads):
    covered = {(method, matched(method, path)[0]) for method, path, _, _ in GOOD}
    assert covered == {(r.method, r.path) for r in ROUTES if r.body is not None}
    for case in GOOD:
        world.reset()
        reply = ask(world, case, filled(world, case[2]))
        assert reply.status < 300, (case, reply.text)


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "[1]",
        "null",
        "1",
        '"text"',
        "name=New",
        "\x00",
        "{" * 100_000,
        '{"name":' * 50_000,
        "[" * 100_000 + "]" * 100_000,
        '{"name": "' + "x" * 300_000 + '"}',
        b"\xff\xfe\x00",
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_object_is_refused(world, case, body):
    with nothing_changed(world):
        require_problem(ask(world, case, body), 413, 422)


def test_a_body_over_256_kib_is_refused_whatever_it_says(world, case):
    body = json.dumps(filled(world, case[2])) + " " * 256 * 1024
    with nothing_changed(world):
        reply = ask(world, case, body)
        require_problem(reply, 413)
        assert reply.json["limit"] == 256 * 1024


def test_base64_that_is_none_is_refused(world, case):
    method, path, _, _ = case
    for text in ("@@@", "{}", "a", "é"):
        with nothing_changed(world):
            path = path.format(**world.ids)
            require_problem(world.root.send(method, path, text, encoded=True), 422)


def test_fields_that_are_wrong_or_unknown_are_refused_one_by_one(world, case):
    method, path, body, _ = case
    good = filled(world, body)
    ending = path.rpartition("/")[2]
    for name, value in good.items():
        for wrong in wrongs(value):
            nullable = (method, name, ending) in MAY_BE_NULL
            if nullable and wrong in (None, ""):
                continue
            world.reset()
            with nothing_changed(world):
                reply = ask(world, case, {**good, name: wrong})
                require_problem(reply, 401, 403, 404, 409, 413, 422)
    for more in ("more", "\ud800", "x" * 5000, "__proto__"):
        with nothing_changed(world):
            require_problem(ask(world, case, {**good, more: 1}), 422)


def test_fields_that_are_missing_are_named(world, case):
    good = filled(world, case[2])
    for name in set(good) - MAY_BE_ABSENT:
        body = {key: value for key, value in good.items() if key != name}
        if case[1].endswith(("/restore", "/versions")) and name == "name":
            continue
        if case[0] == "PATCH" and body:
            continue
        with nothing_changed(world):
            reply = ask(world, case, body)
            require_problem(reply, 422)
            assert reply.json["errors"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
def test_another_content_type_than_json_is_refused(world, case, content_type):
    with nothing_changed(world):
        reply = ask(world, case, filled(world, case[2]), Content_Type=content_type)
        require_problem(reply, 415)
        assert "application/json" in reply.json["detail"]


def test_json_with_a_charset_or_in_capitals_is_json(world):
    for content_type in ("application/json; charset=utf-8", "Application/JSON"):
        reply = world.root.post("/v1/groups", {"name": "New"}, Content_Type=content_type)
        assert reply.status == 201
        world.reset()


MATCHED = [case for case in GOOD if case[3]] + [
    ("DELETE", "/v1/groups/{empty_group}", None, "G:empty_group"),
    ("DELETE", "/v1/nodes/{folder}", None, "N:folder"),
    ("DELETE", "/v1/documents/{document}", None, "D:document"),
]


@pytest.mark.parametrize("matched_case", MATCHED, ids=names(MATCHED))
def test_a_change_needs_the_etag_of_the_present_state(world, matched_case):
    body = filled(world, matched_case[2])
    with nothing_changed(world):
        require_problem(ask(world, matched_case, body, If_Match=" "), 428)
        for stale in ('"99"', 'W/"99"', '"0"', "99"):
            require_problem(ask(world, matched_case, body, If_Match=stale), 412)
        for malformed in ("*", "abc", '"-1"', '"1.5"', '"1", "2"', '"٣"', '"' + "9" * 5000 + '"'):
            reply = ask(world, matched_case, body, **{"If-Match": malformed})
            require_problem(reply, 422)
            assert reply.json["errors"][0]["field"] == "If-Match"


@pytest.mark.parametrize("path", ["versions", "rollback"])
def test_an_etag_that_may_be_left_out_must_fit_where_it_is_sent(world, path):
    body = {"version": 1} if path == "rollback" else UPLOAD
    target = f"/v1/documents/{world.ids['document']}/{path}"
    with nothing_changed(world):
        require_problem(world.root.post(target, body, If_Match='"99"'), 412)
        require_problem(world.root.post(target, body, If_Match="abc"), 422)


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"size": LARGEST + 1}, 413, str(LARGEST)),
        ({"size": -1}, 422, "size"),
        ({"sha256": "0" * 63}, 422, "sha256"),
        ({"sha256": "A" * 64}, 422, "sha256"),
        ({"sha256": "٣" * 64}, 422, "sha256"),
        ({"sha256": "0" * 64 + "\n"}, 422, "sha256"),
        ({"content_type": "pdf"}, 422, "content_type"),
        ({"content_type": "text/html\r\nSet-Cookie: a=b"}, 422, "content_type"),
        ({"content_type": "a/" + "b" * 1000}, 422, "content_type"),
    ],
)
def test_bytes_that_cannot_be_declared_are_refused(world, change, status, word):
    ids = world.ids
    with nothing_changed(world):
        for path, more in (
            ("/v1/documents", {"node_id": ids["work"], "name": "New.pdf"}),
            (f"/v1/documents/{ids['document']}/versions", {}),
        ):
            reply = world.root.post(path, {**UPLOAD, **more, **change})
            require_problem(reply, status)
            assert word in reply.json["detail"]


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "a/b", "a\\b", "a\nb", "a\x7fb", "é" * 128, "Gone\u2028.pdf"]
)
def test_names_that_cannot_be_are_refused_wherever_they_are_given(world, name):
    ids, root = world.ids, world.root
    match = {"If-Match": world.etag("N", ids["folder"])}
    with nothing_changed(world):
        new = {"node_id": ids["work"], "name": name, **UPLOAD}
        require_problem(root.post("/v1/nodes", {"parent_id": ids["work"], "name": name}), 422)
        require_problem(root.post("/v1/documents", new), 422)
        require_problem(root.patch(f"/v1/nodes/{ids['folder']}", {"name": name}, **match), 422)
        match = {"If-Match": world.etag("D", ids["document"])}
        path = f"/v1/documents/{ids['document']}"
        require_problem(root.patch(path, {"name": name}, **match), 422)


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb", "\x7f"])
def test_an_idempotency_key_that_cannot_be_is_refused(world, key):
    with nothing_changed(world):
        require_problem(world.root.post("/v1/groups", {"name": "A"}, Idempotency_Key=key), 422)


@pytest.mark.parametrize(
    "cookie", ["", "x", ".", "a.b", "é.é", "\x00", "x" * 9000, "\ud800", "a=b; c", "=;=;="]
)
def test_a_cookie_that_is_none_of_ours_is_nobody(world, cookie):
    api = Api(cookie=f"__Host-papertrail={cookie}", csrf="\ud800")
    with nothing_changed(world):
        require_problem(api.get("/v1/me"), 401)
        require_problem(api.post("/v1/groups", {"name": "A"}), 401)


def wrongs(value: Any) -> tuple[Any, ...]:
    if isinstance(value, bool):
        return FLAGS
    return {str: TEXTS, int: NUMBERS, list: LISTS}[type(value)]
