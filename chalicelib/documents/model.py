"""Folders, documents and versions: values and rules, no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.access.model import Role
from chalicelib.audit.model import Head

MAX_DEPTH = 50
MAX_GRANTS = 40
SINGLE_MAX = 16 * 1024**2
"""Up to here an upload is one request, in bytes; above, parts that can be resumed."""
PART_MIN = 16 * 1024**2
MAX_PARTS = 1_000
"""Far below S3's 10,000, so that the answer with all presigned parts stays small."""
WHOLE_MAX = 5 * 1024**3
"""Up to here S3 computes a whole object's SHA-256 in a copy; above, one for each part."""


class DocumentState(StrEnum):
    """Where a document is in its life; stored, append-only."""

    PENDING = "pending"
    ACTIVE = "active"
    TRASHED = "trashed"
    ABANDONED = "abandoned"


class VersionState(StrEnum):
    """Where a version is in its life; stored, append-only."""

    PENDING = "pending"
    VERIFYING = "verifying"
    STORED = "stored"
    REJECTED = "rejected"
    ABANDONED = "abandoned"


class Verdict(StrEnum):
    """What the malware scanner said of a version's bytes; stored, append-only."""

    NONE = "none"
    CLEAN = "clean"
    THREAT = "threat"


@dataclass(frozen=True, slots=True)
class Trashed:
    """When something went to the trash, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A folder. `height` is an upper bound of the levels below it."""

    id: str
    parent_id: str | None
    name: str
    inherit: bool
    grants: Mapping[str, Role]
    height: int
    rev: int
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str
    trashed: Trashed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document: its place, its newest version's facts, and the head of its audit chain.

    `version` is the number of the current version (0 while the first is on its way), `latest` the
    highest number given out, `size` in bytes, `sha256` in hex. `media_type` is the current
    version's; None on rows from before it was kept here too.
    """

    id: str
    number: int
    node_id: str
    name: str
    state: DocumentState
    version: int
    latest: int
    size: int
    sha256: str
    content_type: str
    rev: int
    head: Head
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str
    trashed: Trashed | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An immutable object in the files bucket."""

    key: str
    version_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Bytes on their way: the staging key, the parts' size (None: one request), the time limit.

    `multipart_id` is S3's name for an upload in parts; `part_digests` are SHA-256 hex by number,
    said by the client for what is too large for one digest.
    """

    id: str
    key: str
    multipart_id: str | None
    part_size: int | None
    expires_at: datetime
    part_digests: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One iteration of a document; once stored it never changes but for the scanner's verdict.

    `checksum` says what S3 vouches for: "whole" (the SHA-256 is of all bytes) or "parts" (each
    part's was compared; over 5 GB). `restored_from` is the version that a roll-back brought back.
    `media_type` is what the bytes themselves look like; `content_type` is what was declared.
    `claim` names who worked on the upload last (None: nobody ever), who may until `claimed_until`.
    """

    document_id: str
    number: int
    name: str
    state: VersionState
    size: int
    sha256: str
    content_type: str
    media_type: str
    checksum: str
    created_at: datetime
    created_by: str
    upload: Upload | None = None
    object: ObjectRef | None = None
    restored_from: int | None = None
    verdict: Verdict = Verdict.NONE
    problem: str | None = None
    claim: str | None = None
    claimed_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A row of a folder's list: enough to show it without another read."""

    kind: str
    id: str
    parent_id: str
    name: str
    modified_at: datetime
    modified_by: str
    restricted: bool = False
    number: int | None = None
    version: int | None = None
    size: int | None = None
    media_type: str | None = None
    trashed: Trashed | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of children, and the cursor behind it (None: no more)."""

    items: Sequence[Child]
    next_cursor: str | None


def part_size_of(size: int) -> int | None:
    """How large an upload's parts are in bytes; None for one request.

    Whole multiples of 16 MiB, so that no upload needs more than 1,000 parts.
    """
    if size <= SINGLE_MAX:
        return None
    return PART_MIN * max(1, -(-size // (PART_MIN * MAX_PARTS)))


def part_sizes(size: int, part_size: int) -> Sequence[int]:
    """The bytes of each part, in order."""
    whole, rest = divmod(size, part_size)
    return [part_size] * whole + ([rest] if rest else [])
