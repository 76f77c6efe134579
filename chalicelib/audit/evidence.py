"""What the vault can testify: the newest nightly anchor and every hourly one since, all checked."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

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

_FALLBACKS = 3
_Claims = Mapping[str, Sequence[Leaf]]


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
    _files: OrderedDict[tuple[Kind, str, str], _Claims] = field(default_factory=OrderedDict)

    @property
    def anchored_at(self) -> str | None:
        """When the newest of them was made."""
        return max((anchor.statement.made_at for anchor in self.anchors), default=None)

    def claims(self, chain: str) -> Mapping[int, frozenset[str]]:
        """Hashes by sequence that the anchors claim for a chain.

        Reads one file an anchor, and keeps them for the next chain of the same shard.
        """
        found: dict[int, frozenset[str]] = {}
        for anchor in self.anchors:
            for leaf in self._leaves(anchor, chain).get(chain, ()):
                found[leaf.head.seq] = found.get(leaf.head.seq, frozenset()) | {leaf.head.hash}
        return found

    def chains(self, digit: str) -> frozenset[str]:
        """Every chain of a sixteenth of all that the anchors know."""
        return frozenset(
            chain
            for anchor in self.anchors
            for file in anchor.shards
            if file.name.startswith(digit)
            for chain in self._file(anchor, file.name)
        )

    def _leaves(self, anchor: Anchor, chain: str) -> _Claims:
        return self._file(anchor, shard(chain, digits=anchor.statement.kind.digits))

    def _file(self, anchor: Anchor, name: str) -> _Claims:
        key = (anchor.statement.kind, anchor.statement.period, name)
        if key not in self._files:
            self._files[key] = self._read(anchor, name)
            while len(self._files) > 2 * len(self.anchors):
                self._files.popitem(last=False)
        self._files.move_to_end(key)
        return self._files[key]

    def _read(self, anchor: Anchor, name: str) -> _Claims:
        found: dict[str, list[Leaf]] = {}
        try:
            leaves = read_leaves(self.archive.vault, anchor, name)
        except Spoiled:
            problem = _problem(anchor.statement.kind, anchor.statement.period, Flaw.ANCHOR_CHANGED)
            self.problems += [] if problem in self.problems else [problem]
            return found
        for leaf in leaves:
            found.setdefault(leaf.chain, []).append(leaf)
        return found


def gather(archive: Archive, *, now: datetime) -> Evidence:
    """Read and check the anchors that a verification needs (their leaves come later, on demand)."""
    problems: list[Problem] = []
    night = _newest_night(archive, problems, now=now)
    link = night.statement.through if night else None
    hours = list(checked(archive, Kind.HOURLY, link, problems, now=now))
    return Evidence(archive, [night, *hours] if night else hours, problems)


def checked(
    archive: Archive, kind: Kind, after: Link | None, problems: list[Problem], *, now: datetime
) -> Iterator[Anchor]:
    """Every sound anchor behind one (None: from the first), oldest first; notes what is wrong.

    Each must follow on the one before, and no hour may be missing between two.
    """
    link, certain = after, True
    expected = _next(kind, after.period) if after else None
    for period in periods_after(archive.vault, kind, after.period if after else None, now=now):
        if expected and kind is Kind.HOURLY and period != expected:
            problems.append(_problem(kind, expected, Flaw.ANCHOR_MISSING))
            certain = False
        anchor = _sound(archive, kind, period, problems)
        if anchor and certain and anchor.statement.previous != link:
            problems.append(_unconnected(anchor, link))
        link, certain = (anchor.statement.link, True) if anchor else (None, False)
        expected = _next(kind, period)
        if anchor:
            yield anchor


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
        anchor = _sound(archive, Kind.NIGHTLY, period, problems)
        if anchor:
            return anchor
    return None


def _sound(archive: Archive, kind: Kind, period: str, problems: list[Problem]) -> Anchor | None:
    try:
        anchor = load(archive.vault, kind, period)
    except Spoiled:
        problems.append(_problem(kind, period, Flaw.ANCHOR_CHANGED))
        return None
    if not authentic(anchor, archive.signatures, archive.environment):
        problems.append(_problem(kind, period, Flaw.ANCHOR_UNSIGNED))
        return None
    return anchor


def _next(kind: Kind, period: str) -> str:
    if kind is Kind.NIGHTLY:
        return ""
    moment = datetime.strptime(period, "%Y-%m-%dT%H").replace(tzinfo=UTC) + timedelta(hours=1)
    return moment.strftime("%Y-%m-%dT%H")


def _problem(kind: Kind, period: str, flaw: Flaw) -> Problem:
    return Problem(f"anchor:{kind}:{period}", None, flaw)
