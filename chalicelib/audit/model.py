"""Audit entries and the chains that make them provable: values and rules, no I/O.

Each entry hashes its own fields and the hash of the entry before it, so that a change, a drop, an
insertion or a swap anywhere breaks the chain behind it. The stored form is append-only: a field
may be added under a new `format`, never renamed or re-encoded.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

FORMAT = 1
GENESIS = "0" * 64
_LONGEST_AGENT = 400


class Action(StrEnum):
    """Everything that can have happened, in the past tense, in alphabetical order."""

    ACCESS_CHANGED = "access_changed"
    DOCUMENT_CREATED = "document_created"
    DOCUMENT_DOWNLOADED = "document_downloaded"
    DOCUMENT_MOVED = "document_moved"
    DOCUMENT_RENAMED = "document_renamed"
    DOCUMENT_RESTORED = "document_restored"
    DOCUMENT_ROLLED_BACK = "document_rolled_back"
    DOCUMENT_TRASHED = "document_trashed"
    DOCUMENT_VIEWED = "document_viewed"
    ENTRY_SPOILED = "entry_spoiled"
    """Never written: how a list shows a row that is no entry (any more)."""
    GROUP_CHANGED = "group_changed"
    GROUP_CREATED = "group_created"
    GROUP_DELETED = "group_deleted"
    GROUP_MEMBER_ADDED = "group_member_added"
    GROUP_MEMBER_REMOVED = "group_member_removed"
    NODE_CREATED = "node_created"
    NODE_MOVED = "node_moved"
    NODE_RENAMED = "node_renamed"
    NODE_RESTORED = "node_restored"
    NODE_TRASHED = "node_trashed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    SESSION_ENDED = "session_ended"
    SESSION_STARTED = "session_started"
    SETTINGS_CHANGED = "settings_changed"
    UPLOAD_ABANDONED = "upload_abandoned"
    UPLOAD_REJECTED = "upload_rejected"
    USER_CHANGED = "user_changed"
    USER_CREATED = "user_created"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    VERSION_ADDED = "version_added"
    VERSION_BEGUN = "version_begun"
    VERSION_SCANNED = "version_scanned"


@dataclass(frozen=True, slots=True)
class Context:
    """Where somebody acts from: a reference to erasable personal fields, and their digest.

    The fields (name, address, agent) lie in a row of their own under `id`; `digest` is that row's
    salted SHA-256 in hex, and is what entries hash.
    """

    id: str
    digest: str


class Actor(Protocol):
    """Somebody who acts, as far as the audit asks (identity's Principal is one)."""

    @property
    def user_id(self) -> str:
        """The id that entries hash."""
        ...

    @property
    def context(self) -> Context:
        """Where they act from."""
        ...


@dataclass(frozen=True, slots=True)
class Personal:
    """What an entry must not hash, because a person may ask for its erasure.

    Every personal field passes through here, so that it can later be encrypted per person.
    """

    name: str
    address: str
    agent: str

    def salted(self, context_id: str, salt: str) -> Context:
        """The reference that entries hash; `salt` is secret, random, and goes with the fields."""
        told = {"name": self.name, "address": self.address, "agent": self.agent}
        return Context(context_id, hashlib.sha256((salt + canonical(told)).encode()).hexdigest())


def personal(*, name: str, address: str, agent: str) -> Personal:
    """The fields as they are kept: an agent is cut at 400 characters."""
    return Personal(name, address, agent[:_LONGEST_AGENT])


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a chain; a chain without entries has seq 0 and the hash of no entry."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened.

    `actor` is a user's id or "system:<job>"; `subject` is "document:ID", "node:ID", "user:ID", …;
    `at` is RFC 3339 UTC text; `details` are ids, digests, versions and places in JSON values.
    """

    chain: str
    seq: int
    at: str
    actor: str
    action: Action
    subject: str
    details: Mapping[str, Any]
    context: Context | None
    transaction_id: str
    previous: str
    hash: str
    format: int = FORMAT

    @property
    def head(self) -> Head:
        """The chain's head once this entry stands."""
        return Head(self.seq, self.hash)


def append(
    head: Head,
    *,
    chain: str,
    at: str,
    actor: str,
    action: Action,
    subject: str,
    details: Mapping[str, Any],
    context: Context | None,
    transaction_id: str,
) -> Entry:
    """The entry that follows `head` in `chain`."""
    entry = Entry(
        chain=chain,
        seq=head.seq + 1,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        details=details,
        context=context,
        transaction_id=transaction_id,
        previous=head.hash,
        hash="",
    )
    return replace(entry, hash=recomputed(entry))


def recomputed(entry: Entry) -> str:
    """The hash that the entry's other fields give; anything else in `hash` is a changed entry."""
    return digest(
        {
            "format": entry.format,
            "chain": entry.chain,
            "seq": entry.seq,
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action.value,
            "subject": entry.subject,
            "details": entry.details,
            "context": [entry.context.id, entry.context.digest] if entry.context else None,
            "transaction_id": entry.transaction_id,
            "previous": entry.previous,
        }
    )


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 in hex of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces.

    Equals RFC 8785 for the strings, whole numbers, lists and objects that entries hold.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def document_chain(document_id: str) -> str:
    """The chain of what changed a document."""
    return f"D#{document_id}"


def reads_chain(document_id: str) -> str:
    """The chain of who looked at a document; apart, so that readers never meet writers."""
    return f"R#{document_id}"


SYSTEM_SHARDS = 8


def system_chain(shard: int) -> str:
    """One of the chains for folders, people, groups, access and settings."""
    return f"S#{shard}"


def shard(chain: str, *, digits: int = 1) -> str:
    """Where a chain belongs when work is spread: the first hex digits of its name's SHA-256."""
    return hashlib.sha256(chain.encode()).hexdigest()[:digits]
