"""Folders and who may do what in them."""

from tests.scenarios.model import Request, scenario
from tests.scenarios.plots import asked, document, fresh, manager, plot, viewer
from tests.support.world import World, good


@scenario("POST /v1/nodes", "create a folder", 201)
def _create(world: World) -> Request:
    body = {"parent_id": plot(world), "name": fresh(world, "Folder")}
    return asked(manager(world), "POST", "/v1/nodes", body)


@scenario("GET /v1/nodes/{node_id}", "read")
def _read(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/nodes/{plot(world)}")


@scenario("GET /v1/nodes/{node_id}/children", "list")
def _children(world: World) -> Request:
    return asked(viewer(world), "GET", f"/v1/nodes/{_filled(world)}/children")


@scenario("GET /v1/nodes/{node_id}/children", "by time")
def _children_by_time(world: World) -> Request:
    path = f"/v1/nodes/{_filled(world)}/children?sort=modified&order=desc"
    return asked(viewer(world), "GET", path)


@scenario("PATCH /v1/nodes/{node_id}", "rename")
def _rename(world: World) -> Request:
    id_ = plot(world)
    match = {"If-Match": world.etag("N", id_)}
    return asked(
        manager(world), "PATCH", f"/v1/nodes/{id_}", {"name": fresh(world, "Name")}, **match
    )


@scenario("PATCH /v1/nodes/{node_id}", "move")
def _move(world: World) -> Request:
    id_, target = plot(world), plot(world)
    match = {"If-Match": world.etag("N", id_)}
    return asked(manager(world), "PATCH", f"/v1/nodes/{id_}", {"parent_id": target}, **match)


@scenario("DELETE /v1/nodes/{node_id}", "put into the trash")
def _trash(world: World) -> Request:
    id_ = _filled(world)
    return asked(manager(world), "DELETE", f"/v1/nodes/{id_}", **{"If-Match": world.etag("N", id_)})


@scenario("POST /v1/nodes/{node_id}/restore", "take out of the trash")
def _restore(world: World) -> Request:
    id_ = _filled(world)
    good(manager(world).delete(f"/v1/nodes/{id_}", If_Match=world.etag("N", id_)), 200)
    return asked(manager(world), "POST", f"/v1/nodes/{id_}/restore", {})


@scenario("GET /v1/nodes/{node_id}/access", "read")
def _access(world: World) -> Request:
    return asked(manager(world), "GET", f"/v1/nodes/{plot(world)}/access")


@scenario("PUT /v1/nodes/{node_id}/access", "give two people roles")
def _change_access(world: World) -> Request:
    id_ = plot(world)
    grants = [
        {"principal": f"user:{world.ids[name]}", "role": role}
        for name, role in (("stranger", "viewer"), ("manager", "manager"))
    ]
    body = {"inherit": True, "grants": grants}
    match = {"If-Match": world.etag("N", id_)}
    return asked(manager(world), "PUT", f"/v1/nodes/{id_}/access", body, **match)


@scenario("GET /v1/shared", "list")
def _shared(world: World) -> Request:
    return asked(viewer(world), "GET", "/v1/shared")


@scenario("GET /v1/trash", "of a folder")
def _trash_list(world: World) -> Request:
    node = plot(world)
    id_ = document(world, node)
    good(manager(world).delete(f"/v1/documents/{id_}", If_Match=world.etag("D", id_)), 200)
    return asked(manager(world), "GET", f"/v1/trash?node_id={node}")


def _filled(world: World) -> str:
    node = plot(world)
    world.folder(fresh(world, "Folder"), node)
    document(world, node)
    return node
