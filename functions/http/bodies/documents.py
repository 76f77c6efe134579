"""Bodies about documents."""

from functions.http.bodies.values import Id, MediaType, Name, Sha256, Size, Strict


class NewDocument(Strict):
    """A document to upload; `size` in bytes, `sha256` in lower-case hex."""

    node_id: Id
    name: Name
    size: Size
    sha256: Sha256
    content_type: MediaType = "application/octet-stream"


class DocumentChange(Strict):
    """A new name or another folder; one at a time."""

    name: str | None = None
    node_id: Id | None = None
