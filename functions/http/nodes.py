"""Folders: /v1/nodes."""

from collections.abc import Mapping

from chalicelib.access.model import Permission, Role
from chalicelib.documents.change_access import change_access
from chalicelib.documents.change_node import move_node, rename_node
from chalicelib.documents.create_node import create_node
from chalicelib.documents.open import (
    list_children,
    list_folders,
    list_trash,
    open_access,
    open_node,
)
from chalicelib.documents.shares import shared_with
from chalicelib.documents.trash_node import restore_node, trash_node
from chalicelib.errors import Invalid
from chalicelib.wiring import wired
from functions.calls import Answer, Call, etag
from functions.edge import Door, Match, Needs, SignedIn
from functions.http.shapes import listing_json, node_json
from functions.parameters import IN_FOLDER, KIND, PAGE, PREFIX, SORT

door = Door(__name__)


@door.on(
    "POST",
    "/v1/nodes",
    access=Needs(Permission.NODE_CREATE),
    summary="Create a folder",
    body="NewNode",
    returns="NodeShape",
    status=201,
    gives=("ETag", "Location"),
)
def create(call: Call) -> Answer:
    """Create a folder in another."""
    body = call.body
    node = create_node(wired().filing, call.authority, parent_id=body.parent_id, name=body.name)
    return Answer(
        status=201,
        body=node_json(node),
        headers={**etag(node.rev), "Location": call.url(f"/v1/nodes/{node.id}")},
    )


@door.on(
    "GET",
    "/v1/nodes/{node_id}",
    access=Needs(Permission.NODE_VIEW),
    summary="A folder; `root` is the topmost",
    returns="NodeShape",
    gives=("ETag",),
)
def read(call: Call) -> Answer:
    """A folder."""
    found = open_node(wired().filing, call.authority, call.params["node_id"])
    return Answer(
        body=node_json(found.node, found.standing, found.above), headers=etag(found.node.rev)
    )


@door.on(
    "GET",
    "/v1/nodes/{node_id}/children",
    access=Needs(Permission.NODE_VIEW),
    summary="What is in a folder",
    returns="ChildrenShape",
    query=(*PAGE, SORT, PREFIX, KIND),
    along=False,
)
def children(call: Call) -> Answer:
    """A page of a folder."""
    if call.query.get("kind"):
        return _folders(call)
    found = list_children(
        wired().filing,
        call.authority,
        call.params["node_id"],
        sort=call.query.get("sort", "name"),
        prefix=call.query.get("prefix", ""),
        limit=call.limit,
        cursor=call.cursor,
    )
    return Answer(body=listing_json(found))


def _folders(call: Call) -> Answer:
    if call.query["kind"] != "node":
        raise Invalid("kind", "only node, or nothing for all")
    node_id = call.params["node_id"]
    found = list_folders(
        wired().filing, call.authority, node_id, limit=call.limit, cursor=call.cursor
    )
    return Answer(body=listing_json(found))


@door.on(
    "PATCH",
    "/v1/nodes/{node_id}",
    access=Needs(Permission.NODE_RENAME, Permission.NODE_MOVE),
    summary="Rename a folder, or move it with all that is in it",
    body="NodeChange",
    returns="NodeShape",
    match=Match.MUST,
    gives=("ETag",),
)
def change(call: Call) -> Answer:
    """Rename or move a folder."""
    body, node_id = call.body, call.params["node_id"]
    if (body.name is None) == (body.parent_id is None):
        raise Invalid("body", "send either name or parent_id")
    if body.name is not None:
        node = rename_node(wired().filing, call.authority, node_id, name=body.name, rev=call.rev)
    else:
        node = move_node(
            wired().filing, call.authority, node_id, parent_id=body.parent_id, rev=call.rev
        )
    return Answer(body=node_json(node), headers=etag(node.rev))


@door.on(
    "DELETE",
    "/v1/nodes/{node_id}",
    access=Needs(Permission.NODE_TRASH),
    summary="Put a folder into the trash",
    returns="NodeShape",
    match=Match.MUST,
    gives=("ETag",),
)
def trash(call: Call) -> Answer:
    """Put a folder into the trash."""
    node = trash_node(wired().filing, call.authority, call.params["node_id"], rev=call.rev)
    return Answer(body=node_json(node), headers=etag(node.rev))


@door.on(
    "POST",
    "/v1/nodes/{node_id}/restore",
    access=Needs(Permission.NODE_RESTORE),
    summary="Bring a folder back from the trash",
    body="Restoration",
    returns="NodeShape",
    gives=("ETag",),
)
def restore(call: Call) -> Answer:
    """Bring a folder back."""
    name = call.body.name
    node = restore_node(wired().filing, call.authority, call.params["node_id"], name=name)
    return Answer(body=node_json(node), headers=etag(node.rev))


@door.on(
    "GET",
    "/v1/nodes/{node_id}/access",
    access=Needs(Permission.ACCESS_VIEW),
    summary="Who may do what in a folder",
    returns="AccessShown",
    gives=("ETag",),
)
def read_access(call: Call) -> Answer:
    """A folder's grants."""
    found = open_access(wired().filing, call.authority, call.params["node_id"])
    shown = {
        "inherit": found.node.inherit,
        "grants": _grants(found.node.grants),
        "inherited": _grants(found.inherited),
        "rev": found.node.rev,
    }
    return Answer(body=shown, headers=etag(found.node.rev))


@door.on(
    "PUT",
    "/v1/nodes/{node_id}/access",
    access=Needs(Permission.ACCESS_CHANGE),
    summary="Say who may do what in a folder",
    body="AccessShape",
    returns="NodeShape",
    match=Match.MUST,
    gives=("ETag",),
)
def write_access(call: Call) -> Answer:
    """Set a folder's grants."""
    body = call.body
    grants = {grant.principal: grant.role for grant in body.grants}
    if len(grants) != len(body.grants):
        raise Invalid("grants", "name each principal once")
    node = change_access(
        wired().filing,
        call.authority,
        call.params["node_id"],
        inherit=body.inherit,
        grants=grants,
        rev=call.rev,
    )
    return Answer(body=node_json(node), headers=etag(node.rev))


@door.on(
    "GET", "/v1/shared", access=SignedIn(), summary="Folders shared with me", returns="NodesShape"
)
def shared(call: Call) -> Answer:
    """Folders in which I, or a group of mine, hold a grant."""
    found = shared_with(wired().filing, call.authority)
    return Answer(body={"items": [node_json(node) for node in found], "next_cursor": None})


@door.on(
    "GET",
    "/v1/trash",
    access=SignedIn(),
    summary="What I put into the trash, or what was trashed out of a folder",
    returns="ChildrenShape",
    query=(*PAGE, IN_FOLDER),
    also={404: None},
)
def trash_list(call: Call) -> Answer:
    """A page of the trash."""
    found = list_trash(
        wired().filing,
        call.authority,
        node_id=call.query.get("node_id"),
        limit=call.limit,
        cursor=call.cursor,
    )
    return Answer(body=listing_json(found))


def _grants(grants: Mapping[str, Role]) -> list[dict[str, str]]:
    return [{"principal": who, "role": role.value} for who, role in sorted(grants.items())]
