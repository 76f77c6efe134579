"""Guards of sight: permissions asked for, standings looked up, and what lists leave out."""

import ast
from collections.abc import Iterator

from tests.faults.plants.source import (
    Found,
    Source,
    expression,
    operands,
    settled,
    text,
    with_keyword,
    without_keyword,
)

_SWITCHES = "__import__('tests.faults.plants.switches', fromlist=['switches'])"
_ROUTE = "__import__('functions.edge', fromlist=['edge'])"
_VIEWS = ("DOCUMENT_VIEW", "NODE_VIEW")
_LOOKS = {"require": "unchecked", "require_live": "unchecked_live", "standing": "standing"}
_SIGHT_WORDS = (
    "allowed best_role created_by disabled expires hidden is_over mine names pending principal "
    "restricted role seen standing state trashed visible _live _peopled"
)
_SIGHT = frozenset(_SIGHT_WORDS.split())


def permissions(source: Source) -> Iterator[Found]:
    """Each permission that is asked for, weakened to that of looking."""
    for asked in source.all(ast.Attribute):
        if text(asked.value) != "Permission" or asked.attr in _VIEWS:
            continue
        call = next(iter(source.above(asked)), None)
        if isinstance(call, ast.Call) and text(call.func) not in ("Needs", "frozenset"):
            weak = _VIEWS[0] if asked.attr.startswith("DOCUMENT") else _VIEWS[1]
            yield Found(
                asked,
                expression(f"Permission.{weak}"),
                "permission",
                f"{text(call.func)} {asked.attr}",
            )


def looks(source: Source) -> Iterator[Found]:
    """Each look at where somebody stands, answered as if they managed everything."""
    for call in source.all(ast.Call):
        func = call.func
        if not isinstance(func, ast.Attribute) or not text(func.value).endswith("guard"):
            continue
        if func.attr in _LOOKS:
            arguments = [func, *call.args]
            switch = expression(f"{_SWITCHES}.{_LOOKS[func.attr]}")
            off = ast.Call(func=switch, args=arguments, keywords=call.keywords)
            yield Found(call, off, "permission", text(call, 60))
        if func.attr == "require_live":
            lax = ast.Attribute(value=func.value, attr="require", ctx=ast.Load())
            off = ast.Call(func=lax, args=call.args, keywords=call.keywords)
            yield Found(call, off, "state", f"live in {text(call, 60)}")
        if func.attr == "visible":
            yield Found(call, call.args[1], "hidden object", text(call, 60))


def filters(source: Source) -> Iterator[Found]:
    """Each condition by which a list leaves out what somebody may not see."""
    for each in source.all(ast.expr):
        for loop in getattr(each, "generators", ()):
            for part in (part for test in loop.ifs for part in operands(test, ast.And)):
                words = {getattr(n, "id", None) or getattr(n, "attr", "") for n in ast.walk(part)}
                words |= {n.value for n in ast.walk(part) if isinstance(n, ast.Constant)}
                if words & _SIGHT:
                    off = settled(part, answer=True)
                    yield Found(part, off, "hidden object", f"only {text(part)}")


def routes(source: Source) -> Iterator[Found]:
    """Each route's declared access, opened to whoever is signed in, or to anybody."""
    for call in source.all(ast.Call):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "on"):
            continue
        word = next((each for each in call.keywords if each.arg == "access"), None)
        if word is None or not isinstance(word.value, ast.Call):
            continue
        declared = text(word.value.func)
        weaker = {
            "Needs": ["SignedIn()"],
            "Administrator": ["SignedIn()"],
            "SignedIn": ["Public('planted')"],
        }.get(declared, [])
        if declared == "SignedIn" and not word.value.keywords:
            weaker = [*weaker, "SignedIn(fresh_password=False)"]
        for access in weaker:
            off = with_keyword(call, "access", expression(f"{_ROUTE}.{access}"))
            yield Found(call, off, "route access", f"{text(word.value, 50)} -> {access}")


def inputs(source: Source) -> Iterator[Found]:
    """Each bound of what a request may say, in its model."""
    for call in source.all(ast.Call):
        if text(call.func) not in ("Field", "ConfigDict") or not _is_asked(source, call):
            continue
        for word in call.keywords:
            if word.arg in ("max_length", "min_length", "pattern", "ge", "le", "extra", "strict"):
                told = f"{word.arg} in {text(call, 50)}"
                yield Found(call, without_keyword(call, word.arg), "input", told)


def _is_asked(source: Source, call: ast.Call) -> bool:
    model = next((a for a in source.above(call) if isinstance(a, ast.ClassDef)), None)
    return model is None or "Strict" in (model.name, *map(text, model.bases))
