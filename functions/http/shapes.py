"""What the API says, as JSON: one function a thing, one model each for the OpenAPI document."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from chalicelib.access.model import Permission, Place, Role, Standing
from chalicelib.clock import utc_text
from chalicelib.documents.begin_upload import Begun
from chalicelib.documents.model import (
    Child,
    Document,
    DocumentState,
    Listing,
    Node,
    Trashed,
    Verdict,
    Version,
    VersionState,
)
from functions.http.values import Cursor, Id, MediaType, Moment, Name, Sha256, Shape, Size, Who


class TrashedShape(Shape):
    """When something went to the trash, and by whom."""

    at: Moment
    by: Who


class PlaceShape(Shape):
    """A folder on the way up."""

    id: Id
    name: Name


class NodeShape(Shape):
    """A folder; where it was asked for itself, also what its reader may do, and what is above it.

    `path` names the folders above from the topmost one that the reader sees; `in_trash` says that
    it, or one of those, is in the trash.
    """

    id: Id
    parent_id: Id | None
    name: Name
    inherit: bool
    rev: int
    created_at: Moment
    created_by: Who
    modified_at: Moment
    modified_by: Who
    trashed: TrashedShape | None
    role: Role | None = None
    permissions: list[Permission] = Field(default=[])
    path: list[PlaceShape] = Field(default=[])
    in_trash: bool | None = None


class DocumentShape(Shape):
    """A document, with the facts of its current version (`version` 0: the first is on its way).

    Where it was asked for itself, also what its reader may do, and the folders that it is in.
    """

    id: Id
    number: int = Field(ge=1)
    name: Name
    node_id: Id
    state: DocumentState
    version: int = Field(ge=0)
    size: Size
    sha256: Sha256
    content_type: MediaType
    rev: int
    created_at: Moment
    created_by: Who
    modified_at: Moment
    modified_by: Who
    trashed: TrashedShape | None
    role: Role | None = None
    permissions: list[Permission] = Field(default=[])
    path: list[PlaceShape] = Field(default=[])
    in_trash: bool | None = None


class VersionShape(Shape):
    """One iteration of a document.

    `media_type` is what the bytes look like, `content_type` what was declared. `checksum` says
    whether `sha256` was computed by the store over all bytes or compared part by part.
    """

    document_id: Id
    number: int = Field(ge=1)
    name: Name
    state: VersionState
    size: Size
    sha256: Sha256
    content_type: MediaType
    media_type: str
    checksum: Literal["whole", "parts"]
    created_at: Moment
    created_by: Who
    restored_from: int | None
    verdict: Verdict
    problem: str | None


class RequestShape(Shape):
    """A presigned request, to be sent exactly so."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]


class PartShape(RequestShape):
    """A presigned request for one part."""

    number: int = Field(ge=1)
    size: Size
    arrived: bool


class UploadShape(Shape):
    """How to send the bytes: one request, or one a part."""

    upload_id: Id
    expires_at: Moment
    single: RequestShape | None
    parts: list[PartShape] | None


class DuplicateShape(Shape):
    """A document that already holds the same bytes."""

    document_id: Id
    number: int = Field(ge=1)
    name: Name


class BegunShape(Shape):
    """An upload that may go ahead."""

    document: DocumentShape
    version: VersionShape
    upload: UploadShape | None
    duplicates: list[DuplicateShape]


class CompletedShape(Shape):
    """A completed upload (or one still being verified)."""

    document: DocumentShape
    version: VersionShape


class ChildShape(Shape):
    """A row of a folder's list."""

    kind: Literal["node", "document"]
    id: Id
    parent_id: Id
    name: Name
    modified_at: Moment
    modified_by: Who
    number: int | None = None
    version: int | None = None
    size: Size | None = None
    media_type: str | None = None
    trashed: TrashedShape | None = None


class ChildrenShape(Shape):
    """A page of a folder's list."""

    items: list[ChildShape]
    next_cursor: Cursor


class DocumentsShape(Shape):
    """A page of documents."""

    items: list[DocumentShape]
    next_cursor: Cursor


class VersionsShape(Shape):
    """A page of versions."""

    items: list[VersionShape]
    next_cursor: Cursor


class NodesShape(Shape):
    """A page of folders."""

    items: list[NodeShape]
    next_cursor: Cursor


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
