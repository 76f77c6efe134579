"""A document's whole history as text, a chunk at a time, for a file that people open elsewhere."""

import csv
import heapq
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.audit.mapping import shown_entry
from chalicelib.audit.model import Entry, canonical, document_chain, reads_chain
from chalicelib.audit.store import Told, rows, tell
from chalicelib.transaction import Database

COLUMNS = (
    "at",
    "actor",
    "name",
    "action",
    "subject",
    "version",
    "sha256",
    "details",
    "address",
    "agent",
    "chain",
    "seq",
    "transaction_id",
    "context_id",
    "context_digest",
    "previous",
    "hash",
    "format",
)
"""In this order for ever; a new one goes to the end."""

ERASED = "erased"
_BATCH = 100
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def history(database: Database, document_id: str) -> Iterator[Told]:
    """Everything that happened to a document and everybody who opened it, oldest first.

    Reads page by page, so memory stays the same however long the history is.

    A spoiled row is shown as such; verifying tells what is wrong with it.
    """
    chains = (document_chain(document_id), reads_chain(document_id))
    streams = [map(shown_entry, rows(database, chain)) for chain in chains]
    batch: list[Entry] = []
    for entry in heapq.merge(*streams, key=lambda entry: entry.at):
        batch.append(entry)
        if len(batch) == _BATCH:
            yield from tell(database, batch)
            batch = []
    yield from tell(database, batch)


def as_csv(told: Iterable[Told]) -> Iterator[str]:
    """RFC 4180 text with a header, a chunk a line; no cell is taken for a formula."""
    yield _line(COLUMNS)
    for each in told:
        values = entry_json(each)
        details = values["details"]
        cells = {
            **values,
            "details": canonical(details),
            "version": details.get("version", ""),
            "sha256": details.get("sha256", ""),
        }
        yield _line(_cell(cells[column]) for column in COLUMNS)


def as_json(told: Iterable[Told]) -> Iterator[str]:
    """One JSON array, a chunk an entry, with all that an entry's hash is computed from."""
    separator = "["
    for each in told:
        yield separator + json.dumps(entry_json(each), ensure_ascii=False)
        separator = ",\n"
    yield "[]" if separator == "[" else "]\n"


def entry_json(told: Told) -> Mapping[str, Any]:
    """An entry in JSON values; personal fields are "erased" where they were, None where none."""
    entry, personal = told.entry, told.personal
    missing = ERASED if told.erased else None
    return {
        "at": entry.at,
        "actor": entry.actor,
        "name": personal.name if personal else missing,
        "action": entry.action.value,
        "subject": entry.subject,
        "details": entry.details,
        "address": personal.address if personal else missing,
        "agent": personal.agent if personal else missing,
        "chain": entry.chain,
        "seq": entry.seq,
        "transaction_id": entry.transaction_id,
        "context_id": entry.context.id if entry.context else None,
        "context_digest": entry.context.digest if entry.context else None,
        "previous": entry.previous,
        "hash": entry.hash,
        "format": entry.format,
    }


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
