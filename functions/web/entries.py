"""Audit entries as rows of a page."""

from collections.abc import Sequence

from chalicelib.audit.history import Told
from chalicelib.audit.model import Entry
from chalicelib.documents.veil import VEIL
from chalicelib.web.sentences import referred, sentence
from functions.calls import Call
from functions.web import names


def foresee(entries: Sequence[Entry]) -> None:
    """Have the names that these entries need read along with what is read next."""
    subjects = {subject for entry in entries for subject in referred(entry)}
    subjects |= {f"user:{entry.actor}" for entry in entries if entry.context is None}
    names.foresee(subjects)


def entry_rows(call: Call, told: Sequence[Told]) -> list[dict[str, object]]:
    """Tell entries to this reader, with the names that they may know."""
    subjects = {subject for each in told for subject in referred(each.entry)}
    subjects |= {f"user:{each.entry.actor}" for each in told if not each.personal}
    named = names.of_all(call, subjects)
    return [_row(each, named) for each in told]


def _row(told: Told, named: names.Names) -> dict[str, object]:
    entry = told.entry
    said = sentence(entry, named)
    return {
        "at": entry.at,
        "actor": _actor(told, named),
        "words": said.words.replace(VEIL, "…"),
        "icon": said.icon,
        "tone": said.tone,
        "detail": said.detail,
        "address": told.personal.address if told.personal else "",
        "seq": entry.seq,
    }


def _actor(told: Told, named: names.Names) -> str:
    if told.personal:
        return told.personal.name
    if told.erased:
        return "Somebody (name erased)"
    # Work done for somebody after their request, without the place they asked from.
    known = named.get(f"user:{told.entry.actor}")
    return known or ("PaperTrail" if told.entry.actor.startswith("system:") else "Somebody")
