"""Guards that refuse: `if …: raise`, calls that only check, answers, returns of nothing."""

import ast
from collections.abc import Iterator, Mapping

from tests.faults.plants.source import Found, Function, Source, called, operands, settled, text

KIND_BY_ERROR: Mapping[str, str] = {
    "Busy": "lock",
    "Conflict": "state",
    "Expired": "expiry",
    "Forbidden": "permission",
    "InTrash": "state",
    "Invalid": "input",
    "KeyReused": "idempotency",
    "LastOfItsKind": "state",
    "MatchRequired": "write condition",
    "NameTaken": "state",
    "NotFound": "hidden object",
    "NotReady": "content security",
    "SignInRefused": "session",
    "Spoiled": "proof",
    "Stale": "write condition",
    "Throttled": "throttle",
    "TooLarge": "size limit",
    "Unauthenticated": "session",
    "Unreadable": "input",
    "WrongBytes": "checksum",
}
_FILE_KINDS = {"functions/sessions.py": "CSRF and session"}
_EFFECTS = frozenset({"transact", "housekeep", "commit", "_commit", "dispatch", "put_object"})
_LOCKS = frozenset({"claim"})
_EMPTY = ("None", "False", "[]", "()", "{}", "''", "b''")
_QUIET_WORDS = (
    "allowed authentic broken claim disabled expires expected hidden isinstance known link named "
    "over pending problems required restricted role scan seen site sound standing state status "
    "token trashed user verdict version"
)
_QUIET = frozenset(_QUIET_WORDS.split())
"""Words of a condition about what may be, and not about what is quick."""


def raises(source: Source) -> Iterator[Found]:
    """Each condition (each part of an `or`) under which an error of ours is raised."""
    for choice in source.all(ast.If):
        raised = next((each for each in choice.body if isinstance(each, ast.Raise)), None)
        if raised is None or _passes_on(source, raised):
            continue
        name = _error(source, raised)
        kind = _FILE_KINDS.get(source.file) or KIND_BY_ERROR.get(name, "invariant")
        for part in operands(choice.test, ast.Or):
            told = f"{name or 'raise'} if {text(part)}"
            yield Found(part, settled(part, answer=False), kind, told, tuple(choice.body))


def _passes_on(source: Source, raised: ast.Raise) -> bool:
    """Whether it hands on another's error (`raise` in an adapter), which is no guard."""
    if raised.exc is not None:
        return False
    handler = next((a for a in source.above(raised) if isinstance(a, ast.ExceptHandler)), None)
    return handler is None or text(handler.type or ast.Pass()) not in KIND_BY_ERROR


def _error(source: Source, raised: ast.Raise) -> str:
    match raised.exc:
        case ast.Call(func=ast.Name(id=name)):
            return name
        case ast.Name(id=name) if name[:1].isupper():
            return name
        case ast.Name(id=name):
            function = source.function(raised)
            for statement in ast.walk(function) if function else ():
                if isinstance(statement, ast.Assign) and text(statement.targets[0]) == name:
                    return text(statement.value).partition("(")[0]
    return ""


def checking_functions(sources: list[Source]) -> frozenset[str]:
    """Names of functions that do nothing but refuse, found over all of the product."""
    bodies = {
        function.name: function
        for source in sources
        for function in source.all(ast.FunctionDef)
        if function.returns is not None and text(function.returns) == "None"
    }
    found = {name for name, body in bodies.items() if _refuses(body)}
    while more := {
        name
        for name, body in bodies.items()
        if name not in found and not _acts(body) and _discarded(body) & found
    }:
        found |= more
    return frozenset(found) | _LOCKS


def _refuses(function: Function) -> bool:
    nodes = list(ast.walk(function))
    return not _acts(function) and any(isinstance(node, ast.Raise) for node in nodes)


def _acts(function: Function) -> bool:
    return bool({called(n) for n in ast.walk(function) if isinstance(n, ast.Call)} & _EFFECTS)


def _discarded(function: Function) -> set[str]:
    return {
        called(node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    }


def check_calls(source: Source, checking: frozenset[str]) -> Iterator[Found]:
    """Each call of a function that only refuses."""
    for statement in source.all(ast.Expr):
        if isinstance(statement.value, ast.Call) and called(statement.value) in checking:
            told = f"call {text(statement.value, 60)}"
            yield Found(statement, ast.Pass(), "check call", told)


def answers(source: Source) -> Iterator[Found]:
    """Each part of an answer of yes or no: it never says no (`and`), or never says yes (`or`)."""
    for given in source.all(ast.Return):
        function = source.function(given)
        if not (function and function.returns and text(function.returns) == "bool" and given.value):
            continue
        either = isinstance(given.value, ast.BoolOp) and isinstance(given.value.op, ast.Or)
        parts = operands(given.value, ast.Or if either else ast.And)
        if isinstance(given.value, ast.Constant):
            continue
        for part in parts:
            for answer in (True, False) if len(parts) == 1 else (not either,):
                told = f"{str(answer).lower()} for {text(part)}"
                yield Found(part, settled(part, answer=answer), "answer", told)


def quiet(source: Source) -> Iterator[Found]:
    """Returns of nothing where something is not as it must be: a refusal without a word."""
    for choice in source.all(ast.If):
        given = choice.body[-1]
        if not isinstance(given, (ast.Return, ast.Continue)):
            continue
        if isinstance(given, ast.Return) and given.value and text(given.value) not in _EMPTY:
            continue
        words = {w for n in ast.walk(choice.test) for w in _words(n)}
        if not words & _QUIET:
            continue
        for part in operands(choice.test, ast.Or):
            told = f"nothing if {text(part)}"
            yield Found(part, settled(part, answer=False), "quiet refusal", told, (given,))


def _words(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower().strip("_").split("_")
    return []
