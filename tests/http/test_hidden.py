"""What somebody may not see looks, to the byte, like what is not there."""

import pytest

from functions.edge import ROUTES, Needs
from tests.http.test_bad_addresses import BODIES
from tests.support.refusals import require_problem
from tests.support.world import declared, furnished, good, module_world, world

__all__ = ["module_world", "world"]

MISSING = "0" * 26
HIDDEN = [
    route
    for route in ROUTES
    if isinstance(route.access, Needs) and "{" in route.path and not route.page
]


@pytest.fixture(scope="module")
def secret(module_world):
    """In "Work", which everybody with a role may list, a folder that only the root user opens."""
    ids = module_world.ids
    ids["secret"] = module_world.folder("Secret", ids["work"])
    module_world.grant(ids["secret"], inherit=False, root_user="manager")
    ids["inner"] = module_world.folder("Inner", ids["secret"])
    ids["paper"] = module_world.document(ids["secret"], "Paper.pdf", b"%PDF secret")
    module_world.keep()


def addresses(route, ids, *, seen):
    """The route's path with hidden ids, or with ids that nothing has."""
    node, document = (ids["secret"], ids["paper"]) if seen else (MISSING, MISSING)
    for number in ("1", "2", "99"):
        yield (
            route.path.replace("{node_id}", node)
            .replace("{document_id}", document)
            .replace("{number}", number)
        )


@pytest.mark.parametrize("route", HIDDEN, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("who", ["stranger", "manager", "administrator"])
def test_hidden_things_and_missing_ones_are_told_alike(world, secret, route, who):
    body, api = BODIES.get((route.method, route.path)), world.callers[who]
    for match in ('"1"', '"2"', '"99"', ""):
        pairs = zip(
            addresses(route, world.ids, seen=True),
            addresses(route, world.ids, seen=False),
            strict=True,
        )
        for hidden, missing in pairs:
            replies = [
                api.send(route.method, path, body, {"If-Match": match})
                for path in (hidden, missing)
            ]
            require_problem(replies[0], 404, 428)
            assert replies[0].text == replies[1].text
            assert replies[0].headers == replies[1].headers


@pytest.mark.parametrize("who", ["stranger", "editor"])
def test_hidden_targets_and_missing_ones_are_told_alike(world, secret, who):
    ids, api = world.ids, world.callers[who]
    etags = world.etag("N", ids["folder"]), world.etag("D", ids["document"])
    for target in (ids["secret"], ids["inner"]):
        pairs = [
            [
                api.post("/v1/nodes", {"parent_id": id_, "name": "A"}),
                api.post("/v1/documents", {"node_id": id_, "name": "A", **declared(b"a")}),
                api.patch(f"/v1/nodes/{ids['folder']}", {"parent_id": id_}, If_Match=etags[0]),
                api.patch(f"/v1/documents/{ids['document']}", {"node_id": id_}, If_Match=etags[1]),
                api.get(f"/v1/trash?node_id={id_}"),
            ]
            for id_ in (target, MISSING)
        ]
        for hidden, missing in zip(*pairs, strict=True):
            require_problem(hidden, 404)
            assert (hidden.text, hidden.headers) == (missing.text, missing.headers)


def test_a_hidden_documents_number_finds_as_little_as_a_free_one(world, secret):
    number = good(world.root.get(f"/v1/documents/{world.ids['paper']}"), 200)["number"]
    api = world.callers["manager"]
    hidden, missing = (api.get(f"/v1/documents?number={each}") for each in (number, 10_000))
    assert hidden.text == missing.text == '{"items":[],"next_cursor":null}'


def test_lists_and_duplicates_leave_hidden_things_out(world, secret):
    ids, api = world.ids, world.callers["manager"]
    for path in (
        f"/v1/nodes/{ids['work']}/children",
        f"/v1/nodes/{ids['work']}/children?kind=node",
        f"/v1/nodes/{ids['work']}/children?sort=-modified",
        f"/v1/nodes/{ids['work']}/children?prefix=Sec",
        "/v1/shared",
        "/v1/documents",
    ):
        reply = api.get(path)
        assert reply.status == 200
        assert ids["secret"] not in reply.text
        assert "Secret" not in reply.text
    same = {"node_id": ids["work"], "name": "Same.pdf", **declared(b"%PDF secret")}
    assert good(api.post("/v1/documents", same), 201)["duplicates"] == []
    assert good(world.root.post("/v1/documents", {**same, "name": "Too.pdf"}), 201)["duplicates"]


def test_a_name_taken_by_a_hidden_folder_does_not_tell_its_id(world, secret):
    ids, api = world.ids, world.callers["editor"]
    etag = world.etag("N", ids["folder"])
    attempts = [
        lambda who: who.post("/v1/nodes", {"parent_id": ids["work"], "name": "SECRET"}),
        lambda who: who.post(
            "/v1/documents", {"node_id": ids["work"], "name": "secret", **declared(b"a")}
        ),
        lambda who: who.patch(f"/v1/nodes/{ids['folder']}", {"name": "Secret"}, If_Match=etag),
        lambda who: who.post(f"/v1/nodes/{ids['gone_folder']}/restore", {"name": "Secret"}),
        lambda who: who.post(f"/v1/documents/{ids['gone_document']}/restore", {"name": "Secret"}),
    ]
    for attempt in attempts:
        hidden, told = attempt(api), attempt(world.root)
        require_problem(hidden, 409)
        require_problem(told, 409)
        assert ids["secret"] not in hidden.text
        assert told.json["existing_id"] == ids["secret"]


def test_another_persons_upload_looks_like_none(world, secret):
    ids, api = world.ids, world.callers["editor"]
    for ending in ("", "/upload", "/content"):
        replies = [
            api.get(f"/v1/documents/{ids['document']}/versions/{number}{ending}")
            for number in (ids["upload_of_contributor"], "99")
        ]
        assert replies[0].status == 404
        assert replies[0].text == replies[1].text
    listed = good(api.get(f"/v1/documents/{ids['document']}/versions"), 200)["items"]
    assert ids["upload_of_contributor"] not in [str(version["number"]) for version in listed]


def test_the_first_upload_of_another_person_is_no_document_yet():
    world = furnished()
    new = {"node_id": world.ids["work"], "name": "Draft.pdf", **declared(b"draft")}
    begun = good(world.callers["contributor"].post("/v1/documents", new), 201)["document"]
    api = world.callers["manager"]
    for ending in ("", "/audit", "/audit/verification", "/versions", "/versions/1"):
        hidden = api.get(f"/v1/documents/{begun['id']}{ending}")
        missing = api.get(f"/v1/documents/{MISSING}{ending}")
        require_problem(hidden, 404)
        assert hidden.text == missing.text, ending
    taken = api.post("/v1/documents", new)
    require_problem(taken, 409)
    assert begun["id"] not in taken.text
