"""Covers what a reader may not see in what they are told otherwise.

The system log shows administrators what was done, not the names of folders closed to them; a name
that is taken is taken, but not by which folder, where that one is closed to them.
"""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.audit.store import Told
from chalicelib.documents.desk import Filing
from chalicelib.errors import NameTaken

_NAMES = ("name", "from", "to")
VEIL = "(not yours to see)"


def veiled(filing: Filing, authority: Authority, told: Sequence[Told]) -> Sequence[Told]:
    """The entries, with folder names covered where the reader may not see the folder."""
    subjects = (each.entry.subject.partition(":") for each in told)
    filing.guard.learn(authority, [id_ for kind, _, id_ in subjects if kind == "node"])
    return [_veiled(filing, authority, each) for each in told]


def veiled_refusal(filing: Filing, authority: Authority, taken: NameTaken) -> NameTaken:
    """The refusal without the id of a folder that the person may not see."""
    facts = taken.facts
    folder = facts["existing_id"] if facts["existing_kind"] == "folder" else None
    if folder is None or filing.guard.standing(authority, str(folder)):
        return taken
    return NameTaken(str(facts["name"]), kind="folder", existing_id=None)


def _veiled(filing: Filing, authority: Authority, each: Told) -> Told:
    kind, _, id_ = each.entry.subject.partition(":")
    named = [name for name in _NAMES if name in each.entry.details]
    if kind != "node" or not named or filing.guard.standing(authority, id_):
        return each
    details = {**each.entry.details, **dict.fromkeys(named, VEIL)}
    return replace(each, entry=replace(each.entry, details=details))
