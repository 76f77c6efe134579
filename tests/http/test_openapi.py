"""The description of the API is valid and complete; conftest.py holds every answer to it."""

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.edge import ROUTES, Match, Public
from tests.support.api import Api
from tests.support.described import description
from tests.support.world import module_world, world

__all__ = ["module_world", "world"]

API = [route for route in ROUTES if not route.page and "+}" not in route.path]


def operations():
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_it_is_valid_openapi():
    errors = list(OpenAPIV31SpecValidator(description()).iter_errors())
    assert errors == []


def test_it_has_every_route_of_the_api_and_nothing_else():
    described = {(method, path) for method, path, _ in operations()}
    assert described == {(route.method, route.path) for route in API}
    assert all(path.startswith("/v1/") for _, path in described)


def test_it_is_served_to_anyone_as_it_is_with_the_address_it_came_by(world):
    for prefix, server in (("/api", "/api"), ("", "/")):
        reply = Api(prefix=prefix).get("/v1/openapi.json")
        assert reply.status == 200
        assert reply.json["servers"] == [{"url": server}]
        assert reply.json["paths"] == description()["paths"]
    assert Api().get("/v1/openapi.json").json == description()


def test_every_operation_says_what_a_reader_needs():
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))
    for method, path, operation in operations():
        where = f"{method} {path}"
        assert len(operation["summary"]) > 3, where
        assert operation["description"].endswith("."), where
        assert "5XX" in operation["responses"], where
        for parameter in operation["parameters"]:
            assert parameter["description"], where
        names = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert names == set(re.findall(r"{(\w+)}", path)), where


def test_every_schema_is_described_and_names_its_values():
    for name, schema in description()["components"]["schemas"].items():
        assert schema.get("description"), name
    shown = description()["components"]["schemas"]
    assert shown["VersionState"]["enum"] == [
        "pending",
        "verifying",
        "stored",
        "rejected",
        "abandoned",
    ]
    assert shown["Role"]["enum"] == ["viewer", "contributor", "editor", "manager"]
    assert shown["DocumentShape"]["properties"]["created_at"]["format"] == "date-time"


def test_writes_need_the_cookie_and_the_token_and_reads_the_cookie_alone():
    schemes = description()["components"]["securitySchemes"]
    assert schemes["session"] == {"type": "apiKey", "in": "cookie", "name": "__Host-papertrail"}
    assert schemes["csrf"] == {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"}
    public = {(route.method, route.path) for route in API if isinstance(route.access, Public)}
    for method, path, operation in operations():
        expected = [{"session": []}] if method == "GET" else [{"session": [], "csrf": []}]
        assert operation["security"] == ([] if (method, path) in public else expected)
    assert public == {
        ("GET", "/v1/health"),
        ("GET", "/v1/openapi.json"),
        ("POST", "/v1/sessions"),
    }


def test_if_match_is_declared_where_it_is_needed_and_nowhere_else():
    for method, path, operation in operations():
        sent = [p for p in operation["parameters"] if p["name"] == "If-Match"]
        assert bool(sent) == ("412" in operation["responses"]), path
        assert bool(sent) == ("428" in operation["responses"]), path
        if method == "GET":
            assert not sent


@pytest.mark.parametrize(
    "route", [r for r in API if r.match is Match.MUST], ids=lambda r: f"{r.method} {r.path}"
)
def test_what_declares_that_it_needs_if_match_refuses_without(world, route):
    names = {"user_id": "viewer", "group_id": "group", "node_id": "folder"}
    path = route.path.replace("{document_id}", world.ids["document"])
    for name, thing in names.items():
        path = path.replace(f"{{{name}}}", world.ids[thing])
    bodies = {
        "UserChange": {"name": "A"},
        "AccessShape": {"inherit": True, "grants": []},
    }
    body = bodies.get(route.body, {"name": "A"}) if route.body else None
    assert world.root.send(route.method, path, body).status == 428


def links():
    for method, path, operation in operations():
        for status, answer in operation["responses"].items():
            for name, reference in answer.get("links", {}).items():
                link = description()["components"]["links"][reference["$ref"].rpartition("/")[2]]
                yield f"{method} {path}", status, name, link


def test_what_is_made_leads_to_everything_that_can_be_done_with_it():
    led = {(source, name) for source, status, name, _ in links() if status == "201"}
    assert led >= {
        ("POST /v1/nodes", name)
        for name in (
            *("nodes_read", "nodes_change", "nodes_trash", "nodes_restore"),
            *("nodes_children", "nodes_read_access", "nodes_write_access"),
        )
    }
    assert led >= {
        ("POST /v1/documents", name)
        for name in (
            *("documents_read", "versions_versions", "versions_complete_version"),
            *("audit_document_audit", "audit_verification", "documents_restore"),
        )
    }
    assert ("POST /v1/users", "users_change") in led
    assert ("POST /v1/groups", "groups_delete") in led


def test_a_link_gives_all_that_the_operation_behind_it_needs():
    known = {operation["operationId"]: operation for _, _, operation in operations()}
    used = set()
    for source, _, name, link in links():
        target = known[link["operationId"]]
        needed = {f"{p['in']}.{p['name']}" for p in target["parameters"] if p.get("required")}
        there = {f"{p['in']}.{p['name']}" for p in target["parameters"]}
        assert needed <= link["parameters"].keys() <= there, (source, name)
        used.add(name)
    assert len(used) > 25


def test_every_link_is_used():
    used = {name for _, _, _, link in links() for name in [str(link)]}
    assert {str(link) for link in description()["components"]["links"].values()} == used
