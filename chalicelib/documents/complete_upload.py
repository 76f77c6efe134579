"""Complete an upload: verify the staged bytes, keep them locked, make the version current.

Both the client and S3's event may ask for it, twice and at once: a claim on the version's row lets
one of them work, and every step finds what an earlier try has done.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.audit.model import Action
from chalicelib.clock import utc_text
from chalicelib.documents import changes
from chalicelib.documents.begin_upload import require_own_upload, require_time
from chalicelib.documents.desk import Filing, Kept, child_of_document
from chalicelib.documents.end_upload import LEASE, end_upload
from chalicelib.documents.media import sniff
from chalicelib.documents.model import (
    WHOLE_MAX,
    Document,
    DocumentState,
    Upload,
    Version,
    VersionState,
    part_sizes,
)
from chalicelib.errors import Busy, Conflict, InTrash, Invalid, NotFound, NotReady, WrongBytes
from chalicelib.identity.model import Principal
from chalicelib.transaction import Change, settle

AT_ONCE_MAX = 256 * 1024**2
"""Up to here the API verifies while the client waits; above, the worker does (bytes)."""
_LONG_LEASE = timedelta(minutes=16)


def complete(
    filing: Filing,
    authority: Authority,
    document_id: str,
    number: int,
    *,
    part_digests: Mapping[int, str],
) -> tuple[Document, Version]:
    """Complete one's own upload.

    Args:
        filing: the desk.
        authority: who asks.
        document_id: the document.
        number: the version.
        part_digests: SHA-256 hex by part number; needed above 5 GB only.

    Returns:
        The document and the version; the version's state is "stored", or "verifying" where that
        goes on in the background.

    Raises:
        NotFound: no such version, or not this person's upload.
        Expired: the upload's time is over.
        WrongBytes: what arrived is not what was declared; the upload is discarded. Parts that are
            missing may still be sent.
        NotReady: nothing has arrived yet; send it, then complete again.
        Invalid: digests of parts are missing.
        InTrash: the document went to the trash meanwhile; restored in time, it can be completed.
    """
    document, version = filing.store.document_with_version(document_id, number)
    standing = filing.guard.require(
        authority, document.node_id, Permission.DOCUMENT_VERSION, kind="version"
    )
    require_own_upload(authority, version)
    if version.state is VersionState.STORED:
        return document, version
    if document.trashed or standing.trashed:
        raise InTrash
    upload = _open_upload(filing, version, part_digests)
    version = _noted(filing, version, replace(version, upload=upload))
    if upload.multipart_id is not None:
        filing.files.assemble(upload, size=version.size)
    if version.size > AT_ONCE_MAX:
        waiting = replace(version, state=VersionState.VERIFYING)
        _noted(filing, version, waiting)
        return document, waiting
    try:
        return _verify(filing, authority.principal, document, version)
    except Busy:  # the worker is at it already, or has done it
        return _as_it_stands(filing, document_id, number)


def complete_arrived(filing: Filing, document_id: str, number: int) -> Version | None:
    """Complete what S3 says has arrived; None when there is nothing (more) to do.

    Nobody asks here, so whoever began the upload must still be allowed to: the bytes of somebody
    who lost their access, or of a document in the trash, wait for the sweep.

    Raises:
        Busy: somebody else is at it; ask again later.
    """
    try:
        document, version = filing.store.document_with_version(document_id, number)
    except NotFound:
        return None
    if version.state not in (VersionState.PENDING, VersionState.VERIFYING):
        return None
    if not _still_allowed(filing, document, version.created_by):
        return None
    try:
        return _verify(filing, version.created_by, document, version)[1]
    except (NotReady, WrongBytes):
        return None


def _still_allowed(filing: Filing, document: Document, user_id: str) -> bool:
    person = filing.person_of(user_id)
    if person is None or document.trashed:
        return False
    standing = filing.guard.standing_of(person, document.node_id)
    return (
        standing is not None
        and not standing.trashed
        and standing.allows(Permission.DOCUMENT_VERSION)
    )


def _open_upload(filing: Filing, version: Version, part_digests: Mapping[int, str]) -> Upload:
    upload = _require_open(version)
    require_time(filing, version)
    if version.size > WHOLE_MAX:
        count = len(part_sizes(version.size, upload.part_size or version.size))
        if set(part_digests) != set(range(1, count + 1)):
            raise Invalid("parts", f"above 5 GB send the sha256 of each of the {count} parts")
    return replace(upload, part_digests=dict(part_digests))


def _require_open(version: Version) -> Upload:
    """The upload under way.

    Raises:
        Conflict: it is over.
    """
    if version.upload is None or version.state not in (
        VersionState.PENDING,
        VersionState.VERIFYING,
    ):
        raise Conflict(version.problem or "This upload is over. Begin a new one.")
    return version.upload


def _noted(filing: Filing, was: Version, version: Version) -> Version:
    """Write down where a large upload stands, for the worker that S3's event calls.

    Digests of parts must be there before the parts are joined: the worker may be called at once,
    and then it is the worker's to say where the upload stands.
    """
    if version == was:
        return was
    now = filing.now()
    try:
        return filing.store.claim(version, was=was, claim="", now=now, until=now)
    except Busy:
        return filing.store.version(was.document_id, was.number)


def _as_it_stands(filing: Filing, document_id: str, number: int) -> tuple[Document, Version]:
    document, version = filing.store.document_with_version(document_id, number)
    if version.state is VersionState.STORED:
        return document, version
    _require_open(version)
    return document, replace(version, state=VersionState.VERIFYING)


def _verify(
    filing: Filing, actor: Principal | str, document: Document, version: Version
) -> tuple[Document, Version]:
    claim, now = filing.trail.new_id(), filing.now()
    lease = _LONG_LEASE if version.size > AT_ONCE_MAX else LEASE
    verifying = filing.store.claim(
        replace(version, state=VersionState.VERIFYING),
        was=version,
        claim=claim,
        now=now,
        until=now + lease,
    )
    try:
        kept = _keep(filing, document, verifying, again=version.claim is not None)
    except NotReady:
        filing.store.release(version, claim=claim)
        raise
    except WrongBytes as wrong:
        _reject(filing, actor, document, verifying, wrong)
        raise
    known = iter([document])
    stored = settle(
        lambda: _store(
            filing,
            actor,
            next(known, None) or filing.store.document(document.id),
            verifying,
            kept,
        )
    )
    if version.upload:
        filing.files.discard(version.upload)
    return stored


def _keep(filing: Filing, document: Document, version: Version, *, again: bool) -> Kept:
    if version.upload is None:
        raise Busy
    # Enough to find the row's content again from the object alone, should the row be lost.
    metadata = {
        "document-id": document.id,
        "document-number": str(document.number),
        "node-id": document.node_id,
        "version": str(version.number),
        "sha256": version.sha256,
        "name": base64.urlsafe_b64encode(version.name.encode()).decode(),
        "content-type": version.content_type,
        "created-by": version.created_by,
        "created-at": utc_text(version.created_at),
    }
    until = filing.now() + timedelta(days=filing.retention_days)
    return filing.files.keep(version, version.upload, metadata=metadata, until=until, again=again)


def _store(
    filing: Filing,
    actor: Principal | str,
    was: Document,
    verifying: Version,
    kept: Kept,
) -> tuple[Document, Version]:
    now = filing.now()
    version = replace(
        verifying,
        state=VersionState.STORED,
        media_type=sniff(kept.first),
        checksum=kept.checksum,
        upload=None,
        object=kept.object,
        claim=None,
        claimed_until="",
    )
    transaction_id = filing.trail.new_id()
    document, entry = filing.tell(
        actor,
        with_current(was, version, now),
        Action.VERSION_ADDED,
        transaction_id=transaction_id,
        version=version.number,
        sha256=version.sha256,
        size=version.size,
        checksum=version.checksum,
    )
    rows = [
        changes.put_version(version, was=verifying, claim=verifying.claim),
        changes.put_document(document, was=was),
        *_listed(document, version),
    ]
    filing.commit(transaction_id, rows, [entry])
    return document, version


def with_current(was: Document, version: Version, now: datetime) -> Document:
    """The document once the version stands; the highest number is the current one."""
    current = version.number > was.version
    return replace(
        was,
        state=DocumentState.ACTIVE if was.state is DocumentState.PENDING else was.state,
        version=version.number if current else was.version,
        size=version.size if current else was.size,
        sha256=version.sha256 if current else was.sha256,
        content_type=version.content_type if current else was.content_type,
        media_type=version.media_type if current else was.media_type,
        rev=was.rev + 1,
        modified_at=now if current else was.modified_at,
        modified_by=version.created_by if current else was.modified_by,
    )


def _listed(document: Document, version: Version) -> list[Change]:
    """The folder's list: the first version turns a held name into a listed one.

    A document that went to the trash while its bytes were verified is listed there.
    """
    if document.version != version.number:
        return []
    child = child_of_document(document, version.media_type)
    if document.trashed:
        return [changes.list_trashed(child, document.trashed)]
    return [changes.relist(child)]


def _reject(
    filing: Filing,
    actor: Principal | str,
    document: Document,
    verifying: Version,
    wrong: WrongBytes,
) -> None:
    rejected = replace(verifying, state=VersionState.REJECTED, problem=wrong.detail)
    end_upload(filing, actor, document, rejected, was=verifying, action=Action.UPLOAD_REJECTED)
    if verifying.upload:
        filing.files.discard(verifying.upload)
