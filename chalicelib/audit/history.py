"""The audit as people read it: a document's changes and looks in one list, and the system's log.

What pages and the API show comes from here; the rows are store.py's.
"""

import base64
import binascii
from collections.abc import Sequence

from chalicelib.audit.mapping import shown_entry
from chalicelib.audit.model import Entry, document_chain, reads_chain
from chalicelib.audit.store import EntryPage, Told, system_page, tell
from chalicelib.beside import beside
from chalicelib.errors import Invalid
from chalicelib.transaction import Database, Query, Table

__all__ = ["EntryPage", "Told", "history_page", "system_page", "tell"]

_DIGITS = 12


def history_page(
    database: Database, document_id: str, *, limit: int = 50, cursor: str | None = None
) -> EntryPage:
    """A page of both of a document's chains, newest first (two queries, beside one another).

    Raises:
        Invalid: the cursor is not one that this function gave.
    """
    changes_before, looks_before = _read_cursor(cursor)
    changes, looks = beside(
        lambda: _before(database, document_chain(document_id), changes_before, limit + 1),
        lambda: _before(database, reads_chain(document_id), looks_before, limit + 1),
    )
    merged = sorted([*changes, *looks], key=lambda entry: (entry.at, entry.seq), reverse=True)
    shown = merged[:limit]
    if len(merged) == len(shown):
        return EntryPage(shown, None)
    chain = document_chain(document_id)
    rests = (
        _reached([entry for entry in shown if entry.chain == chain], changes_before),
        _reached([entry for entry in shown if entry.chain != chain], looks_before),
    )
    return EntryPage(shown, _write_cursor(rests))


def _before(database: Database, chain: str, before: int | None, limit: int) -> Sequence[Entry]:
    if before is not None and before <= 1:
        return []
    after = None if before is None else {"pk": chain, "sk": f"{before:0{_DIGITS}d}"}
    page = database.query(
        Query(
            table=Table.AUDIT,
            pk=chain,
            after=after,
            limit=limit,
            descending=True,
            consistent=True,
        )
    )
    return [shown_entry(row) for row in page.rows]


def _reached(shown: Sequence[Entry], before: int | None) -> int | None:
    return shown[-1].seq if shown else before


def _write_cursor(rests: tuple[int | None, int | None]) -> str:
    text = ".".join("" if rest is None else str(rest) for rest in rests)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> tuple[int | None, int | None]:
    if cursor is None:
        return None, None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        changes, looks = (_read_number(part) for part in text.split("."))
    except (ValueError, binascii.Error) as error:
        raise Invalid("cursor", "is not one that this list gave") from error
    return changes, looks


def _read_number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS:
        raise ValueError(text)
    return int(text)
