"""Idempotency-Key: the same request twice is carried out once (draft-ietf-httpapi-idempotency-key).

A key belongs to one person for a day. Its row holds the seed that the request's ids are made from,
so that a request which died after its commit finds, when repeated, that its very ids exist.
"""

import base64
import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import Busy, KeyReused, PaperTrailError
from chalicelib.transaction import NEW_ROW, Database, Delete, Key, Put, Row, Table, housekeep

KEPT = timedelta(days=1)
_LEASE = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer given before: status, body as sent, headers."""

    status: int
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Running:
    """A request under way; `seed` makes its ids. `repeated`: an earlier try may have done it."""

    key: Key
    fingerprint: str
    seed: str
    repeated: bool = False


class _Seen(PaperTrailError):
    """The key has a row already."""

    def __init__(self, row: Row | None) -> None:
        super().__init__("seen", row=row)
        self.row: Row = row or {}


def begin(
    database: Database,
    *,
    owner: str,
    key: str,
    fingerprint: str,
    now: datetime,
    new_id: Callable[[], str],
) -> Running | Remembered:
    """Claim a key, or find what it answered.

    Args:
        database: where keys are kept.
        owner: the person's id.
        key: the header's value.
        fingerprint: SHA-256 hex of method, path and body.
        now: the moment.
        new_id: for the transaction and the seed.

    Raises:
        KeyReused: the key stands for another request.
        Busy: the first request with this key is still under way.
    """
    place = Key(Table.EPHEMERAL, f"IDEMPOTENCY#{owner}", hashlib.sha256(key.encode()).hexdigest())
    try:
        return _claim(database, place, fingerprint, new_id(), now, guard=NEW_ROW, new_id=new_id)
    except _Seen as seen:
        row = seen.row
    if row.get("expires", 0) <= now.timestamp():
        return _again(database, place, fingerprint, new_id(), now, row, new_id)
    if row["fingerprint"] != fingerprint:
        raise KeyReused
    if "status" in row:
        return Remembered(row["status"], row["body"], row["headers"])
    if row["lease"] > now.timestamp():
        raise Busy
    again = _again(database, place, fingerprint, row["seed"], now, row, new_id)
    return replace(again, repeated=True)


def finish(
    database: Database, running: Running, answer: Remembered, *, now: datetime, transaction_id: str
) -> None:
    """Keep the answer for whoever repeats the request."""
    row = {
        "fingerprint": running.fingerprint,
        "seed": running.seed,
        "status": answer.status,
        "body": answer.body,
        "headers": dict(answer.headers),
        "expires": int((now + KEPT).timestamp()),
    }
    housekeep(database, transaction_id=transaction_id, changes=[Put(key=running.key, row=row)])


def forget(database: Database, running: Running, *, transaction_id: str) -> None:
    """Free the key: the request was refused and changed nothing."""
    housekeep(database, transaction_id=transaction_id, changes=[Delete(key=running.key)])


def release(database: Database, running: Running, *, now: datetime, transaction_id: str) -> None:
    """Keep no answer, but the seed: a repeat is carried out anew and finds its own ids."""
    row = {
        "fingerprint": running.fingerprint,
        "seed": running.seed,
        "lease": 0,
        "expires": int((now + KEPT).timestamp()),
    }
    housekeep(database, transaction_id=transaction_id, changes=[Put(key=running.key, row=row)])


def ids_from(seed: str) -> Callable[[], str]:
    """A source of ids that gives the same ones for the same seed."""
    counter = itertools.count()

    def next_id() -> str:
        digest = hashlib.sha256(f"{seed}#{next(counter)}".encode()).digest()
        return base64.b32encode(digest).decode().lower()[:26]

    return next_id


def _again(
    database: Database,
    place: Key,
    fingerprint: str,
    seed: str,
    now: datetime,
    row: Row,
    new_id: Callable[[], str],
) -> Running:
    guard = {"txn": row["txn"]}
    try:
        return _claim(database, place, fingerprint, seed, now, guard=guard, new_id=new_id)
    except _Seen as seen:
        raise Busy from seen


def _claim(
    database: Database,
    place: Key,
    fingerprint: str,
    seed: str,
    now: datetime,
    *,
    guard: Mapping[str, Any],
    new_id: Callable[[], str],
) -> Running:
    row = {
        "fingerprint": fingerprint,
        "seed": seed,
        "lease": int((now + _LEASE).timestamp()),
        "expires": int((now + KEPT).timestamp()),
    }
    housekeep(
        database,
        transaction_id=new_id(),
        changes=[Put(key=place, row=row, guard=guard, refusal=_Seen)],
    )
    return Running(place, fingerprint, seed)
