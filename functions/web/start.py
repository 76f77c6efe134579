"""Where one begins: /, finding, and the trash."""

from collections.abc import Sequence

from chalicelib.access.model import ROOT_ID
from chalicelib.documents.model import Child, Document, Node
from chalicelib.documents.open import find_by_number, list_trash
from chalicelib.documents.overview import overview
from chalicelib.errors import NotFound
from chalicelib.web.pages import query
from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Door, SignedIn
from functions.web import names
from functions.web.page import next_url, page, permissions_of, root_trail, see_other

door = Door(__name__, page=True)
_RECENT = 15
_LONGEST_NUMBER = 15


@door.on("GET", "/", access=SignedIn(), summary="Recent documents, shared folders, the root")
def start(call: Call) -> Answer:
    """Show where to go on."""
    found, shared = overview(wired().filing, call.authority, limit=_RECENT)
    trail, recents = root_trail(call), [_recent_row(each) for each in found]
    root = trail[0] if trail else None
    return page(call, "start", root=root, shared=_shared(call, shared), recents=recents)


@door.on("GET", "/find", access=SignedIn(), summary="Go to a document by number, or find by name")
def find(call: Call) -> Answer:
    """Go to the document of that number, or to the folder's names that begin so."""
    text = call.query.get("q", "").strip()
    if not text:
        return see_other(call, "/")
    found = _numbered(call, text)
    if found is not None:
        return see_other(call, f"/documents/{found.id}")
    node_id = call.query.get("in") or _root(call)
    return see_other(call, f"/nodes/{node_id}?{query({'find': text})}")


@door.on("GET", "/trash", access=SignedIn(), summary="What one put into the trash")
def trash(call: Call) -> Answer:
    """Show a page of the trash."""
    found = list_trash(
        wired().filing, call.authority, node_id=None, limit=call.limit, cursor=call.cursor
    )
    who = names.people(child.trashed.by for child in found.items if child.trashed)
    items = [_trash_row(call, child, who) for child in found.items]
    return page(call, "trash", items=items, next_url=next_url(call, found.next_cursor))


def _shared(call: Call, shared: Sequence[Node]) -> list[dict[str, str]]:
    found = []
    for node in shared:
        standing = wired().filing.guard.standing(call.authority, node.id)
        if standing:
            found.append({"id": node.id, "name": node.name, "role": standing.role.value})
    return found


def _numbered(call: Call, text: str) -> Document | None:
    digits = text.lower().removeprefix("no.").removeprefix("#").strip()
    if not digits.isascii() or not digits.isdecimal() or len(digits) > _LONGEST_NUMBER:
        return None
    return find_by_number(wired().filing, call.authority, int(digits))


def _root(call: Call) -> str:
    """Name the folder to look in when none is said.

    Raises:
        NotFound: the person does not see the topmost folder.
    """
    if wired().filing.guard.standing(call.authority, ROOT_ID) is None:
        raise NotFound("document of that number")
    return ROOT_ID


def _recent_row(document: Document) -> dict[str, object]:
    return {
        "id": document.id,
        "number": document.number,
        "name": document.name,
        "size": document.size,
        "content_type": document.content_type,
        "modified_at": document.modified_at,
    }


def _trash_row(call: Call, child: Child, who: names.Names) -> dict[str, object]:
    standing = wired().filing.guard.standing(call.authority, child.parent_id)
    trashed = child.trashed
    return {
        "kind": "folder" if child.kind == "node" else "document",
        "id": child.id,
        "name": child.name,
        "content_type": child.media_type,
        "trashed_at": trashed.at if trashed else child.modified_at,
        "trashed_by": who.get(trashed.by, "") if trashed else "",
        "place": standing.lineage[0].name if standing else "",
        "permissions": permissions_of(standing.role) if standing else [],
    }
