"""Use cases with the very faults that pairs are for, to see that these are found."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.transaction import NEW_ROW, Guard, Key, Put, Table, housekeep, settle
from chalicelib.wiring import wired
from tests.faults.pairs.ground import Ground, Kind
from tests.support.world import World

_LIST = Key(Table.SYSTEM, "PLANTED", "LIST")
_DUTIES = {who: Key(Table.SYSTEM, "PLANTED", f"DUTY {who}") for who in ("one", "other")}


@dataclass(frozen=True)
class Append:
    """Read a list, and write it with one letter more: unguarded it loses what came between."""

    letter: str
    guarded: bool

    def send(self) -> None:
        """Do it."""
        settle(self._attempt)

    def _attempt(self) -> None:
        row = wired().database.get(_LIST) or {}
        guard: Guard = {"letters": row["letters"]} if self.guarded else {}
        longer = {"letters": [*row["letters"], self.letter]}
        put = Put(key=_LIST, row=longer, guard=guard)
        housekeep(wired().database, transaction_id=wired().new_id(), changes=[put])


@dataclass(frozen=True)
class GoOffDuty:
    """Leave while somebody else stays: two who both look first may both leave."""

    who: str

    def send(self) -> None:
        """Do it."""
        found = wired().database.get_many(list(_DUTIES.values()))
        if all(row["on"] for row in found.values()):
            put = Put(key=_DUTIES[self.who], row={"on": False})
            housekeep(wired().database, transaction_id=wired().new_id(), changes=[put])


def lists(*, guarded: bool) -> Kind:
    """Two who each append a letter to a list."""

    def ready(world: World) -> Ground:
        _written(world, [Put(key=_LIST, row={"letters": []}, guard=NEW_ROW)])
        return Ground(steps={"append a": Append("a", guarded), "append b": Append("b", guarded)})

    return Kind(name="planted list", acts={"append a": "", "append b": ""}, ready=ready)


def duties() -> Kind:
    """Two of whom one must stay."""

    def ready(world: World) -> Ground:
        _written(world, [Put(key=key, row={"on": True}) for key in _DUTIES.values()])
        return Ground(steps={who: GoOffDuty(who) for who in _DUTIES})

    return Kind(name="planted duties", acts=dict.fromkeys(_DUTIES, ""), ready=ready)


def _written(world: World, puts: Sequence[Put]) -> None:
    housekeep(world.database, transaction_id=world.wiring.new_id(), changes=puts)
