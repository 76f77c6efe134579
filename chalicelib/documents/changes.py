"""The changes that filing commits: rows with the guard and the refusal of each, made, not written.

`transaction.transact` writes them, all or nothing.
"""

from datetime import datetime

from chalicelib.access.store import node_key
from chalicelib.documents import rows
from chalicelib.documents.model import Child, Document, Node, Trashed, Version
from chalicelib.documents.name import Name, key_of
from chalicelib.errors import Busy, NameTaken, PaperTrailError, Stale
from chalicelib.transaction import (
    NEW_ROW,
    Below,
    Change,
    Delete,
    Expected,
    Guard,
    Put,
    Refusal,
    Row,
    Update,
)


class Repeated(PaperTrailError):
    """A row with this very id exists: the request was carried out before; `row` is what it made."""

    def __init__(self, row: Row | None) -> None:
        super().__init__("repeated")
        self.row: Row = row or {}


class NotHeld(PaperTrailError):
    """The name is not held for this document (any more)."""

    def __init__(self, _row: Row | None) -> None:
        super().__init__("not held")


def _moved_on(was: Node | Document) -> Refusal:
    """Stale when the thing itself changed; busy when it merely grew: then try again.

    A document grows by its audit chain, a folder by the levels below it.
    """

    def refusal(row: Row | None) -> PaperTrailError:
        return Stale() if row is None or row["rev"] != was.rev else Busy()

    return refusal


def put_new_node(node: Node) -> Change:
    """Write a folder that was not there; refuses with `Repeated`."""
    return Put(key=node_key(node.id), row=rows.node_row(node), guard=NEW_ROW, refusal=Repeated)


def put_node(node: Node, *, was: Node) -> Change:
    """Write a folder over the state that was read; refuses with `Stale`."""
    guard: Guard = {"rev": was.rev, "height": was.height}
    return Put(key=node_key(node.id), row=rows.node_row(node), guard=guard, refusal=_moved_on(was))


def raise_height(node_id: str, *, parent_id: str | None, height: int) -> Change:
    """Say that a folder has more levels below it than it knew.

    Guarded by its parent: a folder that was moved meanwhile has other folders above it.
    """
    guard: dict[str, object] = {"height": Below(height)}
    if parent_id is not None:
        guard["parent_id"] = parent_id
    return Update(key=node_key(node_id), values={"height": height}, guard=guard)


def put_new_document(document: Document) -> Change:
    """Write a document that was not there; refuses with `Repeated`."""
    return Put(
        key=rows.document_key(document.id),
        row=rows.document_row(document),
        guard=NEW_ROW,
        refusal=Repeated,
    )


def put_document(document: Document, *, was: Document) -> Change:
    """Write a document over the state that was read; refuses with `Stale`."""
    return Put(
        key=rows.document_key(document.id),
        row=rows.document_row(document),
        guard={"rev": was.rev, "chain_seq": was.head.seq},
        refusal=_moved_on(was),
    )


def put_chain(document: Document, *, was: Document) -> Change:
    """Advance a document's audit chain and its highest version number, and nothing else.

    Guarded by the chain's head, which every change advances; refuses as busy.
    """
    values = {
        "latest": document.latest,
        "chain_seq": document.head.seq,
        "chain_hash": document.head.hash,
    }
    guard: Guard = {"chain_seq": was.head.seq, "rev": was.rev}
    return Update(key=rows.document_key(document.id), values=values, guard=guard)


def put_number(document: Document) -> Change:
    """Let the number lead to the document."""
    return Put(
        key=rows.number_key(document.number), row={"document_id": document.id}, guard=NEW_ROW
    )


def put_new_version(version: Version) -> Change:
    """Write a version that was not there; refuses with `Repeated`."""
    return Put(
        key=rows.version_key(version.document_id, version.number),
        row=rows.version_row(version),
        guard=NEW_ROW,
        refusal=Repeated,
    )


def put_version(version: Version, *, was: Version, claim: str | None = None) -> Change:
    """Write a version over the state that was read."""
    guard: dict[str, object] = {"state": was.state.value, "verdict": was.verdict.value}
    if claim is not None:
        guard["claim"] = claim
    return Put(
        key=rows.version_key(version.document_id, version.number),
        row=rows.version_row(version),
        guard=guard,
    )


def end_unclaimed(version: Version, *, was: Version) -> Change:
    """Write an upload that is over, over the state that was read, its last claim included."""
    guard: Guard = {
        "state": was.state.value,
        "claim": Expected.ABSENT if was.claim is None else was.claim,
    }
    return Put(
        key=rows.version_key(version.document_id, version.number),
        row=rows.version_row(version),
        guard=guard,
    )


def take_name(child: Child) -> Change:
    """List a child under a free name; refuses with `NameTaken`."""
    name = Name.of(child.name)

    def taken(row: Row | None) -> PaperTrailError:
        return name_taken(child.name, row)

    row = {**rows.child_row(child), "folder_name": name.key if child.kind == "node" else None}
    return Put(key=rows.child_key(child.parent_id, name.key), row=row, guard=NEW_ROW, refusal=taken)


def relist(child: Child) -> Change:
    """Write a child's row over its own."""
    key = key_of(child.name)
    row = {**rows.child_row(child), "folder_name": key if child.kind == "node" else None}
    return Put(key=rows.child_key(child.parent_id, key), row=row, guard={"id": child.id})


def free_name(child: Child) -> Change:
    """Take a child off its folder's list."""
    return Delete(key=rows.child_key(child.parent_id, key_of(child.name)), guard={"id": child.id})


def relisted(before: Child, after: Child) -> list[Change]:
    """Move a child's row to its new name or folder; where both share a row, write it over."""
    same_row = before.parent_id == after.parent_id and key_of(before.name) == key_of(after.name)
    if same_row:
        return [relist(after)]
    return [free_name(before), take_name(after)]


def list_trashed(child: Child, trashed: Trashed) -> Change:
    """List a child as trashed, with its folder and with whoever did it."""
    key = rows.trashed_child_key(child.parent_id, child.id, trashed)
    return Put(key=key, row=rows.child_row(child))


def unlist_trashed(parent_id: str, child_id: str, trashed: Trashed) -> Change:
    """Take a child off the trash."""
    return Delete(key=rows.trashed_child_key(parent_id, child_id, trashed))


def reserve_name(document: Document, *, until: datetime, instead_of: str | None = None) -> Change:
    """Hold a name until the first bytes are verified.

    A free one, refusing with `NameTaken`; or the one that is held for the document `instead_of`,
    refusing as busy.
    """

    def taken(row: Row | None) -> PaperTrailError:
        return Busy() if instead_of else name_taken(document.name, row)

    return Put(
        key=rows.child_key(document.node_id, key_of(document.name)),
        row=rows.reserved_row(document, until=until),
        guard={"id": instead_of, "pending": True} if instead_of else NEW_ROW,
        refusal=taken,
    )


def free_reserved(document: Document) -> Change:
    """Give up a held name; refuses with `NotHeld`."""
    return Delete(
        key=rows.child_key(document.node_id, key_of(document.name)),
        guard={"id": document.id, "pending": True},
        refusal=NotHeld,
    )


def name_taken(name: str, row: Row | None) -> NameTaken:
    """The refusal that names what bears the name."""
    kind = "folder" if row and row.get("kind") == "node" else "document"
    pending = bool(row and row.get("pending"))
    return NameTaken(name, kind=kind, existing_id=row["id"] if row and not pending else None)
