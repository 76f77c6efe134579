"""Who sees what: strangers, people who were let in, people who were shown out; and their mail."""

import secrets

import httpx
import pytest

from tests.e2e.conftest import mail_to, wait_for
from tests.support.person import Refusal

pytestmark = pytest.mark.environment


def give(operator, node_id, user_id, role):
    path = f"/nodes/{node_id}/access"
    grants = [{"principal": f"user:{user_id}", "role": role}]
    operator.call("PUT", path, etag=operator.etag(path), json={"inherit": True, "grants": grants})


def refusal(person, path) -> int:
    with pytest.raises(Refusal) as refused:
        person.get(path)
    return refused.value.status


def test_a_second_person_sees_nothing_until_a_role_is_given(operator, folder, newcomer):
    document = operator.file(folder, "Private.txt", b"for few eyes")
    stranger, user_id = newcomer("Stranger")
    paths = [f"/nodes/{folder}", f"/nodes/{folder}/children", f"/nodes/{folder}/access"]
    paths += [f"/documents/{document['id']}{end}" for end in ("", "/versions", "/audit")]
    paths += [f"/documents/{document['id']}/versions/1/content", "/nodes/root"]
    assert {path: refusal(stranger, path) for path in paths} == dict.fromkeys(paths, 404)
    assert stranger.get("/documents", number=document["number"])["items"] == []
    assert stranger.get("/shared")["items"] == []

    give(operator, folder, user_id, "viewer")
    assert stranger.get(f"/documents/{document['id']}")["name"] == "Private.txt"
    assert stranger.download(document["id"], 1) == b"for few eyes"
    assert [node["id"] for node in stranger.get("/shared")["items"]] == [folder]
    with pytest.raises(Refusal) as refused:
        stranger.file(folder, "Mine.txt", b"x")
    assert refused.value.status == 403


def test_bytes_that_one_may_not_see_are_no_duplicate_to_one(operator, folder, newcomer):
    operator.file(folder, "Private.txt", b"the same bytes in two places")
    stranger, user_id = newcomer("Twin")
    own = operator.folder(f"For {stranger.username}")
    give(operator, own, user_id, "contributor")
    begun = stranger.begin(own, "Mine.txt", b"the same bytes in two places", "text/plain")
    assert begun["duplicates"] == []


def test_a_disabled_persons_sessions_end_at_once(operator, newcomer):
    person, user_id = newcomer("Leaver")
    assert person.get("/me")["username"] == person.username
    path = f"/users/{user_id}"
    operator.call("PATCH", path, etag=operator.etag(path), json={"disabled": True})
    assert refusal(person, "/me") == 401
    with pytest.raises(Refusal) as refused:
        person.sign_in()
    assert refused.value.slug == "sign-in-refused"


def test_somebody_invited_gets_a_mail_without_a_password(environment, operator):
    username = f"invited-{secrets.token_hex(3)}"
    address = f"{username}@papertrail.test"
    issued = operator.post(
        "/users", name="Invited Person", username=username, email=address, invite=True
    )
    [mail] = wait_for(lambda: mail_to(environment, address), "the invitation")
    assert environment.portal_url in mail["text"]
    assert username in mail["text"]
    assert issued["one_time_password"] not in mail["text"] + mail["html"]
    page = httpx.get(f"{environment.mailbox_url}/", timeout=30).text
    assert address in page
