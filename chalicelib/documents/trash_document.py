"""Put a document into the trash, and bring it back. Nothing here removes a byte."""

from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.audit.model import Action
from chalicelib.documents import changes
from chalicelib.documents.change_document import require_bytes
from chalicelib.documents.desk import Filing, child_of_document
from chalicelib.documents.model import Document, DocumentState, Trashed
from chalicelib.documents.name import Name
from chalicelib.errors import Conflict
from chalicelib.transaction import settle


def trash_document(filing: Filing, authority: Authority, document_id: str, *, rev: int) -> Document:
    """Put a document into the trash; its name comes free.

    Raises:
        NotFound, Forbidden, InTrash, Stale: as the document stands.
        Conflict: its first bytes are still on their way.
    """

    def attempt() -> Document:
        was = filing.document_for(authority, document_id, Permission.DOCUMENT_TRASH, rev=rev)
        require_bytes(was)
        now, who = filing.now(), authority.principal.user_id
        trashed = Trashed(now, who)
        changed = replace(
            was,
            state=DocumentState.TRASHED,
            trashed=trashed,
            rev=was.rev + 1,
            modified_at=now,
            modified_by=who,
        )
        transaction_id = authority.new_id()
        document, entry = filing.tell(
            authority.principal,
            changed,
            Action.DOCUMENT_TRASHED,
            transaction_id=transaction_id,
            node_id=was.node_id,
        )
        media_type = filing.store.media_type(was)
        rows = [
            changes.put_document(document, was=was),
            changes.free_name(child_of_document(was, media_type)),
            changes.list_trashed(child_of_document(document, media_type), trashed),
        ]
        filing.commit(transaction_id, rows, [entry], matched=True)
        return document

    return settle(attempt)


def restore_document(
    filing: Filing, authority: Authority, document_id: str, *, name: str | None = None
) -> Document:
    """Bring a document back to its folder.

    Args:
        filing: the desk.
        authority: who asks.
        document_id: the document.
        name: another name, should the old one be taken by now.

    Raises:
        NotFound, Forbidden: as the guard says.
        InTrash: its folder is in the trash; restore that first.
        NameTaken: a sibling bears the name by now; restore under another.
        Conflict: it is not in the trash.
    """
    transaction_id = authority.new_id()

    def attempt() -> Document:
        was = filing.store.document(document_id)
        standing = filing.guard.require(
            authority, was.node_id, Permission.DOCUMENT_RESTORE, kind="document"
        )
        if filing.told_before(authority, document_id, transaction_id):
            return was
        if was.trashed is None:
            raise Conflict("This document is not in the trash.")
        if standing.trashed:
            raise Conflict("Its folder is in the trash too. Restore the folder first.")
        changed = replace(
            was,
            name=Name.of(name or was.name).text,
            state=DocumentState.ACTIVE,
            trashed=None,
            rev=was.rev + 1,
            modified_at=filing.now(),
            modified_by=authority.principal.user_id,
        )
        document, entry = filing.tell(
            authority.principal,
            changed,
            Action.DOCUMENT_RESTORED,
            transaction_id=transaction_id,
            node_id=was.node_id,
            name=changed.name,
        )
        media_type = filing.store.media_type(was)
        rows = [
            changes.put_document(document, was=was),
            changes.take_name(child_of_document(document, media_type)),
            changes.unlist_trashed(was.node_id, was.id, was.trashed),
        ]
        filing.commit(transaction_id, rows, [entry])
        return document

    return settle(attempt)
