"""A document's four pages: preview, versions, audit, access."""

from chalicelib.access.model import Permission
from chalicelib.audit.history import EntryPage, history_page, tell
from chalicelib.documents.media import shown_in_place
from chalicelib.documents.model import DocumentState, Version
from chalicelib.documents.open import OpenDocument, newest_version, open_document, versions_of
from chalicelib.web.formats import preview
from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Door, Needs
from functions.web import names
from functions.web.entries import entry_rows, foresee
from functions.web.folders import grant_rows
from functions.web.page import crumbs_of, next_url, page, permissions_of, trail_of

door = Door(__name__, page=True)
_VIEW = Needs(Permission.DOCUMENT_VIEW)


@door.on("GET", "/documents/{document_id}", access=_VIEW, summary="A document's preview page")
def document(call: Call) -> Answer:
    """Show a document; its bytes are fetched by the browser, which is told in the audit."""
    found = _opened(call)
    _foresee_people(found)
    version = newest_version(wired().filing, call.authority, found)
    shown = version.media_type if shown_in_place(version.media_type) else ""
    return _page(call, found, "document_preview", version=version, shown=preview(shown))


@door.on(
    "GET",
    "/documents/{document_id}/versions",
    access=_VIEW,
    summary="The page of a document's versions",
)
def versions(call: Call) -> Answer:
    """Show a document's versions, newest first."""
    found = _opened(call)
    listed, cursor = versions_of(
        wired().filing, call.authority, found, limit=call.limit, cursor=call.cursor
    )
    _foresee_people(found)
    who = names.people(version.created_by for version in listed)
    rows = [_version_row(version, who[version.created_by]) for version in listed]
    return _page(call, found, "document_versions", versions=rows, next_url=next_url(call, cursor))


@door.on(
    "GET",
    "/documents/{document_id}/audit",
    access=_VIEW,
    summary="The page of what happened to a document",
)
def audit(call: Call) -> Answer:
    """Show what happened to a document and who looked at it, newest first."""
    found = _opened(call)
    history = history_page(
        wired().database, found.document.id, limit=call.limit, cursor=call.cursor
    )
    return _audited(call, found, history)


@door.on(
    "GET",
    "/documents/{document_id}/audit/proof",
    access=_VIEW,
    summary="The part of a document's audit page that says what is proven",
)
def proof(call: Call) -> Answer:
    """Recompute the document's history; slower than a page should be, so it comes after it."""
    from chalicelib.audit.verify import verify_document  # noqa: PLC0415 - seldom; not at a start

    filing, document_id = wired().filing, _opened(call).document.id
    proven = verify_document(
        wired().verifying, document_id, lambda: filing.store.document(document_id).head
    )
    return page(call, "document_proof", proven=proven, document_id=document_id)


@door.on(
    "GET",
    "/documents/{document_id}/access",
    access=_VIEW,
    summary="The page of who has access to a document",
)
def access(call: Call) -> Answer:
    """Show who has a role in the document's folder, to those who manage it."""
    found = _opened(call)
    lineage = found.standing.lineage
    may = found.standing.allows(Permission.ACCESS_VIEW)
    _foresee_people(found)
    grants = grant_rows(call, lineage[0].grants, lineage, own=False) if may else None
    return _page(call, found, "document_access", grants=grants)


def _opened(call: Call) -> OpenDocument:
    return open_document(wired().filing, call.authority, call.params["document_id"])


def _foresee_people(found: OpenDocument) -> None:
    """Have the names that every page of a document shows read along with what it reads next."""
    document = found.document
    names.foresee({f"user:{document.created_by}", f"user:{document.modified_by}"})


def _audited(call: Call, found: OpenDocument, history: EntryPage) -> Answer:
    _foresee_people(found)
    foresee(history.items)
    told = tell(wired().database, history.items)
    return _page(
        call,
        found,
        "document_audit",
        entries=entry_rows(call, told),
        next_url=next_url(call, history.next_cursor),
    )


def _page(call: Call, found: OpenDocument, template: str, **view: object) -> Answer:
    trail = trail_of(found.above)
    return page(
        call,
        template,
        document=_document_view(found),
        trail=trail,
        crumbs=crumbs_of(trail, (found.document.name, "")),
        status=200,
        **view,
    )


def _document_view(found: OpenDocument) -> dict[str, object]:
    document = found.document
    who = names.people([document.created_by, document.modified_by])
    trashed = found.standing.trashed and document.state is DocumentState.ACTIVE
    return {
        "id": document.id,
        "number": document.number,
        "name": document.name,
        "node_id": document.node_id,
        "state": "trashed_above" if trashed else document.state.value,
        "version": document.version,
        "size": document.size,
        "sha256": document.sha256,
        "content_type": document.content_type,
        "created_at": document.created_at,
        "created_by": who[document.created_by],
        "modified_at": document.modified_at,
        "modified_by": who[document.modified_by],
        "etag": f'"{document.rev}"',
        "permissions": permissions_of(found.standing.role),
    }


def _version_row(version: Version, author: str) -> dict[str, object]:
    return {
        "number": version.number,
        "name": version.name,
        "state": version.state.value,
        "size": version.size,
        "sha256": version.sha256,
        "created_at": version.created_at,
        "created_by": author,
        "restored_from": version.restored_from,
        "verdict": version.verdict.value,
        "checksum": version.checksum,
    }
