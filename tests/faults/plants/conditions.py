"""Guards of writes: each entry of a `guard` mapping, and arguments that bind a request to S3."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from tests.faults.plants.source import (
    Found,
    Source,
    called,
    entries,
    expression,
    text,
    with_keyword,
    without_key,
    without_keyword,
)

_GUARD = "guard"
_EMPTY = "{}"
_KINDS = (
    (r"ObjectLock\w*", "object lock"),
    (r"condition|IfNoneMatch|IfMatch|CopySourceIfMatch", "write condition"),
    (r"Checksum\w*|ContentLength|ContentMD5|validate", "checksum"),
    (r"ServerSideEncryption|SSEKMSKeyId|BucketKeyEnabled", "encryption"),
    (r"consistent|consistent_read|ConsistentRead", "consistent read"),
    (r"ClientRequestToken", "idempotency"),
    (r"ExpiresIn|Response\w+|VersionId|MetadataDirective|autoescape", "content security"),
    (r"max_num_fields", "size limit"),
)


def guard_places(sources: Sequence[Source]) -> Mapping[str, int]:
    """By function that is handed a guard in its place among the arguments, that place."""
    return {
        function.name: place - (function.args.args[0].arg == "self")
        for source in sources
        for function in source.all(ast.FunctionDef)
        for place, argument in enumerate(function.args.args)
        if argument.annotation and text(argument.annotation) == "Guard" and argument.arg == _GUARD
    }


def write_conditions(source: Source, places: Mapping[str, int]) -> Iterator[Found]:
    """Entries of every mapping that becomes a change's guard, wherever it is built."""
    for call in source.all(ast.Call):
        place = places.get(called(call))
        if place is not None and place < len(call.args):
            yield from _entries(call.args[place])
        for word in call.keywords:
            if word.arg == _GUARD:
                yield from _entries(word.value)
    for statement in source.all(ast.stmt):
        yield from _assigned(statement)


def _assigned(statement: ast.stmt) -> Iterator[Found]:
    match statement:
        case ast.Assign(targets=[ast.Name(id="guard")], value=value):
            yield from _entries(value)
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="guard")) as entry]):
            yield Found(statement, ast.Pass(), "write condition", text(entry))
        case ast.AnnAssign(target=ast.Name(id="guard"), value=ast.expr() as value):
            yield from _entries(value)
        case ast.AnnAssign(annotation=ast.Name(id="Guard"), value=ast.expr() as value):
            yield from _entries(value)


def _entries(value: ast.expr) -> Iterator[Found]:
    match value:
        case ast.Dict():
            for index, key, _ in entries(value):
                yield Found(value, without_key(value, index), "write condition", f"guard {key!r}")
        case ast.Name(id="NEW_ROW"):
            yield Found(value, expression(_EMPTY), "write condition", "guard NEW_ROW")
        case ast.IfExp():
            yield from _entries(value.body)
            yield from _entries(value.orelse)


def arguments(source: Source) -> Iterator[Found]:
    """Named arguments, and entries of mappings that become such, which bind what is asked for."""
    for call in source.all(ast.Call):
        for word in call.keywords:
            if kind := _kind(word.arg or ""):
                what = f"{text(call.func, 40)} {word.arg}"
                yield Found(call, _loosened(call, word), kind, what)
    for mapping in source.all(ast.Dict):
        for index, key, _ in entries(mapping):
            kind = _kind(key)
            if kind and source.function(mapping):
                yield Found(mapping, without_key(mapping, index), kind, f"entry {key}")


def _loosened(call: ast.Call, word: ast.keyword) -> ast.Call:
    name = word.arg or ""
    if isinstance(word.value, ast.Constant) and word.value.value is True:
        return with_keyword(call, name, ast.Constant(value=False))
    return without_keyword(call, name)


def _kind(name: str) -> str | None:
    return next((kind for pattern, kind in _KINDS if re.fullmatch(pattern, name)), None)
