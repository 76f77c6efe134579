"""Requests that schemathesis makes up from the OpenAPI document, valid and not: never a fault.

Every answer conforms to the document, and what the document forbids is refused. One person who
administers and manages everything asks; each request meets the same world. Bounded, and the same
requests every time.
"""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from http.client import responses
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.log import logger
from tests.support.api import Api, Reply
from tests.support.described import description
from tests.support.world import World, module_world

__all__ = ["module_world"]

CHECKS = [
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
SETTINGS = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


AIMS = {
    "document_id": ("D", "document"),
    "node_id": ("N", "folder"),
    "user_id": ("U", "stranger"),
    "group_id": ("G", "group"),
}


class Gateway:
    """The API as a WSGI application. `afresh`: each request meets the world as it was made."""

    def __init__(self, world: World, *, afresh: bool = True) -> None:
        self.world = world
        self.afresh = afresh
        self.last: Reply | None = None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if self.afresh:
            self.world.reset()
        size = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {
            name.removeprefix("HTTP_"): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and name not in ("HTTP_HOST", "HTTP_COOKIE")
        }
        headers["Content-Type"] = environ.get("CONTENT_TYPE")
        query = environ["QUERY_STRING"]
        path = environ["REQUEST_URI"].partition("?")[0]
        asked = Api.send(
            self.world.root,
            environ["REQUEST_METHOD"],
            f"{path}?{query}" if query else path,
            environ["wsgi.input"].read(size) or None,
            headers,
        )
        self.last = asked
        told = [(name, value) for name, value in asked.headers.items() if name != "content-length"]
        told += [("Set-Cookie", cookie) for cookie in asked.cookies]
        start(f"{asked.status} {responses[asked.status]}", told)
        return [asked.text.encode()]


@pytest.fixture(autouse=True)
def _quiet():
    """A line for each of thousands of requests would bury the one that failed."""
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel("INFO")


@pytest.fixture(scope="module")
def schema(module_world):
    # The gateway signs in, so a request without cookie and token is no invalid one here.
    told = {**deepcopy(description()), "servers": [{"url": "/"}]}
    for methods in told["paths"].values():
        for operation in methods.values():
            del operation["security"]
    made = schemathesis.openapi.from_dict(told)
    made.app = Gateway(module_world)
    return made


def aim(case: Any, world: World, mode: GenerationMode) -> None:
    """Put real ids where made-up ones are valid, or nearly every answer were a 404."""
    for name, value in case.path_parameters.items():
        valid = isinstance(value, str) and re.fullmatch("[0-9A-Za-z]{1,64}", value)
        if valid and name in AIMS:
            kind, thing = AIMS[name]
            case.path_parameters[name] = world.ids[thing]
            if mode is GenerationMode.POSITIVE and "If-Match" in case.headers:
                world.reset()
                case.headers["If-Match"] = world.etag(kind, world.ids[thing])
        if name == "number" and type(value) is int:
            case.path_parameters[name] = 1
    if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
        for name in {"node_id", "parent_id"} & case.body.keys():
            case.body[name] = world.ids["target"]


# schemathesis' own parametrize does not know pytest 9's collection; its strategies are the point.
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for path, methods in description()["paths"].items() for method in methods],
)
def test_no_made_up_request_meets_a_fault(schema, module_world, method, path, mode):
    world = module_world
    operation = schema[path][method.upper()]

    @given(case=operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def ask(case):
        aim(case, world, mode)
        case.validate_response(case.call(), checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
