"""Say who may do what in a folder and below."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.access.model import ROOT_ID, Permission, Role, inherited_grants
from chalicelib.access.store import advance_epoch
from chalicelib.audit.model import Action
from chalicelib.audit.trail import system_entry
from chalicelib.documents import changes, shares
from chalicelib.documents.change_node import relisted
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import MAX_GRANTS, Node
from chalicelib.errors import Conflict, Invalid, LastOfItsKind, Stale
from chalicelib.transaction import Change, Key, Row, settle


def change_access(
    filing: Filing,
    authority: Authority,
    node_id: str,
    *,
    inherit: bool,
    grants: Mapping[str, Role],
    rev: int,
) -> Node:
    """Set a folder's own grants, and whether those from above reach it.

    Args:
        filing: the desk.
        authority: who asks.
        node_id: the folder.
        inherit: whether grants from above hold here.
        grants: "user:ID" or "group:ID" -> role; at most 40 (use groups for more).
        rev: what the person read.

    Raises:
        NotFound, Forbidden, InTrash: as the guard says.
        Invalid: too many grants, or one names nobody.
        Stale: it is not at `rev` any more.
        LastOfItsKind: no manager would be left who could undo it.
        Conflict: the root cannot stop inheriting, there is nothing above it.
    """
    if len(grants) > MAX_GRANTS:
        raise Invalid("grants", f"at most {MAX_GRANTS}; put people into groups")
    if node_id == ROOT_ID and not inherit:
        raise Conflict("There is nothing above the topmost folder to cut off.")
    # Read once for all tries: no condition of the write holds them, however late they are read.
    known = shares.require_known(filing.store.database, grants)
    return settle(lambda: _change(filing, authority, node_id, inherit, grants, rev, known))


def _change(
    filing: Filing,
    authority: Authority,
    node_id: str,
    inherit: bool,  # noqa: FBT001 - private; the public function names it
    grants: Mapping[str, Role],
    rev: int,
    known: Mapping[Key, Row],
) -> Node:
    epoch = filing.guard.lineages.epoch()
    standing = filing.guard.require_live(authority, node_id, Permission.ACCESS_CHANGE, epoch=epoch)
    was = filing.store.node(node_id)
    if was.rev != rev:
        raise Stale
    here, *above = standing.lineage
    reaching = inherited_grants([replace(here, inherit=inherit), *above])
    _require_a_manager(filing, [*_managers(grants), *_managers(reaching)], known)
    node = replace(
        was,
        inherit=inherit,
        grants=dict(grants),
        rev=was.rev + 1,
        modified_at=filing.now(),
        modified_by=authority.principal.user_id,
    )
    transaction_id = authority.new_id()
    entry = system_entry(
        filing.trail,
        authority.principal,
        action=Action.ACCESS_CHANGED,
        subject=f"node:{node_id}",
        details={
            "inherit": inherit,
            "before": {who: role.value for who, role in was.grants.items()},
            "after": {who: role.value for who, role in grants.items()},
        },
        transaction_id=transaction_id,
    )
    listed: list[Change] = relisted(was, node) if node.parent_id else []
    rows = [
        changes.put_node(node, was=was),
        *listed,
        *shares.changed(node_id, before=was.grants, after=grants),
        advance_epoch(epoch),
    ]
    filing.commit(transaction_id, rows, [entry], matched=True)
    return node


def _require_a_manager(filing: Filing, managers: Sequence[str], known: Mapping[Key, Row]) -> None:
    if not shares.anyone_able(filing.store.database, managers, known=known):
        raise LastOfItsKind(
            "At least one person who can sign in must remain a manager, or nobody could undo this."
        )


def _managers(grants: Mapping[str, Role]) -> list[str]:
    return [who for who, role in grants.items() if role is Role.MANAGER]
