"""What the vault can testify: the newest nightly anchor and every hourly one since, all checked."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TypeVar

from chalicelib.audit.anchor_model import Anchor, Kind, Leaf, Link, Signatures, Spoiled, Vault
from chalicelib.audit.anchor_store import (
    authentic,
    latest_period,
    load,
    periods_after,
    periods_before,
    read_leaves,
)
from chalicelib.audit.check import Flaw, Problem
from chalicelib.audit.model import shard
from chalicelib.beside import beside

_FALLBACKS = 3
_BESIDE = 26
"""Files read at once: those of a day's hours. As many connections are kept open for it."""

_Claims = Mapping[str, Sequence[Leaf]]
_Place = tuple[int, str]
"""A file of leaves: the number of the anchor, and the name of its shard."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Archive:
    """Where anchors lie, whose signature they bear, and for which environment."""

    vault: Vault
    signatures: Signatures
    environment: str


@dataclass(slots=True)
class Evidence:
    """Anchors that bear the signature, oldest first, and what is wrong with the others."""

    archive: Archive
    anchors: Sequence[Anchor]
    problems: list[Problem]
    _files: OrderedDict[_Place, _Claims] = field(default_factory=OrderedDict)

    @property
    def anchored_at(self) -> str | None:
        """When the newest of them was made."""
        return max((anchor.statement.made_at for anchor in self.anchors), default=None)

    def claims(self, chain: str) -> Mapping[int, frozenset[str]]:
        """Hashes by sequence that the anchors claim for a chain.

        Reads one file an anchor, and keeps them for the next chain of the same shard.
        """
        found: dict[int, frozenset[str]] = {}
        for claims in self._claims(self._places(chain)):
            for leaf in claims.get(chain, ()):
                found[leaf.head.seq] = found.get(leaf.head.seq, frozenset()) | {leaf.head.hash}
        return found

    def fetch(self, *chains: str) -> None:
        """Read what the anchors claim for these chains, all files beside one another."""
        self._claims([place for chain in chains for place in self._places(chain)])

    def chains(self, digit: str) -> frozenset[str]:
        """Every chain of a sixteenth of all that the anchors know."""
        return frozenset(
            chain
            for number, anchor in enumerate(self.anchors)
            for file in anchor.shards
            if file.name.startswith(digit)
            for claims in self._claims([(number, file.name)])
            for chain in claims
        )

    def _claims(self, places: Sequence[_Place]) -> Sequence[_Claims]:
        missing = [place for place in dict.fromkeys(places) if place not in self._files]
        for some in _by_number(missing):
            read = beside(*(partial(self._read, place) for place in some))
            self._files |= zip(some, map(self._noted, some, read), strict=True)
        for place in places:
            self._files.move_to_end(place)
        found = [self._files[place] for place in places]
        while len(self._files) > 2 * len(self.anchors):
            self._files.popitem(last=False)
        return found

    def _places(self, chain: str) -> Sequence[_Place]:
        """The files that may claim something of a chain."""
        return [
            (number, shard(chain, digits=anchor.statement.kind.digits))
            for number, anchor in enumerate(self.anchors)
        ]

    def _read(self, place: _Place) -> _Claims | None:
        number, name = place
        found: dict[str, list[Leaf]] = {}
        try:
            for leaf in read_leaves(self.archive.vault, self.anchors[number], name):
                found.setdefault(leaf.chain, []).append(leaf)
        except Spoiled:
            return None
        return found

    def _noted(self, place: _Place, claims: _Claims | None) -> _Claims:
        if claims is not None:
            return claims
        statement = self.anchors[place[0]].statement
        problem = _problem(statement.kind, statement.period, Flaw.ANCHOR_CHANGED)
        self.problems += [] if problem in self.problems else [problem]
        return {}


def gather(archive: Archive, *, now: datetime) -> Evidence:
    """Read and check the anchors that a verification needs (their leaves come later, on demand)."""
    problems: list[Problem] = []
    night = _newest_night(archive, problems, now=now)
    link = night.statement.through if night else None
    hours = list(checked(archive, Kind.HOURLY, link, problems))
    return Evidence(archive, [night, *hours] if night else hours, problems)


def checked(
    archive: Archive, kind: Kind, after: Link | None, problems: list[Problem]
) -> Iterator[Anchor]:
    """Every sound anchor behind one (None: from the first), oldest first; notes what is wrong.

    Each must follow on the one before, and no hour may be missing between two.
    """
    link, certain = after, True
    expected = _next(kind, after.period) if after else None
    for period, anchor in _examined(archive, kind, after.period if after else ""):
        if expected and kind is Kind.HOURLY and period != expected:
            problems.append(_problem(kind, expected, Flaw.ANCHOR_MISSING))
            certain = False
        expected = _next(kind, period)
        if isinstance(anchor, Flaw):
            problems.append(_problem(kind, period, anchor))
            link, certain = None, False
            continue
        if certain and anchor.statement.previous != link:
            problems.append(_unconnected(anchor, link))
        link, certain = anchor.statement.link, True
        yield anchor


def _examined(archive: Archive, kind: Kind, after: str) -> Iterator[tuple[str, Anchor | Flaw]]:
    """Each anchor behind a period, some of them read beside one another."""
    for some in _by_number(periods_after(archive.vault, kind, after)):
        found = beside(*(partial(_sound, archive, kind, period) for period in some))
        yield from zip(some, found, strict=True)


def _unconnected(anchor: Anchor, link: Link | None) -> Problem:
    """An anchor that names another before it than the one that was found."""
    kind, named = anchor.statement.kind, anchor.statement.previous
    if named is None or link is None or named.period != link.period:
        missing = Flaw.ANCHOR_MISSING if named else Flaw.ANCHOR_CHANGED
        return _problem(kind, named.period if named else anchor.statement.period, missing)
    return _problem(kind, link.period, Flaw.ANCHOR_CHANGED)


def _newest_night(archive: Archive, problems: list[Problem], *, now: datetime) -> Anchor | None:
    newest = latest_period(archive.vault, Kind.NIGHTLY, now=now)
    if newest is None:
        return None
    older = periods_before(archive.vault, Kind.NIGHTLY, newest)
    for period in (newest, *islice(older, _FALLBACKS)):
        anchor = _sound(archive, Kind.NIGHTLY, period)
        if isinstance(anchor, Anchor):
            return anchor
        problems.append(_problem(Kind.NIGHTLY, period, anchor))
    return None


def _sound(archive: Archive, kind: Kind, period: str) -> Anchor | Flaw:
    try:
        anchor = load(archive.vault, kind, period)
    except Spoiled:
        return Flaw.ANCHOR_CHANGED
    if not authentic(anchor, archive.signatures, archive.environment):
        return Flaw.ANCHOR_UNSIGNED
    return anchor


def _by_number(wanted: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at once as are read beside one another."""
    for start in range(0, len(wanted), _BESIDE):
        yield wanted[start : start + _BESIDE]


def _next(kind: Kind, period: str) -> str:
    if kind is Kind.NIGHTLY:
        return ""
    moment = datetime.strptime(period, "%Y-%m-%dT%H").replace(tzinfo=UTC) + timedelta(hours=1)
    return moment.strftime("%Y-%m-%dT%H")


def _problem(kind: Kind, period: str, flaw: Flaw) -> Problem:
    return Problem(f"anchor:{kind}:{period}", None, flaw)
