"""Versions and their bytes: /v1/documents/{id}/versions."""

from chalicelib.access.model import Permission
from chalicelib.documents.begin_upload import Declared, begin_version, resume
from chalicelib.documents.cancel_upload import cancel_upload
from chalicelib.documents.complete_upload import complete
from chalicelib.documents.model import VersionState
from chalicelib.documents.open import link_to_content, list_versions, open_version
from chalicelib.documents.roll_back import roll_back
from chalicelib.errors import Invalid, NotFound
from chalicelib.wiring import wired
from functions.calls import Answer, Call, etag
from functions.edge import Door, Match, Needs
from functions.http.shapes import begun_json, document_json, upload_json, version_json
from functions.parameters import DISPOSITION, PAGE

door = Door(__name__)
_LONGEST_NUMBER = 6


def version_number(call: Call) -> int:
    """The version that the path names.

    Raises:
        NotFound: it is no number.
    """
    text = call.params["number"]
    if not text.isascii() or not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise NotFound("version")
    return int(text)


@door.on(
    "POST",
    "/v1/documents/{document_id}/versions",
    access=Needs(Permission.DOCUMENT_VERSION),
    summary="Begin a new version; If-Match makes sure that it replaces what you saw",
    body="NewVersion",
    returns="BegunShape",
    status=201,
    match=Match.MAY,
    gives=("Location",),
)
def create(call: Call) -> Answer:
    """Begin a version."""
    body, document_id = call.body, call.params["document_id"]
    begun = begin_version(
        wired().filing,
        call.authority,
        document_id,
        declared=Declared(size=body.size, sha256=body.sha256, content_type=body.content_type),
        name=body.name,
        rev=call.rev if "if-match" in call.headers else None,
    )
    location = call.url(f"/v1/documents/{document_id}/versions/{begun.version.number}")
    return Answer(status=201, body=begun_json(begun), headers={"Location": location})


@door.on(
    "GET",
    "/v1/documents/{document_id}/versions",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="A document's versions, newest first",
    returns="VersionsShape",
    query=PAGE,
)
def versions(call: Call) -> Answer:
    """A page of versions."""
    found, cursor = list_versions(
        wired().filing,
        call.authority,
        call.params["document_id"],
        limit=call.limit,
        cursor=call.cursor,
    )
    return Answer(body={"items": [version_json(v) for v in found], "next_cursor": cursor})


@door.on(
    "GET",
    "/v1/documents/{document_id}/versions/{number}",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="A version",
    returns="VersionShape",
)
def read(call: Call) -> Answer:
    """A version."""
    _, version = open_version(
        wired().filing, call.authority, call.params["document_id"], version_number(call)
    )
    return Answer(body=version_json(version))


@door.on(
    "GET",
    "/v1/documents/{document_id}/versions/{number}/upload",
    access=Needs(Permission.DOCUMENT_VERSION),
    summary="Fresh addresses for an upload under way, and which parts have arrived",
    returns="UploadShape",
    also={422: None},
)
def upload(call: Call) -> Answer:
    """Go on with an upload."""
    begun = resume(wired().filing, call.authority, call.params["document_id"], version_number(call))
    return Answer(body=upload_json(begun))


@door.on(
    "DELETE",
    "/v1/documents/{document_id}/versions/{number}/upload",
    access=Needs(Permission.DOCUMENT_VERSION),
    summary="Cancel one's own upload: what was sent goes, and the name comes free",
    returns="VersionShape",
)
def cancel(call: Call) -> Answer:
    """Cancel an upload."""
    version = cancel_upload(
        wired().filing, call.authority, call.params["document_id"], version_number(call)
    )
    return Answer(body=version_json(version))


@door.on(
    "POST",
    "/v1/documents/{document_id}/versions/{number}/complete",
    access=Needs(Permission.DOCUMENT_VERSION),
    summary="All bytes are sent: verify and keep them",
    body="Completion",
    returns="CompletedShape",
    gives=("ETag",),
    also={202: "CompletedShape", 410: None},
)
def complete_version(call: Call) -> Answer:
    """Complete an upload."""
    parts = call.body.parts or []
    document, version = complete(
        wired().filing,
        call.authority,
        call.params["document_id"],
        version_number(call),
        part_digests={part.number: part.sha256 for part in parts},
    )
    shown = {"document": document_json(document), "version": version_json(version)}
    done = version.state is VersionState.STORED
    return Answer(status=200 if done else 202, body=shown, headers=etag(document.rev))


@door.on(
    "GET",
    "/v1/documents/{document_id}/versions/{number}/content",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="The bytes, at a short-lived address; looking is told in the audit",
    status=303,
    query=(DISPOSITION,),
    gives=("Location",),
    also={409: None},
)
def content(call: Call) -> Answer:
    """Where the bytes are."""
    disposition = call.query.get("disposition", "attachment")
    if disposition not in ("attachment", "inline"):
        raise Invalid("disposition", "attachment or inline")
    link = link_to_content(
        wired().filing,
        call.authority,
        call.params["document_id"],
        version_number(call),
        inline=disposition == "inline",
    )
    return Answer(status=303, headers={"Location": link})


@door.on(
    "POST",
    "/v1/documents/{document_id}/rollback",
    access=Needs(Permission.DOCUMENT_ROLL_BACK),
    summary="Make an earlier version's content current again, as a new version",
    body="RollBack",
    returns="CompletedShape",
    status=201,
    match=Match.MAY,
    gives=("ETag",),
)
def rollback(call: Call) -> Answer:
    """Roll back."""
    document, version = roll_back(
        wired().filing,
        call.authority,
        call.params["document_id"],
        version=call.body.version,
        rev=call.rev if "if-match" in call.headers else None,
    )
    shown = {"document": document_json(document), "version": version_json(version)}
    return Answer(status=201, body=shown, headers=etag(document.rev))
