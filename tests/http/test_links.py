"""Links lead to where they say, under the API's stage prefix and under a domain without one."""

from urllib.parse import urlsplit

import pytest

from tests.support.api import Api
from tests.support.world import PASSWORD, declared, good, module_world, world

__all__ = ["module_world", "world"]

PREFIXES = ("/api", "", "/stage-2/base")


@pytest.fixture(params=PREFIXES)
def prefix(request):
    return request.param


def at(api: Api, prefix: str) -> Api:
    return Api(cookie=api.cookie, csrf=api.csrf, prefix=prefix)


def test_what_was_made_is_found_where_its_location_says(world, prefix):
    api, ids = at(world.root, prefix), world.ids
    for path, body in (
        ("/v1/nodes", {"parent_id": ids["work"], "name": "New"}),
        ("/v1/documents", {"node_id": ids["work"], "name": "New.pdf", **declared(b"new")}),
        (f"/v1/documents/{ids['document']}/versions", declared(b"next")),
        ("/v1/users", {"name": "New", "username": "new"}),
        ("/v1/groups", {"name": "New"}),
    ):
        reply = api.post(path, body)
        assert reply.status == 201
        location = reply.headers["location"]
        assert location.startswith(f"{prefix}{path}/")
        assert api.get(location.removeprefix(prefix)).status == 200


def test_whoever_is_not_signed_in_is_led_there_and_back(world, built_pages, prefix):
    ids = world.ids
    asked = f"/documents/{ids['document']}"
    reply = Api(prefix=prefix).get(asked)
    assert (reply.status, reply.text) == (303, "")
    assert reply.headers["location"] == f"{prefix}/sign-in?next={asked}"
    form = f"username=viewer&password={PASSWORD}&next={asked}".replace(" ", "+")
    headers = {"Content_Type": "application/x-www-form-urlencoded"}
    reply = Api(prefix=prefix).send("POST", "/sign-in", form, headers)
    assert (reply.status, reply.headers["location"]) == (303, f"{prefix}{asked}")


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "\n/"]
)
def test_a_sign_in_leads_to_no_other_site(world, built_pages, prefix, target):
    form = f"username=viewer&password={PASSWORD}&next={target}".replace(" ", "+")
    headers = {"Content_Type": "application/x-www-form-urlencoded"}
    reply = Api(prefix=prefix).send("POST", "/sign-in", form, headers)
    assert (reply.status, reply.headers["location"]) == (303, f"{prefix}/")


def test_bytes_are_at_the_store_wherever_the_api_is(world, prefix):
    path = f"/v1/documents/{world.ids['document']}/versions/1/content"
    location = at(world.root, prefix).get(path).headers["location"]
    assert urlsplit(location).netloc == "files"
    assert world.files.fetch(location)[2] == b"%PDF-1.7 first"


def test_every_link_of_a_page_bears_the_prefix(world, built_pages, prefix):
    for path in ("/", f"/nodes/{world.ids['work']}", f"/documents/{world.ids['document']}"):
        text = at(world.root, prefix).get(path).text
        links = [part.partition('"')[0] for part in text.split('href="')[1:]]
        assert links
        own = [link for link in links if link.startswith("/")]
        assert own
        assert all(link.startswith(f"{prefix}/") for link in own), own


def test_the_prefix_is_found_although_the_path_was_encoded(world, built_pages, prefix):
    text = at(world.root, prefix).get("/nodes/caf%C3%A9%20%2541").text
    links = [part.partition('"')[0] for part in text.split('href="')[1:]]
    assert [link for link in links if link.startswith("/") and not link.startswith(prefix)] == []
    assert any(link.startswith(f"{prefix}/") for link in links)
    reply = at(world.root, prefix).get("/v1/openapi.json")
    assert good(reply, 200)["servers"] == [{"url": prefix or "/"}]
