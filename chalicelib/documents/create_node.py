"""Create a folder."""

from collections.abc import Sequence

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission, Place
from chalicelib.audit.model import Action
from chalicelib.audit.trail import system_entry
from chalicelib.documents import changes
from chalicelib.documents.changes import Repeated
from chalicelib.documents.desk import Filing, child_of_node
from chalicelib.documents.model import MAX_DEPTH, Node
from chalicelib.documents.name import Name
from chalicelib.documents.rows import node_of
from chalicelib.errors import Conflict
from chalicelib.transaction import Change, settle


def create_node(filing: Filing, authority: Authority, *, parent_id: str, name: str) -> Node:
    """Create a folder in another.

    Raises:
        NotFound, Forbidden, InTrash: as the guard says of the parent.
        Invalid: the name cannot be.
        NameTaken: a sibling bears it.
        Conflict: the tree would be deeper than 50 folders.
    """
    checked, node_id = Name.of(name), authority.new_id()
    return settle(lambda: _create(filing, authority, node_id, parent_id, checked))


def _create(filing: Filing, authority: Authority, node_id: str, parent_id: str, name: Name) -> Node:
    standing = filing.guard.require_live(authority, parent_id, Permission.NODE_CREATE)
    require_depth(standing.depth + 1)
    now, who = filing.now(), authority.principal.user_id
    node = Node(
        id=node_id,
        parent_id=parent_id,
        name=name.text,
        inherit=True,
        grants={},
        height=0,
        rev=1,
        created_at=now,
        created_by=who,
        modified_at=now,
        modified_by=who,
    )
    transaction_id = authority.new_id()
    entry = system_entry(
        filing.trail,
        authority.principal,
        action=Action.NODE_CREATED,
        subject=f"node:{node.id}",
        details={"parent_id": parent_id, "name": node.name},
        transaction_id=transaction_id,
    )
    raised = taller(standing.lineage, below=1)
    rows = [changes.put_new_node(node), changes.take_name(child_of_node(node)), *raised]
    try:
        filing.commit(transaction_id, rows, [entry])
    except Repeated as repeated:
        return node_of(repeated.row)
    if raised:
        filing.guard.lineages.forget()
    return node


def taller(lineage: Sequence[Place], *, below: int) -> list[Change]:
    """Tell the folders of a lineage that `below` levels hang under its first one.

    Only those that knew of fewer are written. Heights are upper bounds: with them a move of any
    subtree knows how deep it reaches without walking it.
    """
    return [
        changes.raise_height(place.id, parent_id=place.parent_id, height=below + up)
        for up, place in enumerate(lineage)
        if place.height < below + up
    ]


def require_depth(depth: int) -> None:
    """Refuse what would lie deeper than the limit.

    Raises:
        Conflict: `depth` is over 50.
    """
    if depth > MAX_DEPTH:
        raise Conflict(f"Folders go {MAX_DEPTH} deep; this would be {depth}.", limit=MAX_DEPTH)
