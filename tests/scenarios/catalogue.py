"""All scenarios, and what has none.

Whoever adds a route or a function adds a scenario, and has it measured and broken from then on.
"""

import app
from functions.edge import ROUTES
from tests.scenarios import documents, events, nodes, pages, people
from tests.scenarios.model import SCENARIOS

__all__ = ["SCENARIOS", "entries"]

_MODULES = (documents, events, nodes, pages, people)


def entries() -> set[str]:
    """Every route and every event function of the product, as scenarios name them."""
    routes = {f"{route.method} {route.path}" for route in ROUTES}
    functions = {event.name for event in app.app.event_sources}
    functions |= {function.name for function in app.app.pure_lambda_functions}
    return routes | {f"event {name}" for name in functions}
