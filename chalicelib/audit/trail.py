"""Appending to the audit: what use cases call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.audit.model import (
    SYSTEM_SHARDS,
    Action,
    Actor,
    Entry,
    Head,
    append,
    document_chain,
    reads_chain,
    system_chain,
)
from chalicelib.audit.store import entry_put, has_entry, head
from chalicelib.clock import utc_text
from chalicelib.errors import Busy
from chalicelib.transaction import Database, Put, settle, transact


@dataclass(frozen=True, slots=True)
class Trail:
    """What appending needs. `choose(n)` gives a random whole number from 0 to n-1."""

    database: Database
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    choose: Callable[[int], int]


def document_entry(
    trail: Trail,
    actor: Actor | str,
    *,
    document_id: str,
    head: Head,
    action: Action,
    details: Mapping[str, Any],
    transaction_id: str,
) -> Entry:
    """The next entry of a document's chain, whose head the document's row holds.

    The caller puts it (`store.entry_put`) and sets the row's head to `entry.head`, guarded by the
    head that it read, all in one transaction.
    """
    return _entry(
        trail,
        actor,
        head,
        chain=document_chain(document_id),
        action=action,
        subject=f"document:{document_id}",
        details=details,
        transaction_id=transaction_id,
    )


def system_entry(
    trail: Trail,
    actor: Actor | str,
    *,
    action: Action,
    subject: str,
    details: Mapping[str, Any],
    transaction_id: str,
) -> Put:
    """The next entry of one of the system's chains, for the transaction that does what it tells.

    Call it anew in each try of `settle`: another chain is chosen, and its head read (0.5 units).
    """
    chain = system_chain(trail.choose(SYSTEM_SHARDS))
    entry = _entry(
        trail,
        actor,
        head(trail.database, chain),
        chain=chain,
        action=action,
        subject=subject,
        details=details,
        transaction_id=transaction_id,
    )
    return entry_put(entry)


def record_read(
    trail: Trail,
    principal: Actor,
    *,
    document_id: str,
    action: Action,
    version: int,
    sha256: str,
) -> Entry:
    """Tell that somebody viewed or downloaded a version: one conditional put, no transaction.

    Raises:
        Busy: too many others opened the document in the same moment.
    """
    chain = reads_chain(document_id)

    def attempt() -> Entry:
        transaction_id = trail.new_id()
        entry = _entry(
            trail,
            principal,
            head(trail.database, chain),
            chain=chain,
            action=action,
            subject=f"document:{document_id}",
            details={"version": version, "sha256": sha256},
            transaction_id=transaction_id,
        )
        try:
            transact(
                trail.database,
                transaction_id=transaction_id,
                changes=(),
                audit=(entry_put(entry),),
            )
        except Busy:
            # A put that the network repeated meets itself: then the entry stands, once.
            if not has_entry(trail.database, entry):
                raise
        return entry

    return settle(attempt)


def _entry(
    trail: Trail,
    actor: Actor | str,
    head: Head,
    *,
    chain: str,
    action: Action,
    subject: str,
    details: Mapping[str, Any],
    transaction_id: str,
) -> Entry:
    return append(
        head,
        chain=chain,
        at=utc_text(trail.now()),
        actor=actor if isinstance(actor, str) else actor.user_id,
        action=action,
        subject=subject,
        details=details,
        context=None if isinstance(actor, str) else actor.context,
        transaction_id=transaction_id,
    )
