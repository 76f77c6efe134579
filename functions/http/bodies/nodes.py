"""Bodies about folders and access to them."""

from pydantic import ConfigDict, Field, StrictBool

from chalicelib.access.model import Role
from functions.http.bodies.values import Id, Name, PrincipalName, Shape, Strict


class NewNode(Strict):
    """A folder to create."""

    parent_id: Id
    name: Name


class NodeChange(Strict):
    """A new name or a new parent; one at a time."""

    name: str | None = None
    parent_id: Id | None = None


class Restoration(Strict):
    """Under which name to bring something back, where its own is taken."""

    name: str | None = None


class Grant(Shape):
    """Who ("user:ID" or "group:ID") may do what."""

    model_config = ConfigDict(extra="forbid")
    principal: PrincipalName
    role: Role


class AccessShape(Shape):
    """A folder's own grants, and whether those from above hold."""

    model_config = ConfigDict(extra="forbid")
    inherit: StrictBool
    grants: list[Grant] = Field(description="At most 40; each principal once.")


class AccessShown(AccessShape):
    """A folder's grants, and those that reach it from above."""

    inherited: list[Grant]
    rev: int
