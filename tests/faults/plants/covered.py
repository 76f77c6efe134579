"""Which test runs which line of the product: measured once, kept in build/plants/.

`python -m tests.faults.plants.covered` runs the fast lane under coverage with each test as a
context of its own. Lines move while people work, so the sources of that run are kept beside it.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

from tests.support.report import ROOT

FAST = "not dynamodb_local and not environment and not browser and not faults"
PRODUCT = ("chalicelib", "functions")
FOLDER = ROOT / "build" / "plants"
_DATA = FOLDER / "coverage.db"
_TOLD = FOLDER / "covered.json"


def product_files() -> Sequence[Path]:
    """The product's own modules, in order."""
    return sorted(path for part in PRODUCT for path in (ROOT / part).rglob("*.py"))


class _Contexts:
    """A pytest plugin: names the test that runs to coverage, and notes how it went."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._measured.switch_context(item.nodeid)
        started = time.perf_counter()
        done = yield
        self.seconds[item.nodeid] = round(time.perf_counter() - started, 4)
        self._measured.switch_context("")
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)


def measure() -> None:
    """Run the fast lane and keep what it covered."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    measured = coverage.Coverage(
        data_file=str(_DATA), source=[str(ROOT / part) for part in PRODUCT], config_file=False
    )
    plugin = _Contexts(measured)
    sources = {_relative(path): path.read_text("utf-8") for path in product_files()}
    with _running(measured):
        pytest.main(["-q", "-m", FAST, "-p", "no:cacheprovider", str(ROOT / "tests")], [plugin])
    told = {"seconds": plugin.seconds, "failed": sorted(plugin.failed), "sources": sources}
    _TOLD.write_text(json.dumps(told), "utf-8")


@contextmanager
def _running(measured: coverage.Coverage) -> Iterator[None]:
    measured.erase()
    measured.start()
    try:
        yield
    finally:
        measured.stop()
        measured.save()


@dataclass(frozen=True)
class Covered:
    """What the fast lane covered.

    Args:
        tests_by_line: by file, for each line the tests that run it.
        seconds: by test.
        sources: the product's files as they were then.
        breadth: by test, how many lines of the product it runs; the fewer, the closer.
        fixtures: by file, the seconds of its slowest test, which is the one that set things up.
    """

    tests_by_line: Mapping[str, Mapping[int, Sequence[str]]]
    seconds: Mapping[str, float]
    sources: Mapping[str, str]
    breadth: Mapping[str, int]
    fixtures: Mapping[str, float]

    def tests(self, file: str, lines: Sequence[int]) -> frozenset[str]:
        """Those that run any of the lines (of the file as it was then)."""
        by_line = self.tests_by_line.get(file, {})
        found = {test for line in lines for test in by_line.get(line, ())}
        return frozenset(found & self.seconds.keys())


def load() -> Covered | None:
    """What was measured before; None: nothing yet."""
    if not _TOLD.exists():
        return None
    told: dict[str, Any] = json.loads(_TOLD.read_text("utf-8"))
    data = coverage.CoverageData(basename=str(_DATA))
    data.read()
    seconds = {k: v for k, v in told["seconds"].items() if k not in set(told["failed"])}
    by_line = {file: data.contexts_by_lineno(str(ROOT / file)) for file in told["sources"]}
    breadth = Counter(
        test for lines in by_line.values() for tests in lines.values() for test in tests
    )
    fixtures: dict[str, float] = {}
    for test, spent in seconds.items():
        file = test.partition("::")[0]
        fixtures[file] = max(spent, fixtures.get(file, 0))
    return Covered(by_line, seconds, told["sources"], breadth, fixtures)


def measured() -> Covered:
    """What the fast lane covers, measured in a process of its own unless it was before."""
    found = load()
    if found is None:
        subprocess.run([sys.executable, "-m", __name__], cwd=ROOT, check=True)
        found = load()
    if found is None:
        raise RuntimeError("the tests' coverage could not be measured")
    return found


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(measure())
