"""Who somebody is to the rest of the product: values only, no I/O."""

from dataclasses import dataclass

from chalicelib.audit.model import Context
from chalicelib.errors import Forbidden

MAX_GROUPS = 500
"""Groups one person may be in: their ids lie on the person's row, which every request reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody who acts, for the length of one request."""

    user_id: str
    username: str
    name: str
    group_ids: frozenset[str]
    is_administrator: bool
    context: Context

    @property
    def names(self) -> frozenset[str]:
        """Every name under which a grant may reach this person."""
        return frozenset({f"user:{self.user_id}", *(f"group:{id_}" for id_ in self.group_ids)})


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may sign in.

    `era` counts the times that all of the person's sessions ended at once: a session of an earlier
    era is over. `password_until` is when a one-time password lapses (RFC 3339 UTC; None: never).
    """

    id: str
    username: str
    email: str | None
    name: str
    is_administrator: bool
    disabled: bool
    must_change_password: bool
    password_hash: str
    password_until: str | None
    group_ids: tuple[str, ...]
    era: int
    rev: int
    created_at: str
    changed_at: str

    def as_principal(self, context: Context) -> Principal:
        """The person as somebody who acts from this context."""
        return Principal(
            user_id=self.id,
            username=self.username,
            name=self.name,
            group_ids=frozenset(self.group_ids),
            is_administrator=self.is_administrator,
            context=context,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People who get access together."""

    id: str
    name: str
    member_count: int
    rev: int
    created_at: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class Named:
    """A person or a group as the access dialog knows them: "user:ID" or "group:ID", and a name."""

    principal: str
    name: str


def require_administrator(actor: Principal | str) -> None:
    """Let administrators and our own jobs ("system:<job>") pass.

    Raises:
        Forbidden: the actor is a person who administers nothing.
    """
    if isinstance(actor, Principal) and not actor.is_administrator:
        raise Forbidden("This is for administrators.")
