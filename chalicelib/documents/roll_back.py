"""Roll back: a new version with an old one's content; no byte is copied."""

from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.audit.model import Action
from chalicelib.documents import changes
from chalicelib.documents.changes import Repeated
from chalicelib.documents.complete_upload import with_current
from chalicelib.documents.desk import Filing, child_of_document
from chalicelib.documents.model import Document, Verdict, Version, VersionState
from chalicelib.documents.open import verdict_of
from chalicelib.errors import Busy, Conflict, Invalid, NotReady
from chalicelib.transaction import settle


def roll_back(
    filing: Filing, authority: Authority, document_id: str, *, version: int, rev: int | None
) -> tuple[Document, Version]:
    """Make an earlier version's content current again, as a new version.

    Args:
        filing: the desk.
        authority: who asks.
        document_id: the document.
        version: the number to bring back.
        rev: what the person read; None where any state will do.

    Raises:
        NotFound, Forbidden, InTrash, Stale: as the document stands.
        Invalid: there is no stored version of that number.
        Conflict: it is the current version.
        NotReady: the scanner found a threat in it.
    """
    transaction_id = authority.new_id()

    def attempt() -> tuple[Document, Version]:
        told = filing.told_before(authority, document_id, transaction_id)
        match = None if told else rev
        was = filing.document_for(authority, document_id, Permission.DOCUMENT_ROLL_BACK, rev=match)
        if told:
            return filing.store.document_with_version(document_id, told.details["version"])
        source = _source(filing, was, version)
        return _roll_back(filing, authority, transaction_id, was, source, matched=rev is not None)

    return settle(attempt)


def _source(filing: Filing, document: Document, number: int) -> Version:
    if not 1 <= number <= document.latest:
        raise Invalid("version", f"a version from 1 to {document.latest}")
    if number == document.version:
        raise Conflict("That version is the current one.")
    source = filing.store.version(document.id, number)
    if source.state is not VersionState.STORED:
        raise Invalid("version", f"version {number} holds nothing; it is {source.state.value}")
    if verdict_of(filing, source) is Verdict.THREAT:
        raise NotReady("The malware scanner found a threat in that version; it stays closed.")
    return source


def _roll_back(
    filing: Filing,
    authority: Authority,
    transaction_id: str,
    was: Document,
    source: Version,
    *,
    matched: bool,
) -> tuple[Document, Version]:
    now = filing.now()
    version = replace(
        source,
        number=was.latest + 1,
        created_at=now,
        created_by=authority.principal.user_id,
        restored_from=source.number,
    )
    document, entry = filing.tell(
        authority.principal,
        replace(with_current(was, version, now), latest=version.number),
        Action.DOCUMENT_ROLLED_BACK,
        transaction_id=transaction_id,
        version=version.number,
        restored_from=source.number,
        sha256=version.sha256,
    )
    rows = [
        changes.put_new_version(version),
        changes.put_document(document, was=was),
        changes.relist(child_of_document(document, version.media_type)),
    ]
    try:
        filing.commit(transaction_id, rows, [entry], matched=matched)
    except Repeated as repeated:
        # Another version took the number in between: read again, and take the next one.
        raise Busy from repeated
    return document, version
