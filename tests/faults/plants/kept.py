"""Verdicts of earlier runs, kept in build/plants/: an interrupted campaign goes on where it was.

A verdict holds for as long as the file of the guard and the file of the test that noticed are what
they were. That nothing noticed is never kept.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.faults.plants.covered import FOLDER
from tests.faults.plants.finders import Plant
from tests.support.report import ROOT

_FILE = FOLDER / "verdicts.jsonl"


@dataclass(frozen=True)
class Verdict:
    """What became of a plant: the test that noticed it (None: none), tests run, seconds."""

    plant: str
    kind: str
    caught_by: str | None
    ran: int
    seconds: float


class Kept:
    """What is known, by plant; a line is added for each new verdict."""

    def __init__(self, file: Path = _FILE) -> None:
        self._file = file
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        self._known: Mapping[str, tuple[str, Verdict]] = {
            told["verdict"]["plant"]: (told["for"], Verdict(**told["verdict"]))
            for told in map(json.loads, lines)
        }

    def verdict(self, plant: Plant) -> Verdict | None:
        """What was found before, if it still holds."""
        holds_for, verdict = self._known.get(plant.name, ("", None))
        if verdict is None or holds_for != _state(plant, verdict):
            return None
        return verdict

    def noticed_by(self, plant: Plant) -> str | None:
        """The test that noticed it before: likely to notice again where that no longer holds."""
        _, verdict = self._known.get(plant.name, ("", None))
        return verdict.caught_by if verdict else None

    def keep(self, plant: Plant, verdict: Verdict) -> None:
        """Remember a guard that was missed."""
        if verdict.caught_by is None or self.verdict(plant) == verdict:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        told = {"for": _state(plant, verdict), "verdict": asdict(verdict)}
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(told) + "\n")


def _state(plant: Plant, verdict: Verdict) -> str:
    test = (verdict.caught_by or "").partition("::")[0]
    return _digest(plant.file) + _digest(test)


@cache
def _digest(file: str) -> str:
    path = ROOT / file
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""
