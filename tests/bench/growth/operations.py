"""What is measured where: requests that touch what has grown."""

from collections.abc import Callable, Sequence

from tests.bench.growth.copies import FIRST_NUMBER
from tests.scenarios.model import Request, Scenario
from tests.scenarios.plots import asked, content, document, fresh, manager, plot, viewer
from tests.support.api import Api
from tests.support.world import World, declared, good

Ready = Callable[[World], Request]
_CREATED, _SEE_OTHER = 201, 303


def _operation(what: str, ready: Ready, status: int = 200) -> Scenario:
    return Scenario(entry="growth", what=what, ready=ready, status=status)


def _get(path: str, by: Callable[[World], Api] = viewer) -> Ready:
    return lambda world: asked(by(world), "GET", path.format(**world.ids))


def _matched(world: World, method: str, node: str, body: object = None) -> Request:
    match = {"If-Match": world.etag("N", node)}
    return asked(manager(world), method, f"/v1/nodes/{node}", body, **match)


def _rename_large(world: World) -> Request:
    return _matched(world, "PATCH", world.ids["large"], {"name": fresh(world, "Large")})


def _move_large(world: World) -> Request:
    return _matched(world, "PATCH", world.ids["large"], {"parent_id": plot(world)})


def _trash_large(world: World) -> Request:
    _take_out(world)
    return _matched(world, "DELETE", world.ids["large"])


def _restore_large(world: World) -> Request:
    _take_out(world)
    good(_matched(world, "DELETE", world.ids["large"]).send(), 200)
    return asked(manager(world), "POST", f"/v1/nodes/{world.ids['large']}/restore", {})


def _take_out(world: World) -> None:
    large = world.ids["large"]
    if good(manager(world).get(f"/v1/nodes/{large}"), 200)["trashed"]:
        good(manager(world).post(f"/v1/nodes/{large}/restore", {}), 200)


def _begin_in(node: Callable[[World], str]) -> Ready:
    """Begin a document; its name comes last, so that no list has to skip a name that is held."""

    def ready(world: World) -> Request:
        body = {"node_id": node(world), "name": fresh(world, "Zebra"), **declared(content(world))}
        return asked(manager(world), "POST", "/v1/documents", body)

    return ready


def _large(world: World) -> str:
    return world.ids["large"]


LARGE: Sequence[Scenario] = (
    _operation("list 100 children", _get("/v1/nodes/{large}/children?limit=100")),
    _operation(
        "list 100 children by time",
        _get("/v1/nodes/{large}/children?limit=100&sort=modified&order=desc"),
    ),
    _operation(
        "list by the beginning of a name",
        _get("/v1/nodes/{large}/children?limit=100&prefix=paper%2000000000"),
    ),
    _operation("open the folder's page", _get("/nodes/{large}")),
    _operation("open a document's page in it", _get("/documents/{copy}")),
    _operation("find a document by number", _get(f"/v1/documents?number={FIRST_NUMBER}")),
    _operation("start page of who filed them all", _get("/", manager)),
    _operation("begin a document in it", _begin_in(_large), _CREATED),
    _operation("rename the folder", _rename_large),
    _operation("move the folder", _move_large),
    _operation("put the folder into the trash", _trash_large),
    _operation("take the folder out of the trash", _restore_large),
)
"""With `ids["large"]`, the folder with up to 100,000 documents, and `ids["copy"]` in it.

The last one leaves the folder out of the trash again.
"""


def with_history(document_id: str) -> Sequence[Scenario]:
    """What touches a document with a long history; first what adds nothing to it."""
    path = f"/v1/documents/{document_id}"

    def rename(world: World) -> Request:
        match = {"If-Match": world.etag("D", document_id)}
        return asked(manager(world), "PATCH", path, {"name": fresh(world, "Name")}, **match)

    def begin(world: World) -> Request:
        return asked(manager(world), "POST", f"{path}/versions", declared(content(world)))

    def complete(world: World) -> Request:
        body = content(world)
        begun = good(manager(world).post(f"{path}/versions", declared(body)), _CREATED)
        world.send(begun["upload"], body)
        number = begun["version"]["number"]
        return asked(manager(world), "POST", f"{path}/versions/{number}/complete")

    page = f"/documents/{document_id}"
    return (
        _operation("verify it", _get(f"{path}/audit/verification")),
        _operation("open the proof's page", _get(f"{page}/audit/proof")),
        _operation("open its page", _get(page)),
        _operation("read it", _get(path)),
        _operation("download it", _get(f"{path}/versions/1/content"), _SEE_OTHER),
        _operation("rename it", rename),
        _operation("begin a version", begin, _CREATED),
        _operation("complete a version", complete),
        _operation("open its history", _get(f"{page}/audit")),
        _operation("list its history", _get(f"{path}/audit")),
    )


def in_folder(node: str) -> Sequence[Scenario]:
    """What touches a folder and a document in it, wherever the folder lies."""

    def inside(world: World) -> str:
        return document(world, node)

    def move(world: World) -> Request:
        id_ = document(world)
        match = {"If-Match": world.etag("D", id_)}
        path = f"/v1/documents/{id_}"
        return asked(manager(world), "PATCH", path, {"node_id": node}, **match)

    def grant(world: World) -> Request:
        grants = [{"principal": f"user:{world.ids['stranger']}", "role": "viewer"}]
        match = {"If-Match": world.etag("N", node)}
        body = {"inherit": True, "grants": grants}
        return asked(manager(world), "PUT", f"/v1/nodes/{node}/access", body, **match)

    return (
        _operation("open the folder's page", _get(f"/nodes/{node}")),
        _operation("read the folder", _get(f"/v1/nodes/{node}")),
        _operation("list its children", _get(f"/v1/nodes/{node}/children")),
        _operation(
            "open a document's page", lambda w: asked(viewer(w), "GET", f"/documents/{inside(w)}")
        ),
        _operation(
            "download a document",
            lambda w: asked(viewer(w), "GET", f"/v1/documents/{inside(w)}/versions/1/content"),
            _SEE_OTHER,
        ),
        _operation("begin a document", _begin_in(lambda _world: node), _CREATED),
        _operation("move a document into it", move),
        _operation(
            "rename the folder",
            lambda w: _matched(w, "PATCH", node, {"name": fresh(w, "Level")}),
        ),
        _operation("change who may see it", grant),
    )


def by_member(by: Api, username: str, password: str) -> Sequence[Scenario]:
    """What somebody does who is in many groups."""

    def sign_in(_world: World) -> Request:
        body = {"username": username, "password": password}
        return asked(Api(address="192.0.2.98"), "POST", "/v1/sessions", body)

    def me(_world: World) -> Api:
        return by

    return (
        _operation("sign in", sign_in, _CREATED),
        _operation("who am I", _get("/v1/me", me)),
        _operation("open the start page", _get("/", me)),
        _operation("open a folder's page", _get("/nodes/{large}", me)),
        _operation("open a document's page", _get("/documents/{copy}", me)),
        _operation("what is shared with me", _get("/v1/shared", me)),
    )
