"""Rename a folder, or move it with everything in it: one transaction, whatever hangs below."""

from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.access.model import ROOT_ID, Permission
from chalicelib.access.store import advance_epoch
from chalicelib.audit.model import Action
from chalicelib.audit.trail import system_entry
from chalicelib.documents import changes
from chalicelib.documents.create_node import require_depth, taller
from chalicelib.documents.desk import Filing, child_of_node
from chalicelib.documents.model import Node
from chalicelib.documents.name import Name
from chalicelib.errors import Conflict, Stale
from chalicelib.transaction import Change, settle


def rename_node(filing: Filing, authority: Authority, node_id: str, *, name: str, rev: int) -> Node:
    """Give a folder another name.

    Raises:
        NotFound, Forbidden, InTrash: as the guard says.
        Invalid, NameTaken: as for a new one.
        Stale: it is not at `rev` any more.
        Conflict: it is the root.
    """
    checked = Name.of(name)
    return settle(lambda: _rename(filing, authority, node_id, checked, rev))


def move_node(
    filing: Filing, authority: Authority, node_id: str, *, parent_id: str, rev: int
) -> Node:
    """Hang a folder under another one.

    Raises:
        NotFound, Forbidden, InTrash: as the guard says of the folder or of the target.
        NameTaken: a child of the target bears the name.
        Stale: it is not at `rev` any more.
        Conflict: it is the root, the target lies in it, or the tree would be too deep.
    """
    return settle(lambda: _move(filing, authority, node_id, parent_id, rev))


def node_to_change(
    filing: Filing,
    authority: Authority,
    node_id: str,
    permission: Permission,
    *,
    rev: int,
    epoch: int,
) -> Node:
    """A live folder, not the root, at the revision that the person read.

    The person is checked under `epoch`, which the change is then conditioned on: a right that was
    taken away meanwhile is gone.

    Raises:
        NotFound, Forbidden, InTrash, Stale, Conflict: as named.
    """
    filing.guard.require_live(authority, node_id, permission, epoch=epoch)
    node = filing.store.node(node_id)
    if node_id == ROOT_ID:
        raise Conflict("The topmost folder stays as it is.")
    if node.rev != rev:
        raise Stale
    return node


def _rename(filing: Filing, authority: Authority, node_id: str, name: Name, rev: int) -> Node:
    # Breadcrumbs remember names for an epoch, so a new name begins another.
    epoch = filing.guard.lineages.epoch()
    was = node_to_change(filing, authority, node_id, Permission.NODE_RENAME, rev=rev, epoch=epoch)
    node = _changed(filing, authority, replace(was, name=name.text))
    transaction_id = authority.new_id()
    entry = system_entry(
        filing.trail,
        authority.principal,
        action=Action.NODE_RENAMED,
        subject=f"node:{node_id}",
        details={"from": was.name, "to": node.name},
        transaction_id=transaction_id,
    )
    rows = [changes.put_node(node, was=was), *relisted(was, node), advance_epoch(epoch)]
    filing.commit(transaction_id, rows, [entry], matched=True)
    return node


def _move(filing: Filing, authority: Authority, node_id: str, parent_id: str, rev: int) -> Node:
    # Moves are one after another by the epoch: what is read under it here holds at the commit.
    epoch = filing.guard.lineages.epoch()
    was = node_to_change(filing, authority, node_id, Permission.NODE_MOVE, rev=rev, epoch=epoch)
    target = filing.guard.require_live(authority, parent_id, Permission.NODE_CREATE, epoch=epoch)
    if any(place.id == node_id for place in target.lineage):
        raise Conflict("A folder cannot be moved into itself or into a folder below it.")
    require_depth(target.depth + 1 + was.height)
    node = _changed(filing, authority, replace(was, parent_id=parent_id))
    transaction_id = authority.new_id()
    entry = system_entry(
        filing.trail,
        authority.principal,
        action=Action.NODE_MOVED,
        subject=f"node:{node_id}",
        details={"from": was.parent_id, "to": parent_id},
        transaction_id=transaction_id,
    )
    rows = [
        changes.put_node(node, was=was),
        *relisted(was, node),
        *taller(target.lineage, below=was.height + 1),
        advance_epoch(epoch),
    ]
    filing.commit(transaction_id, rows, [entry], matched=True)
    return node


def relisted(was: Node, node: Node) -> list[Change]:
    """The folder's row in its parent's list, under its new name or parent."""
    return changes.relisted(child_of_node(was), child_of_node(node))


def _changed(filing: Filing, authority: Authority, node: Node) -> Node:
    return replace(
        node,
        rev=node.rev + 1,
        modified_at=filing.now(),
        modified_by=authority.principal.user_id,
    )
