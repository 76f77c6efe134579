"""The audit: /v1/documents/{id}/audit, its verification and export, and the system log."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from chalicelib.access.model import Permission
from chalicelib.audit import export
from chalicelib.audit.history import history_page
from chalicelib.audit.store import Told, system_page, tell
from chalicelib.audit.verify import Proven, Verification, problem_json, verify_document
from chalicelib.documents.open import open_document
from chalicelib.documents.veil import veiled
from chalicelib.errors import Invalid
from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Administrator, Door, Needs

door = Door(__name__)
_MOST_EXPORTED = 10_000


class EntryShape(BaseModel):
    """One thing that happened; personal fields are "erased" once they were."""

    at: str
    actor: str
    name: str | None
    action: str
    subject: str
    details: dict[str, Any]
    address: str | None
    agent: str | None
    chain: str
    seq: int
    hash: str


class EntriesShape(BaseModel):
    """A page of entries, newest first."""

    items: list[EntryShape]
    next_cursor: str | None


class ProvenShape(BaseModel):
    """The last entry that an anchor vouches for."""

    seq: int
    at: str


class ProblemShape(BaseModel):
    """What does not fit, and where."""

    chain: str
    seq: int
    problem: str


class VerificationShape(BaseModel):
    """What recomputing a document's history gave."""

    valid: bool
    entries: int
    reads: int
    erased: int
    problems: list[ProblemShape]
    proven_until: ProvenShape | None
    reads_proven_until: ProvenShape | None
    anchored_at: str | None
    anchors_checked: int
    explanation: str


@door.on(
    "GET",
    "/v1/documents/{document_id}/audit",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="What happened to a document and who looked at it; ?format=csv|json exports it all",
    returns=EntriesShape,
)
def document_audit(call: Call) -> Answer:
    """A page of a document's history, or all of it as a file."""
    wiring, document_id = wired(), call.params["document_id"]
    open_document(wiring.filing, call.authority, document_id)
    kind = call.query.get("format")
    if kind is not None:
        return _exported(kind, document_id)
    page = history_page(wiring.database, document_id, limit=call.limit, cursor=call.cursor)
    return Answer(body=_page(tell(wiring.database, page.items), page.next_cursor))


@door.on(
    "GET",
    "/v1/documents/{document_id}/audit/verification",
    access=Needs(Permission.DOCUMENT_VIEW),
    summary="Recompute a document's history against its anchors",
    returns=VerificationShape,
)
def verification(call: Call) -> Answer:
    """Whether the history proves itself, and up to where."""
    wiring, document_id = wired(), call.params["document_id"]
    open_document(wiring.filing, call.authority, document_id)
    found = verify_document(
        wiring.verifying, document_id, lambda: wiring.filing.store.document(document_id).head
    )
    return Answer(body=verification_json(found))


@door.on(
    "GET",
    "/v1/audit/system",
    access=Administrator(),
    summary="The system log: folders, people, groups, access, settings; newest first",
    returns=EntriesShape,
)
def system_log(call: Call) -> Answer:
    """A page of the system log; names of folders that the reader may not see are veiled."""
    wiring = wired()
    page = system_page(wiring.database, now=wiring.now(), limit=call.limit, cursor=call.cursor)
    told = veiled(wiring.filing, call.authority, tell(wiring.database, page.items))
    return Answer(body=_page(told, page.next_cursor))


def verification_json(found: Verification) -> dict[str, Any]:
    """A verification in JSON values."""
    return {
        "valid": found.valid,
        "entries": found.entries,
        "reads": found.reads,
        "erased": found.erased,
        "problems": [dict(problem_json(problem)) for problem in found.problems],
        "proven_until": _proven(found.proven_until),
        "reads_proven_until": _proven(found.reads_proven_until),
        "anchored_at": found.anchored_at,
        "anchors_checked": found.anchors_checked,
        "explanation": found.explanation,
    }


def _exported(kind: str, document_id: str) -> Answer:
    if kind not in ("csv", "json"):
        raise Invalid("format", "csv or json")
    told = _bounded(export.history(wired().database, document_id))
    chunks = export.as_csv(told) if kind == "csv" else export.as_json(told)
    return Answer(
        body="".join(chunks),
        content_type="text/csv; charset=utf-8" if kind == "csv" else "application/json",
        headers={"Content-Disposition": f'attachment; filename="audit-{document_id}.{kind}"'},
    )


def _bounded(told: Iterable[Told]) -> Iterable[Told]:
    for count, each in enumerate(told):
        if count == _MOST_EXPORTED:
            raise Invalid(
                "format", f"over {_MOST_EXPORTED} entries: page through, or use infra.verify"
            )
        yield each


def _page(told: Sequence[Told], next_cursor: str | None) -> dict[str, Any]:
    return {"items": [dict(export.entry_json(each)) for each in told], "next_cursor": next_cursor}


def _proven(proven: Proven | None) -> dict[str, Any] | None:
    return {"seq": proven.seq, "at": proven.at} if proven else None
