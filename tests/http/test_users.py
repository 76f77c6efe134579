import pytest

from chalicelib.transaction import Table
from tests.support.api import Api
from tests.support.people import ADMIN_PASSWORD, people

__all__ = ["people"]


def test_a_person_is_made_known(people):
    body = {"name": "Zoë", "username": "zoe", "email": "zoe@example.com", "invite": True}
    reply = people.admin.post("/v1/users", body)
    assert reply.status == 201
    user = reply.json["user"]
    assert reply.headers["location"] == f"/api/v1/users/{user['id']}"
    assert reply.headers["etag"] == '"1"'
    assert Api().sign_in("zoe", reply.json["one_time_password"]).status == 201
    assert people.admin.get(f"/v1/users/{user['id']}").json == user
    assert sum(key.table is Table.WORK for key in people.database.rows) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "A", "username": "ADMIN"}, 409),
        ({"name": "", "username": "a"}, 422),
        ({"name": "A", "username": "a b"}, 422),
        ({"name": "A", "username": "a", "email": "nowhere"}, 422),
        ({"name": "A", "username": "a", "invite": True}, 422),
        ({"name": "A", "username": "a", "password": "mine"}, 422),
        ({"name": "A" * 10_000, "username": "a"}, 422),
        ({"name": "\ud800", "username": "a"}, 422),
        ({"name": 1, "username": "a"}, 422),
        ({"name": "A", "username": "a", "is_administrator": "yes"}, 422),
    ],
)
def test_a_person_who_cannot_be_is_refused_and_nothing_changes(people, body, status):
    before = {key for key in people.database.rows if key.table is Table.IDENTITY}
    reply = people.admin.post("/v1/users", body)
    assert reply.status == status
    assert {key for key in people.database.rows if key.table is Table.IDENTITY} == before


def test_the_same_request_twice_makes_one_person(people):
    body = {"name": "Zoë", "username": "zoe"}
    first, second = (
        people.admin.post("/v1/users", body, Idempotency_Key="key-1") for _ in range(2)
    )
    assert (first.status, second.status) == (201, 201)
    assert first.json["user"]["id"] == second.json["user"]["id"]
    assert Api().sign_in("zoe", second.json["one_time_password"]).status == 201


def test_people_are_listed_in_pages(people):
    for name in ("ann", "bob", "cleo"):
        people.create(name)
    reply = people.admin.get("/v1/users?limit=2")
    assert [user["name"] for user in reply.json["items"]] == ["Administrator", "Ann"]
    cursor = reply.json["next_cursor"]
    rest = people.admin.get(f"/v1/users?limit=3&cursor={cursor}")
    assert [user["name"] for user in rest.json["items"]] == ["Bob", "Cleo"]
    found = people.admin.get("/v1/users?prefix=CL").json["items"]
    assert [user["username"] for user in found] == ["cleo"]
    assert people.admin.get("/v1/users?cursor=nonsense").status == 422


def test_a_change_needs_the_etag_that_was_read(people):
    user, _ = people.create("zoe", email="zoe@example.com")
    path = f"/v1/users/{user['id']}"
    assert people.admin.patch(path, {"name": "Z"}).status == 428
    assert people.admin.patch(path, {"name": "Z"}, If_Match='"9"').status == 412
    reply = people.admin.patch(path, {"name": "Z"}, If_Match='"1"')
    assert (reply.status, reply.headers["etag"], reply.json["name"]) == (200, '"2"', "Z")
    assert reply.json["email"] == "zoe@example.com"
    reply = people.admin.patch(path, {"email": None}, If_Match='"2"')
    assert reply.json["email"] is None


def test_disabling_ends_the_persons_sessions_at_once(people):
    user, api = people.settled("zoe")
    rev = people.admin.get(f"/v1/users/{user['id']}").headers["etag"]
    reply = people.admin.patch(f"/v1/users/{user['id']}", {"disabled": True}, If_Match=rev)
    assert reply.json["disabled"]
    assert api.get("/v1/me").status == 401


def test_the_last_administrator_stays(people):
    me = people.admin.get("/v1/me").json["id"]
    for change in ({"disabled": True}, {"is_administrator": False}):
        reply = people.admin.patch(f"/v1/users/{me}", change, If_Match='"1"')
        assert reply.status == 409
    assert people.admin.get("/v1/users").status == 200


def test_a_demoted_administrator_administers_nothing_from_the_next_request_on(people):
    user, api = people.settled("zoe", is_administrator=True)
    assert api.get("/v1/users").status == 200
    path = f"/v1/users/{user['id']}"
    rev = people.admin.get(path).headers["etag"]
    people.admin.patch(path, {"is_administrator": False}, If_Match=rev)
    assert api.get("/v1/users").status == 403


def test_a_reset_gives_a_one_time_password(people):
    user, api = people.settled("zoe")
    reply = people.admin.post(f"/v1/users/{user['id']}/password")
    assert reply.status == 200
    assert api.get("/v1/me").status == 401
    fresh = Api().sign_in("zoe", reply.json["one_time_password"])
    assert fresh.json["must_change_password"]


@pytest.mark.parametrize("user_id", ["none", "x" * 3000, "%00", "U%23", "é"])
def test_unknown_people_are_not_found(people, user_id):
    assert people.admin.get(f"/v1/users/{user_id}").status == 404
    assert people.admin.post(f"/v1/users/{user_id}/password").status == 404
    reply = people.admin.patch(f"/v1/users/{user_id}", {"name": "A"}, If_Match='"1"')
    assert reply.status == 404


def test_people_who_administer_nothing_see_ids_and_names_only(people):
    user, api = people.settled("zoe", email="zoe@example.com")
    for method, path, body in [
        ("GET", "/v1/users", None),
        ("POST", "/v1/users", {"name": "A", "username": "a"}),
        ("GET", f"/v1/users/{user['id']}", None),
        ("PATCH", f"/v1/users/{user['id']}", {"is_administrator": True}),
        ("POST", f"/v1/users/{user['id']}/password", None),
    ]:
        assert api.send(method, path, body, {"If_Match": '"1"'}).status == 403
        assert Api().send(method, path, body).status == 401
    reply = api.get("/v1/principals?prefix=zo")
    assert reply.json["items"] == [{"principal": f"user:{user['id']}", "name": "Zoe"}]
    assert Api().get("/v1/principals").status == 401


def test_no_answer_holds_a_password_that_is_kept(people):
    people.settled("zoe")
    stored = str(people.database.rows)
    assert ADMIN_PASSWORD not in stored
    for path in ("/v1/users", "/v1/me", "/v1/sessions"):
        assert "argon2" not in people.admin.get(path).text
