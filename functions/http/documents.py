"""Documents: /v1/documents."""

from chalicelib.access.model import Permission
from chalicelib.documents.begin_upload import Declared, begin_document
from chalicelib.documents.change_document import move_document, rename_document
from chalicelib.documents.open import find_by_number, open_document, recent
from chalicelib.documents.trash_document import restore_document, trash_document
from chalicelib.errors import Invalid
from chalicelib.wiring import wired
from functions.calls import Answer, Call, etag
from functions.edge import Door, Match, Needs, SignedIn
from functions.http.shapes import begun_json, document_json
from functions.parameters import LIMIT, NUMBER

door = Door(__name__)
_LONGEST_NUMBER = 15


@door.on(
    "POST",
    "/v1/documents",
    access=Needs(Permission.DOCUMENT_CREATE),
    summary="Begin a document: the answer tells where to send its bytes",
    body="NewDocument",
    returns="BegunShape",
    status=201,
    gives=("Location",),
)
def create(call: Call) -> Answer:
    """Begin a document."""
    body = call.body
    declared = Declared(size=body.size, sha256=body.sha256, content_type=body.content_type)
    begun = begin_document(
        wired().filing, call.authority, node_id=body.node_id, name=body.name, declared=declared
    )
    location = call.url(f"/v1/documents/{begun.document.id}")
    return Answer(status=201, body=begun_json(begun), headers={"Location": location})


@door.on(
    "GET",
    "/v1/documents",
    access=SignedIn(),
    summary="My recent documents, or the one of a number",
    returns="DocumentsShape",
    query=(LIMIT, NUMBER),
)
def find(call: Call) -> Answer:
    """By number, or recents of mine."""
    text, limit = call.query.get("number"), call.limit
    if text is None:
        found = list(recent(wired().filing, call.authority, limit=limit))
    elif text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER:
        document = find_by_number(wired().filing, call.authority, int(text))
        found = [document] if document else []
    else:
        raise Invalid("number", "a document number, for example 42")
    return Answer(body={"items": [document_json(d) for d in found], "next_cursor": None})


@door.on(
    "GET",
    "/v1/documents/{document_id}",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="A document",
    returns="DocumentShape",
    gives=("ETag",),
)
def read(call: Call) -> Answer:
    """A document."""
    found = open_document(wired().filing, call.authority, call.params["document_id"])
    shown = document_json(found.document, found.standing, found.above)
    return Answer(body=shown, headers=etag(found.document.rev))


@door.on(
    "PATCH",
    "/v1/documents/{document_id}",
    access=Needs(Permission.DOCUMENT_RENAME, Permission.DOCUMENT_MOVE),
    summary="Rename a document, or move it to another folder",
    body="DocumentChange",
    returns="DocumentShape",
    match=Match.MUST,
    gives=("ETag",),
)
def change(call: Call) -> Answer:
    """Rename or move a document."""
    body, document_id = call.body, call.params["document_id"]
    if (body.name is None) == (body.node_id is None):
        raise Invalid("body", "send either name or node_id")
    if body.name is not None:
        document = rename_document(
            wired().filing, call.authority, document_id, name=body.name, rev=call.rev
        )
    else:
        document = move_document(
            wired().filing, call.authority, document_id, node_id=body.node_id, rev=call.rev
        )
    return Answer(body=document_json(document), headers=etag(document.rev))


@door.on(
    "DELETE",
    "/v1/documents/{document_id}",
    access=Needs(Permission.DOCUMENT_TRASH),
    summary="Put a document into the trash",
    returns="DocumentShape",
    match=Match.MUST,
    gives=("ETag",),
)
def trash(call: Call) -> Answer:
    """Put a document into the trash."""
    document = trash_document(
        wired().filing, call.authority, call.params["document_id"], rev=call.rev
    )
    return Answer(body=document_json(document), headers=etag(document.rev))


@door.on(
    "POST",
    "/v1/documents/{document_id}/restore",
    access=Needs(Permission.DOCUMENT_RESTORE),
    summary="Bring a document back from the trash",
    body="Restoration",
    returns="DocumentShape",
    gives=("ETag",),
)
def restore(call: Call) -> Answer:
    """Bring a document back."""
    name = call.body.name
    document = restore_document(
        wired().filing, call.authority, call.params["document_id"], name=name
    )
    return Answer(body=document_json(document), headers=etag(document.rev))
