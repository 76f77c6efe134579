"""Documents and their versions."""

from typing import Any

from chalicelib.documents.model import SINGLE_MAX
from tests.scenarios.model import Request, scenario
from tests.scenarios.plots import (
    asked,
    content,
    document,
    downloaded,
    fresh,
    manager,
    plot,
    sent_upload,
    upload,
    viewer,
)
from tests.support.world import World, declared, good

LARGE = SINGLE_MAX + 1024**2
"""Bytes that go in two parts."""


@scenario("GET /v1/documents", "by number")
def _by_number(world: World) -> Request:
    number = good(viewer(world).get(f"/v1/documents/{document(world)}"), 200)["number"]
    return asked(viewer(world), "GET", f"/v1/documents?number={number}")


@scenario("GET /v1/documents", "recent ones")
def _recent(world: World) -> Request:
    downloaded(world)
    return asked(viewer(world), "GET", "/v1/documents")


@scenario("POST /v1/documents", "begin a document", 201)
def _begin(world: World) -> Request:
    body = {"node_id": plot(world), "name": fresh(world, "Paper"), **declared(content(world))}
    return asked(manager(world), "POST", "/v1/documents", body)


@scenario("POST /v1/documents", "begin a document in parts", 201)
def _begin_parts(world: World) -> Request:
    sent = {**declared(content(world)), "size": LARGE}
    body = {"node_id": plot(world), "name": fresh(world, "Paper"), **sent}
    return asked(manager(world), "POST", "/v1/documents", body)


@scenario("POST /v1/documents", "begin again what another upload holds", 201)
def _begin_again(world: World) -> Request:
    begun = upload(world)["document"]
    body = {"node_id": begun["node_id"], "name": begun["name"], **declared(content(world))}
    return asked(manager(world), "POST", "/v1/documents", body)


@scenario("GET /v1/documents/{document_id}", "read")
def _read(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/documents/{document(world)}")


@scenario("PATCH /v1/documents/{document_id}", "rename")
def _rename(world: World) -> Request:
    id_ = document(world)
    body = {"name": fresh(world, "Other")}
    return asked(
        manager(world), "PATCH", f"/v1/documents/{id_}", body, **{"If-Match": world.etag("D", id_)}
    )


@scenario("PATCH /v1/documents/{document_id}", "move")
def _move(world: World) -> Request:
    id_, target = document(world), plot(world)
    return asked(
        manager(world),
        "PATCH",
        f"/v1/documents/{id_}",
        {"node_id": target},
        **{"If-Match": world.etag("D", id_)},
    )


@scenario("DELETE /v1/documents/{document_id}", "put into the trash")
def _trash(world: World) -> Request:
    id_ = document(world)
    match = {"If-Match": world.etag("D", id_)}
    return asked(manager(world), "DELETE", f"/v1/documents/{id_}", **match)


@scenario("POST /v1/documents/{document_id}/restore", "take out of the trash")
def _restore(world: World) -> Request:
    id_ = document(world)
    good(manager(world).delete(f"/v1/documents/{id_}", If_Match=world.etag("D", id_)), 200)
    return asked(manager(world), "POST", f"/v1/documents/{id_}/restore", {})


@scenario("POST /v1/documents/{document_id}/rollback", "go back to the first version", 201)
def _roll_back(world: World) -> Request:
    id_ = document(world)
    world.version(id_, content(world), by=manager(world))
    return asked(manager(world), "POST", f"/v1/documents/{id_}/rollback", {"version": 1})


@scenario("GET /v1/documents/{document_id}/versions", "list")
def _versions(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/documents/{document(world)}/versions")


@scenario("POST /v1/documents/{document_id}/versions", "begin a version", 201)
def _begin_version(world: World) -> Request:
    path = f"/v1/documents/{document(world)}/versions"
    return asked(manager(world), "POST", path, declared(content(world)))


@scenario("GET /v1/documents/{document_id}/versions/{number}", "read")
def _read_version(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/documents/{document(world)}/versions/1")


@scenario("GET /v1/documents/{document_id}/versions/{number}/content", "download", 303)
def _download(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/documents/{document(world)}/versions/1/content")


@scenario("POST /v1/documents/{document_id}/versions/{number}/complete", "the first version")
def _complete(world: World) -> Request:
    return asked(manager(world), "POST", f"{_path(sent_upload(world))}/complete")


@scenario("POST /v1/documents/{document_id}/versions/{number}/complete", "the second version")
def _complete_second(world: World) -> Request:
    body = content(world)
    path = f"/v1/documents/{document(world)}/versions"
    begun = good(manager(world).post(path, declared(body)), 201)
    world.send(begun["upload"], body)
    return asked(manager(world), "POST", f"{_path(begun)}/complete")


@scenario("POST /v1/documents/{document_id}/versions/{number}/complete", "parts")
def _complete_parts(world: World) -> Request:
    body = content(world).ljust(LARGE, b".")
    begun = upload(world, body)
    world.send(begun["upload"], body)
    return asked(manager(world), "POST", f"{_path(begun)}/complete")


@scenario("POST /v1/documents/{document_id}/versions/{number}/complete", "other bytes", 422)
def _complete_other(world: World) -> Request:
    body = content(world).ljust(LARGE, b".")
    begun = upload(world, body)
    world.send(begun["upload"], body[:-1] + b"!")
    return asked(manager(world), "POST", f"{_path(begun)}/complete")


@scenario("GET /v1/documents/{document_id}/versions/{number}/upload", "go on")
def _resume(world: World) -> Request:
    return asked(manager(world), "GET", f"{_path(upload(world))}/upload")


@scenario("DELETE /v1/documents/{document_id}/versions/{number}/upload", "cancel")
def _cancel(world: World) -> Request:
    return asked(manager(world), "DELETE", f"{_path(sent_upload(world))}/upload")


@scenario("GET /v1/documents/{document_id}/audit", "history")
def _history(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/documents/{document(world)}/audit")


@scenario("GET /v1/documents/{document_id}/audit", "as CSV")
def _history_csv(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/documents/{document(world)}/audit?format=csv")


@scenario("GET /v1/documents/{document_id}/audit/verification", "verify")
def _verification(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/documents/{document(world)}/audit/verification")


def _path(begun: Any) -> str:
    version = begun["version"]
    return f"/v1/documents/{version['document_id']}/versions/{version['number']}"
