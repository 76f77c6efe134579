"""Rows that count sign-in attempts: table ephemeral, `TRY#<what>#<bucket>` / TRY.

A row lives as long as its time bucket. What is counted (an account, a network) is stored as a hash
only; the row tells nobody who tried.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.transaction import NEW_ROW, Change, Database, Delete, Key, Put, Table, Update

WINDOW_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Counter:
    """How often something was tried in the present time bucket (None: no row yet)."""

    key: Key
    count: int | None
    ends_at: int

    @property
    def tried(self) -> int:
        """Attempts so far."""
        return self.count or 0


def get_counters(database: Database, names: Sequence[str], *, now: datetime) -> list[Counter]:
    """Read counters in one round trip.

    The bucket is part of the key, so a row that its TTL has not yet deleted is never met again.
    """
    moment = int(now.timestamp())
    bucket = moment // WINDOW_SECONDS
    keys = [_key(name, bucket) for name in names]
    rows = database.get_many(keys)
    ends_at = (bucket + 1) * WINDOW_SECONDS
    return [Counter(key, rows[key]["tried"] if key in rows else None, ends_at) for key in keys]


def count(counter: Counter, tried: int) -> Change:
    """Set a counter; busy when somebody counted in between."""
    values = {"tried": tried, "expires": counter.ends_at}
    if counter.count is None:
        return Put(key=counter.key, row=values, guard=NEW_ROW)
    return Update(key=counter.key, values=values, guard={"tried": counter.count})


def clear(counter: Counter) -> Change:
    """Forget a counter."""
    return Delete(key=counter.key)


def _key(name: str, bucket: int) -> Key:
    hashed = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return Key(Table.EPHEMERAL, f"TRY#{hashed}#{bucket}", "TRY")
