"""Folders, documents and versions in DynamoDB: what use cases read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.access.store import node_key
from chalicelib.clock import utc_text
from chalicelib.documents import cursors, rows
from chalicelib.documents.model import Document, Listing, Node, Version, VersionState
from chalicelib.documents.name import key_of
from chalicelib.errors import Busy, NotFound
from chalicelib.transaction import (
    Database,
    Expected,
    Guard,
    Key,
    Query,
    Row,
    Table,
    Update,
    housekeep,
    is_id,
)

_BATCH = 100


class DocumentStore:
    """The core table as documents see it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def node(self, node_id: str) -> Node:
        """Read a folder (1 read).

        Raises:
            NotFound: there is none.
        """
        row = self.database.get(node_key(node_id)) if is_id(node_id) else None
        if row is None:
            raise NotFound("folder")
        return rows.node_of(row)

    def document(self, document_id: str) -> Document:
        """Read a document (1 read).

        Raises:
            NotFound: there is none.
        """
        row = self.database.get(rows.document_key(document_id)) if is_id(document_id) else None
        if row is None:
            raise NotFound("document")
        return rows.document_of(row)

    def document_with_version(self, document_id: str, number: int) -> tuple[Document, Version]:
        """Read a document and one of its versions in one round trip.

        Raises:
            NotFound: the document or the version is not there.
        """
        keys = [rows.document_key(document_id), rows.version_key(document_id, number)]
        found = self.database.get_many(keys) if is_id(document_id) else {}
        if len(found) != len(keys):
            # One word for both, so that it does not tell whether a hidden document is there.
            raise NotFound("version")
        return rows.document_of(found[keys[0]]), rows.version_of(found[keys[1]])

    def documents(self, document_ids: Sequence[str]) -> Sequence[Document]:
        """Read up to 100 documents in one round trip, in the order asked; missing ones left out."""
        keys = [rows.document_key(document_id) for document_id in dict.fromkeys(document_ids)]
        found = self.database.get_many(keys) if keys else {}
        return [rows.document_of(found[key]) for key in keys if key in found]

    def nodes(self, node_ids: Sequence[str]) -> dict[Key, Row]:
        """Read folder rows, a hundred in a round trip; missing ones left out."""
        keys = [node_key(id_) for id_ in dict.fromkeys(node_ids)]
        found: dict[Key, Row] = {}
        for start in range(0, len(keys), _BATCH):
            found.update(self.database.get_many(keys[start : start + _BATCH]))
        return found

    def documents_and_nodes(
        self, document_ids: Sequence[str], node_ids: Sequence[str]
    ) -> tuple[Sequence[Document], Sequence[Node]]:
        """Read documents, in the order asked, and folders together; missing ones left out."""
        of_documents = [rows.document_key(id_) for id_ in dict.fromkeys(document_ids)]
        of_nodes = [node_key(id_) for id_ in dict.fromkeys(node_ids)]
        keys = [*of_documents, *of_nodes]
        found: dict[Key, Row] = {}
        for start in range(0, len(keys), _BATCH):
            found.update(self.database.get_many(keys[start : start + _BATCH]))
        return (
            [rows.document_of(found[key]) for key in of_documents if key in found],
            [rows.node_of(found[key]) for key in of_nodes if key in found],
        )

    def version(self, document_id: str, number: int) -> Version:
        """Read a version.

        Raises:
            NotFound: there is none of that number.
        """
        row = self.database.get(rows.version_key(document_id, number))
        if row is None:
            raise NotFound("version")
        return rows.version_of(row)

    def versions(
        self, document_id: str, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Version], str | None]:
        """A page of a document's versions, newest first."""
        pk = f"D#{document_id}"
        query = Query(
            table=Table.CORE,
            pk=pk,
            prefix="V#",
            limit=limit,
            descending=True,
            after=cursors.read(cursor, {"pk": pk}, ("sk",)),
            consistent=True,
        )
        page = self.database.query(query)
        return [rows.version_of(row) for row in page.rows], cursors.write(page.last, ("sk",))

    def media_type(self, document: Document) -> str:
        """What the current version's bytes look like (a read for documents of old)."""
        if document.media_type is not None:
            return document.media_type
        return self.version(document.id, document.version).media_type

    def claim(
        self, version: Version, *, was: Version, claim: str, now: datetime, until: datetime
    ) -> Version:
        """Take an upload to work on, for a time; whoever finds it claimed keeps away.

        Args:
            version: as it is to be written.
            was: as it was read; it is claimed only if it still is, its last claim included.
            claim: a name for this claim.
            now: the time.
            until: when others may take it.

        Raises:
            Busy: somebody else works on it, or it is over.
        """
        over = was.state not in (VersionState.PENDING, VersionState.VERIFYING)
        if over or was.claimed_until > utc_text(now):
            raise Busy
        last = Expected.ABSENT if was.claim is None else was.claim
        claimed = replace(version, claim=claim, claimed_until=utc_text(until))
        self._reclaim(claimed, {"state": was.state.value, "claim": last}, claim)
        return claimed

    def release(self, version: Version, *, claim: str) -> None:
        """Give a claim back; the upload stands as in `version`, which was read before.

        Raises:
            Busy: the claim ran out, and somebody else has taken it.
        """
        self._reclaim(version, {"claim": claim}, claim)

    def _reclaim(self, version: Version, guard: Guard, claim: str) -> None:
        key = rows.version_key(version.document_id, version.number)
        values = {
            **rows.version_row(version),
            "claim": version.claim,
            "claimed_until": version.claimed_until or None,
        }
        change = Update(key=key, values=values, guard=guard)
        housekeep(self.database, transaction_id=claim or version.document_id, changes=[change])

    def by_number(self, number: int) -> str | None:
        """The id of the document of that number."""
        row = self.database.get(rows.number_key(number))
        return row["document_id"] if row else None

    def next_number(self) -> int:
        """Draw the next document number; one that is not used leaves a gap."""
        return self.database.increment(rows.COUNTER_KEY, "number")

    def by_digest(self, sha256: str, *, limit: int) -> Sequence[str]:
        """Ids of documents that hold these bytes in some version."""
        page = self.database.query(Query(table=Table.CORE, index="digest", pk=sha256, limit=limit))
        return list(dict.fromkeys(row["pk"].removeprefix("D#") for row in page.rows))

    def expired(self, *, now: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Uploads past their time, oldest first, as (document id, version number)."""
        page = self.database.query(
            Query(table=Table.CORE, index="modified", pk=rows.PENDING_LIST, limit=limit)
        )
        due = [row for row in page.rows if row["list_sk"] < utc_text(now)]
        return [(row["document_id"], row["number"]) for row in due]

    def child_row(self, parent_id: str, name_key: str) -> Row | None:
        """The raw row behind a name, reserved or real."""
        return self.database.get(rows.child_key(parent_id, name_key))

    def children(
        self, node_id: str, *, prefix: str, descending: bool, limit: int, cursor: str | None
    ) -> Listing:
        """A page of a folder's children by name; reserved names are left out."""
        pk = f"P#{node_id}"
        query = Query(
            table=Table.CORE,
            pk=pk,
            prefix=key_of(prefix),
            limit=limit,
            descending=descending,
            after=cursors.read(cursor, {"pk": pk}, ("sk",)),
            consistent=True,
        )
        return self._listing(query, ("sk",))

    def children_by_change(
        self, node_id: str, *, descending: bool, limit: int, cursor: str | None
    ) -> Listing:
        """A page of a folder's children by last change."""
        return self._by_change(f"P#{node_id}", descending, limit, cursor)

    def trash_of(self, user_id: str, *, limit: int, cursor: str | None) -> Listing:
        """A page of what somebody has put into the trash, newest first."""
        return self._by_change(
            rows.trash_list(user_id), descending=True, limit=limit, cursor=cursor
        )

    def trash_in(self, node_id: str, *, limit: int, cursor: str | None) -> Listing:
        """A page of what was put into the trash out of a folder, newest first."""
        pk = f"T#{node_id}"
        query = Query(
            table=Table.CORE,
            pk=pk,
            limit=limit,
            descending=True,
            after=cursors.read(cursor, {"pk": pk}, ("sk",)),
        )
        return self._listing(query, ("sk",))

    def folders(self, node_id: str, *, limit: int, cursor: str | None) -> Listing:
        """A page of a folder's folders by name, whatever the number of documents beside them."""
        names = ("folder_name", "pk", "sk")
        query = Query(
            table=Table.CORE,
            index="folders",
            pk=node_id,
            limit=limit,
            after=cursors.read(cursor, {"folder_of": node_id}, names),
        )
        return self._listing(query, names)

    def _by_change(self, list_pk: str, descending: bool, limit: int, cursor: str | None) -> Listing:  # noqa: FBT001
        names = ("list_sk", "pk", "sk")
        query = Query(
            table=Table.CORE,
            index="modified",
            pk=list_pk,
            limit=limit,
            descending=descending,
            after=cursors.read(cursor, {"list_pk": list_pk}, names),
        )
        return self._listing(query, names)

    def _listing(self, query: Query, names: Sequence[str]) -> Listing:
        page = self.database.query(query)
        children = [rows.child_of(row) for row in page.rows if "pending" not in row]
        return Listing(children, cursors.write(page.last, names))
