"""What can meet on a document, live, in the trash, or still on its way."""

from typing import Any
from urllib.parse import urlsplit

from tests.faults.pairs.ground import Ground, kind
from tests.scenarios.events import TIMER, arrival, verdict
from tests.scenarios.model import Event, Request
from tests.scenarios.plots import asked, content, fresh, manager, plot, sent_upload, viewer
from tests.support.world import World, declared, good

_DOCUMENT = "/v1/documents/{document_id}"
_VERSION = _DOCUMENT + "/versions/{number}"
_SWEEP = Event(module="uploads", function="sweep_uploads", payload=TIMER)


@kind(
    "document",
    {
        "rename": f"PATCH {_DOCUMENT}, rename",
        "move": f"PATCH {_DOCUMENT}, move",
        "trash": f"DELETE {_DOCUMENT}, put into the trash",
        "roll back": f"POST {_DOCUMENT}/rollback, go back to the first version",
        "begin a version": f"POST {_DOCUMENT}/versions, begin a version",
        "complete a version": f"POST {_VERSION}/complete, the second version",
        "cancel it": f"DELETE {_VERSION}/upload, cancel",
        "it arrived": "event upload_arrived, bytes have arrived",
        "no threat": "event scan_verdict, nothing was found",
        "a threat": "",
        "download": f"GET {_VERSION}/content, download",
    },
    slow=("complete a version", "it arrived"),
)
def _live(world: World) -> Ground:
    here, there = plot(world), plot(world)
    id_ = world.document(here, fresh(world, "Paper"), content(world), by=manager(world))
    no_threat, threat = (verdict(world, id_, s) for s in ("NO_THREATS_FOUND", "THREATS_FOUND"))
    world.version(id_, content(world), by=manager(world))
    body, path = content(world), f"/v1/documents/{id_}"
    begun = good(manager(world).post(f"{path}/versions", declared(body)), 201)
    world.send(begun["upload"], body)
    by, match = manager(world), {"If-Match": world.etag("D", id_)}
    return Ground(
        steps={
            "rename": asked(by, "PATCH", path, {"name": fresh(world, "Other")}, **match),
            "move": asked(by, "PATCH", path, {"node_id": there}, **match),
            "trash": asked(by, "DELETE", path, **match),
            "roll back": asked(by, "POST", f"{path}/rollback", {"version": 1}),
            "begin a version": asked(by, "POST", f"{path}/versions", declared(content(world))),
            "complete a version": asked(by, "POST", f"{path}/versions/3/complete"),
            "cancel it": asked(by, "DELETE", f"{path}/versions/3/upload"),
            "it arrived": arrival(world, begun),
            "no threat": no_threat,
            "a threat": threat,
            "download": asked(viewer(world), "GET", f"{path}/versions/1/content"),
        },
        looks=_looks(world, id_),
        objects=True,
    )


@kind(
    "document in the trash",
    {
        "restore": f"POST {_DOCUMENT}/restore, take out of the trash",
        "restore as": "",
        "take its name": "POST /v1/documents, begin a document",
        "folder of its name": "",
        "move one of its name there": "",
        "trash its folder": "",
        "rename its folder": "",
        "complete a version": "",
    },
)
def _trashed(world: World) -> Ground:
    here, there = plot(world), plot(world)
    name, by = fresh(world, "Paper"), manager(world)
    id_ = world.document(here, name, content(world), by=by)
    twin = world.document(there, name, content(world), by=by)
    body, path, folder = content(world), f"/v1/documents/{id_}", f"/v1/nodes/{here}"
    begun = good(by.post(f"{path}/versions", declared(body)), 201)
    world.send(begun["upload"], body)
    good(by.delete(path, If_Match=world.etag("D", id_)), 200)
    of_folder = {"If-Match": world.etag("N", here)}
    of_twin = {"If-Match": world.etag("D", twin)}
    new = {"node_id": here, "name": name, **declared(content(world))}
    return Ground(
        steps={
            "restore": asked(by, "POST", f"{path}/restore", {}),
            "restore as": asked(by, "POST", f"{path}/restore", {"name": fresh(world, "Again")}),
            "take its name": asked(by, "POST", "/v1/documents", new),
            "folder of its name": asked(by, "POST", "/v1/nodes", {"parent_id": here, "name": name}),
            "move one of its name there": asked(
                by, "PATCH", f"/v1/documents/{twin}", {"node_id": here}, **of_twin
            ),
            "trash its folder": asked(by, "DELETE", folder, **of_folder),
            "rename its folder": asked(
                by, "PATCH", folder, {"name": fresh(world, "N")}, **of_folder
            ),
            "complete a version": asked(by, "POST", f"{path}/versions/2/complete"),
        },
        looks=_looks(world, id_),
        objects=True,
    )


@kind(
    "first upload",
    {
        "complete": f"POST {_VERSION}/complete, the first version",
        "it arrived": "",
        "cancel": "",
        "begin the same again": "POST /v1/documents, begin again what another upload holds",
        "begin other bytes": "",
        "another takes the name": "",
        "sweep": "",
        "trash the folder": "",
        "move the folder": "",
        "take the right away": "",
    },
    slow=("complete", "it arrived"),
)
def _first(world: World) -> Ground:
    begun = sent_upload(world)
    return Ground(**_upload_steps(world, begun), objects=True)


@kind(
    "upload of other bytes",
    {
        "complete": f"POST {_VERSION}/complete, other bytes",
        "it arrived": "",
        "cancel": "",
        "begin other bytes": "",
    },
)
def _wrong(world: World) -> Ground:
    body = content(world)
    begun = good(
        manager(world).post(
            "/v1/documents",
            {"node_id": plot(world), "name": fresh(world, "Paper"), **declared(body)},
        ),
        201,
    )
    # S3 itself refuses other bytes than the signed ones in one request; put there by hand, they
    # are what a part of an upload in parts could be.
    told = _sent_otherwise(world, begun, body)
    steps = {name: told["steps"][name] for name in ("complete", "it arrived", "cancel")}
    steps["begin other bytes"] = told["steps"]["begin other bytes"]
    return Ground(steps=steps, looks=told["looks"], objects=True)


@kind(
    "upload past its time",
    {
        "sweep": "event sweep_uploads, one upload is past its time",
        "complete": "",
        "it arrived": "",
        "cancel": "",
        "begin other bytes": "",
        "another takes the name": "",
    },
)
def _late(world: World) -> Ground:
    _SWEEP.send()
    begun = sent_upload(world)
    world.pass_time(hours=25)
    for name in ("manager", "viewer", "administrator"):
        good(world.callers[name].sign_in(name, "mossy lantern quarrel"), 201)
    good(world.root.sign_in("admin", "correct-horse-of-the-admin"), 201)
    told = _upload_steps(world, begun)
    wanted = ("sweep", "complete", "it arrived", "cancel", "begin other bytes")
    steps = {name: told["steps"][name] for name in (*wanted, "another takes the name")}
    return Ground(steps=steps, looks=told["looks"], objects=True)


def _sent_otherwise(world: World, begun: Any, body: bytes) -> dict[str, Any]:
    key = urlsplit(begun["upload"]["single"]["url"]).path.split("/", 2)[2]
    world.client("s3").put_object(  # type: ignore[attr-defined]
        Bucket=world.config.staging_bucket,
        Key=key,
        Body=body[:-1] + b"!",
        ChecksumAlgorithm="SHA256",
    )
    return _upload_steps(world, begun)


def _upload_steps(world: World, begun: Any) -> dict[str, Any]:
    document, version, by = begun["document"], begun["version"], manager(world)
    id_, node = document["id"], document["node_id"]
    path, folder = f"/v1/documents/{id_}/versions/1", f"/v1/nodes/{node}"
    again = {"node_id": node, "name": document["name"]}
    same = {name: version[name] for name in ("size", "sha256", "content_type")}
    match = {"If-Match": world.etag("N", node)}
    grants = [{"principal": f"user:{world.ids['administrator']}", "role": "manager"}]
    steps = {
        "complete": asked(by, "POST", f"{path}/complete"),
        "it arrived": arrival(world, begun),
        "cancel": asked(by, "DELETE", f"{path}/upload"),
        "begin the same again": asked(by, "POST", "/v1/documents", {**again, **same}),
        "begin other bytes": asked(
            by, "POST", "/v1/documents", {**again, **declared(content(world))}
        ),
        "another takes the name": asked(
            world.root, "POST", "/v1/documents", {**again, **declared(content(world))}
        ),
        "sweep": _SWEEP,
        "trash the folder": asked(by, "DELETE", folder, **match),
        "move the folder": asked(by, "PATCH", folder, {"parent_id": plot(world)}, **match),
        "take the right away": asked(
            world.root, "PUT", f"{folder}/access", {"inherit": False, "grants": grants}, **match
        ),
    }
    return {"steps": steps, "looks": _looks(world, id_)}


def _looks(world: World, document_id: str) -> tuple[Request, ...]:
    return (asked(manager(world), "GET", f"/v1/documents/{document_id}"),)
