"""The same request with the same Idempotency-Key, twice at once: it happens once."""

from tests.faults.pairs.ground import Ground, kind
from tests.scenarios.model import Request, Step
from tests.scenarios.plots import (
    administrator,
    asked,
    content,
    fresh,
    group,
    manager,
    plot,
    user,
)
from tests.support.api import Api
from tests.support.world import World, declared, good

_ACTS = (
    "create a folder",
    "restore a folder",
    "begin a document",
    "begin a version",
    "complete a version",
    "roll back",
    "restore a document",
    "create a group",
    "make somebody known",
    "reset a password",
)


@kind("idempotency key", dict.fromkeys(_ACTS, ""), crossed=False)
def _keys(world: World) -> Ground:
    by, above = manager(world), plot(world)
    here = world.folder(fresh(world, "Here"), above)
    good(by.delete(f"/v1/nodes/{here}", If_Match=world.etag("N", here)), 200)
    one, gone = (world.document(above, fresh(world, "P"), content(world), by=by) for _ in "ab")
    world.version(one, content(world), by=by)
    good(by.delete(f"/v1/documents/{gone}", If_Match=world.etag("D", gone)), 200)
    body, path = content(world), f"/v1/documents/{one}"
    begun = good(by.post(f"{path}/versions", declared(body)), 201)
    world.send(begun["upload"], body)
    new = {"node_id": above, "name": fresh(world, "Paper"), **declared(content(world))}
    word = fresh(world, "known").replace(" ", "-")
    steps: dict[str, Step] = {
        "create a folder": _keyed(by, "/v1/nodes", {"parent_id": above, "name": "New"}),
        "restore a folder": _keyed(by, f"/v1/nodes/{here}/restore", {}),
        "begin a document": _keyed(by, "/v1/documents", new),
        "begin a version": _keyed(by, f"{path}/versions", declared(content(world))),
        "complete a version": _keyed(by, f"{path}/versions/3/complete"),
        "roll back": _keyed(by, f"{path}/rollback", {"version": 1}),
        "restore a document": _keyed(by, f"/v1/documents/{gone}/restore", {}),
        "create a group": _keyed(administrator(world), "/v1/groups", {"name": fresh(world, "G")}),
        "make somebody known": _keyed(
            administrator(world), "/v1/users", {"name": word, "username": word}
        ),
        "reset a password": _keyed(administrator(world), f"/v1/users/{user(world)}/password"),
    }
    assert group(world)
    return Ground(steps=steps, objects=True)


def _keyed(by: Api, path: str, body: object = None) -> Request:
    return asked(by, "POST", path, body, **{"Idempotency-Key": "one and the same"})
