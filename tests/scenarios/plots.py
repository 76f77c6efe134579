"""Ground for scenarios to stand on: what they touch is new, and of the same size each time."""

from typing import Any
from urllib.parse import urlencode

from tests.scenarios.model import Request
from tests.support.api import Api
from tests.support.world import ADMIN_PASSWORD, PASSWORD, World, declared, good

FOUND = 303
CONTENT = b"%PDF-1.7 a few bytes that say that they are a document"


def fresh(world: World, stem: str) -> str:
    """A name that nothing bears yet, always as long."""
    return f"{stem} {world.wiring.new_id()[-12:]}"


def content(world: World) -> bytes:
    """Bytes that no document has yet."""
    return CONTENT + world.wiring.new_id().encode()


def manager(world: World) -> Api:
    """Somebody who may do anything in the folder Work."""
    return world.callers["manager"]


def viewer(world: World) -> Api:
    """Somebody who may look around in the folder Work."""
    return world.callers["viewer"]


def administrator(world: World) -> Api:
    """Who looks after people and groups."""
    return world.callers["administrator"]


def everyone_signs_in(world: World) -> None:
    """After hours have passed."""
    good(world.root.sign_in("admin", ADMIN_PASSWORD), 201)
    for name, api in world.callers.items():
        good(api.sign_in(name, PASSWORD), 201)


def plot(world: World) -> str:
    """A folder of one's own in Work; its id."""
    return world.folder(fresh(world, "Plot"), world.ids["work"])


def document(world: World, node: str | None = None) -> str:
    """A document with one stored version, in a folder of its own; its id."""
    node = node or plot(world)
    return world.document(node, fresh(world, "Paper"), content(world), by=manager(world))


def downloaded(world: World) -> str:
    """A document that the viewer has had a look at; its id."""
    id_ = document(world)
    assert viewer(world).get(f"/v1/documents/{id_}/versions/1/content").status == FOUND
    return id_


def upload(world: World, body: bytes | None = None, **more: Any) -> Any:
    """An upload of a new document under way, nothing sent yet: what the API said."""
    told = {"node_id": plot(world), "name": fresh(world, "Paper")}
    sent = declared(content(world) if body is None else body, **more)
    return good(manager(world).post("/v1/documents", {**told, **sent}), 201)


def sent_upload(world: World) -> Any:
    """An upload whose bytes have arrived: what the API said."""
    body = content(world)
    begun = upload(world, body)
    world.send(begun["upload"], body)
    return begun


def user(world: World) -> str:
    """Somebody who has never signed in; the id."""
    name = fresh(world, "Person")
    body = {"name": name, "username": name.replace(" ", "-").lower()}
    return str(good(world.root.post("/v1/users", body), 201)["user"]["id"])


def group(world: World) -> str:
    """A group without members; its id."""
    return str(good(world.root.post("/v1/groups", {"name": fresh(world, "Group")}), 201)["id"])


def newcomer(world: World) -> Api:
    """Somebody signed in whom no other scenario knows."""
    username = fresh(world, "person").replace(" ", "-")
    api = world.person(username)
    del world.callers[username]
    return api


def asked(by: Api, method: str, path: str, body: Any = None, **headers: str) -> Request:
    """A request."""
    return Request(by=by, method=method, path=path, body=body, headers=headers)


def form(by: Api, path: str, **fields: str) -> Request:
    """A form that a page sends, its CSRF token included."""
    csrf = {"csrf_token": by.csrf} if by.csrf else {}
    return Request(
        by=by,
        method="POST",
        path=path,
        body=urlencode({**csrf, **fields}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
