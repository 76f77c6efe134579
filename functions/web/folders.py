"""Folders: /nodes/{id} and who has access to them."""

from collections.abc import Mapping, Sequence

from chalicelib.access.model import Permission, Place, Role
from chalicelib.documents.model import Child, Listing
from chalicelib.documents.open import OpenNode, list_children, open_access, open_node
from chalicelib.web.pages import query
from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Door, Needs
from functions.web import names
from functions.web.page import crumbs_of, next_url, page, permissions_of, trail_of

door = Door(__name__, page=True)
_DEFAULT_SORT = "name"


@door.on("GET", "/nodes/{node_id}", access=Needs(Permission.NODE_VIEW), summary="A folder's page")
def folder(call: Call) -> Answer:
    """Show a folder and a page of what is in it."""
    found = open_node(wired().filing, call.authority, call.params["node_id"])
    text = call.query.get("find", "")
    sort = _DEFAULT_SORT if text else call.query.get("sort", _DEFAULT_SORT)
    listing = list_children(
        wired().filing,
        call.authority,
        found.node.id,
        sort=sort,
        prefix=text,
        limit=call.limit,
        cursor=call.cursor,
    )
    return _shown(call, found, listing, sort=sort, text=text)


@door.on(
    "GET",
    "/nodes/{node_id}/access",
    access=Needs(Permission.ACCESS_VIEW),
    summary="The page of who has access to a folder",
)
def access(call: Call) -> Answer:
    """Show a folder's own grants and those from above."""
    filing, node_id = wired().filing, call.params["node_id"]
    found = open_access(filing, call.authority, node_id)
    trail = [*trail_of(found.above), {"id": found.node.id, "name": found.node.name}]
    return page(
        call,
        "folder_access",
        node=_node_view(found),
        trail=trail,
        crumbs=crumbs_of(trail, ("Access", "")),
        grants=grant_rows(call, found.node.grants, found.standing.lineage, own=True),
        editable=found.standing.allows(Permission.ACCESS_CHANGE),
        access_etag=f'"{found.node.rev}"',
    )


def grant_rows(
    call: Call, grants: Mapping[str, Role], lineage: Sequence[Place], *, own: bool
) -> list[dict[str, object]]:
    """List who has which role in a folder: its own grants first, then from above, nearest first.

    own: False where the reader looks from a document, so that every grant names its folder.
    """
    found: list[tuple[str, Role, Place | None]] = [
        (who, role, None if own else lineage[0]) for who, role in grants.items()
    ]
    inherit = lineage[0].inherit
    for place in lineage[1:]:
        if not inherit:
            break
        found += [(who, role, place) for who, role in place.grants.items()]
        inherit = place.inherit
    named = names.of_all(call, (who for who, _, _ in found))
    seen = {place.id for place in wired().filing.guard.visible(call.authority, lineage)}
    return [_grant_row(who, role, place, named, seen) for who, role, place in found]


def _shown(call: Call, found: OpenNode, listing: Listing, *, sort: str, text: str) -> Answer:
    trail = [*trail_of(found.above), {"id": found.node.id, "name": found.node.name}]
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    who = names.people(child.modified_by for child in listing.items)
    may = permissions_of(found.standing.role)
    return page(
        call,
        "folder",
        node=_node_view(found),
        trail=trail,
        crumbs=crumbs_of(trail),
        items=[child_row(child, who, may) for child in listing.items],
        sort=column,
        direction="desc" if descending else "asc",
        sort_urls=_sort_urls(call, column, descending=descending),
        next_url=next_url(call, listing.next_cursor),
        find=text,
    )


def child_row(
    child: Child, who: Mapping[str, str], permissions: Sequence[str]
) -> dict[str, object]:
    """Give a row of a list its words."""
    return {
        "kind": "folder" if child.kind == "node" else "document",
        "id": child.id,
        "number": child.number,
        "name": child.name,
        "version": child.version,
        "size": child.size,
        "content_type": child.media_type,
        "modified_at": child.modified_at,
        "modified_by": who[child.modified_by],
        "restricted": child.restricted,
        "permissions": permissions,
    }


def _node_view(found: OpenNode) -> dict[str, object]:
    node, standing = found.node, found.standing
    return {
        "id": node.id,
        "parent_id": node.parent_id,
        "name": node.name,
        "inherit": node.inherit,
        "etag": f'"{node.rev}"',
        "role": standing.role.value,
        "trashed": standing.trashed,
        "permissions": [] if standing.trashed else permissions_of(standing.role),
        "restorable": node.trashed is not None and standing.allows(Permission.NODE_RESTORE),
    }


def _sort_urls(call: Call, column: str, *, descending: bool) -> dict[str, str]:
    def url(to: str) -> str:
        # A second click turns the order round; times begin with the newest.
        turned = (not descending) if to == column else to == "modified"
        return call.url(f"{call.path}?{query({'sort': ('-' if turned else '') + to})}")

    return {"name": url("name"), "modified": url("modified")}


def _grant_row(
    who: str, role: Role, place: Place | None, named: Mapping[str, str], seen: set[str]
) -> dict[str, object]:
    group = who.startswith("group:")
    shown = place is not None and place.id in seen
    return {
        "principal": who,
        "name": named.get(who, "Somebody who is no longer here"),
        "detail": "Group" if group else "",
        "group": group,
        "role": role.value,
        "own": place is None,
        "from_name": place.name if place and shown else "A folder above",
        "from_path": f"/nodes/{place.id}/access" if place and shown else "",
    }
