import re

import pytest

from tests.support.api import Api


@pytest.mark.parametrize(
    "path", ["/", "/trash", "/account", "/admin/users", "/admin/groups", "/admin/log"]
)
def test_pages_run_only_scripts_of_their_own(people, path):
    reply = people.admin.get(path)
    assert reply.status == 200, reply.text
    nonce = re.search(r"'nonce-([^']+)'", reply.headers["content-security-policy"])[1]
    scripts = re.findall(r"<script[^>]*>", reply.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert reply.headers["cache-control"] == "no-store"
    assert not re.search(r'(href|src|action)="/(?!api/)', reply.text)


def test_every_response_has_a_nonce_of_its_own(people):
    policies = {people.admin.get("/").headers["content-security-policy"] for _ in range(3)}
    assert len(policies) == 3


@pytest.mark.parametrize("path", ["/nodes/nowhere", "/documents/none", "/documents/none/audit"])
def test_what_is_not_there_is_told_in_the_persons_own_frame(people, path):
    reply = people.admin.get(path)
    assert reply.status == 404
    assert "This page is not here" in reply.text
    assert 'id="page"' in reply.text


def test_administration_is_closed_to_others(people):
    _, zoe = people.settled("zoe")
    for path in ("/admin/users", "/admin/groups", "/admin/log"):
        reply = zoe.get(path)
        assert (reply.status, "not yours to do" in reply.text) == (403, True)
    assert "/admin/users" not in zoe.get("/").text


def test_without_a_folder_the_start_page_says_whom_to_ask(people):
    _, zoe = people.settled("zoe")
    assert "No folder is shared with you yet" in zoe.get("/").text


def test_a_number_that_nobody_has_is_told(people):
    _, zoe = people.settled("zoe")
    assert zoe.get("/find?q=42").status == 404
    assert zoe.get("/find?q=").headers["location"] == "/api/"


def test_people_and_groups_are_listed_and_found(people):
    people.create("zoe", name="Zoë <b>")
    people.admin.post("/v1/groups", {"name": "Team"})
    shown = people.admin.get("/admin/users").text
    assert "Zoë &lt;b&gt;" in shown
    assert "name starts with “qq”" in people.admin.get("/admin/users?find=qq").text
    assert "Team" in people.admin.get("/admin/groups").text
    assert "created the group “Team”" in people.admin.get("/admin/log").text


def test_one_s_own_sessions_are_listed(people):
    Api(agent="Mozilla/5.0 (Windows) Firefox/140").sign_in("admin", "wrong")
    assert "This one" in people.admin.get("/account").text
