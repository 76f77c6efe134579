"""An upload gives way to another of the same name: in the very transaction that begins that one.

Were it given up first, somebody else could take the name in between, and both would be lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.access.guard import Authority
from chalicelib.audit.model import Action
from chalicelib.clock import utc_text
from chalicelib.documents import changes
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import Document, DocumentState, Version, VersionState
from chalicelib.errors import Busy
from chalicelib.transaction import Change, Put


@dataclass(frozen=True, slots=True)
class Way:
    """What gives way, and the changes by which it does."""

    version: Version
    rows: Sequence[Change]
    audit: Sequence[Put]

    @property
    def document_id(self) -> str:
        """The document that the name is held for until then."""
        return self.version.document_id


def give_way(
    filing: Filing,
    authority: Authority,
    document: Document,
    version: Version,
    *,
    transaction_id: str,
) -> Way | None:
    """How the upload that holds a name gives way; None: its bytes are being verified, it stays.

    Args:
        filing: the desk.
        authority: whose upload takes the name.
        document: the pending document that holds it.
        version: its version.
        transaction_id: of the transaction that begins the other upload.

    Raises:
        Busy: somebody gives it up already; the name comes free in a moment.
    """
    open_ = version.state in (VersionState.PENDING, VersionState.VERIFYING)
    if document.state is not DocumentState.PENDING or not open_:
        return None
    if version.claimed_until > utc_text(filing.now()):
        if version.state is VersionState.PENDING:
            raise Busy
        return None
    later, entry = filing.tell(
        authority.principal,
        replace(document, state=DocumentState.ABANDONED, rev=document.rev + 1),
        Action.UPLOAD_ABANDONED,
        transaction_id=transaction_id,
        version=version.number,
        sha256=version.sha256,
    )
    ended = replace(
        version,
        state=VersionState.ABANDONED,
        problem="Another upload took its name.",
        claim=None,
        claimed_until="",
    )
    rows = [changes.end_unclaimed(ended, was=version), changes.put_document(later, was=document)]
    return Way(version, rows, [entry])
