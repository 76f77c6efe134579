"""A module of the product as a tree in which guards are looked for, and planted."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from tests.support.report import ROOT

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Found:
    """A guard in a tree, and what stands in its place when it is switched off.

    Args:
        target: the node that is replaced.
        off: what replaces it.
        kind: as in `kinds.py`.
        what: the guard in a few words; with file and scope it names the plant.
        focus: nodes whose lines run only where the guard refuses; their tests come first.
    """

    target: ast.AST
    off: ast.AST
    kind: str
    what: str
    focus: tuple[ast.AST, ...] = ()


@cache
def written(file: str) -> str:
    """A file's content when it was first asked for: whoever edits it meanwhile breaks no campaign.

    `file` is told from the project's root.
    """
    return (ROOT / file).read_text("utf-8")


class Source:
    """One file's tree, with the way up from each node."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.tree = ast.parse(text)
        self._above = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }

    def all(self, kind: type[Node]) -> Iterator[Node]:
        """Nodes of a kind, in the order of the file."""
        found = [node for node in self._above if isinstance(node, kind)]
        yield from sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What holds the node, the nearest first."""
        while (parent := self._above.get(node)) is not None:
            yield parent
            node = parent

    def function(self, node: ast.AST) -> Function | None:
        """The innermost function around a node (a decorator is not in its function)."""
        inner = node
        for parent in self.above(node):
            if isinstance(parent, Function) and inner not in parent.decorator_list:
                return parent
            inner = parent
        return None

    def scope(self, node: ast.AST) -> str:
        """The functions and classes around a node, outermost first; for a decorator its own."""
        names = [
            parent.name
            for parent in self.above(node)
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        ]
        return ".".join(reversed(names)) or self._statement_name(node)

    def _statement_name(self, node: ast.AST) -> str:
        chain = [node, *self.above(node)]
        statement = chain[-2] if len(chain) > 1 else node
        return names_of(statement) or "module"

    def statement(self, node: ast.AST) -> ast.AST:
        """The outermost statement that holds the node."""
        chain = [node, *self.above(node)]
        return chain[-2] if len(chain) > 1 else node


def names_of(statement: ast.AST) -> str:
    """The name that a statement of a module or a class gives to something, or an empty text."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
    return ""


def text(node: ast.AST, most: int = 70) -> str:
    """The node as it is written, in one line."""
    told = " ".join(ast.unparse(node).split())
    return told if len(told) <= most else told[: most - 1] + "…"


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def expression(code: str) -> ast.expr:
    """A piece of code as a node."""
    return ast.parse(code, mode="eval").body


def settled(node: ast.expr, answer: bool) -> ast.expr:  # noqa: FBT001 - it is the answer itself
    """The expression still evaluated, names bound and all, but its answer is given."""
    pair = ast.Tuple(elts=[node, ast.Constant(answer)], ctx=ast.Load())
    return ast.Subscript(value=pair, slice=ast.Constant(1), ctx=ast.Load())


def operands(test: ast.expr, kind: type[ast.boolop]) -> list[ast.expr]:
    """The parts that `or` (or `and`) joins, each its own guard."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, kind):
        return [part for value in test.values for part in operands(value, kind)]
    return [test]


def without_keyword(call: ast.Call, name: str) -> ast.Call:
    """A call without one of its named arguments."""
    kept = [each for each in call.keywords if each.arg != name]
    return ast.Call(func=call.func, args=call.args, keywords=kept)


def with_keyword(call: ast.Call, name: str, value: ast.expr) -> ast.Call:
    """A call with another value of a named argument."""
    kept = [
        ast.keyword(each.arg, value if each.arg == name else each.value) for each in call.keywords
    ]
    return ast.Call(func=call.func, args=call.args, keywords=kept)


def without_key(mapping: ast.Dict, index: int) -> ast.Dict:
    """A mapping without one of its entries."""
    keys = [key for n, key in enumerate(mapping.keys) if n != index]
    values = [value for n, value in enumerate(mapping.values) if n != index]
    return ast.Dict(keys=keys, values=values)


def entries(mapping: ast.Dict) -> Iterator[tuple[int, str, ast.expr]]:
    """The entries of a mapping whose keys are plain texts: position, key, value."""
    for index, (key, value) in enumerate(zip(mapping.keys, mapping.values, strict=True)):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield index, key.value, value
