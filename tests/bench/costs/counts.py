"""The counts that stand: `python -m tests.bench.costs.counts` measures and writes them anew.

A test compares them with what is measured, so that nothing creeps in; who changes one sees it in
the diff.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.costs.measured import Counts, measured
from tests.scenarios.stage import serving

FILE = Path(__file__).with_name("counts.json")


def standing() -> Mapping[str, Any]:
    """What the file says, by scenario."""
    found: Mapping[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def as_json(counts: Counts) -> Mapping[str, Any]:
    """What must not change of its own: all but the bytes, which vary with the engine's answers."""
    return {
        "calls": dict(counts.calls),
        "read": counts.read,
        "write": counts.write,
        "rounds": counts.rounds,
    }


def write(found: Mapping[str, Counts]) -> None:
    """One scenario a line, so that a diff tells which one changed."""
    lines = [
        f" {json.dumps(name, ensure_ascii=False)}: {json.dumps(as_json(counts), sort_keys=True)}"
        for name, counts in sorted(found.items())
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    with serving() as servers:
        write(measured(servers))
