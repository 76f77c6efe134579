"""The plants section of the report: every guard switched off, and what noticed."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.faults.plants.excuses import EXCUSES
from tests.faults.plants.finders import plants
from tests.faults.plants.planting import CRASHED
from tests.support.report import ROOT, Result, Section, table

NOT_PLANTED = (
    "guards in page templates and in the portal's scripts are not planted one by one",
    "of `infra/` only the data stack and the policies are planted, not its commands",
    "a protection of the data stack is switched off in the template; that AWS keeps it is believed",
)


def run(*arguments: str) -> Mapping[str, Any]:
    """A campaign in a process of its own, which has not imported the product.

    Raises:
        RuntimeError: a test that noticed a plant fails without one, too: it proves nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "told.json"
        command = [sys.executable, "-m", "tests.faults.plants.campaign", str(out), *arguments]
        # Where servers stand in for AWS, tests that bring a stand-in of their own would meet them.
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        subprocess.run(command, cwd=ROOT, check=True, env=own)
        told: Mapping[str, Any] = json.loads(out.read_text("utf-8"))
    if told["unsound"]:
        raise RuntimeError(f"these fail without a plant, too: {told['unsound']}")
    return told


def survivors(told: Mapping[str, Any]) -> Sequence[str]:
    """The plants that no test noticed."""
    return [each["plant"] for each in told["verdicts"] if not each["caught_by"]]


def measure() -> Result:
    """Switch every guard off, one after the other."""
    told = run()
    verdicts = told["verdicts"]
    kinds = Counter(plant.kind for plant in plants())
    caught = {each["plant"]: each["caught_by"] for each in verdicts if each["caught_by"]}
    kind_by_plant = {plant.name: plant.kind for plant in plants()}
    return {
        "kinds": {
            kind: {
                "guards": count,
                "caught": sum(kind_by_plant.get(name) == kind for name in caught),
                "excused": sum(kind_by_plant.get(name) == kind for name in EXCUSES),
                "survived": sum(kind_by_plant.get(n) == kind for n in survivors(told)),
            }
            for kind, count in sorted(kinds.items())
        },
        "caught_by": dict(sorted(caught.items())),
        "excused": dict(sorted(EXCUSES.items())),
        "survivors": sorted(survivors(told)),
        "by_the_limit": sum(test == CRASHED for test in caught.values()),
        "tests": len(set(caught.values())),
        "files": len({plant.file for plant in plants()}),
        "seconds": round(sum(each["seconds"] for each in verdicts)),
        "not_planted": list(NOT_PLANTED),
    }


def words(result: Result) -> str:
    """The table by kind, and each excuse with its reason."""
    kinds: Mapping[str, Mapping[str, int]] = result["kinds"]
    columns = ("guards", "caught", "excused", "survived")
    rows: list[Sequence[object]] = [
        [kind, *(count[name] for name in columns)] for kind, count in kinds.items()
    ]
    totals = [sum(count[name] for count in kinds.values()) for name in columns]
    rows.append(["**all**", *totals])
    excuses = [[f"`{name}`", reason] for name, reason in result["excused"].items()]
    opening = (
        f"Every guard is found in the source, in {result['files']} files, and switched off by "
        "itself, in memory; then tests that run its lines are run until one fails. "
        f"{totals[1]:,} of {totals[0]:,} were noticed, by {result['tests']:,} different tests "
        f"(each of which passes without a plant), {result['by_the_limit']} of them because the "
        f"tests did not end; {totals[3]} were not noticed. That took "
        f"{result['seconds'] / 60:.0f} minutes, added up over all guards; a verdict of an earlier "
        "run counts for as long as neither the guard's file nor the test's has changed. "
        "`docs/faults.json` names the test for each."
    )
    parts = [opening, table(("kind", *columns), rows)]
    if excuses:
        because = "What cannot be seen from outside when it is off, and why it stays:"
        parts += [because, table(("guard", "why"), excuses)]
    return "\n\n".join(parts)


def shortfalls(result: Result) -> Sequence[str]:
    """Survivors, and what is not planted at all."""
    return [
        *(f"nothing notices without `{n}`" for n in result["survivors"]),
        *result["not_planted"],
    ]


SECTION = Section(
    name="plants",
    title="Every guard switched off",
    measure=measure,
    words=words,
    shortfalls=shortfalls,
)
