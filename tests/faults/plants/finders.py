"""All the guards of the product, found in its source: nobody has to remember a new one."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from tests.faults.plants import conditions, contents, refusals, sights, stack
from tests.faults.plants.covered import product_files
from tests.faults.plants.source import Found, Source, written
from tests.support.report import ROOT

_PROOF_FILES = ("check", "continuity", "evidence", "verify")
_PROOFS = tuple(f"chalicelib/audit/{name}.py" for name in _PROOF_FILES)


@dataclass(frozen=True)
class Plant:
    """A guard that can be switched off.

    Args:
        name: file, scope, kind and what, told apart by a number where they are the same.
        file: from the project's root.
        kind: what sort of guard it is.
        lines: where it is written, first to last.
        focus: lines that run only where it refuses; empty where that cannot be said.
        scope: the functions and classes around it.
        planted: the file's content without the guard: a tree, or a text where it is no module.
    """

    name: str
    file: str
    kind: str
    lines: tuple[int, int]
    focus: tuple[int, ...]
    scope: str
    planted: Callable[[], ast.Module | str] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Known:
    """What is known of functions by name: those that only check, and who is handed a guard.

    And of constants: those that bound something by a refusal.
    """

    checking: frozenset[str] = frozenset()
    places: Mapping[str, int] = field(default_factory=dict)
    limits: frozenset[str] = frozenset()


@cache
def plants() -> Sequence[Plant]:
    """Every guard of the product's modules and of what it is deployed with."""
    sources = [_source(path.relative_to(ROOT).as_posix()) for path in product_files()]
    known = Known(
        refusals.checking_functions(sources),
        conditions.guard_places(sources),
        contents.refusing_limits(sources),
    )
    made = [plant for source in sources for plant in plants_in(source, known)]
    return [*made, *_stack_plants()]


def plants_in(source: Source, known: Known = Known()) -> Iterator[Plant]:
    """The guards of one module."""
    seen: Counter[str] = Counter()
    for found in _found(source, known):
        name = f"{source.file}: {source.scope(found.target)}: {found.kind}: {found.what}"
        seen[name] += 1
        yield Plant(
            name=name if seen[name] == 1 else f"{name} ({seen[name]})",
            file=source.file,
            kind=found.kind,
            lines=(found.target.lineno, found.target.end_lineno or found.target.lineno),
            focus=tuple(sorted({node.lineno for node in found.focus})),
            scope=source.scope(found.target),
            planted=lambda found=found: swapped(source, found),
        )


def _found(source: Source, known: Known) -> Iterator[Found]:
    yield from conditions.write_conditions(source, known.places)
    yield from conditions.arguments(source)
    yield from refusals.raises(source)
    yield from refusals.check_calls(source, known.checking)
    yield from refusals.answers(source)
    yield from refusals.quiet(source)
    yield from sights.permissions(source)
    yield from sights.looks(source)
    yield from sights.filters(source)
    yield from sights.routes(source)
    yield from sights.inputs(source)
    yield from contents.headers(source)
    yield from contents.words(source)
    yield from contents.limits(source, known.limits)
    yield from contents.comparisons(source)
    if source.file in _PROOFS:
        yield from contents.proofs(source)


def swapped(source: Source, found: Found) -> ast.Module:
    """A copy of the source's tree in which the guard is off."""

    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if node is found.target:
                return ast.copy_location(found.off, node)
            fields: Mapping[str, object] = {
                name: self._copied(value) for name, value in ast.iter_fields(node)
            }
            return ast.copy_location(type(node)(**fields), node)

        def _copied(self, value: object) -> object:
            if isinstance(value, list):
                return [self._copied(each) for each in value]
            return self.visit(value) if isinstance(value, ast.AST) else value

    planted = Swap().visit(source.tree)
    assert isinstance(planted, ast.Module)
    return ast.fix_missing_locations(planted)


@cache
def _source(file: str) -> Source:
    return Source(file, written(file))


def _stack_plants() -> Iterator[Plant]:
    for told in stack.found():
        yield Plant(
            name=f"{told.file}: {told.where}: {told.kind}: {told.what}",
            file=told.file,
            kind=told.kind,
            lines=(told.line, told.line),
            focus=(),
            scope=told.where,
            planted=lambda told=told: told.off,
        )
