"""Recomputes a stage's audit from its tables and its vault: `python -m infra.verify`.

Exit code: 0 everything holds, 1 something does not, 2 the command itself was wrong.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.audit.anchor_model import Kind, Signatures
from chalicelib.audit.check import SENTENCES, Problem
from chalicelib.audit.evidence import Archive, Evidence, checked, gather
from chalicelib.audit.kms_signer import KmsSigner
from chalicelib.audit.model import Head, document_chain, reads_chain, shard
from chalicelib.audit.vault_store import S3Vault
from chalicelib.audit.verify import ChainReport, problem_json, verify_chain
from chalicelib.dynamodb import DynamoDatabase
from chalicelib.transaction import Database, Key, Table
from infra.aws import Aws
from infra.public_key import PublicKey
from infra.stack import StackFailed, stack_outputs

_LATE_HOURS = 3
_SHOWN = 100
_HEX = "0123456789abcdef"


@dataclass(slots=True)
class Report:
    """What was recomputed. `unproven` counts entries that no anchor vouches for yet."""

    chains: int = 0
    entries: int = 0
    unproven: int = 0
    erased: int = 0
    hourly_anchors: int = 0
    nightly_anchors: int = 0
    anchored_at: str | None = None
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, chain: ChainReport) -> None:
        """Count a chain in."""
        self.chains += 1
        self.entries += chain.entries
        self.erased += chain.erased
        self.unproven += chain.last.seq - (chain.proven.seq if chain.proven else 0)
        self.problems += chain.problems

    def as_json(self) -> Mapping[str, Any]:
        """The report in JSON values."""
        counts = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("problems", "warnings")
        }
        return {
            "valid": not self.problems,
            **counts,
            "warnings": self.warnings,
            "problems": [problem_json(problem) for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as verification sees it. `stored` names every chain in the audit table."""

    database: Database
    archive: Archive
    now: datetime
    stored: Callable[[], Iterator[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the command line names, and report."""
    options = _parser().parse_args(arguments)
    try:
        stage = _stage(options.stage, options.public_key)
    except (StackFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    report = verify_one(stage, options.document) if options.document else verify_all(stage)
    print(json.dumps(report.as_json(), indent=2) if options.json else _text(report))
    return 1 if report.problems else 0


def verify_one(stage: Stage, document_id: str) -> Report:
    """Recompute one document's chains, however long, against the newest anchors."""
    report = Report()
    evidence = gather(stage.archive, now=stage.now)
    for chain in (document_chain(document_id), reads_chain(document_id)):
        report.add(_verified(stage, evidence, chain))
    if report.entries == 0:
        report.warnings.append(f"There is no entry of a document {document_id}.")
    _conclude(report, evidence, stage.now)
    return report


def verify_all(stage: Stage) -> Report:
    """Recompute every chain, those that only anchors remember too, and the whole line of anchors.

    Memory: the names of all chains, and a sixteenth of what the anchors tell.
    """
    report = Report()
    _check_anchors(stage, report)
    evidence = gather(stage.archive, now=stage.now)
    stored: dict[str, set[str]] = {digit: set() for digit in _HEX}
    for chain in stage.stored():
        stored[shard(chain)].add(chain)
    for digit in _HEX:
        chains = stored.pop(digit) | evidence.chains(digit)
        for chain in sorted(chains, key=lambda name: (shard(name, digits=2), name)):
            report.add(_verified(stage, evidence, chain))
    _conclude(report, evidence, stage.now)
    return report


def _check_anchors(stage: Stage, report: Report) -> None:
    """Each anchor that there is: signature, root, and that it follows on the one before."""
    hourly = checked(stage.archive, Kind.HOURLY, None, report.problems)
    report.hourly_anchors = sum(1 for _ in hourly)
    nightly = checked(stage.archive, Kind.NIGHTLY, None, report.problems)
    report.nightly_anchors = sum(1 for _ in nightly)


def _verified(stage: Stage, evidence: Evidence, chain: str) -> ChainReport:
    if not chain.startswith("D#"):
        return verify_chain(stage.database, evidence, chain)
    return verify_chain(stage.database, evidence, chain, lambda: _head(stage.database, chain))


def _head(database: Database, chain: str) -> Head | None:
    row = database.get(Key(Table.CORE, chain, "META"))
    return Head(row.get("chain_seq", 0), row.get("chain_hash", "")) if row else None


def _conclude(report: Report, evidence: Evidence, now: datetime) -> None:
    report.problems += [one for one in evidence.problems if one not in report.problems]
    report.anchored_at = evidence.anchored_at
    if evidence.anchored_at is None:
        report.warnings.append("There is no anchor yet: a removed end would not show.")
        return
    age = now - datetime.fromisoformat(evidence.anchored_at)
    if age.total_seconds() > _LATE_HOURS * 3600:
        report.warnings.append(f"The newest anchor was made {age} ago; one is due each hour.")


def _text(report: Report) -> str:
    counted = (
        f"Recomputed {report.entries:,} entries of {report.chains:,} chains; "
        f"no anchor vouches for {report.unproven:,} of them yet; "
        f"{report.erased:,} have lost their personal fields to erasure."
    )
    lines = [
        counted,
        f"Anchors: newest of {report.anchored_at or 'never'}.",
    ]
    if report.hourly_anchors or report.nightly_anchors:
        lines.append(
            f"The line of anchors: {report.hourly_anchors:,} hourly, "
            f"{report.nightly_anchors:,} nightly."
        )
    lines += [f"Note: {warning}" for warning in report.warnings]
    lines += [_sentence(problem) for problem in report.problems[:_SHOWN]]
    if len(report.problems) > _SHOWN:
        lines.append(f"… and {len(report.problems) - _SHOWN:,} more (all of them with --json)")
    count = len(report.problems)
    lines.append(f"BROKEN: {count:,} problem(s)." if count else "Everything holds.")
    return "\n".join(lines)


def _sentence(problem: Problem) -> str:
    place = problem.chain if problem.seq is None else f"{problem.chain} entry {problem.seq}"
    return f"{place}: {SENTENCES[problem.problem]} ({problem.problem})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.verify", description=__doc__)
    parser.add_argument("--stage", required=True, help="the environment's name")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--document", metavar="ID", help="one document, however long its history")
    what.add_argument("--all", action="store_true", help="every chain and every anchor")
    parser.add_argument("--json", action="store_true", help="report for programs")
    parser.add_argument(
        "--public-key",
        type=Path,
        metavar="FILE",
        help="check signatures by this PEM file, not KMS (docs/decisions/0020-provable-audit.md)",
    )
    return parser


def _stage(name: str, public_key: Path | None) -> Stage:
    aws = Aws()
    outputs = stack_outputs(aws, name)
    tables = {table: outputs[f"Table{table.value.title()}"] for table in Table}
    now = datetime.now(UTC)
    vault = S3Vault(aws.client("s3"), outputs["BucketVault"], retention_days=1, now=lambda: now)
    signatures: Signatures = (
        PublicKey(public_key.read_bytes())
        if public_key
        else KmsSigner(aws.client("kms"), outputs["KeyAnchor"])
    )
    return Stage(
        DynamoDatabase(tables),
        Archive(vault, signatures, name),
        now,
        lambda: _stored(aws.client("dynamodb"), tables[Table.AUDIT]),
    )


def _stored(client: Any, table: str) -> Iterator[str]:  # noqa: ANN401 - a boto3 client
    """Names of all chains: the one place that scans, for an operator who asks for everything."""
    last = ""
    pages = client.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk")
    for page in pages:
        for item in page["Items"]:
            name = item["pk"]["S"]
            if name != last and not name.startswith("CTX#"):
                yield name
            last = name


if __name__ == "__main__":
    sys.exit(main())
