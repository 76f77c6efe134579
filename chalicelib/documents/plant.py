"""Plant the tree: the topmost folder of a new environment, with its first manager."""

from chalicelib.access.model import ROOT_ID, Role
from chalicelib.audit.model import Action
from chalicelib.audit.trail import system_entry
from chalicelib.documents import changes, shares
from chalicelib.documents.changes import Repeated
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import Node

ACTOR = "system:first_administrator"


def plant_root(filing: Filing, *, manager_user_id: str, name: str = "All documents") -> None:
    """Make the topmost folder with an ordinary, revocable manager grant; once.

    Done before, it changes nothing, also when that grant has been revoked since.
    """
    now = filing.now()
    grants = {f"user:{manager_user_id}": Role.MANAGER}
    root = Node(
        id=ROOT_ID,
        parent_id=None,
        name=name,
        inherit=True,
        grants=grants,
        height=0,
        rev=1,
        created_at=now,
        created_by=ACTOR,
        modified_at=now,
        modified_by=ACTOR,
    )
    transaction_id = filing.trail.new_id()
    entry = system_entry(
        filing.trail,
        ACTOR,
        action=Action.NODE_CREATED,
        subject=f"node:{ROOT_ID}",
        details={"manager": manager_user_id},
        transaction_id=transaction_id,
    )
    rows = [changes.put_new_node(root), *shares.changed(ROOT_ID, before={}, after=grants)]
    try:
        filing.commit(transaction_id, rows, [entry])
    except Repeated:
        return
