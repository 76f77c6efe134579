"""How folders, documents, versions and lists are stored: keys and mapping of the core table.

| row | pk | sk |
|---|---|---|
| folder | N#id | META |
| child of a folder | P#folder | the name's key (so the key itself keeps names unique) |
| trashed child | T#folder | time#id |
| document | D#id | META |
| version | D#id | V#000001 |
| number -> document | NUMBER#1 | DOCUMENT |
| counter | COUNTER | DOCUMENT |

Stored forms are append-only: attributes are added, never renamed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.access.model import Role
from chalicelib.access.store import node_key
from chalicelib.audit.model import Head
from chalicelib.clock import utc_text, utc_time
from chalicelib.documents.model import (
    Child,
    Document,
    DocumentState,
    Node,
    ObjectRef,
    Trashed,
    Upload,
    Verdict,
    Version,
    VersionState,
)
from chalicelib.transaction import Key, Row, Table

__all__ = ["node_key"]

COUNTER_KEY = Key(Table.CORE, "COUNTER", "DOCUMENT")
PENDING_LIST = "PENDING"


def document_key(document_id: str) -> Key:
    """Where a document's row lives."""
    return Key(Table.CORE, f"D#{document_id}", "META")


def version_key(document_id: str, number: int) -> Key:
    """Where a version's row lives."""
    return Key(Table.CORE, f"D#{document_id}", f"V#{number:06d}")


def number_key(number: int) -> Key:
    """Where a document number leads to its document."""
    return Key(Table.CORE, f"NUMBER#{number}", "DOCUMENT")


def child_key(parent_id: str, name_key: str) -> Key:
    """Where a folder's child of that name lives."""
    return Key(Table.CORE, f"P#{parent_id}", name_key)


def trashed_child_key(parent_id: str, child_id: str, trashed: Trashed) -> Key:
    """Where a folder remembers a child that went to the trash."""
    return Key(Table.CORE, f"T#{parent_id}", f"{utc_text(trashed.at)}#{child_id}")


def trash_list(user_id: str) -> str:
    """The list of what somebody has put into the trash."""
    return f"TRASH#{user_id}"


def node_row(node: Node) -> Row:
    """A folder as stored."""
    return {
        "id": node.id,
        "parent_id": node.parent_id,
        "name": node.name,
        "inherit": node.inherit,
        "grants": {who: role.value for who, role in node.grants.items()},
        "height": node.height,
        **_life(node),
    }


def node_of(row: Row) -> Node:
    """A folder from its row."""
    return Node(
        id=row["id"],
        parent_id=row.get("parent_id"),
        name=row["name"],
        inherit=row["inherit"],
        grants={who: Role(role) for who, role in row["grants"].items()},
        height=row["height"],
        **_life_of(row),
    )


def document_row(document: Document) -> Row:
    """A document as stored."""
    return {
        "id": document.id,
        "number": document.number,
        "node_id": document.node_id,
        "name": document.name,
        "state": document.state.value,
        "version": document.version,
        "latest": document.latest,
        "size": document.size,
        "digest": document.sha256,
        "content_type": document.content_type,
        "media_type": document.media_type,
        "chain_seq": document.head.seq,
        "chain_hash": document.head.hash,
        **_life(document),
    }


def document_of(row: Row) -> Document:
    """A document from its row."""
    return Document(
        id=row["id"],
        number=row["number"],
        node_id=row["node_id"],
        name=row["name"],
        state=DocumentState(row["state"]),
        version=row["version"],
        latest=row["latest"],
        size=row["size"],
        sha256=row["digest"],
        content_type=row["content_type"],
        media_type=row.get("media_type"),
        head=Head(row["chain_seq"], row["chain_hash"]),
        **_life_of(row),
    )


def version_row(version: Version) -> Row:
    """A version as stored; only stored ones are found by digest, only pending ones by the sweep.

    Claims are the store's to write.
    """
    stored = version.state is VersionState.STORED
    waiting = version.state in (VersionState.PENDING, VersionState.VERIFYING)
    upload, found = version.upload, version.object
    return {
        "document_id": version.document_id,
        "number": version.number,
        "name": version.name,
        "state": version.state.value,
        "size": version.size,
        "sha256" if stored else "declared": version.sha256,
        "content_type": version.content_type,
        "media_type": version.media_type,
        "checksum": version.checksum,
        "created_at": utc_text(version.created_at),
        "created_by": version.created_by,
        "upload": _upload_row(upload) if upload else None,
        "object_key": found.key if found else None,
        "object_version": found.version_id if found else None,
        "restored_from": version.restored_from,
        "verdict": version.verdict.value,
        "problem": version.problem,
        "list_pk": PENDING_LIST if waiting else None,
        "list_sk": f"{utc_text(upload.expires_at)}#{upload.id}" if waiting and upload else None,
    }


def version_of(row: Row) -> Version:
    """A version from its row."""
    return Version(
        document_id=row["document_id"],
        number=row["number"],
        name=row["name"],
        state=VersionState(row["state"]),
        size=row["size"],
        sha256=row.get("sha256") or row["declared"],
        content_type=row["content_type"],
        media_type=row["media_type"],
        checksum=row["checksum"],
        created_at=utc_time(row["created_at"]),
        created_by=row["created_by"],
        upload=_upload_of(row["upload"]) if "upload" in row else None,
        object=ObjectRef(row["object_key"], row["object_version"]) if "object_key" in row else None,
        restored_from=row.get("restored_from"),
        verdict=Verdict(row["verdict"]),
        problem=row.get("problem"),
        claim=row.get("claim"),
        claimed_until=row.get("claimed_until", ""),
    )


def child_row(child: Child) -> Row:
    """A child as a folder lists it: by name, among folders, and by last change."""
    folder = child.kind == "node" and child.trashed is None
    moment = child.trashed.at if child.trashed else child.modified_at
    return {
        "kind": child.kind,
        "id": child.id,
        "parent_id": child.parent_id,
        "name": child.name,
        "modified_at": utc_text(child.modified_at),
        "modified_by": child.modified_by,
        "restricted": child.restricted or None,
        "number": child.number,
        "version": child.version,
        "size": child.size,
        "media_type": child.media_type,
        "trashed_at": utc_text(child.trashed.at) if child.trashed else None,
        "trashed_by": child.trashed.by if child.trashed else None,
        "folder_of": child.parent_id if folder else None,
        "list_pk": trash_list(child.trashed.by) if child.trashed else f"P#{child.parent_id}",
        "list_sk": f"{utc_text(moment)}#{child.id}",
    }


def child_of(row: Row) -> Child:
    """A child from its row."""
    return Child(
        kind=row["kind"],
        id=row["id"],
        parent_id=row["parent_id"],
        name=row["name"],
        modified_at=utc_time(row["modified_at"]),
        modified_by=row["modified_by"],
        restricted=row.get("restricted", False),
        number=row.get("number"),
        version=row.get("version"),
        size=row.get("size"),
        media_type=row.get("media_type"),
        trashed=_trashed_of(row),
    )


def reserved_row(document: Document, *, until: datetime) -> Row:
    """A name held for a document whose first bytes are still on their way; in no list."""
    return {
        "kind": "document",
        "id": document.id,
        "parent_id": document.node_id,
        "name": document.name,
        "pending": True,
        "pending_until": utc_text(until),
        "pending_by": document.created_by,
    }


def _life(thing: Node | Document) -> dict[str, Any]:
    return {
        "rev": thing.rev,
        "created_at": utc_text(thing.created_at),
        "created_by": thing.created_by,
        "modified_at": utc_text(thing.modified_at),
        "modified_by": thing.modified_by,
        "trashed_at": utc_text(thing.trashed.at) if thing.trashed else None,
        "trashed_by": thing.trashed.by if thing.trashed else None,
    }


def _life_of(row: Row) -> dict[str, Any]:
    return {
        "rev": row["rev"],
        "created_at": utc_time(row["created_at"]),
        "created_by": row["created_by"],
        "modified_at": utc_time(row["modified_at"]),
        "modified_by": row["modified_by"],
        "trashed": _trashed_of(row),
    }


def _trashed_of(row: Row) -> Trashed | None:
    if "trashed_at" not in row:
        return None
    return Trashed(utc_time(row["trashed_at"]), row["trashed_by"])


def _upload_row(upload: Upload) -> Mapping[str, Any]:
    return {
        "id": upload.id,
        "key": upload.key,
        "multipart_id": upload.multipart_id,
        "part_size": upload.part_size,
        "expires_at": utc_text(upload.expires_at),
        "part_digests": {str(number): hex_ for number, hex_ in upload.part_digests.items()},
    }


def _upload_of(row: Mapping[str, Any]) -> Upload:
    return Upload(
        id=row["id"],
        key=row["key"],
        multipart_id=row["multipart_id"],
        part_size=row["part_size"],
        expires_at=utc_time(row["expires_at"]),
        part_digests={int(number): hex_ for number, hex_ in row["part_digests"].items()},
    )
