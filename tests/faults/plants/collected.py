"""Tests collected once, and a fork of them for each plant: the guard goes off where it stands.

A function is planted by giving it other code, a module's constant by giving every module that
holds it another value. What cannot be planted so (a decorator, a model) is imported anew instead.
"""

import ast
import gc
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TextIO

import pytest

from tests.faults.plants.finders import Plant
from tests.faults.plants.planting import OPTIONS, Run, Watcher, forked, overlay
from tests.faults.plants.source import Source, names_of, text, written
from tests.support.report import ROOT


class Collected:
    """A process that holds all tests of some files, and runs some of them on a planted product.

    `tests` are the ids of what was collected.
    """

    def __init__(self, plants: Mapping[str, Plant], files: Sequence[str]) -> None:
        asked, telling = os.pipe(), os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(asked[1])
            os.close(telling[0])
            loop = _Loop(plants, os.fdopen(asked[0]), os.fdopen(telling[1], "w"))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            pytest.main([*OPTIONS, f"--rootdir={ROOT}", *(str(ROOT / f) for f in files)], [loop])
            os._exit(0)
        os.close(asked[0])
        os.close(telling[1])
        self._asks = os.fdopen(asked[1], "w")
        self._told = os.fdopen(telling[0])
        self.tests: Sequence[str] = json.loads(self._told.readline())

    def run(self, plant: str | None, tests: Sequence[str], seconds: float) -> Run | None:
        """As `planting.run`; None: this plant cannot be planted in place."""
        self._asks.write(json.dumps({"plant": plant, "tests": tests, "seconds": seconds}) + "\n")
        self._asks.flush()
        answer = json.loads(self._told.readline())
        return Run(**answer) if answer else None

    def close(self) -> None:
        """End the process."""
        self._asks.close()
        self._told.close()
        os.waitpid(self._child, 0)


class _Loop:
    """A pytest plugin: instead of running the tests, runs those that are asked for, in forks."""

    def __init__(self, plants: Mapping[str, Plant], asked: TextIO, telling: TextIO) -> None:
        self._plants, self._asked, self._telling = plants, asked, telling
        self._functions: dict[str, list[FunctionType]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.unfreeze()  # the product's start freezes what it imports, and hides it from here
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(ROOT)):
                self._functions.setdefault(each.__code__.co_filename, []).append(each)
        gc.freeze()
        self._tell(list(items))
        for line in self._asked:
            job = json.loads(line)
            plant = self._plants.get(job["plant"])
            told = self._done(plant, [items[t] for t in job["tests"] if t in items], job["seconds"])
            self._tell(told.__dict__ if told else None)
        return True

    def _tell(self, what: object) -> None:
        self._telling.write(json.dumps(what) + "\n")
        self._telling.flush()

    def _done(self, plant: Plant | None, items: Sequence[Any], seconds: float) -> Run | None:
        switch = self._switch(plant) if plant else lambda: None
        if switch is None:
            return None
        if not items:
            raise RuntimeError(f"none of the tests for {plant and plant.name} is there any more")

        def body(folder: Path) -> None:
            switch()
            _run_items(items, folder)

        return forked(body, seconds)

    def _switch(self, plant: Plant) -> Callable[[], None] | None:
        planted = plant.planted()
        if isinstance(planted, str):
            return lambda: overlay(plant.file, planted)
        source = Source(plant.file, written(plant.file))
        if plant.kind == "route access":
            return _access(plant, planted)
        outer = _outermost(source, plant)
        code = compile(planted, str(ROOT / plant.file), "exec")
        if outer is None:
            return _constant(source, plant, code)
        if any("cache" in text(decorator) for decorator in outer.decorator_list):
            return None  # what it gave before is remembered
        live = self._functions.get(str(ROOT / plant.file), [])
        first = min(node.lineno for node in (outer, *outer.decorator_list))
        return _code(live, code, range(first, (outer.end_lineno or 0) + 1))


def _run_items(items: Sequence[Any], folder: Path) -> None:
    watcher = Watcher([item.nodeid for item in items], folder / "told.json")
    config = items[0].config
    config.pluginmanager.register(watcher)
    config._tmp_path_factory._given_basetemp = folder / "made"
    for item, after in zip(items, [*items[1:], None], strict=True):
        config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if watcher.failed:
            break
    items[0].session._setupstate.teardown_exact(None)
    watcher.write()


def _outermost(source: Source, plant: Plant) -> ast.FunctionDef | None:
    """The outermost function whose body holds the plant (not its decorators and defaults)."""
    first, last = plant.lines
    for function in source.all(ast.FunctionDef):
        body = function.body[0].lineno
        if body <= first and last <= (function.end_lineno or 0):
            return function
    return None


def _access(plant: Plant, planted: ast.Module) -> Callable[[], None] | None:
    """A route is a value that says who may pass: let it say the other thing."""
    for call in ast.walk(planted):
        if isinstance(call, ast.Call) and call.lineno == plant.lines[0] and len(call.args) > 1:
            place = [text(each).strip("'") for each in call.args[:2]]
            access = next(word.value for word in call.keywords if word.arg == "access")
            weaker = eval(compile(ast.Expression(access), plant.file, "eval"))
            routes = sys.modules["functions.edge"].ROUTES
            route = next(r for r in routes if [r.method, r.path] == place)
            return lambda: object.__setattr__(route, "access", weaker)
    return None


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _code(
    live: Sequence[FunctionType], planted: CodeType, lines: range
) -> Callable[[], None] | None:
    codes = {(c.co_qualname, c.co_firstlineno): c for c in _codes(planted)}
    found = [
        (function, codes[key])
        for function in live
        if function.__code__.co_firstlineno in lines
        and (key := (function.__code__.co_qualname, function.__code__.co_firstlineno)) in codes
    ]
    if not found or any(f.__code__.co_freevars != c.co_freevars for f, c in found):
        return None

    def switch() -> None:
        for function, code in found:
            function.__code__ = code

    return switch


def _codes(code: CodeType) -> list[CodeType]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return [*inner, *(deeper for each in inner for deeper in _codes(each))]


def _constant(source: Source, plant: Plant, planted: CodeType) -> Callable[[], None] | None:
    statement = next(
        (s for s in source.tree.body if s.lineno <= plant.lines[0] <= (s.end_lineno or 0)), None
    )
    name = names_of(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else ""
    module = sys.modules.get(_module(plant.file))
    if not name or module is None or plant.kind == "input":
        return None

    def switch() -> None:
        old = getattr(module, name)
        made: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
        exec(planted, made)
        for each in list(sys.modules.values()):
            if getattr(each, "__dict__", {}).get(name) is old:
                setattr(each, name, made[name])

    return switch
