"""What every use case of filing works with, and the entries that it writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from chalicelib.access.guard import Authority, Guard
from chalicelib.access.model import Permission
from chalicelib.audit.model import Action, Entry, document_chain
from chalicelib.audit.store import entries, entry_put
from chalicelib.audit.trail import Trail, document_entry
from chalicelib.documents.model import Child, Document, Node, ObjectRef, Upload, Version
from chalicelib.documents.store import DocumentStore
from chalicelib.errors import Busy, InTrash, Stale
from chalicelib.identity.model import Principal
from chalicelib.transaction import Change, Put, transact


@dataclass(frozen=True, slots=True)
class Request:
    """A presigned request, to be sent exactly so; `number` and `size` (bytes) for a part."""

    method: str
    url: str
    headers: Mapping[str, str]
    number: int | None = None
    size: int | None = None
    arrived: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of verified bytes: the object, how it was verified, and its first bytes."""

    object: ObjectRef
    checksum: str
    first: bytes


class Files(Protocol):
    """The staging and the files bucket."""

    def begin_parts(self, key: str) -> str:
        """Start an upload in parts and return S3's name for it."""
        ...

    def requests(
        self, upload: Upload, *, size: int, sha256: str, begun: bool = False
    ) -> Sequence[Request]:
        """Fresh presigned requests, one or one a part, telling which parts have arrived.

        `begun`: the upload began this very moment, so that none can have.
        """
        ...

    def assemble(self, upload: Upload, *, size: int) -> None:
        """Join the parts, if that is still to be done.

        Raises:
            WrongBytes: a part is missing or has the wrong size.
        """
        ...

    def keep(
        self,
        version: Version,
        upload: Upload,
        *,
        metadata: Mapping[str, str],
        until: datetime,
        again: bool = True,
    ) -> Kept:
        """Verify the staged bytes and copy them into the files bucket, locked until a time.

        Called `again` for the same version it finds what it made; False where nobody can have
        tried before, which saves the look.

        Raises:
            NotReady: nothing has arrived yet.
            WrongBytes: they are not the declared bytes; nothing was kept.
        """
        ...

    def discard(self, upload: Upload) -> None:
        """Remove what was staged; nothing happens when nothing is there."""
        ...

    def link(self, version: Version, *, inline: bool) -> str:
        """A short-lived URL of a stored version's bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The desk at which filing is done; built by wiring.

    `person_of` gives who bears a user id as they are now; None for nobody, or somebody disabled.
    """

    store: DocumentStore
    files: Files
    guard: Guard
    trail: Trail
    person_of: Callable[[str], Principal | None]
    now: Callable[[], datetime]
    retention_days: int
    max_document_bytes: int
    require_scan: bool

    def tell(
        self,
        actor: Principal | str,
        document: Document,
        action: Action,
        *,
        transaction_id: str,
        **details: Any,  # noqa: ANN401 - JSON values
    ) -> tuple[Document, Put]:
        """The document with its chain one entry longer, and that entry."""
        entry = document_entry(
            self.trail,
            actor,
            document_id=document.id,
            head=document.head,
            action=action,
            details=details,
            transaction_id=transaction_id,
        )
        return replace(document, head=entry.head), entry_put(entry)

    def told_before(
        self, authority: Authority, document_id: str, transaction_id: str
    ) -> Entry | None:
        """What a repeated request did when it came first; None: it did nothing then.

        Looks at the newest hundred entries: a request is repeated within minutes, or not at all.
        """
        if not authority.repeated:
            return None
        page = entries(self.store.database, document_chain(document_id), limit=100)
        return next((e for e in page.items if e.transaction_id == transaction_id), None)

    def commit(
        self,
        transaction_id: str,
        changes: Sequence[Change],
        audit: Sequence[Put],
        *,
        matched: bool = False,
    ) -> None:
        """All or nothing, through the one door.

        Args:
            transaction_id: stamped on every row.
            changes: the rows.
            audit: the entries that tell of them.
            matched: the person said what they read (If-Match), so a newer state is theirs to see;
                otherwise it is a reason to read again.

        Raises:
            Stale: only when matched.
            Busy: somebody else changed the same rows; `settle` tries again.
        """
        try:
            transact(
                self.store.database, transaction_id=transaction_id, changes=changes, audit=audit
            )
        except Busy:
            self.guard.lineages.forget()
            raise
        except Stale as stale:
            if matched:
                raise
            raise Busy from stale

    def document_for(
        self,
        authority: Authority,
        document_id: str,
        permission: Permission,
        *,
        rev: int | None = None,
    ) -> Document:
        """A live document that the person may do this to.

        Args:
            authority: who asks.
            document_id: the document.
            permission: what for.
            rev: what the person read (If-Match); None where it does not matter.

        Raises:
            NotFound: it is not there, or not theirs to see.
            Forbidden: they may not do this.
            InTrash: it, or a folder above it, is in the trash.
            Stale: it has another revision.
        """
        document = self.store.document(document_id)
        standing = self.guard.require(authority, document.node_id, permission, kind="document")
        if rev is not None and document.rev != rev:
            raise Stale
        if document.trashed or standing.trashed:
            raise InTrash
        return document


def child_of_node(node: Node) -> Child:
    """How a folder stands in its parent's list."""
    return Child(
        kind="node",
        id=node.id,
        parent_id=node.parent_id or "",
        name=node.name,
        modified_at=node.modified_at,
        modified_by=node.modified_by,
        restricted=not node.inherit,
        trashed=node.trashed,
    )


def child_of_document(document: Document, media_type: str | None) -> Child:
    """How a document stands in its folder's list."""
    return Child(
        kind="document",
        id=document.id,
        parent_id=document.node_id,
        name=document.name,
        modified_at=document.modified_at,
        modified_by=document.modified_by,
        number=document.number,
        version=document.version,
        size=document.size,
        media_type=media_type,
        trashed=document.trashed,
    )
