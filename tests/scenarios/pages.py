"""The portal's pages."""

from collections.abc import Callable

from chalicelib.web.pages import assets
from tests.scenarios.model import Request, scenario
from tests.scenarios.people import NEW_PASSWORD
from tests.scenarios.plots import (
    administrator,
    asked,
    document,
    downloaded,
    form,
    manager,
    newcomer,
    plot,
    viewer,
)
from tests.support.api import Api
from tests.support.world import PASSWORD, World, good


def _page(path: str, by: Callable[[World], Api] = viewer) -> Callable[[World], Request]:
    def ready(world: World) -> Request:
        ids = {"node": "", "document": ""}
        if "{node}" in path:
            ids["node"] = plot(world)
            document(world, ids["node"])
        if "{document}" in path:
            ids["document"] = document(world)
        return asked(by(world), "GET", path.format(**ids))

    return ready


scenario("GET /nodes/{node_id}", "open")(_page("/nodes/{node}"))
scenario("GET /nodes/{node_id}/access", "open")(_page("/nodes/{node}/access", manager))
scenario("GET /documents/{document_id}", "open")(_page("/documents/{document}"))
scenario("GET /documents/{document_id}/versions", "open")(_page("/documents/{document}/versions"))
scenario("GET /documents/{document_id}/access", "open")(_page("/documents/{document}/access"))
scenario("GET /documents/{document_id}/audit", "open")(_page("/documents/{document}/audit"))
scenario("GET /documents/{document_id}/audit/proof", "open")(
    _page("/documents/{document}/audit/proof")
)
scenario("GET /account", "open")(_page("/account", newcomer))
scenario("GET /admin/users", "open")(_page("/admin/users", administrator))
scenario("GET /admin/groups", "open")(_page("/admin/groups", administrator))
scenario("GET /admin/log", "open")(_page("/admin/log", administrator))
scenario("GET /password", "open")(_page("/password"))
scenario("GET /trash", "open")(_page("/trash", manager))


@scenario("GET /", "open")
def _start(world: World) -> Request:
    downloaded(world)
    return asked(viewer(world), "GET", "/")


@scenario("GET /find", "by number", 303)
def _find(world: World) -> Request:
    number = good(viewer(world).get(f"/v1/documents/{document(world)}"), 200)["number"]
    return asked(viewer(world), "GET", f"/find?q={number}")


@scenario("GET /find", "by words, from the topmost folder", 303)
def _find_by_name(world: World) -> Request:
    return asked(world.root, "GET", "/find?q=Letter")


@scenario("GET /sign-in", "open")
def _sign_in_page(_world: World) -> Request:
    return asked(Api(), "GET", "/sign-in")


@scenario("POST /sign-in", "sign in", 303)
def _sign_in(_world: World) -> Request:
    by = Api(address="192.0.2.99")
    return form(by, "/sign-in", username="viewer", password=PASSWORD)


@scenario("POST /sign-out", "sign out", 303)
def _sign_out(world: World) -> Request:
    return form(newcomer(world), "/sign-out")


@scenario("POST /password", "change", 303)
def _password(world: World) -> Request:
    return form(newcomer(world), "/password", current=PASSWORD, new=NEW_PASSWORD)


@scenario("GET /assets/{proxy+}", "a style sheet")
def _asset(_world: World) -> Request:
    return asked(Api(), "GET", f"/assets/{assets.path('portal.css')}")


@scenario("GET /{proxy+}", "no such page", 404)
def _nowhere(_world: World) -> Request:
    return asked(Api(), "GET", "/no/such/page")
