"""What is shared with whom, the other way round: from a person or a group to folders.

Rows of the identity table, pk `SHARE#user:ID`, sk `N#folder`; written with the grants themselves.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

from chalicelib.access.guard import Authority
from chalicelib.access.model import ROOT_ID, Role
from chalicelib.access.store import node_key
from chalicelib.beside import beside
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import Node
from chalicelib.documents.rows import node_of
from chalicelib.errors import Invalid
from chalicelib.transaction import (
    Change,
    Database,
    Delete,
    Key,
    Page,
    Put,
    Query,
    Row,
    Table,
    is_id,
)

_PER_PRINCIPAL = 50
_MAX_PRINCIPALS = 20
_SHOWN = 100
_BATCH = 100


def changed(node_id: str, *, before: Mapping[str, Role], after: Mapping[str, Role]) -> list[Change]:
    """The rows that follow from a change of grants."""
    gone: list[Change] = [Delete(key=_key(who, node_id)) for who in before.keys() - after.keys()]
    come: list[Change] = [
        Put(key=_key(who, node_id), row={"node_id": node_id, "role": role.value})
        for who, role in after.items()
        if before.get(who) is not role
    ]
    return gone + come


def shared_with(filing: Filing, authority: Authority) -> Sequence[Node]:
    """The folders in which the person, or a group of theirs, holds a grant; the root left out.

    Reads a page of at most 50 for the person and for at most 20 of their groups.
    """
    found = filing.store.nodes(shared_ids(filing, authority))
    return still_shared(filing, authority, [node_of(row) for row in found.values()])


def shared_ids(filing: Filing, authority: Authority) -> Sequence[str]:
    """The ids of those folders, seen or not; queries beside one another."""
    names = sorted(authority.principal.names, reverse=True)[:_MAX_PRINCIPALS]
    pages = beside(*(partial(_shares_of, filing, name) for name in names))
    rows = (row for page in pages for row in page.rows)
    ids = dict.fromkeys(row["node_id"] for row in rows if row["node_id"] != ROOT_ID)
    return list(ids)[:_SHOWN]


def _shares_of(filing: Filing, name: str) -> Page:
    query = Query(table=Table.IDENTITY, pk=f"SHARE#{name}", limit=_PER_PRINCIPAL)
    return filing.store.database.query(query)


def still_shared(filing: Filing, authority: Authority, nodes: Sequence[Node]) -> Sequence[Node]:
    """Those that the person sees and that lie in no trash, by name."""
    filing.guard.learn(authority, [node.id for node in nodes])
    return sorted(
        (node for node in nodes if _live(filing, authority, node.id)),
        key=lambda node: node.name.casefold(),
    )


def require_known(database: Database, grants: Mapping[str, Role]) -> Mapping[Key, Row]:
    """Refuse grants to people or groups that are not there; returns their rows.

    Raises:
        Invalid: the first one.
    """
    keys = {who: _principal_key(who) for who in grants}
    found = database.get_many(list(keys.values())) if keys else {}
    for who, key in keys.items():
        if key not in found:
            raise Invalid("grants", f"there is no {who}")
    return found


def anyone_able(
    database: Database, names: Sequence[str], *, known: Mapping[Key, Row] | None = None
) -> bool:
    """Whether somebody who can sign in stands behind any of these principals.

    A disabled person is none, and a group without members; a batch read for each hundred that are
    not `known`, and a query for each group, until one is found.
    """
    keys = [_principal_key(who) for who in dict.fromkeys(names)]
    read = known or {}
    others = [key for key in keys if key not in read]
    rows = chain(
        ((key, read[key]) for key in keys if key in read),
        (
            item
            for start in range(0, len(others), _BATCH)
            for item in database.get_many(others[start : start + _BATCH]).items()
        ),
    )
    return any(not row.get("disabled") and _peopled(database, key) for key, row in rows)


def _peopled(database: Database, key: Key) -> bool:
    if not key.pk.startswith("G#"):
        return True
    members = Query(table=key.table, pk=key.pk, prefix="M#", limit=1, consistent=True)
    return bool(database.query(members).rows)


def _live(filing: Filing, authority: Authority, node_id: str) -> bool:
    standing = filing.guard.standing(authority, node_id)
    return standing is not None and not standing.trashed


def _key(who: str, node_id: str) -> Key:
    return Key(Table.IDENTITY, f"SHARE#{who}", node_key(node_id).pk)


def _principal_key(who: str) -> Key:
    kind, _, id_ = who.partition(":")
    prefix = {"user": "U", "group": "G"}.get(kind)
    if prefix is None or not is_id(id_):
        raise Invalid("grants", 'principals are "user:ID" or "group:ID"')
    return Key(Table.IDENTITY, f"{prefix}#{id_}", "META")
