"""Which test runs which line of the product: measured once, kept in build/plants/ as layers.

`python -m tests.faults.plants.covered FILE ...` runs test files of the fast lane under coverage,
each test as a context of its own, into a new layer. Test files that changed are measured again, in
a layer above; the product's lines move meanwhile, so each layer keeps the sources of its day.
"""

import hashlib
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

from tests.faults.plants.source import written
from tests.support.report import ROOT

FAST = "not dynamodb_local and not environment and not browser and not faults"
PRODUCT = ("chalicelib", "functions")
FOLDER = ROOT / "build" / "plants"
_LANES = ("contract", "http", "infra", "property", "unit", "web")
_MADE_UP = "tests/http/test_schemathesis.py"  # minutes of chance; no guard should rest on it
_DATA, _TOLD = "coverage.db", "told.json"


@dataclass(frozen=True)
class Layer:
    """What one run covered.

    Args:
        tests_by_line: by file of the product, for each line the tests that run it.
        sources: the product's files as they were then.
        then: by file and text of a line, its number then (the first of several).
    """

    tests_by_line: Mapping[str, Mapping[int, Sequence[str]]]
    sources: Mapping[str, str]
    then: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Covered:
    """What the fast lane covers.

    Args:
        layers: the newest last.
        seconds: by test.
        breadth: by test, how many lines of the product it runs; the fewer, the closer.
        fixtures: by test file, the seconds of its slowest test, which is the one that sets it up.
    """

    layers: Sequence[Layer]
    seconds: Mapping[str, float]
    breadth: Mapping[str, int]
    fixtures: Mapping[str, float]

    def tests(self, file: str, lines: Sequence[int]) -> frozenset[str]:
        """Those that run any of these lines of the file as it is now."""
        found: set[str] = set()
        if lines:
            text = written(file)
            now = text.split("\n")
            for layer in self.layers:
                same = layer.sources.get(file) == text
                by_line = layer.tests_by_line.get(file, {})
                for line in lines:
                    then = line if same else layer.then.get((file, now[line - 1].strip()), 0)
                    found.update(by_line.get(then, ()))
        return frozenset(found & self.seconds.keys())


def product_files() -> Sequence[Path]:
    """The product's own modules, in order."""
    return sorted(path for part in PRODUCT for path in (ROOT / part).rglob("*.py"))


def measured() -> Covered:
    """What the fast lane covers; what of it is not known yet is measured, in another process."""
    told = _told()
    known: dict[str, str] = {}
    for each in told:
        known |= each["files"]
    there = _test_files()
    missing = [file for file, digest in there.items() if known.get(file) != digest]
    if missing:
        subprocess.run([sys.executable, "-m", __name__, *missing], cwd=ROOT, check=True)
        told = _told()
    seconds: dict[str, float] = {}
    for each in told:
        again = {test: 0 for test in seconds if test.partition("::")[0] in each["files"]}
        seconds = {t: s for t, s in seconds.items() if t not in again} | each["seconds"]
    seconds = {t: s for t, s in seconds.items() if t.partition("::")[0] in there}
    layers = [_layer(each) for each in told]
    breadth = Counter(
        test
        for layer in layers
        for lines in layer.tests_by_line.values()
        for tests in lines.values()
        for test in tests
    )
    fixtures: dict[str, float] = {}
    for test, spent in seconds.items():
        file = test.partition("::")[0]
        fixtures[file] = max(spent, fixtures.get(file, 0))
    return Covered(layers, seconds, breadth, fixtures)


def measure(files: Sequence[str]) -> None:
    """Run test files, and keep what they cover as a new layer."""
    folder = FOLDER / f"layer-{len(_told()) + 1:03d}"
    folder.mkdir(parents=True, exist_ok=True)
    data = coverage.Coverage(
        data_file=str(folder / _DATA), source=[str(ROOT / part) for part in PRODUCT],
        config_file=False,
    )  # fmt: skip
    plugin = _Contexts(data)
    digests = {file: digest for file, digest in _test_files().items() if file in files}
    sources = {_relative(path): path.read_text("utf-8") for path in product_files()}
    with _running(data):
        options = ["-q", "-m", FAST, "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
        pytest.main([*options, *(str(ROOT / file) for file in files)], [plugin])
    seconds = {test: spent for test, spent in plugin.seconds.items() if test not in plugin.failed}
    told = {"seconds": seconds, "files": digests, "sources": sources}
    (folder / _TOLD).write_text(json.dumps(told), "utf-8")


class _Contexts:
    """A pytest plugin: names the test that runs to coverage, and notes how it went."""

    def __init__(self, data: coverage.Coverage) -> None:
        self._data = data
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._data.switch_context(item.nodeid)
        started = time.perf_counter()
        done = yield
        self.seconds[item.nodeid] = round(time.perf_counter() - started, 4)
        self._data.switch_context("")
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)


@contextmanager
def _running(data: coverage.Coverage) -> Iterator[None]:
    data.erase()
    data.start()
    try:
        yield
    finally:
        data.stop()
        data.save()


def _told() -> list[dict[str, Any]]:
    files = sorted(FOLDER.glob(f"layer-*/{_TOLD}"))
    return [json.loads(file.read_text("utf-8")) | {"folder": file.parent} for file in files]


def _layer(told: Mapping[str, Any]) -> Layer:
    data = coverage.CoverageData(basename=str(told["folder"] / _DATA))
    data.read()
    sources: Mapping[str, str] = told["sources"]
    then: dict[tuple[str, str], int] = {}
    for file, text in sources.items():
        for number, line in enumerate(text.split("\n"), 1):
            then.setdefault((file, line.strip()), number)
    by_line = {file: data.contexts_by_lineno(str(ROOT / file)) for file in sources}
    return Layer(by_line, sources, then)


def _test_files() -> Mapping[str, str]:
    files = sorted(path for lane in _LANES for path in (ROOT / "tests" / lane).rglob("test_*.py"))
    digests = {_relative(p): hashlib.sha256(p.read_bytes()).hexdigest()[:16] for p in files}
    return {file: digest for file, digest in digests.items() if file != _MADE_UP}


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(measure(sys.argv[1:]))
