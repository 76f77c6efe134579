"""Runs tests on a planted product: a fork of this process, the guard switched off in its memory.

Nothing of the product may be imported before, so that each fork imports it anew, planted. The
working tree is never touched.
"""

import ast
import gc
import importlib.abc
import importlib.util
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.support.report import ROOT

_HEAVY = (
    "anyio",
    "argon2",
    "boto3",
    "botocore.auth",
    "cfnlint.api",
    "chalice.app",
    "chalice.deploy.packager",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "httpx",
    "hypothesis.stateful",
    "jinja2.ext",
    "jsonschema",
    "moto.core.base_backend",
    "openapi_spec_validator",
    "pydantic",
    "pynamodb.connection",
    "responses.matchers",
    "schemathesis.engine.recorder",
    "time_machine",
    "unittest.mock",
    "werkzeug",
)
"""What is slow to import and none of ours; each fork finds it there."""
CRASHED = "the end of its memory or time"
OPTIONS = ("-x", "-q", "--tb=short", "-p", "no:cacheprovider", "-W", "ignore:Module already imp")
_GRACE = 20
_FAULT = 70
_MEMORY = 2 * 1024**3
_SLOWED = 6  # how much longer than its computing a run may wait: others work here, too
_PATIENCE = 0.02
_OURS = ("app", "chalicelib", "functions", "infra")


@dataclass(frozen=True)
class Run:
    """What became of some tests on a planted product.

    Args:
        failed: the first test that failed; "collection" where the tests could not even be
            collected; None where all passed.
        ran: how many were run.
        late: whether the time was over before they ended.
        seconds: how long it took.
        said: the end of what pytest wrote.
    """

    failed: str | None
    ran: int
    late: bool
    seconds: float
    said: str


def prepare() -> None:
    """Import what each fork would import otherwise."""
    loaded = [name for name in sys.modules if name.partition(".")[0] in _OURS]
    if loaded:
        raise RuntimeError(f"planting comes before the product is imported, and {loaded[0]} is")
    # Compiled files go where they cannot end up in the deployed zip, and every fork finds them.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(ROOT / "build" / "plants" / "compiled")
    for name in _HEAVY:
        import_module(name)
    gc.freeze()


def prepared(file: str, planted: ast.Module | str | None) -> None:
    """Let the product, not yet imported, be imported with one file's content replaced."""
    if isinstance(planted, ast.Module):
        sys.meta_path.insert(0, Planted(file, planted))
    elif planted is not None:
        overlay(file, planted)


def run(file: str, planted: ast.Module | str | None, tests: Sequence[str], seconds: float) -> Run:
    """Run tests on a product imported anew, in this order and up to the first that fails.

    Args:
        file: from the project's root.
        planted: its content without the guard; None leaves it as it is.
        tests: node ids.
        seconds: of computing, after which the run is ended, and counts as late.
    """

    def body(folder: Path) -> None:
        prepared(file, planted)
        watcher = Watcher(tests, folder / "told.json")
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        options = [*OPTIONS, f"--basetemp={folder}/made", f"--rootdir={ROOT}"]
        pytest.main([*options, *(str(ROOT / each) for each in files)], [watcher])
        watcher.write()

    return forked(body, seconds)


def forked(body: Callable[[Path], None], seconds: float) -> Run:
    """Do something in a fork, which tells of itself in a folder.

    Raises:
        RuntimeError: the fork did not come as far as running tests, which is no answer to anything.
    """
    folder = Path(tempfile.mkdtemp(prefix="papertrail-plant-"))
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        _as_child(folder, body, seconds)
    status = _waited(child, _SLOWED * seconds)
    late = status is None
    if late:
        os.kill(child, signal.SIGINT)  # so that pytest still ends what its fixtures started
        if _waited(child, _GRACE) is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    said = (folder / "said.txt").read_text("utf-8", "replace")[-1500:]
    if status == _FAULT and "MemoryError" not in said:
        raise RuntimeError(said)
    told = _told(folder)
    shutil.rmtree(folder, ignore_errors=True)
    spent = round(time.perf_counter() - started, 2)
    return Run(told["failed"], told["ran"], late, spent, said)


def _told(folder: Path) -> dict[str, Any]:
    with suppress(FileNotFoundError, ValueError):
        told: dict[str, Any] = json.loads((folder / "told.json").read_text("utf-8"))
        return told
    return {"failed": CRASHED, "ran": 0}


def _waited(child: int, seconds: float) -> int | None:
    """How a child ended: its exit code, or the negative number of a signal; None: not yet."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(_PATIENCE)
    return None


def _as_child(folder: Path, body: Callable[[Path], None], seconds: float) -> None:
    code = _FAULT
    try:
        _quiet(folder / "said.txt")
        # What hypothesis finds in a planted product must not be tried first on the real one.
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
        gc.disable()
        # A guard against walking in circles, switched off, must not eat the machine's memory.
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
        body(folder)
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _quiet(path: Path) -> None:
    said = os.open(path, os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(said, stream)


class Watcher:
    """A pytest plugin: runs the chosen tests in their order, and notes the first that fails."""

    def __init__(self, tests: Sequence[str], told: Path) -> None:
        self._place = {test: n for n, test in enumerate(tests)}
        self._told = told
        self.failed: str | None = None
        self._ran = 0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[Any]) -> None:
        chosen = [item for item in items if item.nodeid in self._place]
        items[:] = sorted(chosen, key=lambda item: self._place[item.nodeid])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = "collection"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._ran += report.when == "call"
        if report.failed and self.failed is None:
            self.failed = report.nodeid
            self.write()

    def write(self) -> None:
        told = {"failed": self.failed, "ran": self._ran}
        self._told.write_text(json.dumps(told), "utf-8")


class Planted(importlib.abc.MetaPathFinder):
    """Finds one module, and gives it the planted code instead of its own."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self._path = ROOT / file
        self._name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self._tree = tree

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        code = compile(self._tree, str(self._path), "exec")
        folder = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name,
            self._path,
            loader=_Loader(name, str(self._path), code),
            submodule_search_locations=folder,
        )


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, planted: CodeType) -> None:
        super().__init__(name, path)
        self._planted = planted

    def get_code(self, fullname: str) -> CodeType:
        return self._planted


def overlay(file: str, text: str) -> None:
    """Let whoever opens the file read another text."""
    path = (ROOT / file).resolve()
    real: Callable[..., Any] = io.open

    def opened(name: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
        if isinstance(name, (str, os.PathLike)) and Path(name).resolve() == path:
            return io.BytesIO(text.encode()) if "b" in mode else io.StringIO(text)
        return real(name, mode, *more, **options)

    io.open = opened  # type: ignore[assignment]
    __builtins__["open"] = opened  # type: ignore[index]
