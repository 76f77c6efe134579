"""Every parser of ours, found in the source: nobody has to remember to register one.

A parser turns text, bytes or JSON from outside into values. It gives itself away by its name
(`read_…`, `clean_…`, `sniff`, …), by what it calls (`json.loads`, `int(text)`, `fullmatch`, …), or
by refusing (`Invalid`). What a route or a worker is handed first is fuzzed as such, and left out.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, Module, modules

NAMES = frozenset({"clean", "decode", "load", "parse", "read", "sniff"})
DECODERS = frozenset(
    {
        *("b32decode", "b64decode", "fromhex", "unhexlify", "urlsafe_b64decode"),
        *("fromisoformat", "strptime", "ip_address", "ip_network"),
        *("fullmatch", "literal_eval", "load_pem_public_key", "loads"),
        *("model_validate", "model_validate_json"),
        *("parse_qs", "parse_qsl", "parseaddr", "unquote", "unquote_plus", "urlparse", "urlsplit"),
    }
)
LAUNCHER = "infra/local/"
"""Runs on the developer's machine alone, and talks to nobody else."""


def parsers() -> set[str]:
    """All of them, as module:name."""
    house = modules("chalicelib", "functions", "infra")
    return {
        name for module in house if not module.place.startswith(LAUNCHER) for name in of(module)
    }


def of(module: Module) -> Iterator[str]:
    """A file's parsers, as module:name."""
    place = module.path.relative_to(ROOT) if module.path.is_relative_to(ROOT) else module.path
    dotted = ".".join(Path(place).with_suffix("").parts)
    for name, function in _functions(module.tree, ""):
        if not function.decorator_list or not _is_door(function):
            reads = _named(function) or any(map(_decodes, ast.walk(function)))
            if reads and not _promises_only(function):
                yield f"{dotted}:{name}"


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            yield f"{prefix}{child.name}", child


def _named(function: ast.FunctionDef) -> bool:
    return function.name.strip("_").partition("_")[0] in NAMES


def _is_door(function: ast.FunctionDef) -> bool:
    """A route's handler or a worker's entrance."""
    called = [each.func for each in function.decorator_list if isinstance(each, ast.Call)]
    return any(
        isinstance(each, ast.Attribute) and each.attr.startswith(("on", "schedule"))
        for each in called
    )


def _promises_only(function: ast.FunctionDef) -> bool:
    """A Protocol's method."""
    last = function.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant)


def _decodes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "int":
        return bool(node.args) and isinstance(node.args[0], ast.Name | ast.Subscript)
    if name == "decode":
        return not _was_encoded(node.func)
    return name in DECODERS or name == "Invalid"


def _was_encoded(function: ast.expr) -> bool:
    """`base64.b64encode(…).decode()` writes; it reads nothing."""
    inner = function.value if isinstance(function, ast.Attribute) else function
    while isinstance(inner, ast.Call | ast.Attribute):
        if isinstance(inner, ast.Attribute) and inner.attr in {"encode", "render"}:
            return True
        if isinstance(inner, ast.Attribute) and inner.attr.endswith("encode"):
            return True
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return False
