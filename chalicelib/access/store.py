"""Reads the folder rows that access rests on, and remembers them while the tree stands still.

Every folder rename, move, trash, restore and access change advances the tree's epoch, which each
request reads anyway; so what was read under an epoch holds as long as that epoch does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.access.model import Place, Role
from chalicelib.errors import NotFound
from chalicelib.transaction import Change, Database, Expected, Key, Put, Row, Table, Update, is_id

EPOCH_KEY = Key(Table.CORE, "EPOCH", "TREE")
_MAX_WALK = 128
_BATCH = 100
_MAX_REMEMBERED = 20_000
"""Folders and grants on them that are remembered together: some 10 MB, whatever anybody asks."""


def node_key(node_id: str) -> Key:
    """Where a folder's row lives."""
    return Key(Table.CORE, f"N#{node_id}", "META")


def place_of(row: Row) -> Place:
    """The part of a folder's row that access needs."""
    return Place(
        id=row["id"],
        parent_id=row.get("parent_id"),
        name=row["name"],
        inherit=row["inherit"],
        grants={who: Role(role) for who, role in row["grants"].items()},
        height=row["height"],
        trashed="trashed_at" in row,
    )


def advance_epoch(epoch: int) -> Change:
    """Say that the tree changed; refused as busy when somebody else said so first."""
    if epoch == 0:
        return Put(key=EPOCH_KEY, row={"epoch": 1}, guard={"pk": Expected.ABSENT})
    return Update(key=EPOCH_KEY, values={"epoch": epoch + 1}, guard={"epoch": epoch})


class Lineages:
    """The folders from a given one up to the root.

    Cost: nothing when warm; cold, one read per level that is not yet known.

    Args:
        database: where the epoch is.
        folders: where folders are read, if elsewhere: a row that was read along with an epoch may
            be older than that epoch, so what is remembered under one is read behind it.
    """

    def __init__(self, database: Database, *, folders: Database | None = None) -> None:
        self._database = database
        self._folders = folders or database
        self._epoch = -1
        self._places: dict[str, Place] = {}
        self._weight = 0

    def epoch(self) -> int:
        """The tree's present epoch (one consistent read)."""
        row = self._database.get(EPOCH_KEY)
        return int(row["epoch"]) if row else 0

    def of(self, node_id: str, *, epoch: int) -> Sequence[Place]:
        """The lineage of a folder: itself first, the root last.

        Raises:
            NotFound: there is no such folder.
        """
        self._forget_unless(epoch)
        places = [self._place(node_id)]
        while (parent_id := places[-1].parent_id) is not None:
            if len(places) > _MAX_WALK:
                raise RuntimeError(f"the tree above {node_id} does not end")
            places.append(self._place(parent_id))
        return places

    def learn(self, node_ids: Iterable[str], *, epoch: int) -> None:
        """Get to know many lineages at once: one batch read a level, not one read a folder."""
        self._forget_unless(epoch)
        wanted = {id_ for id_ in node_ids if is_id(id_) and id_ not in self._places}
        for _ in range(_MAX_WALK):
            if not wanted:
                return
            places = [self._keep(place_of(row)) for row in self._batches(wanted)]
            wanted = {place.parent_id for place in places if place.parent_id} - self._places.keys()

    def remember(self, rows: Mapping[Key, Row], *, epoch: int) -> None:
        """Take folder rows that were read for another purpose, under this epoch."""
        self._forget_unless(epoch)
        for row in rows.values():
            self._keep(place_of(row))

    def forget(self) -> None:
        """Read everything anew: heights grow without a new epoch, and a write met a taller one."""
        self._places = {}
        self._weight = 0

    def _place(self, node_id: str) -> Place:
        known = self._places.get(node_id)
        if known is not None:
            return known
        row: Any = self._folders.get(node_key(node_id)) if is_id(node_id) else None
        if row is None:
            raise NotFound("folder")
        return self._keep(place_of(row))

    def _keep(self, place: Place) -> Place:
        if place.id not in self._places:
            self._weight += 1 + len(place.grants)
        self._places[place.id] = place
        return place

    def _batches(self, node_ids: Iterable[str]) -> Iterator[Row]:
        keys = [node_key(node_id) for node_id in node_ids]
        for start in range(0, len(keys), _BATCH):
            yield from self._folders.get_many(keys[start : start + _BATCH]).values()

    def _forget_unless(self, epoch: int) -> None:
        if epoch != self._epoch or self._weight > _MAX_REMEMBERED:
            self.forget()
            self._epoch = epoch
