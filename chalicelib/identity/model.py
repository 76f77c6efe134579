"""Who somebody is to the rest of the product: values only, no I/O."""

from dataclasses import dataclass

from chalicelib.audit.model import Context


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
