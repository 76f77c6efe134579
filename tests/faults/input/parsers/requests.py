"""What the door reads of a request: each route's body, forms, numbers, keys, ETags."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from chalicelib.errors import Invalid, MatchRequired, NotFound, TooLarge, Unreadable
from chalicelib.web.pages import read_form
from functions import sessions
from functions.calls import MAX_BODY, MAX_LIMIT, Call, Client
from functions.edge import ROUTES
from functions.http.bodies import shape
from functions.http.versions import version_number
from functions.requests import check_query, read_body
from tests.faults.input import weird
from tests.faults.input.parser import Parser
from tests.http.test_bad_input import GOOD

_JSON = {"content-type": "application/json"}
_MODELS = {(route.method, route.path): route.body for route in ROUTES if route.body}


def _call(**parts: Any) -> Call:
    empty: dict[str, Any] = {
        **{name: {} for name in ("params", "query", "headers")},
        **dict.fromkeys(("body", "access", "session")),
        **dict.fromkeys(("method", "path", "prefix", "request_id", "origin"), "x"),
    }
    client = Client(address="192.0.2.7", agent="test")
    return Call(**{**empty, "raw_body": b"", "client": client, "new_id": str, **parts})


def _bodies() -> dict[str, list[Any]]:
    """Every model that a route reads, with bodies that fit it."""
    from tests.support.api import matched  # noqa: PLC0415 - it imports the app

    found: dict[str, list[Any]] = {model: [] for model in _MODELS.values()}
    for method, path, body, _ in GOOD:
        found[_MODELS[method, matched(method, path)[0]]].append(_with_ids(body))
    return found


def _with_ids(body: Any) -> Any:
    """Ids where the table of good requests names things in braces."""
    if isinstance(body, dict):
        return {key: _with_ids(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_with_ids(value) for value in body]
    return body.replace("{", "").replace("}", "") if isinstance(body, str) else body


def _body(model: str) -> Callable[[bytes], Any]:
    return lambda raw: read_body(_call(raw_body=raw, headers=_JSON), model).body


def _body_holds(raw: bytes, body: Any) -> None:
    assert len(raw) <= MAX_BODY
    again = body.model_dump(exclude_unset=True, mode="json")
    assert type(body).model_validate(json.loads(json.dumps(again))) == body


def _etag_holds(text: str, rev: int) -> None:
    assert 0 <= rev < 2**63
    assert int("".join(char for char in text if char.isdecimal())) == rev


def _limit(text: str) -> int:
    call = _call(query={"limit": text.encode("utf-8", "replace").decode()})
    check_query(call, ["limit"])
    return call.limit


def _number(text: str) -> int:
    return version_number(_call(params={"number": text}))


def _token(form: bytes) -> tuple[str, dict[str, str]]:
    return sessions._field(form, "csrf_token"), read_form(form)


PARSERS = (
    *(
        Parser(
            name=f"body {model}",
            reads=(
                "functions.requests:read_body",
                "functions.requests:_validated",
                *(
                    ("functions.requests:_first_problem",)
                    if any(field.is_required() for field in shape(model).model_fields.values())
                    else ()
                ),
            ),
            call=_body(model),
            cases=weird.written(st.sampled_from(bodies)),
            refuses=(Invalid, TooLarge, Unreadable),
            holds=_body_holds,
            valid=[json.dumps(body).encode() for body in bodies],
            monster=lambda text: text.encode("utf-8", "surrogatepass"),
            largest=6 * 1024**2,
            multiple=24,
        )
        for model, bodies in _bodies().items()
    ),
    Parser(
        name="form",
        reads=("functions.sessions:_field", "chalicelib.web.pages:read_form"),
        call=_token,
        cases=weird.octets(
            st.dictionaries(st.text(max_size=9), st.text(max_size=9)).map(
                lambda form: urlencode(form, errors="replace").encode()
            )
        ),
        valid=(b"csrf_token=a&next=%2F",),
        monster=lambda text: text.encode("utf-8", "surrogatepass"),
    ),
    Parser(
        name="If-Match",
        reads=("functions.calls:Call.rev",),
        call=lambda text: _call(headers={"if-match": text}).rev,
        cases=weird.text(st.integers(0, 10**16).map(lambda rev: f'"{rev}"')),
        refuses=(Invalid, MatchRequired),
        holds=_etag_holds,
        valid=('"7"', 'W/"7"', "7"),
    ),
    Parser(
        name="limit of a list",
        reads=("functions.calls:Call.limit", "functions.requests:check_query"),
        call=_limit,
        cases=weird.text(st.integers(-1, 300).map(str)),
        refuses=(Invalid,),
        holds=lambda _text, limit: _within(limit, 1, MAX_LIMIT),
        valid=("1", "200"),
    ),
    Parser(
        name="number of a version",
        reads=("functions.http.versions:version_number",),
        call=_number,
        cases=weird.text(st.integers(-1, 10**7).map(str)),
        refuses=(NotFound,),
        holds=lambda _text, number: _within(number, 0, 999_999),
        valid=("1", "000001"),
    ),
)


def _within(number: int, least: int, most: int) -> None:
    assert least <= number <= most
