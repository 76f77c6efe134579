import pytest

from tests.support.api import Api
from tests.support.people import ADMIN_PASSWORD, NEW_PASSWORD, people

__all__ = ["people"]


def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_cannot_use(people):
    api = Api()
    reply = api.sign_in("admin", ADMIN_PASSWORD)
    assert reply.status == 201
    assert set(reply.json) == {"session_id", "csrf_token", "must_change_password", "expires_at"}
    (cookie,) = reply.cookies
    assert cookie.startswith("__Host-papertrail=")
    for attribute in ("Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=43200"):
        assert attribute in cookie
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "admin", "password": "wrong"}, 401),
        ({"username": "nobody", "password": ADMIN_PASSWORD}, 401),
        ({"username": "\ud800", "password": "\ud800"}, 401),
        ({"username": "x" * 10_000, "password": "y" * 10_000}, 401),
        ({"username": "admin"}, 422),
        ({"username": "admin", "password": None}, 422),
        ({"username": ["admin"], "password": "x"}, 422),
        ({"username": "admin", "password": "x", "more": 1}, 422),
        ("{", 422),
        ("[]", 422),
    ],
)
def test_what_does_not_sign_in_is_told_and_sets_no_cookie(people, body, status):
    reply = Api().post("/v1/sessions", body)
    assert reply.status == status
    assert reply.cookies == []
    assert reply.headers["content-type"] == "application/problem+json"


def test_refusals_look_alike(people):
    replies = [
        Api().post("/v1/sessions", {"username": name, "password": "wrong password"})
        for name in ("admin", "nobody")
    ]
    assert replies[0].text == replies[1].text
    assert replies[0].headers == replies[1].headers


def test_guessing_is_throttled_and_says_how_long(people):
    for _ in range(10):
        assert Api().sign_in("admin", "wrong").status == 401
    reply = Api().sign_in("admin", ADMIN_PASSWORD)
    assert reply.status == 429
    assert 0 < int(reply.headers["retry-after"]) <= 900
    assert people.admin.get("/v1/me").status == 200


def test_a_thousand_guesses_get_fifty_answers(people):
    statuses = [
        Api(address="198.51.100.1").sign_in(f"user{number % 100}", "wrong").status
        for number in range(1000)
    ]
    assert statuses.count(401) == 50
    assert statuses.count(429) == 950


def test_me(people):
    reply = people.admin.get("/v1/me")
    assert reply.status == 200
    me = reply.json
    assert (me["username"], me["is_administrator"], me["groups"]) == ("admin", True, [])
    assert me["csrf_token"] == people.admin.csrf
    assert "password_hash" not in reply.text
    assert Api().get("/v1/me").status == 401


def test_groups_of_mine_have_names(people):
    user, api = people.settled("zoe")
    group = people.admin.post("/v1/groups", {"name": "Team"}).json
    people.admin.put(f"/v1/groups/{group['id']}/members/{user['id']}")
    assert api.get("/v1/me").json["groups"] == [{"id": group["id"], "name": "Team"}]


def test_a_one_time_password_opens_only_the_way_to_a_new_one(people):
    _, password = people.create("zoe")
    api = Api()
    assert api.sign_in("zoe", password).json["must_change_password"]
    assert api.get("/v1/me").json["must_change_password"]
    for refused in (api.get("/v1/sessions"), api.get("/v1/principals?prefix=")):
        assert refused.status == 403
        assert refused.json["must_change"] is True
    body = {"present_password": password, "new_password": NEW_PASSWORD}
    reply = api.put("/v1/me/password", body)
    assert reply.status == 200
    assert not reply.json["must_change_password"]
    assert api.get("/v1/me").status == 401
    api.cookie, api.csrf = reply.cookies[0].partition(";")[0], reply.json["csrf_token"]
    assert api.get("/v1/sessions").status == 200
    assert Api().sign_in("zoe", password).status == 401
    assert Api().sign_in("zoe", NEW_PASSWORD).status == 201


def test_a_password_that_cannot_be_is_told_by_field(people):
    body = {"present_password": ADMIN_PASSWORD, "new_password": "short"}
    reply = people.admin.put("/v1/me/password", body)
    assert reply.status == 422
    assert reply.json["errors"][0]["field"] == "new_password"
    body = {"present_password": "wrong", "new_password": NEW_PASSWORD}
    assert people.admin.put("/v1/me/password", body).status == 403


def test_my_sessions_are_listed_and_ended_one_by_one(people):
    other = Api(agent="curl", address="198.51.100.4")
    other.sign_in("admin", ADMIN_PASSWORD)
    items = people.admin.get("/v1/sessions").json["items"]
    assert sorted((item["agent"], item["current"]) for item in items) == [
        ("curl", False),
        ("test", True),
    ]
    ended = next(item for item in items if not item["current"])
    assert ended["address"] == "198.51.100.4"
    assert people.admin.delete(f"/v1/sessions/{ended['id']}").status == 204
    assert other.get("/v1/me").status == 401
    assert people.admin.delete(f"/v1/sessions/{ended['id']}").status == 404
    assert people.admin.delete("/v1/sessions/none").status == 404


def test_anothers_session_is_not_found(people):
    _, api = people.settled("zoe")
    theirs = api.get("/v1/sessions").json["items"][0]
    assert people.admin.delete(f"/v1/sessions/{theirs['id']}").status == 404
    assert api.get("/v1/me").status == 200


def test_signing_out_removes_the_cookie_and_what_the_browser_keeps(people):
    reply = people.admin.delete("/v1/sessions/current")
    assert reply.status == 204
    assert "Max-Age=0" in reply.cookies[0]
    assert "storage" in reply.headers["clear-site-data"]
    assert people.admin.get("/v1/me").status == 401


def test_signing_out_everywhere(people):
    other = Api()
    other.sign_in("admin", ADMIN_PASSWORD)
    assert people.admin.delete("/v1/sessions").status == 204
    assert other.get("/v1/me").status == people.admin.get("/v1/me").status == 401


def test_writes_need_the_token_of_their_session(people):
    people.admin.csrf = "0" * 64
    assert people.admin.delete("/v1/sessions/current").status == 403
    assert people.admin.get("/v1/me").status == 200


def test_an_idle_session_has_ended(people):
    people.pass_time(minutes=60)
    assert people.admin.get("/v1/me").status == 401
