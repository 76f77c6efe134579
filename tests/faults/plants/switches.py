"""What a planted product calls where a guard stood: the answers of a guard that refuses nobody."""

from typing import Any

from chalicelib.access.guard import Authority, Guard
from chalicelib.access.model import Permission, Role, Standing
from chalicelib.errors import InTrash, NotFound


def unchecked(
    method: Any, authority: Authority, node_id: str, permission: Permission, **asked: Any
) -> Standing:
    """`Guard.require` for somebody who may do everything; what is not there is not there."""
    authority.checked.add(permission)
    found = standing(method, authority, node_id, epoch=asked.get("epoch"))
    if found is None:
        raise NotFound(asked.get("kind", "folder"))
    return found


def unchecked_live(
    method: Any, authority: Authority, node_id: str, permission: Permission, **asked: Any
) -> Standing:
    """`Guard.require_live` for somebody who may do everything."""
    found = unchecked(method, authority, node_id, permission, **asked)
    if found.trashed:
        raise InTrash
    return found


def standing(
    method: Any, authority: Authority, node_id: str, *, epoch: int | None = None
) -> Standing | None:
    """`Guard.standing` of somebody who manages every folder there is."""
    guard: Guard = method.__self__
    try:
        lineage = guard.lineages.of(node_id, epoch=authority.epoch if epoch is None else epoch)
    except NotFound:
        return None
    return Standing(Role.MANAGER, lineage)
