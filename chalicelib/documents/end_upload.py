"""Give an upload up: its version stays as a record, its staged bytes go, its name comes free."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.audit.model import Action
from chalicelib.documents import changes
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import Document, DocumentState, Version, VersionState
from chalicelib.identity.model import Principal
from chalicelib.transaction import Change, settle

LEASE = timedelta(minutes=2)


def abandon(
    filing: Filing,
    actor: Principal | str,
    version: Version,
    *,
    document: Document | None = None,
    problem: str,
) -> Version:
    """Give up an upload that nobody works on; returns the version as it stands then.

    Args:
        filing: the desk.
        actor: who gives it up.
        version: as it was read.
        document: as it was read, if it was.
        problem: why, for whoever began it.

    Raises:
        Busy: somebody verifies its bytes this very moment, or it is over.
    """
    now, claim = filing.now(), filing.trail.new_id()
    was = filing.store.claim(version, was=version, claim=claim, now=now, until=now + LEASE)
    ended = end_upload(
        filing,
        actor,
        document or filing.store.document(version.document_id),
        replace(version, state=VersionState.ABANDONED, problem=problem),
        was=was,
        action=Action.UPLOAD_ABANDONED,
    )
    if version.upload:
        filing.files.discard(version.upload)
    return ended


def end_upload(
    filing: Filing,
    actor: Principal | str,
    document: Document,
    ended: Version,
    *,
    was: Version,
    action: Action,
) -> Version:
    """Give an upload up: the version stays as a record, a document without any goes with it.

    Args:
        filing: the desk.
        actor: who does.
        document: as it was read; read anew where it has changed since.
        ended: the version as it is to stand.
        was: the version as it was claimed.
        action: what the audit is to say.
    """
    known, last = iter([document]), replace(ended, claim=None, claimed_until="")

    def attempt() -> None:
        document_now = next(known, None) or filing.store.document(document.id)
        _end(filing, actor, document_now, last, was=was, action=action)

    settle(attempt)
    return last


def _end(
    filing: Filing,
    actor: Principal | str,
    document: Document,
    ended: Version,
    *,
    was: Version,
    action: Action,
) -> None:
    transaction_id = filing.trail.new_id()
    only = document.state is DocumentState.PENDING and ended.number == 1
    state = DocumentState.ABANDONED if only else document.state
    later, entry = filing.tell(
        actor,
        replace(document, state=state, rev=document.rev + int(only)),
        action,
        transaction_id=transaction_id,
        version=ended.number,
        sha256=ended.sha256,
    )
    rows: list[Change] = [changes.put_version(ended, was=was, claim=was.claim)]
    rows.append(changes.put_document(later, was=document))
    freed = [changes.free_reserved(document)] if only else []
    try:
        filing.commit(transaction_id, [*rows, *freed], [entry])
    except changes.NotHeld:
        filing.commit(transaction_id, rows, [entry])
