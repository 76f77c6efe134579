"""Rename a document, or move it to another folder."""

from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.audit.model import Action
from chalicelib.documents import changes
from chalicelib.documents.desk import Filing, child_of_document
from chalicelib.documents.model import Document
from chalicelib.documents.name import Name
from chalicelib.errors import Conflict
from chalicelib.transaction import settle


def rename_document(
    filing: Filing, authority: Authority, document_id: str, *, name: str, rev: int
) -> Document:
    """Give a document another name.

    Raises:
        NotFound, Forbidden, InTrash, Stale: as the document stands.
        Invalid, NameTaken: as for a new one.
        Conflict: its first bytes are still on their way.
    """
    checked = Name.of(name)

    def attempt() -> Document:
        was = _settled(filing, authority, document_id, Permission.DOCUMENT_RENAME, rev)
        return _commit(
            filing,
            authority,
            was,
            replace(was, name=checked.text),
            Action.DOCUMENT_RENAMED,
            {"from": was.name, "to": checked.text},
        )

    return settle(attempt)


def move_document(
    filing: Filing, authority: Authority, document_id: str, *, node_id: str, rev: int
) -> Document:
    """Put a document into another folder.

    Raises:
        NotFound, Forbidden, InTrash, Stale: as the document or the target stands.
        NameTaken: a child of the target bears its name.
        Conflict: its first bytes are still on their way.
    """

    def attempt() -> Document:
        was = _settled(filing, authority, document_id, Permission.DOCUMENT_MOVE, rev)
        filing.guard.require_live(authority, node_id, Permission.DOCUMENT_CREATE)
        return _commit(
            filing,
            authority,
            was,
            replace(was, node_id=node_id),
            Action.DOCUMENT_MOVED,
            {"from": was.node_id, "to": node_id},
        )

    return settle(attempt)


def _settled(
    filing: Filing, authority: Authority, document_id: str, permission: Permission, rev: int
) -> Document:
    document = filing.document_for(authority, document_id, permission, rev=rev)
    require_bytes(document)
    return document


def require_bytes(document: Document) -> None:
    """Refuse a document whose first version is still on its way.

    Raises:
        Conflict: it has no version yet.
    """
    if document.version == 0:
        raise Conflict("The document's first upload is not complete yet.")


def _commit(
    filing: Filing,
    authority: Authority,
    was: Document,
    changed: Document,
    action: Action,
    details: dict[str, str],
) -> Document:
    changed = replace(
        changed,
        rev=was.rev + 1,
        modified_at=filing.now(),
        modified_by=authority.principal.user_id,
    )
    transaction_id = authority.new_id()
    document, entry = filing.tell(
        authority.principal, changed, action, transaction_id=transaction_id, **details
    )
    media_type = filing.store.media_type(was)
    before, after = (child_of_document(each, media_type) for each in (was, document))
    rows = [changes.put_document(document, was=was), *changes.relisted(before, after)]
    filing.commit(transaction_id, rows, [entry], matched=True)
    return document
