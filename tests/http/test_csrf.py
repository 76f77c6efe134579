"""No other site can make a signed-in browser change anything here."""

from dataclasses import replace

import pytest

from chalicelib import wiring
from functions.edge import ROUTES, Public
from tests.http.test_bad_addresses import BODIES
from tests.support.api import Api
from tests.support.refusals import nothing_changed, require_problem
from tests.support.world import (
    ADMIN_PASSWORD,
    PASSWORD,
    World,
    good,
    module_world,
    settings,
    world,
)

__all__ = ["module_world", "world"]

FORM = "application/x-www-form-urlencoded"
WRITES = [r for r in ROUTES if r.method != "GET" and not isinstance(r.access, Public)]
OTHER_SITES = (
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "nonsense"},
    {"Origin": "https://evil.test"},
    {"Origin": "http://papertrail.test"},
    {"Origin": "https://papertrail.test:8443"},
    {"Origin": "https://papertrail.test.evil.test"},
    {"Origin": "null"},
    {"Origin": "https://evil.test", "Sec_Fetch_Site": "same-origin"},
)
OWN_SITE = (
    {},
    {"Sec_Fetch_Site": "same-origin"},
    {"Sec_Fetch_Site": "none"},
    {"Origin": "https://papertrail.test", "Sec_Fetch_Site": "same-origin"},
)


def filled(route, world) -> str:
    things = {"document_id": "document", "node_id": "folder", "user_id": "viewer"}
    path = route.path.replace("{number}", "1").replace("{session_id}", "none")
    for name, thing in {**things, "group_id": "group"}.items():
        path = path.replace(f"{{{name}}}", world.ids[thing])
    return path


def refused(route, reply) -> None:
    if route.page:
        assert reply.status == 403
    else:
        require_problem(reply, 403)


@pytest.fixture(params=WRITES, ids=lambda route: f"{route.method} {route.path}")
def write(request, built_pages):
    return request.param


def test_writes_need_the_token_of_their_very_session(world, write):
    other = Api()
    good(other.sign_in("admin", ADMIN_PASSWORD), 201)
    body, path = BODIES.get((write.method, write.path)), filled(write, world)
    with nothing_changed(world):
        for token in ("", "0" * 64, world.root.csrf.upper(), world.root.csrf[:-1], other.csrf):
            headers = {"If_Match": '"1"', "X_CSRF_Token": token}
            refused(write, world.root.send(write.method, path, body, headers))


def test_writes_from_other_sites_are_refused_even_with_the_token(world, write):
    body, path = BODIES.get((write.method, write.path)), filled(write, world)
    with nothing_changed(world):
        for headers in OTHER_SITES:
            refused(write, world.root.send(write.method, path, body, headers))


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_nobody_is_signed_in_or_out_by_another_site(world, built_pages, headers):
    credentials = {"username": "viewer", "password": PASSWORD}
    reply = Api().post("/v1/sessions", credentials, **headers)
    require_problem(reply, 403)
    assert reply.cookies == []
    form = f"username=viewer&password={PASSWORD}".replace(" ", "+")
    reply = Api().post("/sign-in", form, Content_Type=FORM, **headers)
    assert (reply.status, reply.cookies) == (403, [])
    assert world.root.post("/sign-out", "", Content_Type=FORM, **headers).status == 403
    assert world.root.get("/v1/me").status == 200


@pytest.mark.parametrize("headers", OWN_SITE)
def test_our_own_pages_and_programs_may_write(world, headers):
    good(world.root.post("/v1/groups", {"name": "New"}, **headers), 201)


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_reading_by_a_link_from_elsewhere_works(world, headers):
    assert world.root.get("/v1/me", X_CSRF_Token="", **headers).status == 200


def test_a_form_brings_the_token_in_a_field(world, built_pages):
    def send(body: str, content_type: str = FORM, path: str = "/sign-out", token: str = ""):
        headers = {"Content_Type": content_type, "X_CSRF_Token": token}
        return world.root.send("POST", path, body, headers)

    field = f"csrf_token={world.root.csrf}"
    assert send("").status == 403
    assert send("csrf_token=").status == 403
    assert send("csrf_token=" + "0" * 64).status == 403
    assert send("csrf_token=" + "0" * 64 + "&" + field).status == 403
    assert send(field, path="/sign-out?" + field, token="0" * 64).status == 403
    assert send("", path="/sign-out?" + field).status == 403
    assert send("a=b&" * 200 + field).status == 403
    for content_type in ("text/plain", "multipart/form-data", "application/json"):
        assert send(field, content_type).status == 403
    assert world.root.get("/v1/me").status == 200
    assert send(field).status == 303
    assert world.root.get("/v1/me").status == 401


def test_a_form_is_no_way_into_the_json_api(world):
    field = f"csrf_token={world.root.csrf}&name=New"
    headers = {"Content_Type": FORM, "X_CSRF_Token": ""}
    with nothing_changed(world):
        require_problem(world.root.send("POST", "/v1/groups", field, headers), 415)


def test_under_a_domain_of_its_own_only_that_origin_counts(world):
    config = settings(portal_url="https://files.example.com/api")
    elsewhere = World(config=config)
    try:
        ours = {"Origin": "https://files.example.com"}
        good(elsewhere.root.post("/v1/groups", {"name": "A"}, **ours), 201)
        host = {"Host": "papertrail.test", "Origin": "https://papertrail.test"}
        require_problem(elsewhere.root.post("/v1/groups", {"name": "B"}, **host), 403)
    finally:
        wiring.use(world.wiring)


def test_where_the_portal_is_plain_http_its_origin_is_too(world):
    plain = World(config=settings(allow_http=True))
    try:
        assert plain.root.cookie.startswith("papertrail=")
        ours = {"Origin": "http://papertrail.test"}
        good(plain.root.post("/v1/groups", {"name": "A"}, **ours), 201)
        secure = {"Origin": "https://papertrail.test"}
        require_problem(plain.root.post("/v1/groups", {"name": "B"}, **secure), 403)
    finally:
        wiring.use(world.wiring)


def test_the_token_cannot_be_derived_from_what_the_database_holds(world):
    stored = str(world.database.rows)
    assert world.root.csrf not in stored
    assert world.root.cookie.partition(".")[2] not in stored
    assert replace(world.root, csrf="").post("/v1/groups", {"name": "A"}).status == 403
