"""What can meet on a folder, live or in the trash."""

from tests.faults.pairs.ground import Ground, kind
from tests.scenarios.model import Request
from tests.scenarios.plots import asked, content, fresh, manager, plot, viewer
from tests.support.world import World, declared

_NODE = "/v1/nodes/{node_id}"


@kind(
    "folder",
    {
        "create in it": "POST /v1/nodes, create a folder",
        "begin an upload in it": "POST /v1/documents, begin a document",
        "begin a large one in it": "POST /v1/documents, begin a document in parts",
        "rename": f"PATCH {_NODE}, rename",
        "move into the other": f"PATCH {_NODE}, move",
        "move the other into it": "",
        "rename the other to its name": "",
        "trash": f"DELETE {_NODE}, put into the trash",
        "take rights away": f"PUT {_NODE}/access, give two people roles",
        "its holder takes theirs away": "",
        "move a document out": "",
        "trash a document": "",
    },
)
def _live(world: World) -> Ground:
    above, by = plot(world), manager(world)
    here, there = (world.folder(fresh(world, name), above) for name in ("Here", "There"))
    id_ = world.document(here, fresh(world, "Paper"), content(world), by=by)
    path, other = f"/v1/nodes/{here}", f"/v1/nodes/{there}"
    # The editor manages this folder beside the manager, whose right comes from above.
    world.grant(here, administrator="manager")
    match, of_other = ({"If-Match": world.etag("N", node)} for node in (here, there))
    of_document = {"If-Match": world.etag("D", id_)}
    name, large = fresh(world, "Same"), {**declared(content(world)), "size": 17 * 1024**2}
    new = {"node_id": here, "name": name}
    only = {
        who: [{"principal": f"user:{world.ids[who]}", "role": "manager"}]
        for who in ("manager", "administrator")
    }
    holder = world.callers["administrator"]
    paper = f"/v1/documents/{id_}"
    return Ground(
        steps={
            "create in it": asked(by, "POST", "/v1/nodes", {"parent_id": here, "name": name}),
            "begin an upload in it": asked(
                by, "POST", "/v1/documents", {**new, **declared(content(world))}
            ),
            "begin a large one in it": asked(by, "POST", "/v1/documents", {**new, **large}),
            "rename": asked(by, "PATCH", path, {"name": name}, **match),
            "move into the other": asked(by, "PATCH", path, {"parent_id": there}, **match),
            "move the other into it": asked(by, "PATCH", other, {"parent_id": here}, **of_other),
            "rename the other to its name": asked(by, "PATCH", other, {"name": name}, **of_other),
            "trash": asked(by, "DELETE", path, **match),
            "take rights away": asked(
                by, "PUT", f"{path}/access", {"inherit": False, "grants": only["manager"]}, **match
            ),
            "its holder takes theirs away": asked(
                holder,
                "PUT",
                f"{path}/access",
                {"inherit": False, "grants": only["administrator"]},
                **match,
            ),
            "move a document out": asked(by, "PATCH", paper, {"node_id": there}, **of_document),
            "trash a document": asked(by, "DELETE", paper, **of_document),
        },
        looks=_looks(world, here),
    )


@kind(
    "folder in the trash",
    {
        "restore": f"POST {_NODE}/restore, take out of the trash",
        "restore as": "",
        "folder of its name": "",
        "rename another to its name": "",
        "trash the one above": "",
        "move the one above": "",
        "take rights away above": "",
    },
)
def _trashed(world: World) -> Ground:
    above, by, name = plot(world), manager(world), fresh(world, "Here")
    here, other = world.folder(name, above), world.folder(fresh(world, "There"), above)
    world.folder(fresh(world, "Below"), here)
    by.delete(f"/v1/nodes/{here}", If_Match=world.etag("N", here))
    match, of_other = ({"If-Match": world.etag("N", node)} for node in (above, other))
    path, grants = f"/v1/nodes/{above}", [{"principal": "user:?", "role": "manager"}]
    grants[0]["principal"] = f"user:{world.ids['administrator']}"
    restore = f"/v1/nodes/{here}/restore"
    return Ground(
        steps={
            "restore": asked(by, "POST", restore, {}),
            "restore as": asked(by, "POST", restore, {"name": fresh(world, "Again")}),
            "folder of its name": asked(
                by, "POST", "/v1/nodes", {"parent_id": above, "name": name}
            ),
            "rename another to its name": asked(
                by, "PATCH", f"/v1/nodes/{other}", {"name": name}, **of_other
            ),
            "trash the one above": asked(by, "DELETE", path, **match),
            "move the one above": asked(by, "PATCH", path, {"parent_id": plot(world)}, **match),
            "take rights away above": asked(
                world.root, "PUT", f"{path}/access", {"inherit": False, "grants": grants}, **match
            ),
        },
        looks=_looks(world, here),
    )


def _looks(world: World, node_id: str) -> tuple[Request, ...]:
    return (asked(viewer(world), "GET", f"/v1/nodes/{node_id}"),)
