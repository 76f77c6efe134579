"""Rows that a request will ask for, read along with a batch that it needs anyway.

A round trip costs more than a row. Whoever knows what will be asked for says so with `expect`; the
next read of a row becomes a batch that takes those along, and each then answers one read for each
time that it was expected, and no more: a second try, or a look for what has changed meanwhile, goes
to the database. A commit that is refused drops all of them, one that succeeds those that it wrote.

The rows of one batch are not read at one moment (BatchGetItem is no transaction), so nothing may
conclude from one of them how old another is; `behind` is the database without foresight.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence

from chalicelib.transaction import Change, Database, Key, Page, Query, Row

_BATCH = 100


class Foresight:
    """A `Database` with foresight; what is foreseen belongs to a thread, and so to a request."""

    def __init__(self, behind: Database) -> None:
        self.behind = behind
        self._here = threading.local()

    def expect(self, keys: Iterable[Key]) -> None:
        """Take these rows along with the next read of any row."""
        for key in keys:
            self._expected[key] = self._expected.get(key, 0) + 1

    def forget(self) -> None:
        """Begin anew: another request comes."""
        self._here.__dict__.clear()

    def get(self, key: Key) -> Row | None:
        """Read one row, or give the one that was read along."""
        if self.foresees(key):
            return self._taken(key)
        return self.get_many([key]).get(key) if self._expected else self.behind.get(key)

    def get_many(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """Read rows, and take along what is expected; what was read along is not read again."""
        there = {key: self._taken(key) for key in dict.fromkeys(keys) if self.foresees(key)}
        wanted = {key: None for key in keys if key not in there}
        found = {key: row for key, row in there.items() if row is not None}
        if not wanted:
            return found
        along = list(self._expected)[: max(0, _BATCH - len(wanted))]
        read = self.behind.get_many(list({**wanted, **dict.fromkeys(along)}))
        for key in along:
            self._foreseen[key] = (read.get(key), self._expected.pop(key))
        return {**found, **{key: row for key, row in read.items() if key in wanted}}

    def foresees(self, key: Key) -> bool:
        """Whether the next read of this row costs nothing."""
        return key in self._foreseen

    def query(self, query: Query) -> Page:
        """Read a page; always from the database."""
        return self.behind.query(query)

    def commit(self, changes: Sequence[Change], *, token: str) -> None:
        """Write all or nothing."""
        try:
            self.behind.commit(changes, token=token)
        except BaseException:
            self.forget()
            raise
        for change in changes:
            self._foreseen.pop(change.key, None)

    def increment(self, key: Key, attribute: str, *, values: Row | None = None, by: int = 1) -> int:
        """Add to a number."""
        self._foreseen.pop(key, None)
        return self.behind.increment(key, attribute, values=values, by=by)

    def _taken(self, key: Key) -> Row | None:
        row, times = self._foreseen.pop(key)
        if times > 1:
            self._foreseen[key] = (row, times - 1)
        return row

    @property
    def _foreseen(self) -> dict[Key, tuple[Row | None, int]]:
        found: dict[Key, tuple[Row | None, int]] = self._here.__dict__.setdefault("foreseen", {})
        return found

    @property
    def _expected(self) -> dict[Key, int]:
        found: dict[Key, int] = self._here.__dict__.setdefault("expected", {})
        return found
