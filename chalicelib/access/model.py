"""Who may do what to which folder and the documents in it: rules only, no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

ROOT_ID = "root"
"""The folder above all."""


class Permission(StrEnum):
    """Everything that can be allowed, `resource:action`, in alphabetical order."""

    ACCESS_CHANGE = "access:change"
    ACCESS_VIEW = "access:view"
    DOCUMENT_CREATE = "document:create"
    DOCUMENT_MOVE = "document:move"
    DOCUMENT_RENAME = "document:rename"
    DOCUMENT_RESTORE = "document:restore"
    DOCUMENT_ROLL_BACK = "document:roll_back"
    DOCUMENT_TRASH = "document:trash"
    DOCUMENT_VERSION = "document:version"
    DOCUMENT_VIEW = "document:view"
    NODE_CREATE = "node:create"
    NODE_MOVE = "node:move"
    NODE_RENAME = "node:rename"
    NODE_RESTORE = "node:restore"
    NODE_TRASH = "node:trash"
    NODE_VIEW = "node:view"


class Role(StrEnum):
    """What a grant gives on a folder and on everything in it, least first."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    MANAGER = "manager"

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that the role allows: its own and every lesser role's."""
        return _ALLOWED[self]


_VIEWER = frozenset({Permission.DOCUMENT_VIEW, Permission.NODE_VIEW})
_CONTRIBUTOR = _VIEWER | {
    Permission.DOCUMENT_CREATE,
    Permission.DOCUMENT_VERSION,
    Permission.NODE_CREATE,
}
_EDITOR = _CONTRIBUTOR | {
    Permission.DOCUMENT_MOVE,
    Permission.DOCUMENT_RENAME,
    Permission.DOCUMENT_RESTORE,
    Permission.DOCUMENT_ROLL_BACK,
    Permission.DOCUMENT_TRASH,
    Permission.NODE_MOVE,
    Permission.NODE_RENAME,
    Permission.NODE_RESTORE,
    Permission.NODE_TRASH,
}
_MANAGER = _EDITOR | {Permission.ACCESS_CHANGE, Permission.ACCESS_VIEW}
_ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.EDITOR: _EDITOR,
    Role.MANAGER: _MANAGER,
}
_RANK: Mapping[Role, int] = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder as access sees it.

    `grants` maps "user:ID" or "group:ID" to a role; `inherit` False cuts off what lies above.
    """

    id: str
    parent_id: str | None
    name: str
    inherit: bool
    grants: Mapping[str, Role]
    height: int
    trashed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands towards a folder: their best role, and whether it lies in the trash.

    `lineage` runs from the folder itself up to the root.
    """

    role: Role
    lineage: Sequence[Place]

    @property
    def trashed(self) -> bool:
        """Whether the folder or any above it is in the trash."""
        return any(place.trashed for place in self.lineage)

    @property
    def depth(self) -> int:
        """How many folders lie above (the root's depth is 0)."""
        return len(self.lineage) - 1

    def allows(self, permission: Permission) -> bool:
        """Whether the role includes the permission."""
        return permission in self.role.permissions


def best_role(lineage: Sequence[Place], principals: frozenset[str]) -> Role | None:
    """The highest role that any of the principals holds along the lineage; None: deny.

    Walks up from the folder, adding grants until a folder that does not inherit.
    """
    found: set[Role] = set()
    for place in lineage:
        found.update(role for who, role in place.grants.items() if who in principals)
        if not place.inherit:
            break
    return max(found, key=_RANK.__getitem__, default=None)


def inherited_grants(lineage: Sequence[Place]) -> Mapping[str, Role]:
    """The best role that each principal brings into a folder from the folders above it."""
    found: dict[str, Role] = {}
    for below, place in pairwise(lineage):
        if not below.inherit:
            break
        for who, role in place.grants.items():
            found[who] = max(role, found.get(who, role), key=_RANK.__getitem__)
    return found
