"""The audit: /v1/documents/{id}/audit, its verification and export, and the system log."""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.access.model import Permission
from chalicelib.audit import export
from chalicelib.audit.history import Told, history_page, system_page, tell
from chalicelib.documents.open import open_document
from chalicelib.documents.veil import veiled
from chalicelib.errors import Invalid, TooLarge
from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Administrator, Door, Needs
from functions.parameters import FORMAT, PAGE

door = Door(__name__)
_MOST_EXPORTED = 4 * 1024**2
"""Bytes of an export: API Gateway carries 10 MB, Lambda 6 MB (base64 and headers included)."""


_FILES: dict[str, dict[str, Any]] = {
    "application/json": {
        "schema": {
            "oneOf": [
                {"$ref": "#/components/schemas/EntriesShape"},
                {"type": "array", "items": {"$ref": "#/components/schemas/EntryShape"}},
            ]
        }
    },
    "text/csv": {"schema": {"type": "string"}},
}


@door.on(
    "GET",
    "/v1/documents/{document_id}/audit",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="What happened to a document and who looked at it",
    returns="EntriesShape",
    query=(*PAGE, FORMAT),
    files=_FILES,
    also={413: None},
)
def document_audit(call: Call) -> Answer:
    """A page of a document's history, or all of it as a file."""
    wiring, document_id = wired(), call.params["document_id"]
    open_document(wiring.filing, call.authority, document_id)
    kind, limit = call.query.get("format"), call.limit
    if kind is not None:
        return _exported(kind, document_id)
    page = history_page(wiring.database, document_id, limit=limit, cursor=call.cursor)
    return Answer(body=_page(tell(wiring.database, page.items), page.next_cursor))


@door.on(
    "GET",
    "/v1/documents/{document_id}/audit/verification",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="Recompute a document's history against its anchors",
    returns="VerificationShape",
    also={413: None},
)
def verification(call: Call) -> Answer:
    """Whether the history proves itself, and up to where."""
    from chalicelib.audit.verify import verify_document  # noqa: PLC0415 - seldom; not at a start

    wiring, document_id = wired(), call.params["document_id"]
    open_document(wiring.filing, call.authority, document_id)
    found = verify_document(
        wiring.verifying, document_id, lambda: wiring.filing.store.document(document_id).head
    )
    return Answer(body=found.as_json())


@door.on(
    "GET",
    "/v1/audit/system",
    access=Administrator(),
    summary="The system log: folders, people, groups, access, settings; newest first",
    returns="EntriesShape",
    query=PAGE,
)
def system_log(call: Call) -> Answer:
    """A page of the system log; names of folders that the reader may not see are veiled."""
    wiring = wired()
    page = system_page(wiring.database, now=wiring.now(), limit=call.limit, cursor=call.cursor)
    told = veiled(wiring.filing, call.authority, tell(wiring.database, page.items))
    return Answer(body=_page(told, page.next_cursor))


def _exported(kind: str, document_id: str) -> Answer:
    if kind not in ("csv", "json"):
        raise Invalid("format", "csv or json")
    told = export.history(wired().database, document_id)
    chunks = export.as_csv(told) if kind == "csv" else export.as_json(told)
    return Answer(
        body=_bounded(chunks),
        content_type="text/csv; charset=utf-8" if kind == "csv" else "application/json",
        headers={"Content-Disposition": f'attachment; filename="audit-{document_id}.{kind}"'},
    )


def _bounded(chunks: Iterable[str]) -> str:
    kept, size = [], 0
    for chunk in chunks:
        size += len(chunk.encode())
        if size > _MOST_EXPORTED:
            raise TooLarge(
                "This history is too long for one file. Page through it with ?limit= and ?cursor=.",
                limit=_MOST_EXPORTED,
            )
        kept.append(chunk)
    return "".join(kept)


def _page(told: Sequence[Told], next_cursor: str | None) -> dict[str, Any]:
    return {"items": [dict(export.entry_json(each)) for each in told], "next_cursor": next_cursor}
