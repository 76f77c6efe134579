"""Rows that count sign-in attempts: table ephemeral, `TRY#<what>#<bucket>` / TRY.

A row lives as long as its time bucket. What is counted (an account, a network) is stored as a hash
only; the row tells nobody who tried.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from chalicelib.transaction import Change, Database, Delete, Key, Table

WINDOW_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Counter:
    """How often something was tried in the present time bucket, this attempt included."""

    key: Key
    tried: int
    ends_at: int


def count(database: Database, name: str, *, now: datetime) -> Counter:
    """Count an attempt; of a thousand at once each gets a number of its own.

    The bucket is part of the key, so a row that its TTL has not yet deleted is never met again.
    """
    bucket = int(now.timestamp()) // WINDOW_SECONDS
    key, ends_at = _key(name, bucket), (bucket + 1) * WINDOW_SECONDS
    tried = database.increment(key, "tried", values={"expires": ends_at})
    return Counter(key, tried, ends_at)


def take_back(database: Database, counter: Counter) -> None:
    """Say that an attempt was none."""
    values = {"expires": counter.ends_at}
    database.increment(counter.key, "tried", values=values, by=-1)


def clear(counter: Counter) -> Change:
    """Forget a counter."""
    return Delete(key=counter.key)


def _key(name: str, bucket: int) -> Key:
    hashed = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return Key(Table.EPHEMERAL, f"TRY#{hashed}#{bucket}", "TRY")
