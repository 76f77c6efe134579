import pytest

from tests.support.api import Api
from tests.support.people import people

__all__ = ["people"]


@pytest.fixture
def group(people):
    return people.admin.post("/v1/groups", {"name": "Team"}).json


def test_a_group_is_created_renamed_and_deleted(people):
    reply = people.admin.post("/v1/groups", {"name": "Team"})
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    path = f"/v1/groups/{reply.json['id']}"
    assert reply.headers["location"] == f"/api{path}"
    assert people.admin.patch(path, {"name": "Crew"}).status == 428
    renamed = people.admin.patch(path, {"name": "Crew"}, If_Match='"1"')
    assert (renamed.status, renamed.headers["etag"]) == (200, '"2"')
    assert people.admin.get(path).json == renamed.json
    assert people.admin.delete(path, If_Match='"1"').status == 412
    assert people.admin.delete(path, If_Match='"2"').status == 204
    assert people.admin.get(path).status == 404


def test_the_same_request_twice_makes_one_group(people):
    first, second = (
        people.admin.post("/v1/groups", {"name": "Team"}, Idempotency_Key="k") for _ in range(2)
    )
    assert first.json == second.json


@pytest.mark.parametrize("name", ["team", "TEAM ", "", "a\nb", "x" * 201])
def test_names_that_are_taken_or_cannot_be_are_refused(people, group, name):
    assert people.admin.post("/v1/groups", {"name": name}).status in (409, 422)
    assert len(people.admin.get("/v1/groups").json["items"]) == 1


def test_people_go_in_and_out(people, group):
    user, _ = people.create("zoe")
    path = f"/v1/groups/{group['id']}/members"
    for _ in range(2):
        assert people.admin.put(f"{path}/{user['id']}").status == 204
    (member,) = people.admin.get(path).json["items"]
    assert (member["id"], member["group_ids"]) == (user["id"], [group["id"]])
    assert people.admin.delete(f"/v1/groups/{group['id']}", If_Match='"1"').status == 409
    for _ in range(2):
        assert people.admin.delete(f"{path}/{user['id']}").status == 204
    assert people.admin.get(path).json["items"] == []


def test_groups_are_listed_in_pages(people):
    for name in ("A", "B", "C"):
        people.admin.post("/v1/groups", {"name": name})
    reply = people.admin.get("/v1/groups?limit=2")
    rest = people.admin.get(f"/v1/groups?limit=2&cursor={reply.json['next_cursor']}")
    names = [group["name"] for group in reply.json["items"] + rest.json["items"]]
    assert names == ["A", "B", "C"]


@pytest.mark.parametrize("id_", ["none", "x" * 3000, "%00", "é"])
def test_unknown_groups_and_members_are_not_found(people, group, id_):
    assert people.admin.get(f"/v1/groups/{id_}").status == 404
    assert people.admin.get(f"/v1/groups/{id_}/members").status == 404
    assert people.admin.put(f"/v1/groups/{group['id']}/members/{id_}").status == 404
    assert people.admin.delete(f"/v1/groups/{id_}", If_Match='"1"').status == 404


def test_groups_are_for_administrators(people, group):
    user, api = people.settled("zoe")
    path = f"/v1/groups/{group['id']}"
    for method, target, body in [
        ("GET", "/v1/groups", None),
        ("POST", "/v1/groups", {"name": "Mine"}),
        ("GET", path, None),
        ("PATCH", path, {"name": "Mine"}),
        ("DELETE", path, None),
        ("GET", f"{path}/members", None),
        ("PUT", f"{path}/members/{user['id']}", None),
        ("DELETE", f"{path}/members/{user['id']}", None),
    ]:
        assert api.send(method, target, body, {"If_Match": '"1"'}).status == 403
        assert Api().send(method, target, body).status == 401
