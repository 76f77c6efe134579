"""What the API says of what is filed."""

from typing import Literal

from pydantic import Field

from chalicelib.access.model import Permission, Role
from chalicelib.documents.model import DocumentState, Verdict, VersionState
from functions.http.bodies.values import (
    Cursor,
    Id,
    MediaType,
    Moment,
    Name,
    Sha256,
    Shape,
    Size,
    Who,
)


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
