"""What the API says of what is filed, as JSON: one function a thing."""

from collections.abc import Sequence
from typing import Any

from chalicelib.access.model import Place, Standing
from chalicelib.clock import utc_text
from chalicelib.documents.begin_upload import Begun
from chalicelib.documents.model import (
    Child,
    Document,
    Listing,
    Node,
    Trashed,
    Version,
)


def node_json(
    node: Node, standing: Standing | None = None, above: Sequence[Place] = ()
) -> dict[str, Any]:
    """A folder."""
    return {
        "id": node.id,
        "parent_id": node.parent_id,
        "name": node.name,
        "inherit": node.inherit,
        **_life(node),
        **_standing(standing, above),
    }


def document_json(
    document: Document, standing: Standing | None = None, above: Sequence[Place] = ()
) -> dict[str, Any]:
    """A document."""
    return {
        "id": document.id,
        "number": document.number,
        "name": document.name,
        "node_id": document.node_id,
        "state": document.state.value,
        "version": document.version,
        "size": document.size,
        "sha256": document.sha256,
        "content_type": document.content_type,
        **_life(document),
        **_standing(standing, above),
    }


def version_json(version: Version) -> dict[str, Any]:
    """A version."""
    return {
        "document_id": version.document_id,
        "number": version.number,
        "name": version.name,
        "state": version.state.value,
        "size": version.size,
        "sha256": version.sha256,
        "content_type": version.content_type,
        "media_type": version.media_type,
        "checksum": version.checksum,
        "created_at": utc_text(version.created_at),
        "created_by": version.created_by,
        "restored_from": version.restored_from,
        "verdict": version.verdict.value,
        "problem": version.problem,
    }


def child_json(child: Child) -> dict[str, Any]:
    """A row of a list."""
    return {
        "kind": child.kind,
        "id": child.id,
        "parent_id": child.parent_id,
        "name": child.name,
        "modified_at": utc_text(child.modified_at),
        "modified_by": child.modified_by,
        "number": child.number,
        "version": child.version,
        "size": child.size,
        "media_type": child.media_type,
        "trashed": _trashed(child.trashed),
    }


def listing_json(listing: Listing) -> dict[str, Any]:
    """A page of a list."""
    return {
        "items": [child_json(child) for child in listing.items],
        "next_cursor": listing.next_cursor,
    }


def upload_json(begun: Begun) -> dict[str, Any] | None:
    """How to send the bytes; None once they are stored."""
    upload = begun.version.upload
    if upload is None or not begun.requests:
        return None
    shown = [
        {"method": request.method, "url": request.url, "headers": dict(request.headers)}
        | (
            {"number": request.number, "size": request.size, "arrived": request.arrived}
            if request.number is not None
            else {}
        )
        for request in begun.requests
    ]
    single = upload.multipart_id is None
    return {
        "upload_id": upload.id,
        "expires_at": utc_text(upload.expires_at),
        "single": shown[0] if single else None,
        "parts": None if single else shown,
    }


def begun_json(begun: Begun) -> dict[str, Any]:
    """An upload that may go ahead."""
    return {
        "document": document_json(begun.document),
        "version": version_json(begun.version),
        "upload": upload_json(begun),
        "duplicates": [
            {"document_id": found.id, "number": found.number, "name": found.name}
            for found in begun.duplicates
        ],
    }


def _life(thing: Node | Document) -> dict[str, Any]:
    return {
        "rev": thing.rev,
        "created_at": utc_text(thing.created_at),
        "created_by": thing.created_by,
        "modified_at": utc_text(thing.modified_at),
        "modified_by": thing.modified_by,
        "trashed": _trashed(thing.trashed),
    }


def _trashed(trashed: Trashed | None) -> dict[str, str] | None:
    return {"at": utc_text(trashed.at), "by": trashed.by} if trashed else None


def _standing(standing: Standing | None, above: Sequence[Place]) -> dict[str, Any]:
    if standing is None:
        return {}
    return {
        "role": standing.role.value,
        "permissions": sorted(permission.value for permission in standing.role.permissions),
        "path": [{"id": place.id, "name": place.name} for place in reversed(above)],
        "in_trash": standing.trashed,
    }
