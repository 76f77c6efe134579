"""Look: folders, lists, documents, versions, bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission, Place, Role, Standing, best_role, inherited_grants
from chalicelib.access.store import place_of
from chalicelib.audit.model import Action
from chalicelib.audit.store import actor_page
from chalicelib.audit.trail import record_read
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import (
    Child,
    Document,
    Listing,
    Node,
    Verdict,
    Version,
    VersionState,
)
from chalicelib.documents.name import MAX_KEY_BYTES, key_of
from chalicelib.documents.rows import node_key
from chalicelib.errors import Invalid, NotFound, NotReady
from chalicelib.transaction import Key

_SORTS = ("name", "-name", "modified", "-modified")
_RECENT_READ = 100
_FILL_READS = 4


@dataclass(frozen=True, slots=True)
class OpenNode:
    """A folder, where the person stands there, and the visible folders above, nearest first."""

    node: Node
    standing: Standing
    above: Sequence[Place]


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document, where the person stands, the visible folders above it, nearest first."""

    document: Document
    standing: Standing
    above: Sequence[Place]


def open_node(filing: Filing, authority: Authority, node_id: str) -> OpenNode:
    """A folder that the person may see.

    Raises:
        NotFound: it is not there, or not theirs to see.
    """
    standing = filing.guard.require(authority, node_id, Permission.NODE_VIEW)
    above = filing.guard.visible(authority, standing.lineage)
    return OpenNode(filing.store.node(node_id), standing, above[1:])


def open_document(filing: Filing, authority: Authority, document_id: str) -> OpenDocument:
    """A document that the person may see, pending ones only if they began them.

    Raises:
        NotFound: it is not there, or not theirs to see.
    """
    document = filing.store.document(document_id)
    standing = filing.guard.require(
        authority, document.node_id, Permission.DOCUMENT_VIEW, kind="document"
    )
    if document.version == 0 and document.created_by != authority.principal.user_id:
        raise NotFound("document")
    return OpenDocument(document, standing, filing.guard.visible(authority, standing.lineage))


@dataclass(frozen=True, slots=True)
class OpenAccess(OpenNode):
    """A folder with its own grants, and the best role that each principal inherits."""

    inherited: Mapping[str, Role]


def open_access(filing: Filing, authority: Authority, node_id: str) -> OpenAccess:
    """Who may do what in a folder.

    Raises:
        NotFound, Forbidden: as the guard says.
    """
    standing = filing.guard.require(authority, node_id, Permission.ACCESS_VIEW)
    above = filing.guard.visible(authority, standing.lineage)
    node = filing.store.node(node_id)
    inherited = inherited_grants(standing.lineage) if node.inherit else {}
    return OpenAccess(node, standing, above[1:], inherited)


def list_children(
    filing: Filing,
    authority: Authority,
    node_id: str,
    *,
    sort: str = "name",
    prefix: str = "",
    limit: int,
    cursor: str | None,
) -> Listing:
    """A page of a folder, without the folders that the person may not see.

    Args:
        filing: the desk.
        authority: who asks.
        node_id: the folder.
        sort: name, -name, modified or -modified (a minus turns it round).
        prefix: how names begin, compared as names are; for sorts by name.
        limit: at most so many items; a page may hold fewer and still have a cursor.
        cursor: where an earlier page stopped, under the same sort and prefix.

    Raises:
        NotFound: the folder is not there, or not theirs to see.
        Invalid: an unknown sort, a prefix with another sort, or no cursor of ours.
    """
    filing.guard.require(authority, node_id, Permission.NODE_VIEW)
    if sort not in _SORTS:
        raise Invalid("sort", "one of " + ", ".join(_SORTS))
    if prefix and sort not in ("name", "-name"):
        raise Invalid("prefix", "goes with sort=name or sort=-name")
    if len(key_of(prefix).encode(errors="replace")) > MAX_KEY_BYTES:
        raise Invalid("prefix", "no name is as long as this")
    descending = sort.startswith("-")

    def page(count: int, position: str | None) -> Listing:
        if sort.endswith("name"):
            return filing.store.children(
                node_id, prefix=prefix, descending=descending, limit=count, cursor=position
            )
        return filing.store.children_by_change(
            node_id, descending=descending, limit=count, cursor=position
        )

    items: list[Child] = []
    for _ in range(_FILL_READS):
        found = page(limit - len(items), cursor)
        items += without_hidden(filing, authority, found.items)
        cursor = found.next_cursor
        if cursor is None or len(items) >= limit:
            break
    return Listing(items, cursor)


def list_folders(
    filing: Filing, authority: Authority, node_id: str, *, limit: int, cursor: str | None
) -> Listing:
    """A page of a folder's folders by name; its documents cost nothing.

    Raises:
        NotFound: the folder is not there, or not theirs to see.
    """
    filing.guard.require(authority, node_id, Permission.NODE_VIEW)
    found = filing.store.folders(node_id, limit=limit, cursor=cursor)
    return Listing(without_hidden(filing, authority, found.items), found.next_cursor)


def without_hidden(filing: Filing, authority: Authority, children: Sequence[Child]) -> list[Child]:
    """The children without folders that cut off inheritance and do not let this person in.

    Costs one batch read when there is any such folder, else nothing.
    """
    restricted = [child.id for child in children if child.restricted]
    if not restricted:
        return list(children)
    found: dict[Key, object] = dict(filing.store.nodes(restricted))
    names = authority.principal.names
    hidden = {
        id_
        for id_ in restricted
        if not (row := found.get(node_key(id_))) or best_role([place_of(row)], names) is None  # type: ignore[arg-type] # rows are mappings
    }
    return [child for child in children if child.id not in hidden]


def list_trash(
    filing: Filing,
    authority: Authority,
    *,
    node_id: str | None,
    limit: int,
    cursor: str | None,
) -> Listing:
    """What somebody put into the trash, or what was trashed out of a folder they see.

    Raises:
        NotFound: the folder is not there, or not theirs to see.
    """
    if node_id is not None:
        filing.guard.require(authority, node_id, Permission.NODE_VIEW)
        found = filing.store.trash_in(node_id, limit=limit, cursor=cursor)
        return Listing(without_hidden(filing, authority, found.items), found.next_cursor)
    found = filing.store.trash_of(authority.principal.user_id, limit=limit, cursor=cursor)
    parents = {child.parent_id for child in found.items}
    filing.guard.learn(authority, parents)
    seen = {id_ for id_ in parents if filing.guard.standing(authority, id_)}
    items = [child for child in found.items if child.parent_id in seen]
    return Listing(without_hidden(filing, authority, items), found.next_cursor)


def find_by_number(filing: Filing, authority: Authority, number: int) -> Document | None:
    """The document of that number, if the person may see it."""
    document_id = filing.store.by_number(number)
    if document_id is None:
        return None
    try:
        return open_document(filing, authority, document_id).document
    except NotFound:
        return None


def recent(filing: Filing, authority: Authority, *, limit: int) -> Sequence[Document]:
    """The documents that the person last changed or opened, newest first.

    Two reads: their own last hundred audit entries, and the documents those name.
    """
    found = filing.store.documents(recent_ids(filing, authority, limit=limit))
    return still_seen(filing, authority, found)[:limit]


def recent_ids(filing: Filing, authority: Authority, *, limit: int) -> Sequence[str]:
    """The documents that the person last changed or opened, seen or not, at most twice `limit`."""
    page = actor_page(
        filing.store.database,
        authority.principal.user_id,
        now=filing.now(),
        limit=_RECENT_READ,
    )
    kinds = (entry.subject.partition(":") for entry in page.items)
    ids = list(dict.fromkeys(id_ for kind, _, id_ in kinds if kind == "document"))
    return ids[: limit * 2]


def still_seen(
    filing: Filing, authority: Authority, found: Sequence[Document]
) -> Sequence[Document]:
    """Those that the person sees and that lie in no trash, with bytes."""
    filing.guard.learn(authority, [document.node_id for document in found])
    return [
        document
        for document in found
        if document.version
        and not document.trashed
        and (standing := filing.guard.standing(authority, document.node_id))
        and not standing.trashed
    ]


def list_versions(
    filing: Filing, authority: Authority, document_id: str, *, limit: int, cursor: str | None
) -> tuple[Sequence[Version], str | None]:
    """A page of a document's versions, newest first; uploads under way only to who began them.

    Raises:
        NotFound: the document is not there, or not theirs to see.
    """
    opened = open_document(filing, authority, document_id)
    return versions_of(filing, authority, opened, limit=limit, cursor=cursor)


def versions_of(
    filing: Filing, authority: Authority, opened: OpenDocument, *, limit: int, cursor: str | None
) -> tuple[Sequence[Version], str | None]:
    """As `list_versions`, of a document that was opened."""
    found, next_cursor = filing.store.versions(opened.document.id, limit=limit, cursor=cursor)
    mine = authority.principal.user_id
    shown = [v for v in found if v.state is VersionState.STORED or v.created_by == mine]
    return shown, next_cursor


def open_version(
    filing: Filing, authority: Authority, document_id: str, number: int
) -> tuple[Document, Version]:
    """A version, and its document.

    Raises:
        NotFound: it is not there, not theirs to see, or somebody else's upload under way.
    """
    document, version = filing.store.document_with_version(document_id, number)
    filing.guard.require(authority, document.node_id, Permission.DOCUMENT_VIEW, kind="version")
    return document, _shown_to(authority, version)


def newest_version(filing: Filing, authority: Authority, opened: OpenDocument) -> Version:
    """The current version of a document that was opened, or the upload that it begins with.

    Raises:
        NotFound: it is somebody else's upload under way.
    """
    number = opened.document.version or opened.document.latest
    return _shown_to(authority, filing.store.version(opened.document.id, number))


def _shown_to(authority: Authority, version: Version) -> Version:
    own = version.created_by == authority.principal.user_id
    if version.state is not VersionState.STORED and not own:
        raise NotFound("version")
    return version


def link_to_content(
    filing: Filing, authority: Authority, document_id: str, number: int, *, inline: bool
) -> str:
    """A short-lived URL of a version's bytes; the look is told in the document's reads chain first.

    Raises:
        NotFound: it is not there, or not theirs to see.
        NotReady: its bytes are still on their way, or the scanner has not cleared them.
    """
    _, version = open_version(filing, authority, document_id, number)
    _require_open(filing, version)
    record_read(
        filing.trail,
        authority.principal,
        document_id=document_id,
        action=Action.DOCUMENT_VIEWED if inline else Action.DOCUMENT_DOWNLOADED,
        version=number,
        sha256=version.sha256,
    )
    return filing.files.link(version, inline=inline)


def _require_open(filing: Filing, version: Version) -> None:
    if version.state is not VersionState.STORED or version.object is None:
        raise NotReady(f"This version cannot be opened: it is {version.state.value}.")
    verdict = verdict_of(filing, version)
    if verdict is Verdict.THREAT:
        raise NotReady("The malware scanner found a threat in this version; it stays closed.")
    if filing.require_scan and verdict is Verdict.NONE:
        raise NotReady("The malware scanner has not cleared this version yet. Try again soon.")


def verdict_of(filing: Filing, version: Version) -> Verdict:
    """The scanner judged an object; a roll-back's object came with an earlier version."""
    if version.restored_from is None or version.object is None:
        return version.verdict
    origin = int(version.object.key.rpartition("/")[2])
    return filing.store.version(version.document_id, origin).verdict
