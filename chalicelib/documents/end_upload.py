"""Give an upload up: its version stays as a record, its staged bytes go, its name comes free."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.audit.model import Action
from chalicelib.documents import changes
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import DocumentState, Version, VersionState
from chalicelib.identity.model import Principal
from chalicelib.transaction import Change, settle

LEASE = timedelta(minutes=2)


def abandon(filing: Filing, actor: Principal | str, version: Version, *, problem: str) -> None:
    """Give up an upload that nobody works on.

    Raises:
        Busy: somebody verifies its bytes this very moment, or it is over.
    """
    now, claim = filing.now(), filing.trail.new_id()
    filing.store.claim(version, was=version, claim=claim, now=now, until=now + LEASE)
    end_upload(
        filing,
        actor,
        version.document_id,
        replace(version, state=VersionState.ABANDONED, problem=problem),
        was=version,
        action=Action.UPLOAD_ABANDONED,
        claim=claim,
    )
    if version.upload:
        filing.files.discard(version.upload)


def end_upload(
    filing: Filing,
    actor: Principal | str,
    document_id: str,
    ended: Version,
    *,
    was: Version,
    action: Action,
    claim: str,
) -> None:
    """Give an upload up: the version stays as a record, a document without any goes with it."""

    def attempt() -> None:
        document = filing.store.document(document_id)
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
        rows: list[Change] = [changes.put_version(ended, was=was, claim=claim)]
        rows.append(changes.put_document(later, was=document))
        if only and filing.store.holds_name(document):
            rows.append(changes.free_reserved(document))
        filing.commit(transaction_id, rows, [entry])

    settle(attempt)
