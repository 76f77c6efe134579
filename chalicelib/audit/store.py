"""Audit entries and personal fields as rows: keys, mapping and pages. Rows are only ever added.

One entry is at most about 1 KB: one write unit, and one more for each of its two indexes.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from chalicelib.audit.mapping import (
    MONTH,
    entry_row,
    read_entry,
    sequence,
    sequence_in,
    shown_entry,
    typed,
)
from chalicelib.audit.model import (
    SYSTEM_SHARDS,
    Context,
    Entry,
    Head,
    Personal,
    system_chain,
)
from chalicelib.clock import utc_text
from chalicelib.errors import Invalid
from chalicelib.transaction import NEW_ROW, Database, Key, Put, Query, Row, Table

_SWEEP = 500
_BATCH = 100
_EMPTYMONTHS = 12
_FIRST = sequence(1)
_BIRTHS: WeakKeyDictionary[Database, str] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, and the cursor behind them (None: no more). A page may hold fewer than asked."""

    items: Sequence[Entry]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with the personal fields of its context; None where there are none or no more."""

    entry: Entry
    personal: Personal | None

    @property
    def erased(self) -> bool:
        """Whether the entry had personal fields and has lost them."""
        return self.entry.context is not None and self.personal is None


def entry_put(entry: Entry) -> Put:
    """The row of an entry; refuses with Busy when another entry took its place in the chain."""
    key = Key(Table.AUDIT, entry.chain, sequence(entry.seq))
    return Put(key=key, row=entry_row(entry), guard=NEW_ROW)


def context_put(context: Context, told: Personal, *, salt: str) -> Put:
    """The row of personal fields that `context` refers to; goes into the first transaction."""
    row = {"name": told.name, "address": told.address, "agent": told.agent, "salt": salt}
    return Put(key=_context_key(context.id), row=row, guard=NEW_ROW)


def head(database: Database, chain: str) -> Head:
    """The newest entry of a chain, strongly consistent (0.5 read units)."""
    row = _newest_row(database, chain)
    return Head(typed(row, "seq", int), typed(row, "hash", str)) if row else Head()


def length(database: Database, chain: str) -> int:
    """The last sequence of a chain by its key alone, whatever the row holds."""
    row = _newest_row(database, chain)
    return (sequence_in(str(row["sk"])) if row else None) or 0


def newest(database: Database, chain: str) -> Entry | None:
    """The newest entry in full; None where there is none, or where it cannot be read."""
    row = _newest_row(database, chain)
    try:
        return read_entry(row) if row else None
    except ValueError:
        return None


def entries(
    database: Database,
    chain: str,
    *,
    limit: int = 50,
    descending: bool = True,
    cursor: str | None = None,
) -> EntryPage:
    """A page of a chain, newest first unless said otherwise.

    Raises:
        Invalid: the cursor is not one that this function gave.
    """
    after = _read_cursor(cursor) if cursor else ""
    if after and sequence_in(after) is None:
        raise _not_a_cursor()
    query = Query(
        table=Table.AUDIT,
        pk=chain,
        after={"pk": chain, "sk": after} if after else None,
        limit=limit,
        descending=descending,
    )
    page = database.query(query)
    return EntryPage(
        [shown_entry(row) for row in page.rows],
        _write_cursor(page.last["sk"]) if page.last else None,
    )


def rows(database: Database, chain: str, *, after: int = 0) -> Iterator[Row]:
    """Every row of a chain behind sequence `after`, oldest first, strongly consistent, in pages."""
    position: Mapping[str, str] | None = {"pk": chain, "sk": sequence(after)} if after else None
    while True:
        query = Query(table=Table.AUDIT, pk=chain, after=position, limit=_SWEEP, consistent=True)
        page = database.query(query)
        yield from page.rows
        if page.last is None:
            return
        position = page.last


def has_entry(database: Database, entry: Entry) -> bool:
    """Whether this very entry stands in its chain."""
    row = database.get(Key(Table.AUDIT, entry.chain, sequence(entry.seq)))
    return row is not None and row.get("hash") == entry.hash


def system_page(
    database: Database, *, now: datetime, limit: int = 50, cursor: str | None = None
) -> EntryPage:
    """The system log, newest first over all its chains and months (eventually consistent).

    Raises:
        Invalid: the cursor is not one that this function gave.
    """
    return _by_month(
        database, "by_time", lambda month: f"S#{month}", now=now, limit=limit, cursor=cursor
    )


def actor_page(
    database: Database, actor: str, *, now: datetime, limit: int = 50, cursor: str | None = None
) -> EntryPage:
    """Everything that one person or job did or opened, newest first (eventually consistent).

    Raises:
        Invalid: the cursor is not one that this function gave.
    """
    return _by_month(
        database,
        "by_actor",
        lambda month: f"A#{actor}#{month}",
        now=now,
        limit=limit,
        cursor=cursor,
    )


def changes_in(database: Database, hour: str, digit: str) -> Iterator[Row]:
    """Rows of documents' chains whose `at` lies in an hour ("2031-01-02T03"), of one shard.

    In order of time. Read from an index, so the newest may come late.
    """
    position: Mapping[str, str] | None = None
    while True:
        query = Query(
            table=Table.AUDIT,
            pk=f"H#{hour}#{digit}",
            index="by_time",
            after=position,
            limit=_SWEEP,
        )
        page = database.query(query)
        yield from page.rows
        if page.last is None:
            return
        position = page.last


def birth(database: Database) -> str | None:
    """When the environment's first system entry was made; before it nobody did anything.

    Read once in a container: entries are only ever added, so there is no earlier one later.
    """
    if database not in _BIRTHS:
        chains = map(system_chain, range(SYSTEM_SHARDS))
        found = database.get_many([Key(Table.AUDIT, chain, _FIRST) for chain in chains])
        if not found:
            return None
        _BIRTHS[database] = min(row["at"] for row in found.values())
    return _BIRTHS[database]


def personals(
    database: Database, context_ids: Iterable[str]
) -> Mapping[str, tuple[Personal, Context]]:
    """Personal fields by context id, each with the context that they give; erased ones left out."""
    wanted = [_context_key(id_) for id_ in dict.fromkeys(context_ids)]
    found: dict[str, tuple[Personal, Context]] = {}
    for start in range(0, len(wanted), _BATCH):
        for key, row in database.get_many(wanted[start : start + _BATCH]).items():
            if "salt" in row:
                id_ = key.pk.removeprefix("CTX#")
                fields = (str(row.get(name, "")) for name in ("name", "address", "agent"))
                told = Personal(*fields)
                found[id_] = told, told.salted(id_, str(row["salt"]))
    return found


def tell(database: Database, found: Sequence[Entry]) -> Sequence[Told]:
    """Entries with their personal fields, for a page or an export (one batch read a hundred)."""
    known = personals(database, (entry.context.id for entry in found if entry.context))
    return [
        Told(
            entry,
            known[entry.context.id][0] if entry.context and entry.context.id in known else None,
        )
        for entry in found
    ]


def _by_month(
    database: Database,
    index: str,
    partition: Callable[[str], str],
    *,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> EntryPage:
    """Walk months backwards. A cursor holds the last sort key, or only the month to begin with.

    An empty month costs a query; after a dozen of them the page ends early with a cursor.
    """
    names = ("time_pk", "time_sk") if index == "by_time" else ("actor_pk", "actor_sk")
    place = _read_cursor(cursor) if cursor else utc_text(now)[:MONTH]
    oldest: str | None = None
    found: list[Entry] = []
    for _ in range(_EMPTYMONTHS):
        month, after = _position(place, partition, names)
        query = Query(
            table=Table.AUDIT,
            pk=partition(month),
            index=index,
            after=after,
            limit=limit - len(found),
            descending=True,
        )
        page = database.query(query)
        found += [shown_entry(row) for row in page.rows]
        if page.last is not None:
            return EntryPage(found, _write_cursor(page.last[names[1]]))
        oldest = oldest or birth(database)
        if oldest is None or month <= oldest[:MONTH]:
            return EntryPage(found, None)
        place = _month_before(month)
        if len(found) == limit:
            break
    return EntryPage(found, _write_cursor(place))


def _newest_row(database: Database, chain: str) -> Row | None:
    query = Query(table=Table.AUDIT, pk=chain, limit=1, descending=True, consistent=True)
    return next(iter(database.query(query).rows), None)


def _position(
    place: str, partition: Callable[[str], str], names: tuple[str, str]
) -> tuple[str, Mapping[str, str] | None]:
    month = place[:MONTH]
    try:
        datetime.strptime(month, "%Y-%m")  # noqa: DTZ007 - only checks the form
    except ValueError as error:
        raise _not_a_cursor() from error
    if len(place) == MONTH:
        return month, None
    _, _, rest = place.partition("#")
    chain, _, sequence = rest.rpartition("#")
    if not chain or not sequence:
        raise _not_a_cursor()
    pk_name, sk_name = names
    return month, {pk_name: partition(month), sk_name: place, "pk": chain, "sk": sequence}


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1:04d}-12" if number == 1 else f"{year:04d}-{number - 1:02d}"


def _context_key(context_id: str) -> Key:
    return Key(Table.AUDIT, f"CTX#{context_id}", "CTX")


def _write_cursor(position: str) -> str:
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _not_a_cursor() from error


def _not_a_cursor() -> Invalid:
    return Invalid("cursor", "is not one that this list gave")
