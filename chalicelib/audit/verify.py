"""Proving a document's history: recompute its chains, and hold them against the anchors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib.audit.check import SENTENCES, START, Examined, Flaw, Problem, examine
from chalicelib.audit.evidence import Archive, Evidence, gather
from chalicelib.audit.model import Entry, Head, document_chain, reads_chain
from chalicelib.audit.store import length, personals, rows
from chalicelib.beside import beside
from chalicelib.errors import TooLarge
from chalicelib.transaction import Database

MOST_ENTRIES = 10_000
"""Entries that one synchronous request recomputes: some 13,000 a second, besides reading them."""

_MOST_PROBLEMS = 1_000
_CONTEXTS = 100
_MOST_WAITING = 5_000
_CATCH_UPS = 20

ReadHead = Callable[[], Head | None]
"""Reads a document's head from its row, strongly consistent; None: there is no such row."""


@dataclass(frozen=True, slots=True)
class Verifying:
    """What verification needs."""

    database: Database
    archive: Archive
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Proven:
    """The last entry that an anchor vouches for, and with it all before."""

    seq: int
    at: str


@dataclass(slots=True)
class ChainReport:
    """What recomputing one chain gave. `erased` counts entries without their personal fields."""

    chain: str
    entries: int = 0
    erased: int = 0
    last: Head = START
    proven: Proven | None = None
    problems: list[Problem] = field(default_factory=list)

    def blame(self, seq: int, flaw: Flaw) -> None:
        """Note a problem once; after a thousand the chain is broken enough."""
        problem = Problem(self.chain, seq, flaw)
        if len(self.problems) < _MOST_PROBLEMS and problem not in self.problems[-_CONTEXTS:]:
            self.problems.append(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer for one document; `valid` when there is no problem at all."""

    entries: int
    reads: int
    erased: int
    problems: Sequence[Problem]
    proven_until: Proven | None
    reads_proven_until: Proven | None
    anchored_at: str | None
    anchors_checked: int
    explanation: str

    @property
    def valid(self) -> bool:
        """Whether everything that could be checked holds."""
        return not self.problems

    def as_json(self) -> Mapping[str, Any]:
        """The answer in JSON values."""
        return {
            "valid": self.valid,
            "entries": self.entries,
            "reads": self.reads,
            "erased": self.erased,
            "problems": [problem_json(problem) for problem in self.problems],
            "proven_until": _proven(self.proven_until),
            "reads_proven_until": _proven(self.reads_proven_until),
            "anchored_at": self.anchored_at,
            "anchors_checked": self.anchors_checked,
            "explanation": self.explanation,
        }


def verify_document(
    verifying: Verifying,
    document_id: str,
    read_head: ReadHead,
    *,
    limit: int | None = MOST_ENTRIES,
    evidence: Evidence | None = None,
) -> Verification:
    """Recompute a document's history and hold it against its row and the anchors.

    Args:
        verifying: what it needs.
        document_id: whose.
        read_head: reads the head on the document's row; called after the chain was read.
        limit: refuse longer histories; None for no limit (memory stays bounded either way).
        evidence: the anchors, where the caller has them already.

    Raises:
        TooLarge: the history is longer than `limit`; says what to do instead.
    """
    changes, reads = document_chain(document_id), reads_chain(document_id)
    if limit is not None:
        _refuse_longer(verifying.database, document_id, limit)
    found = evidence or gather(verifying.archive, now=verifying.now())
    found.fetch(changes, reads)
    changed, looked = beside(
        lambda: verify_chain(verifying.database, found, changes, read_head),
        lambda: verify_chain(verifying.database, found, reads),
    )
    problems = [*changed.problems, *looked.problems, *found.problems]
    return Verification(
        entries=changed.entries,
        reads=looked.entries,
        erased=changed.erased + looked.erased,
        problems=problems,
        proven_until=changed.proven,
        reads_proven_until=looked.proven,
        anchored_at=found.anchored_at,
        anchors_checked=len(found.anchors),
        explanation=_explained(changed, looked, problems),
    )


def verify_chain(
    database: Database, evidence: Evidence, chain: str, read_head: ReadHead | None = None
) -> ChainReport:
    """Recompute one chain; what is wrong with an anchor's files lands in `evidence.problems`."""
    report = ChainReport(chain)
    claims = evidence.claims(chain)
    contexts = _Contexts(database, report)
    vouched: list[Proven] = []
    standing: Head | None = None
    for _ in range(_CATCH_UPS):
        begun = report.last
        for found in examine(chain, rows(database, chain, after=begun.seq), after=begun):
            _take(report, found)
            if found.entry:
                contexts.expect(found.entry, found.seq)
                vouched += _held(report, found.seq, found.entry, claims)
        standing = (read_head() or START) if read_head else None
        # While somebody writes, the row's head is ahead of what was read: read on.
        if standing is None or standing.seq == report.last.seq or report.last == begun:
            break
    contexts.settle()
    _end(report, claims, standing)
    first_flaw = min((problem.seq or 0 for problem in report.problems), default=None)
    sound = [proven for proven in vouched if first_flaw is None or proven.seq < first_flaw]
    report.proven = max(sound, key=lambda proven: proven.seq, default=None)
    return report


def problem_json(problem: Problem) -> Mapping[str, Any]:
    """A problem in JSON values."""
    return {"chain": problem.chain, "seq": problem.seq, "problem": problem.problem.value}


def _take(report: ChainReport, found: Examined) -> None:
    for problem in found.problems:
        report.blame(problem.seq or 0, problem.problem)
    report.entries += 1
    report.last = Head(found.seq, found.entry.hash if found.entry else "")


def _held(
    report: ChainReport, seq: int, entry: Entry, claims: Mapping[int, frozenset[str]]
) -> Sequence[Proven]:
    claimed = claims.get(seq)
    if claimed is None:
        return ()
    if claimed != {entry.hash}:
        report.blame(seq, Flaw.REPLACED)
        return ()
    return (Proven(seq, entry.at),)


def _end(report: ChainReport, claims: Mapping[int, frozenset[str]], standing: Head | None) -> None:
    last = report.last
    if max(claims, default=0) > last.seq or (standing and standing.seq > last.seq):
        report.blame(last.seq + 1, Flaw.TRUNCATED)
    elif standing and standing.seq < last.seq:
        report.blame(standing.seq + 1, Flaw.BEYOND_HEAD)
    elif standing and standing != last:
        report.blame(last.seq, Flaw.REPLACED)


class _Contexts:
    """Compares personal fields with what entries hash, a hundred contexts a read."""

    def __init__(self, database: Database, report: ChainReport) -> None:
        self._database = database
        self._report = report
        self._waiting: dict[str, list[tuple[int, str]]] = {}
        self._count = 0

    def expect(self, entry: Entry, seq: int) -> None:
        """Remember an entry; reads when a hundred contexts, or many entries, wait."""
        if entry.context is None:
            return
        self._waiting.setdefault(entry.context.id, []).append((seq, entry.context.digest))
        self._count += 1
        if len(self._waiting) >= _CONTEXTS or self._count >= _MOST_WAITING:
            self.settle()

    def settle(self) -> None:
        """Compare all that wait."""
        found = personals(self._database, self._waiting)
        for context_id, expected in self._waiting.items():
            if context_id not in found:
                self._report.erased += len(expected)
                continue
            for seq, digest in expected:
                if found[context_id][1].digest != digest:
                    self._report.blame(seq, Flaw.CONTEXT_CHANGED)
        self._waiting.clear()
        self._count = 0


def _refuse_longer(database: Database, document_id: str, limit: int) -> None:
    chains = (document_chain(document_id), reads_chain(document_id))
    entries = sum(beside(*(partial(length, database, chain) for chain in chains)))
    if entries > limit:
        raise TooLarge(
            f"This history has {entries} entries; {limit} can be verified at once. An operator can "
            f"verify it with: python -m infra.verify --stage NAME --document {document_id}",
            limit=limit,
            entries=entries,
        )


def _explained(changed: ChainReport, looked: ChainReport, problems: Sequence[Problem]) -> str:
    entries = _count(changed.entries, "entry", "entries")
    told = f"{entries} and {_count(looked.entries, 'reading', 'readings')}"
    if problems:
        first = SENTENCES[problems[0].problem]
        place = problems[0].chain if problems[0].seq is None else f"entry {problems[0].seq}"
        count = _count(len(problems), "problem", "problems")
        return f"{told} were checked, and {count} found. The first, at {place}: {first}"
    whole = f"{told} were recomputed, and nothing was changed, removed, inserted or moved."
    if changed.proven is None:
        return f"{whole} No anchor covers them yet; the next is made within about an hour."
    if changed.proven.seq == changed.last.seq:
        if (looked.proven.seq if looked.proven else 0) == looked.last.seq:
            return f"{whole} Signed anchors prove all of it."
        return f"{whole} Signed anchors prove every entry; the newest readings follow in an hour."
    return (
        f"{whole} Signed anchors prove them up to entry {changed.proven.seq} "
        f"of {changed.proven.at}; newer entries are anchored within about an hour."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _proven(proven: Proven | None) -> Mapping[str, Any] | None:
    return {"seq": proven.seq, "at": proven.at} if proven else None
