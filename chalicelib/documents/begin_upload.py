"""Begin an upload: a pending version, and presigned requests into the staging bucket."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.audit.model import Action, Head
from chalicelib.clock import utc_time
from chalicelib.documents import changes
from chalicelib.documents.change_document import require_bytes
from chalicelib.documents.changes import Repeated
from chalicelib.documents.desk import Filing, Request
from chalicelib.documents.give_way import give_way
from chalicelib.documents.model import (
    WHOLE_MAX,
    Document,
    DocumentState,
    Upload,
    Version,
    VersionState,
    part_size_of,
)
from chalicelib.documents.name import Name
from chalicelib.errors import Busy, Expired, Invalid, NotFound, TooLarge
from chalicelib.transaction import settle

LIFETIME = timedelta(hours=24)
"""How long an upload may take; S3 empties the staging bucket a day later."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}")
_DUPLICATES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the client says of the bytes: size, SHA-256 in hex, media type."""

    size: int
    sha256: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload that may go ahead; `duplicates` are documents with the same bytes."""

    document: Document
    version: Version
    requests: Sequence[Request]
    duplicates: Sequence[Document] = ()


def begin_document(
    filing: Filing, authority: Authority, *, node_id: str, name: str, declared: Declared
) -> Begun:
    """Begin a new document in a folder.

    The same person saying the same again (folder, name, size, SHA-256) while it is pending gets
    the same upload back: that is how an upload goes on after a lost connection.

    Raises:
        NotFound, Forbidden, InTrash: as the guard says of the folder.
        Invalid, TooLarge: what was declared cannot be.
        NameTaken: a sibling bears the name.
    """
    filing.guard.require_live(authority, node_id, Permission.DOCUMENT_CREATE)
    checked = Name.of(name)
    _check(filing, declared)
    id_ = authority.new_id()
    held: _Held = _held(filing, authority, node_id, checked)

    def attempt() -> tuple[Document, Version]:
        nonlocal held
        if held and _is_same(filing, authority, held[1], declared):
            return held
        try:
            return _begin(filing, authority, id_, node_id, checked, declared, held)
        except Busy:
            held = _held(filing, authority, node_id, checked)
            raise

    document, version = settle(attempt)
    # What a repeated request finds may be an upload that goes on since it came first.
    fresh = document.id == id_ and not authority.repeated
    return _begun(filing, authority, document, version, begun=fresh)


def begin_version(
    filing: Filing,
    authority: Authority,
    document_id: str,
    *,
    declared: Declared,
    name: str | None = None,
    rev: int | None = None,
) -> Begun:
    """Begin a new version of a document.

    Args:
        filing: the desk.
        authority: who asks.
        document_id: the document.
        declared: the bytes.
        name: the file's name, where it differs from the document's.
        rev: what the person read; None where any state will do.

    Raises:
        NotFound, Forbidden, InTrash, Stale: as the document stands.
        Invalid, TooLarge: what was declared cannot be.
        Conflict: its first bytes are still on their way.
    """
    _check(filing, declared)
    file_name = Name.of(name).text if name else None
    transaction_id = authority.new_id()

    def attempt() -> tuple[Document, Version]:
        told = filing.told_before(authority, document_id, transaction_id)
        match = None if told else rev
        document = filing.document_for(
            authority, document_id, Permission.DOCUMENT_VERSION, rev=match
        )
        if told:
            return filing.store.document_with_version(document_id, told.details["version"])
        require_bytes(document)
        text = file_name or document.name
        return _begin_next(filing, authority, transaction_id, document, text, declared)

    return _begun(filing, authority, *settle(attempt), begun=not authority.repeated)


def resume(filing: Filing, authority: Authority, document_id: str, number: int) -> Begun:
    """Fresh requests for an upload under way, telling which parts have arrived.

    Raises:
        NotFound: there is no such version, or its upload is not this person's.
        Invalid: it is not pending any more.
        Expired: its time is over.
    """
    document, version = filing.store.document_with_version(document_id, number)
    filing.guard.require(authority, document.node_id, Permission.DOCUMENT_VERSION, kind="version")
    require_own_upload(authority, version)
    if version.state is not VersionState.PENDING:
        raise Invalid("version", f"its upload is over; it is {version.state.value}")
    require_time(filing, version)
    return Begun(document, version, _requests(filing, version))


def require_time(filing: Filing, version: Version) -> None:
    """Refuse an upload that is past its time.

    Raises:
        Expired: it is.
    """
    if version.upload is None or version.upload.expires_at <= filing.now():
        raise Expired("This upload has expired. Begin a new one.")


def require_own_upload(authority: Authority, version: Version) -> None:
    """Only whoever began an upload goes on with it.

    Raises:
        NotFound: it is another's.
    """
    if version.created_by != authority.principal.user_id:
        raise NotFound("version")


def _begun(
    filing: Filing,
    authority: Authority,
    document: Document,
    version: Version,
    *,
    begun: bool = False,
) -> Begun:
    return Begun(
        document,
        version,
        _requests(filing, version, begun=begun),
        _duplicates(filing, authority, document.id, version.sha256),
    )


def _requests(filing: Filing, version: Version, *, begun: bool = False) -> Sequence[Request]:
    if version.upload is None:
        return ()
    return filing.files.requests(
        version.upload, size=version.size, sha256=version.sha256, begun=begun
    )


def _duplicates(
    filing: Filing, authority: Authority, document_id: str, sha256: str
) -> Sequence[Document]:
    """Documents with these bytes that the person may see (at most ten are looked at)."""
    ids = filing.store.by_digest(sha256, limit=_DUPLICATES)
    found = filing.store.documents([id_ for id_ in ids if id_ != document_id])
    return [
        document
        for document in found
        if not document.trashed and filing.guard.standing(authority, document.node_id)
    ]


_Held = tuple[Document, Version] | None


def _held(filing: Filing, authority: Authority, node_id: str, name: Name) -> _Held:
    """The upload that holds the name, if this person may take it: their own, or past its time.

    One whose bytes are being verified stays, and the name with it.
    """
    row = filing.store.child_row(node_id, name.key)
    if row is None or not row.get("pending"):
        return None
    own = row["pending_by"] == authority.principal.user_id
    if not own and utc_time(row["pending_until"]) >= filing.now():
        return None
    return filing.store.document_with_version(row["id"], 1)


def _is_same(filing: Filing, authority: Authority, version: Version, declared: Declared) -> bool:
    own = version.created_by == authority.principal.user_id
    same = (version.size, version.sha256) == (declared.size, declared.sha256)
    open_ = version.state in (VersionState.PENDING, VersionState.VERIFYING)
    live = version.upload is not None and version.upload.expires_at > filing.now()
    return own and same and open_ and live


def _begin(
    filing: Filing,
    authority: Authority,
    document_id: str,
    node_id: str,
    name: Name,
    declared: Declared,
    held: _Held,
) -> tuple[Document, Version]:
    now, who = filing.now(), authority.principal.user_id
    document = Document(
        id=document_id,
        number=filing.store.next_number(),
        node_id=node_id,
        name=name.text,
        state=DocumentState.PENDING,
        version=0,
        latest=1,
        size=declared.size,
        sha256=declared.sha256,
        content_type=declared.content_type,
        rev=1,
        head=Head(),
        created_at=now,
        created_by=who,
        modified_at=now,
        modified_by=who,
    )
    version = _pending(filing, authority, document, 1, name.text, declared)
    transaction_id = authority.new_id()
    way = give_way(filing, authority, *held, transaction_id=transaction_id) if held else None
    document, entry = filing.tell(
        authority.principal,
        document,
        Action.DOCUMENT_CREATED,
        transaction_id=transaction_id,
        node_id=node_id,
        name=name.text,
        number=document.number,
    )
    rows = [
        changes.put_new_document(document),
        changes.put_new_version(version),
        changes.put_number(document),
        changes.reserve_name(
            document, until=now + LIFETIME, instead_of=way.document_id if way else None
        ),
    ]
    told = [entry]
    if way:
        rows, told = [*rows, *way.rows], [*told, *way.audit]
    try:
        filing.commit(transaction_id, rows, told)
    except Repeated as repeated:
        return filing.store.document_with_version(repeated.row["id"], 1)
    if way and way.version.upload:
        filing.files.discard(way.version.upload)
    return document, version


def _begin_next(
    filing: Filing,
    authority: Authority,
    transaction_id: str,
    was: Document,
    name: str,
    declared: Declared,
) -> tuple[Document, Version]:
    version = _pending(filing, authority, was, was.latest + 1, name, declared)
    # A version on its way is no change that a reader of the document can see: the ETag stays.
    document, entry = filing.tell(
        authority.principal,
        replace(was, latest=version.number),
        Action.VERSION_BEGUN,
        transaction_id=transaction_id,
        version=version.number,
        sha256=version.sha256,
        size=version.size,
    )
    rows = [changes.put_chain(document, was=was), changes.put_new_version(version)]
    filing.commit(transaction_id, rows, [entry])
    return document, version


def _pending(
    filing: Filing,
    authority: Authority,
    document: Document,
    number: int,
    name: str,
    declared: Declared,
) -> Version:
    upload_id = authority.new_id()
    key = f"uploads/{document.id}/{number:06d}/{upload_id}"
    part_size = part_size_of(declared.size)
    now = filing.now()
    return Version(
        document_id=document.id,
        number=number,
        name=name,
        state=VersionState.PENDING,
        size=declared.size,
        sha256=declared.sha256,
        content_type=declared.content_type,
        media_type="",
        checksum="parts" if declared.size > WHOLE_MAX else "whole",
        created_at=now,
        created_by=authority.principal.user_id,
        upload=Upload(
            id=upload_id,
            key=key,
            multipart_id=filing.files.begin_parts(key) if part_size else None,
            part_size=part_size,
            expires_at=now + LIFETIME,
        ),
    )


def _check(filing: Filing, declared: Declared) -> None:
    if declared.size < 0:
        raise Invalid("size", "a whole number of bytes, 0 or more")
    if declared.size > filing.max_document_bytes:
        limit = filing.max_document_bytes
        raise TooLarge(f"A document may have {limit} bytes.", limit=limit, size=declared.size)
    if not _SHA256.fullmatch(declared.sha256):
        raise Invalid("sha256", "64 lower-case hexadecimal digits")
    if not _CONTENT_TYPE.fullmatch(declared.content_type):
        raise Invalid("content_type", "a media type such as application/pdf")
