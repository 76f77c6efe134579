"""Put a folder into the trash with all that is in it, and bring it back."""

from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.access.store import advance_epoch
from chalicelib.audit.model import Action
from chalicelib.audit.trail import system_entry
from chalicelib.documents import changes
from chalicelib.documents.change_node import node_to_change
from chalicelib.documents.create_node import require_depth, taller
from chalicelib.documents.desk import Filing, child_of_node
from chalicelib.documents.model import Node, Trashed
from chalicelib.documents.name import Name
from chalicelib.errors import Conflict, InTrash
from chalicelib.transaction import settle


def trash_node(filing: Filing, authority: Authority, node_id: str, *, rev: int) -> Node:
    """Put a folder into the trash; nothing in it is touched, and its name comes free.

    Raises:
        NotFound, Forbidden, InTrash: as the guard says.
        Stale: it is not at `rev` any more.
        Conflict: it is the root.
    """

    def attempt() -> Node:
        epoch = filing.guard.lineages.epoch()
        was = node_to_change(
            filing, authority, node_id, Permission.NODE_TRASH, rev=rev, epoch=epoch
        )
        now, who = filing.now(), authority.principal.user_id
        trashed = Trashed(now, who)
        node = replace(was, trashed=trashed, rev=was.rev + 1, modified_at=now, modified_by=who)
        transaction_id = authority.new_id()
        entry = system_entry(
            filing.trail,
            authority.principal,
            action=Action.NODE_TRASHED,
            subject=f"node:{node_id}",
            details={"parent_id": was.parent_id},
            transaction_id=transaction_id,
        )
        rows = [
            changes.put_node(node, was=was),
            changes.free_name(child_of_node(was)),
            changes.list_trashed(child_of_node(node), trashed),
            advance_epoch(epoch),
        ]
        filing.commit(transaction_id, rows, [entry], matched=True)
        return node

    return settle(attempt)


def restore_node(
    filing: Filing, authority: Authority, node_id: str, *, name: str | None = None
) -> Node:
    """Bring a folder back to where it was.

    Args:
        filing: the desk.
        authority: who asks.
        node_id: the folder.
        name: another name, should the old one be taken by now.

    Raises:
        NotFound, Forbidden: as the guard says.
        NameTaken: a sibling bears the name by now; restore under another.
        InTrash: the folder above is itself in the trash; restore that first.
        Conflict: it is not in the trash, or the tree would be too deep by now.
    """
    return settle(lambda: _restore(filing, authority, node_id, name))


def _restore(filing: Filing, authority: Authority, node_id: str, name: str | None) -> Node:
    epoch = filing.guard.lineages.epoch()
    standing = filing.guard.require(authority, node_id, Permission.NODE_RESTORE, epoch=epoch)
    was = filing.store.node(node_id)
    if authority.repeated and was.modified_by == authority.principal.user_id and not was.trashed:
        return was  # it was this very request that brought it back
    if was.trashed is None or was.parent_id is None:
        raise Conflict("This folder is not in the trash.")
    if any(place.trashed for place in standing.lineage[1:]):
        raise InTrash
    require_depth(standing.depth + was.height)
    node = replace(
        was,
        name=Name.of(name or was.name).text,
        trashed=None,
        rev=was.rev + 1,
        modified_at=filing.now(),
        modified_by=authority.principal.user_id,
    )
    transaction_id = authority.new_id()
    entry = system_entry(
        filing.trail,
        authority.principal,
        action=Action.NODE_RESTORED,
        subject=f"node:{node_id}",
        details={"parent_id": was.parent_id, "name": node.name},
        transaction_id=transaction_id,
    )
    rows = [
        changes.put_node(node, was=was),
        changes.take_name(child_of_node(node)),
        changes.unlist_trashed(was.parent_id, node_id, was.trashed),
        *taller(standing.lineage[1:], below=was.height + 1),
        advance_epoch(epoch),
    ]
    filing.commit(transaction_id, rows, [entry])
    return node
