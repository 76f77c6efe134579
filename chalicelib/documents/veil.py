"""The system log shows administrators what was done, not the names of folders closed to them."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.access.guard import Authority
from chalicelib.audit.store import Told
from chalicelib.documents.desk import Filing

_NAMES = ("name", "from", "to")
VEIL = "(not yours to see)"


def veiled(filing: Filing, authority: Authority, told: Sequence[Told]) -> Sequence[Told]:
    """The entries, with folder names covered where the reader may not see the folder."""
    return [_veiled(filing, authority, each) for each in told]


def _veiled(filing: Filing, authority: Authority, each: Told) -> Told:
    kind, _, id_ = each.entry.subject.partition(":")
    named = [name for name in _NAMES if name in each.entry.details]
    if kind != "node" or not named or filing.guard.standing(authority, id_):
        return each
    details = {**each.entry.details, **dict.fromkeys(named, VEIL)}
    return replace(each, entry=replace(each.entry, details=details))
