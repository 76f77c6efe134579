"""The check that every use case makes on the very object it touches."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.access.model import Permission, Place, Standing, best_role
from chalicelib.access.store import Lineages
from chalicelib.errors import Forbidden, InTrash, NotFound
from chalicelib.identity.model import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Somebody's request: who asks, under which tree epoch, and where new ids come from.

    `checked` collects what was asked of the guard, so that the edge can tell a route whose use
    case never checked what the route declares. `repeated` says that this very request came before
    and may have been carried out, though nobody got its answer: its ids are then the same.
    """

    principal: Principal
    epoch: int
    new_id: Callable[[], str]
    checked: set[Permission] = field(default_factory=set)
    repeated: bool = False


class Guard:
    """Answers from the folder's own lineage; deny by default."""

    def __init__(self, lineages: Lineages) -> None:
        self.lineages = lineages

    def require(
        self,
        authority: Authority,
        node_id: str,
        permission: Permission,
        *,
        kind: str = "folder",
        epoch: int | None = None,
    ) -> Standing:
        """Where the person stands at the folder, if they may do this there.

        Args:
            authority: who asks.
            node_id: the folder, or the folder of the document in question.
            permission: what they want to do.
            kind: what to call the thing that is not there.
            epoch: a newer epoch than the request's, when the use case has read one.

        Raises:
            NotFound: no such folder, or the person may not even see it.
            Forbidden: they see it but may not do this.
        """
        authority.checked.add(permission)
        standing = self.standing(authority, node_id, epoch=epoch)
        if standing is None:
            raise NotFound(kind)
        if not standing.allows(permission):
            raise Forbidden(
                f"Your role here is {standing.role}; it does not include this. "
                "Ask a manager of the folder.",
                permission=permission.value,
                role=standing.role.value,
            )
        return standing

    def require_live(
        self,
        authority: Authority,
        node_id: str,
        permission: Permission,
        *,
        kind: str = "folder",
        epoch: int | None = None,
    ) -> Standing:
        """As `require`, and the folder must not lie in the trash.

        Raises:
            InTrash: the folder or one above it is in the trash.
        """
        standing = self.require(authority, node_id, permission, kind=kind, epoch=epoch)
        if standing.trashed:
            raise InTrash
        return standing

    def learn(self, authority: Authority, node_ids: Iterable[str]) -> None:
        """Read at once what `standing` will ask for, where it is about many folders."""
        self.lineages.learn(node_ids, epoch=authority.epoch)

    def standing(
        self, authority: Authority, node_id: str, *, epoch: int | None = None
    ) -> Standing | None:
        """Where the person stands, or None where they see nothing or nothing is."""
        chosen = authority.epoch if epoch is None else epoch
        return self._standing(authority.principal, node_id, chosen)

    def standing_of(self, person: Principal, node_id: str) -> Standing | None:
        """Where somebody stands who does not ask: a worker asks for them (one read more)."""
        return self._standing(person, node_id, self.lineages.epoch())

    def _standing(self, person: Principal, node_id: str, epoch: int) -> Standing | None:
        try:
            lineage = self.lineages.of(node_id, epoch=epoch)
        except NotFound:
            return None
        role = best_role(lineage, person.names)
        return Standing(role, lineage) if role else None

    def visible(self, authority: Authority, lineage: Sequence[Place]) -> Sequence[Place]:
        """The part of a lineage that the person may see, the folder itself first."""
        seen = []
        for index, place in enumerate(lineage):
            if best_role(lineage[index:], authority.principal.names) is None:
                break
            seen.append(place)
        return seen
