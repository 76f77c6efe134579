"""Nothing is registered around the door, and each route says who may pass."""

import ast

import pytest

import app
from functions.edge import ROUTES, Administrator, Needs, Public, SignedIn
from functions.http.bodies import shape
from functions.http.openapi import document
from tests.architecture.source import ROOT, modules

REGISTERED = sorted((path, method) for path, views in app.app.routes.items() for method in views)
DECLARED = {(route.path, route.method): route for route in ROUTES}


@pytest.mark.parametrize(("path", "method"), REGISTERED)
def test_every_route_came_through_the_door(path, method):
    assert (path, method) in DECLARED
    view = app.app.routes[path][method].view_function
    assert view.__qualname__ == "_view.<locals>.view"
    assert view.__closure__ is not None
    assert DECLARED[path, method] in [cell.cell_contents for cell in view.__closure__]


def test_every_declared_route_is_registered_once():
    assert sorted(DECLARED) == REGISTERED
    assert len(ROUTES) == len(DECLARED)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_declares_who_may_pass(route):
    assert isinstance(route.access, Public | SignedIn | Administrator | Needs)
    if isinstance(route.access, Public):
        assert len(route.access.because) > 10
    if isinstance(route.access, Needs):
        assert route.access.permissions


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_what_only_looks_is_a_get(route):
    if route.method == "GET":
        assert route.body is None


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_the_models_that_a_route_names_are_there(route):
    named = {route.body, route.returns, *route.also.values()} - {None}
    assert {shape(name).__name__ for name in named} == named


def test_every_model_is_of_use_and_called_what_no_other_is():
    folder = ROOT / "functions" / "http" / "bodies"
    classes = [
        node.name
        for path in sorted(folder.glob("*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    assert len(classes) == len(set(classes))
    schemas = document(server="/", cookie="c")["components"]["schemas"]
    assert set(classes) - {"Shape", "Strict"} <= schemas.keys()


def test_nobody_uses_chalices_own_decorator():
    for module in modules("functions"):
        calls = [node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
        routed = {ast.unparse(call) for call in calls if ast.unparse(call).endswith(".route")}
        assert routed <= ({"self.route"} if module.place == "functions/edge.py" else set())


def test_every_function_has_a_policy_of_its_own():
    policies = {path.stem for path in (ROOT / "infra" / "policies").glob("*.json")} - {"inbound"}
    events = {event.name for event in app.app.event_sources}
    functions = {function.name for function in app.app.pure_lambda_functions}
    assert policies == {*events, *functions, "api_handler"}
