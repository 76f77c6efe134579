"""Which public functions of the product write, found in its source; so none can be left out.

A function writes when it calls one that does, and at the bottom stand the few ways out: a commit,
a conditional write, a bucket, the mail relay. Calls are followed by name: through imports within
the product, and for methods by their own name wherever it belongs to one class only; where a value
has a field of that name, only when it is called.
"""

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WAYS_OUT = frozenset(
    {
        *("transact", "housekeep", "commit", "increment"),
        *("begin_parts", "assemble", "keep", "discard"),
    }
)
_NOT_USE_CASES = frozenset(
    {
        # where the ways out are made, and what only hands on
        *("transaction", "dynamodb", "foresight", "wiring"),
        *("file_store", "vault_store", "kms_signer", "ses"),
    }
)
_ADAPTED = {"audit/anchor_store.py": ("write",), "notify/deliver.py": ("send",)}
"""Ways out whose names are common words, only where they mean the vault and the relay."""


def writing_functions() -> frozenset[str]:
    """Public functions of chalicelib/ that write, and those of commands, as module:name."""
    files = [*sorted((ROOT / "chalicelib").rglob("*.py")), ROOT / "infra/first_administrator.py"]
    trees = {_module(path): ast.parse(path.read_text("utf-8")) for path in files}
    functions = {
        f"{module}:{name}": (module, node)
        for module, tree in trees.items()
        for name, node in _functions(tree)
    }
    fields = {name for tree in trees.values() for name in _fields(tree)}
    called = {
        name: frozenset(_called(module, node, _imported(trees[module]), fields))
        for name, (module, node) in functions.items()
    }
    return frozenset(name for name in _reaching(called) if _is_use_case(name))


def _reaching(called: Mapping[str, frozenset[str]]) -> set[str]:
    by_method: dict[str, list[str]] = {}
    for name in called:
        owner, _, method = name.rpartition(":")[2].rpartition(".")
        if owner:
            by_method.setdefault(method, []).append(name)
    alone = {f".{method}": names[0] for method, names in by_method.items() if len(names) == 1}
    writing = {name for name, calls in called.items() if "!" in calls}
    while True:
        more = {
            name
            for name, calls in called.items()
            if name not in writing and {alone.get(each, each) for each in calls} & writing
        }
        if not more:
            return writing
        writing |= more


def _is_use_case(name: str) -> bool:
    module, _, function = name.partition(":")
    kept = module.rpartition(".")[2] not in _NOT_USE_CASES
    return kept and not any(part.startswith("_") for part in function.split("."))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def _imported(tree: ast.Module) -> Mapping[str, str]:
    """Names in a module -> what they are elsewhere in the product, a module or a function."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}:{alias.name}"
    return found


def _fields(tree: ast.Module) -> Iterator[str]:
    """Names of what values hold."""
    for node in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for inner in node.body:
            if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
                yield inner.target.id


def _called(
    module: str, function: ast.FunctionDef, known: Mapping[str, str], fields: AbstractSet[str]
) -> Iterator[str]:
    """What a function calls or hands on: module:name, .method, or "!" for a way out."""
    own = _ADAPTED.get("/".join(module.split(".")[1:]) + ".py", ())
    by_call = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield "!" if node.id in WAYS_OUT else known.get(node.id, f"{module}:{node.id}")
        elif isinstance(node, ast.Attribute):
            if node.attr in fields and id(node) not in by_call:
                continue
            yield "!" if node.attr in WAYS_OUT or node.attr in own else f".{node.attr}"
            if isinstance(node.value, ast.Name) and node.value.id in known:
                yield f"{known[node.value.id].replace(':', '.')}:{node.attr}"
