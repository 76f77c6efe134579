"""Guards that are values: security headers, cookie attributes, limits, times; and proofs."""

import ast
import re
from collections.abc import Iterator, Sequence

from tests.faults.plants.source import (
    Found,
    Source,
    entries,
    names_of,
    operands,
    settled,
    text,
    without_key,
)

_HEADERS = frozenset(
    {
        "Cache-Control",
        "Clear-Site-Data",
        "Content-Security-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Permissions-Policy",
        "Referrer-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
    }
)
_WORDS = re.compile(
    r"(?:[a-z]+-(?:src|uri|action|ancestors)\b(?= ')|HttpOnly|SameSite=\w+|; Secure|__Host-)"
)
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_FACTOR = 4


def headers(source: Source) -> Iterator[Found]:
    """Each header that tells browsers what they may not do."""
    for mapping in source.all(ast.Dict):
        for index, key, _ in entries(mapping):
            if key in _HEADERS:
                yield Found(mapping, without_key(mapping, index), "content security", key)


def words(source: Source) -> Iterator[Found]:
    """Each directive of a content security policy, and each attribute of a cookie."""
    for part in source.all(ast.Constant):
        if not isinstance(part.value, str) or _is_docstring(source, part):
            continue
        for match in _WORDS.finditer(part.value):
            changed = f"{part.value[: match.start()]}x-{part.value[match.end() :]}"
            yield Found(part, ast.Constant(value=changed), "content security", match[0].strip("; "))


def _is_docstring(source: Source, part: ast.Constant) -> bool:
    return isinstance(next(iter(source.above(part)), None), ast.Expr)


def refusing_limits(sources: Sequence[Source]) -> frozenset[str]:
    """Names that a condition for refusing something holds a value against."""
    return frozenset(
        node.id
        for source in sources
        for choice in source.all(ast.If)
        if any(isinstance(each, ast.Raise) for each in choice.body)
        for compared in ast.walk(choice.test)
        if isinstance(compared, ast.Compare) and isinstance(compared.ops[-1], _ORDERS)
        for node in ast.walk(compared)
        if isinstance(node, ast.Name) and node.id.isupper()
    )


def limits(source: Source, refusing: frozenset[str]) -> Iterator[Found]:
    """Each time limit, and each bound beyond which something is refused, four times as much."""
    for statement in (*source.all(ast.Assign), *source.all(ast.AnnAssign)):
        name, value = names_of(statement), statement.value
        if source.function(statement) or not name.isupper() or value is None:
            continue
        timed = isinstance(value, ast.Call) and text(value.func) == "timedelta"
        if not timed and not (_is_limit(name, refusing) and _is_number(value)):
            continue
        factor = 0 if re.search(r"(^|_)MIN(_|$)", name) else _FACTOR
        off = ast.BinOp(left=value, op=ast.Mult(), right=ast.Constant(value=factor))
        kind = "expiry" if timed or name.endswith("SECONDS") else "size limit"
        yield Found(value, off, kind, f"{name} = {text(value)}")


def _is_limit(name: str, refusing: frozenset[str]) -> bool:
    handed_on = name.endswith("_LIMIT") and not name.startswith("DEFAULT_")  # to what refuses
    return name in refusing or handed_on


def _is_number(value: ast.expr) -> bool:
    return all(
        isinstance(node, (ast.Constant, ast.BinOp, ast.operator)) for node in ast.walk(value)
    ) and not any(isinstance(getattr(node, "value", 0), (str, bytes)) for node in ast.walk(value))


def proofs(source: Source) -> Iterator[Found]:
    """Each condition under which a verification notes a flaw."""
    for choice in source.all(ast.If):
        noted = [s for s in choice.body if "Flaw." in text(s, 500) or "problems" in text(s, 500)]
        if not noted or any(isinstance(each, (ast.Raise, ast.If)) for each in noted):
            continue
        for part in operands(choice.test, ast.Or):
            yield Found(
                part,
                settled(part, answer=False),
                "proof",
                f"{text(noted[0], 50)} if {text(part)}",
                tuple(choice.body),
            )


def comparisons(source: Source) -> Iterator[Found]:
    """Each comparison in constant time, answered with yes."""
    for call in source.all(ast.Call):
        if text(call.func).endswith("compare_digest"):
            yield Found(call, settled(call, answer=True), "CSRF and session", text(call))
