"""Names for ids: people, groups and folders, as far as the reader may know them."""

from collections.abc import Iterable, Mapping

from chalicelib.identity.look_up import names_of
from chalicelib.named import rows_of_principals
from chalicelib.wiring import wired
from functions.calls import Call

Names = Mapping[str, str]
_JOBS = {"system": "PaperTrail"}


def foresee(subjects: Iterable[str]) -> None:
    """Have the rows of "user:ID" and "group:ID" read along with what is read next."""
    wired().database.expect(rows_of_principals(set(subjects)))


def people(ids: Iterable[str]) -> Names:
    """Name people by user id; jobs of ours go by "system:<job>"."""
    wanted = set(ids)
    found = names_of(wired().registry, [f"user:{id_}" for id_ in wanted])
    return {id_: found.get(f"user:{id_}", _stranger(id_)) for id_ in wanted}


def of_all(call: Call, subjects: Iterable[str]) -> Names:
    """Name "user:ID", "group:ID" and, where the reader sees them, "node:ID"."""
    wanted = set(subjects)
    nodes = {each for each in wanted if each.startswith("node:")}
    named = dict(names_of(wired().registry, wanted - nodes))
    guard = wired().filing.guard
    guard.learn(call.authority, [each.removeprefix("node:") for each in nodes])
    for each in nodes:
        standing = guard.standing(call.authority, each.removeprefix("node:"))
        if standing:
            named[each] = standing.lineage[0].name
    return named


def _stranger(id_: str) -> str:
    return _JOBS.get(id_.partition(":")[0], "Somebody")
