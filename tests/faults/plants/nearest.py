"""Which tests are likely to notice that a guard is off, the nearest first."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from tests.faults.plants.covered import PRODUCT, Covered, product_files
from tests.faults.plants.finders import Plant
from tests.faults.plants.source import Source, names_of, written
from tests.support.report import ROOT

_OF_STACK = ("tests/infra/test_data_stack.py", "tests/infra/test_denials.py")
_OF_POLICIES = ("tests/infra/test_policies.py", "tests/infra/test_denials.py")
_LAGGING = "tests/unit/test_lagging_reads.py"
_TELLING = (
    "at_once", "busy", "closed", "concurrent", "expire", "forbid", "forged", "lock", "meanwhile",
    "no_", "not", "only", "other", "race", "refus", "same", "second", "stale", "taken", "twice",
    "while", "wrong",
)  # fmt: skip
_DEPTH = 5
_WORD = re.compile(r"[a-z]{3,}")
_EVERYWHERE = frozenset(("chalicelib", "functions", "test", "the", "and", "for", "not", "none"))
_KINSHIP = 0.6
"""How much nearer a test is for each word that its name shares with the guard's."""
_TURN = 12
_LONG = 10
"""Seconds. A test that takes longer notices by chance, after many tries: no guard rests on it."""
_GUARD = "chalicelib/access/guard.py"
_BODIES, _MODELS = "functions/http/", "tests/http/test_models.py"
_ADAPTER = "chalicelib/dynamodb.py"
_REFUSING = frozenset(
    ("check call", "hidden object", "permission", "route access", "state", "write condition")
)
_ALIKE = 6
"""So many cases of one parametrised test are tried before all other tests."""


def nearest(plant: Plant, covered: Covered, *, most: float) -> Sequence[str]:
    """Tests of the fast lane that may notice, in the order in which to try them.

    Args:
        plant: the guard.
        covered: what the tests run.
        most: seconds of tests; what the nearest do not notice, the others run by accident.
    """
    if not plant.file.startswith(PRODUCT):
        return _of_stack(plant, covered)
    first, last = plant.lines
    around = covered.tests(plant.file, range(first, last + 1))
    used = frozenset(t for file, lines in _using(plant) for t in covered.tests(file, lines))
    tiers = [
        _named(plant, covered),
        covered.tests(plant.file, plant.focus),
        around & _refused(plant, covered) if plant.kind in _REFUSING else frozenset(),
        around,
        used,
        # The line itself may have been written since the coverage was measured.
        covered.tests(plant.file, _function_around(plant)),
    ]
    return _ordered(plant, tiers, covered, most)


def _refused(plant: Plant, covered: Covered) -> frozenset[str]:
    """Tests in which something is refused of the sort that this guard would refuse."""
    if plant.kind == "check call":
        told = plant.name.rpartition(": call ")[2].partition("(")[0].rpartition(".")[2]
        places = _refusals(lambda _file, function: function.name == told)
    elif plant.kind == "write condition":
        places = _refusals(
            lambda _file, function: "PaperTrailError" in ast.unparse(function.returns or ast.Pass())
        )
    else:
        places = _refusals(lambda file, _function: file == _GUARD)
    return frozenset(test for file, line in places for test in covered.tests(file, [line]))


def _refusals(
    fits: Callable[[str, ast.FunctionDef], bool],
) -> Iterator[tuple[str, int]]:
    """Lines that raise or return an error, in functions that fit."""
    for path in product_files():
        file = path.relative_to(ROOT).as_posix()
        for function in _tree(file).all(ast.FunctionDef):
            if fits(file, function):
                for node in ast.walk(function):
                    if isinstance(node, (ast.Raise, ast.Return)):
                        yield file, node.lineno


def _function_around(plant: Plant) -> range:
    for function in _tree(plant.file).all(ast.FunctionDef):
        if function.lineno <= plant.lines[0] <= (function.end_lineno or 0):
            return range(function.lineno, (function.end_lineno or 0) + 1)
    return range(0)


def _named(plant: Plant, covered: Covered) -> frozenset[str]:
    """Tests whose very name tells of the route whose access is opened, or of slow replicas."""
    path = _path_of(plant)
    if plant.kind == "consistent read" and plant.file != _ADAPTER:
        path = _LAGGING
    if plant.kind == "input" and plant.file.startswith(_BODIES):
        path = _MODELS  # it runs no line of ours: pydantic holds the bounds
    named = [test for test in covered.seconds if path and path in test]
    exactly = [test for test in named if test.endswith(f" {path}]")]
    return frozenset(exactly or named)


@cache
def _tree(file: str) -> Source:
    return Source(file, written(file))


def _path_of(plant: Plant) -> str:
    if plant.kind != "route access":
        return ""
    for call in _tree(plant.file).all(ast.Call):
        inside = call.lineno == plant.lines[0] and len(call.args) > 1
        if inside and isinstance(call.args[1], ast.Constant):
            return str(call.args[1].value)
    return ""


def _using(plant: Plant) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Lines of functions that rest on what a module says outside of any function."""
    source = _tree(plant.file)
    outer = [s for s in source.tree.body if s.lineno <= plant.lines[0] <= (s.end_lineno or 0)]
    decorated = [
        s
        for s in source.tree.body
        if isinstance(s, ast.FunctionDef)
        and any(d.lineno == plant.lines[0] for d in s.decorator_list)
    ]
    for function in decorated:
        yield plant.file, tuple(range(function.body[0].lineno, (function.end_lineno or 0) + 1))
    names = {names_of(s) for s in outer} - {""}
    # Of what is remembered, only the first test that asks runs the lines.
    if outer and (not isinstance(outer[0], ast.FunctionDef) or _is_remembered(outer[0])):
        yield from _lines_naming(names)


def _is_remembered(function: ast.FunctionDef) -> bool:
    return any("cache" in ast.unparse(each) for each in function.decorator_list)


def _lines_naming(names: set[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    seen: set[str] = set()
    for _ in range(_DEPTH):
        fresh, seen = names - seen, seen | names
        names = set()
        for file, found, name, line, inside in _references():
            if found not in fresh:
                continue
            if inside:
                yield file, (line,)
            else:
                names.add(name)


@cache
def _references() -> Sequence[tuple[str, str, str, int, bool]]:
    """Every name in the product: file, name, what it is part of, line, whether in a function."""
    told = []
    for path in product_files():
        source = _tree(path.relative_to(ROOT).as_posix())
        for statement in source.tree.body:
            for name, line, inside in _names_in(statement, inside=False):
                told.append((source.file, name, names_of(statement), line, inside))
    return told


def _names_in(node: ast.AST, *, inside: bool) -> Iterator[tuple[str, int, bool]]:
    if isinstance(node, (ast.Name, ast.Attribute)):
        yield getattr(node, "id", None) or getattr(node, "attr", ""), node.lineno, inside
    runs = node.body if isinstance(node, ast.FunctionDef) else ()
    for child in ast.iter_child_nodes(node):
        yield from _names_in(child, inside=inside or child in runs)


def _of_stack(plant: Plant, covered: Covered) -> Sequence[str]:
    own = _OF_STACK if plant.file.endswith(".yaml") else _OF_POLICIES
    linted = "test_cfn_lint_finds_nothing"  # it reads the real file, in a process of its own
    found = [test for test in covered.seconds if test.startswith(own) and linted not in test]
    name = plant.file.rpartition("/")[2].partition(".")[0]
    return sorted(found, key=lambda test: (covered.seconds[test] > 1, name not in test, test))


def _ordered(
    plant: Plant, tiers: Sequence[frozenset[str]], covered: Covered, most: float
) -> Sequence[str]:
    tier_by_test: dict[str, int] = {}
    for place, tests in enumerate(tiers):
        for test in tests:
            tier_by_test.setdefault(test, place)
    words = set(_WORD.findall(plant.name.lower())) - _EVERYWHERE

    def cost(test: str) -> tuple[int, float]:
        return tier_by_test[test], _distance(test, words, covered)

    nth: Counter[str] = Counter()
    placed: dict[int, list[str]] = {}
    late: list[str] = []
    for test in sorted(tier_by_test, key=cost):
        function = test.partition("[")[0]
        nth[function] += 1
        alike = nth[function] > _ALIKE and tier_by_test[test] > 0
        (late if alike else placed.setdefault(tier_by_test[test], [])).append(test)
    return _affordable([*_by_turns(list(placed.values())), *late], covered, most)


def _by_turns(tiers: Sequence[Sequence[str]]) -> Iterator[str]:
    """A few of each tier, then some more of each, so that a long one keeps none from its turn."""
    for start in range(0, max(map(len, tiers), default=0), _TURN):
        for tests in tiers:
            yield from tests[start : start + _TURN]


def _distance(test: str, words: AbstractSet[str], covered: Covered) -> float:
    """How unlikely it is that the test notices, for what it costs."""
    spent = covered.seconds.get(test, 1) + covered.fixtures.get(test.partition("::")[0], 0)
    far = spent * 3 + covered.breadth.get(test, 0) / 800
    telling = any(word in test.lower() for word in _TELLING)
    shared = len(words & set(_WORD.findall(test.lower())))
    return far * _KINSHIP ** (shared + telling)


def _affordable(tests: Sequence[str], covered: Covered, most: float) -> Sequence[str]:
    spent, kept = 0.0, []
    for test in tests:
        seconds = covered.seconds.get(test, 1)
        if seconds > _LONG:
            continue
        kept.append(test)
        spent += seconds
        if spent > most:
            break
    return kept
