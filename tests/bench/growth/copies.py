"""Documents by the million: copies of one that the API made, each with ids of its own.

A copy differs from the original in its id, folder, name, number, bytes, times and audit chain; all
of these are as long as the original's, so that sizes and units are true. Chains are hashed anew by
the product's rule, and verify.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from unittest import mock

from chalicelib.audit import model
from chalicelib.audit.mapping import HOUR, MONTH, read_entry
from chalicelib.audit.model import Entry
from chalicelib.clock import utc_text, utc_time
from chalicelib.transaction import Key, Row, Table
from tests.bench.growth.filling import Filler, Stored
from tests.scenarios.stage import StageWorld

FIRST_NUMBER = 10_000_000
"""Numbers of copies begin here: all have eight digits, as the original's."""
_SPREAD = timedelta(seconds=30)
"""Between one copy and the next, in the past; a million of them fill a year."""
_BEHIND = timedelta(days=2)
_COLUMN, _ROW, _NONE = "\x00", "\x01", "\x02"

FolderOf = Callable[[int], str]
"""Where a copy lies, by its place among the copies."""


@dataclass(frozen=True, slots=True)
class Original:
    """A document that the API made: every row of it, and what tells it apart from its copies."""

    id: str
    node_id: str
    name: str
    number: int
    sha256: str
    at: str
    rows: Mapping[Key, Row]
    entries: Sequence[Entry]


def original(world: StageWorld, document_id: str) -> Original:
    """Read all rows of a document that has one version and nothing under way."""
    rows = {key: row for key, row in world.rows().items() if _speaks_of(document_id, key, row)}
    meta = rows[Key(Table.CORE, f"D#{document_id}", "META")]
    entries = [read_entry(row) for key, row in rows.items() if key.table is Table.AUDIT]
    return Original(
        id=document_id,
        node_id=meta["node_id"],
        name=meta["name"],
        number=meta["number"],
        sha256=meta["digest"],
        at=meta["created_at"],
        rows=rows,
        entries=sorted(entries, key=lambda entry: entry.seq),
    )


class Copier:
    """Makes copies, by filling in the blanks of a pattern that the original gave."""

    def __init__(self, filler: Filler, made: Original) -> None:
        self._made = made
        self._latest = utc_time(made.at) - _BEHIND
        self._sizes: dict[Table, list[int]] = {}
        self._patterns: dict[Table, str] = {}
        for table in (Table.CORE, Table.AUDIT):
            rows = [filler.stored(key, row) for key, row in made.rows.items() if key.table is table]
            self._sizes[table] = [row.size for row in rows]
            self._patterns[table] = self._blanked(_ROW.join(map(_joined, rows)))
        with mock.patch.object(model, "digest", model.canonical):
            self._hashed = [self._blanked(model.recomputed(entry)) for entry in made.entries]

    def copies(self, numbers: range, folder_of: FolderOf) -> Iterator[tuple[Table, Stored]]:
        """All rows of the copies of these places."""
        for n in numbers:
            blanks = self._blanks(n, folder_of(n))
            for table, pattern in self._patterns.items():
                texts = (pattern % blanks).split(_ROW)
                for size, text in zip(self._sizes[table], texts, strict=True):
                    pk, sk, content, *index = text.split(_COLUMN)
                    keys = tuple([None if key == _NONE else key for key in index])
                    yield table, Stored(pk, sk, size, content, keys)

    def id(self, n: int) -> str:
        """The id of a copy."""
        return f"{self._made.id[:10]}{n:016d}"

    def name(self, n: int) -> str:
        """The name of a copy, as long as the original's."""
        return f"{self._made.name[:-12]}{n:012d}"

    def _blanks(self, n: int, node_id: str) -> dict[str, str]:
        name, id_ = self.name(n), self.id(n)
        at = utc_text(self._latest - n * _SPREAD)
        blanks = {
            "id": id_,
            "node": node_id,
            "name": name,
            "key": name.casefold(),
            "number": str(FIRST_NUMBER + n),
            "sha256": hashlib.sha256(name.encode()).hexdigest(),
            "at": at,
            "hour": at[:HOUR],
            "month": at[:MONTH],
            "shard": model.shard(f"D#{id_}"),
        }
        for seq, pattern in enumerate(self._hashed, start=1):
            blanks[f"hash{seq}"] = hashlib.sha256((pattern % blanks).encode()).hexdigest()
        return blanks

    def _blanked(self, text: str) -> str:
        made = self._made
        swaps = {
            "%": "%%",
            f"H#{made.at[:HOUR]}#{model.shard(f'D#{made.id}')}": "H#%(hour)s#%(shard)s",
            f"{made.entries[0].actor}#{made.at[:MONTH]}": f"{made.entries[0].actor}#%(month)s",
            made.id: "%(id)s",
            made.node_id: "%(node)s",
            made.name: "%(name)s",
            made.name.casefold(): "%(key)s",
            str(made.number): "%(number)s",
            made.sha256: "%(sha256)s",
            made.at: "%(at)s",
            **{entry.hash: f"%(hash{entry.seq})s" for entry in made.entries},
        }
        for known, blank in swaps.items():
            text = text.replace(known, blank)
        return text


def _joined(row: Stored) -> str:
    keys = (_NONE if key is None else key for key in row.index)
    return _COLUMN.join((row.pk, row.sk, row.content, *keys))


def _speaks_of(document_id: str, key: Key, row: Row) -> bool:
    return document_id in f"{key.pk} {row.get('id')} {row.get('document_id')}"
