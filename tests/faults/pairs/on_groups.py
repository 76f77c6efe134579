"""What can meet on a group, empty or peopled."""

from collections.abc import Sequence

from tests.faults.pairs.ground import Ground, kind
from tests.scenarios.model import Request
from tests.scenarios.plots import administrator, asked, fresh, group, manager, plot, user
from tests.support.world import World

_GROUP = "/v1/groups/{group_id}"


@kind(
    "group",
    {
        "rename": f"PATCH {_GROUP}, rename",
        "rename another to that name": "",
        "create one of that name": "POST /v1/groups, create",
        "delete": f"DELETE {_GROUP}, delete",
        "add a member": f"PUT {_GROUP}/members/{{user_id}}, add",
        "add another member": "",
        "grant it a folder": "",
    },
)
def _empty(world: World) -> Ground:
    by, here, other, name = administrator(world), group(world), group(world), fresh(world, "Group")
    one, another, node = user(world), user(world), plot(world)
    path, match = f"/v1/groups/{here}", {"If-Match": world.etag("G", here)}
    of_other = {"If-Match": world.etag("G", other)}
    grants = [
        {"principal": f"group:{here}", "role": "editor"},
        {"principal": f"user:{world.ids['manager']}", "role": "manager"},
    ]
    access, of_node = f"/v1/nodes/{node}/access", {"If-Match": world.etag("N", node)}
    return Ground(
        steps={
            "rename": asked(by, "PATCH", path, {"name": name}, **match),
            "rename another to that name": asked(
                by, "PATCH", f"/v1/groups/{other}", {"name": name}, **of_other
            ),
            "create one of that name": asked(by, "POST", "/v1/groups", {"name": name.upper()}),
            "delete": asked(by, "DELETE", path, **match),
            "add a member": asked(by, "PUT", f"{path}/members/{one}"),
            "add another member": asked(by, "PUT", f"{path}/members/{another}"),
            "grant it a folder": asked(
                manager(world), "PUT", access, {"inherit": True, "grants": grants}, **of_node
            ),
        },
        looks=_looks(world, here),
    )


@kind(
    "group with a member",
    {
        "take the member out": f"DELETE {_GROUP}/members/{{user_id}}, take out",
        "add another member": "",
        "delete": "",
        "rename": "",
        "disable the member": "",
        "leave only the group as manager": "",
    },
)
def _peopled(world: World) -> Ground:
    by, here, one, another = administrator(world), group(world), user(world), user(world)
    path, node = f"/v1/groups/{here}", plot(world)
    assert by.put(f"{path}/members/{one}").status == 204
    match, of_one = {"If-Match": world.etag("G", here)}, {"If-Match": world.etag("U", one)}
    access, of_node = f"/v1/nodes/{node}/access", {"If-Match": world.etag("N", node)}
    grants = [{"principal": f"group:{here}", "role": "manager"}]
    return Ground(
        steps={
            "take the member out": asked(by, "DELETE", f"{path}/members/{one}"),
            "add another member": asked(by, "PUT", f"{path}/members/{another}"),
            "delete": asked(by, "DELETE", path, **match),
            "rename": asked(by, "PATCH", path, {"name": fresh(world, "Group")}, **match),
            "disable the member": asked(
                by, "PATCH", f"/v1/users/{one}", {"disabled": True}, **of_one
            ),
            "leave only the group as manager": asked(
                manager(world), "PUT", access, {"inherit": False, "grants": grants}, **of_node
            ),
        },
        looks=_looks(world, here),
    )


def _looks(world: World, group_id: str) -> Sequence[Request]:
    return [asked(administrator(world), "GET", f"/v1/groups/{group_id}")]
