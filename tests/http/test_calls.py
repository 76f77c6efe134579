"""What a request may say, and what the door refuses by itself, whatever stands behind it."""

import base64
from dataclasses import replace
from urllib.parse import quote

import pytest

from chalicelib.access.model import Permission
from chalicelib.errors import Invalid, MatchRequired, TooLarge, Unauthenticated
from functions import edge, requests, sessions
from functions.calls import Answer, Call, Client
from functions.http import audit
from functions.http import sessions as session_routes
from functions.idempotency import once
from functions.requests import check_query
from functions.web import gate
from tests.support.world import module_world, world

__all__ = ["module_world", "world"]


def call_of(**said):
    told = {
        "method": "GET",
        "path": "/v1/me",
        "prefix": "",
        "params": {},
        "query": {},
        "headers": {},
        "body": None,
        "raw_body": b"",
        "client": Client(address="192.0.2.7", agent="test"),
        "request_id": "r",
        "new_id": lambda: "id",
        "origin": "https://papertrail.test",
        "access": None,
        "session": None,
    }
    return Call(**{**told, **said})


def test_nobody_acts_for_nobody():
    with pytest.raises(Unauthenticated):
        _ = call_of().authority


@pytest.mark.parametrize("session_of", [session_routes._session, gate._session])
def test_nobody_has_no_session(session_of):
    with pytest.raises(Unauthenticated):
        session_of(call_of())


@pytest.mark.parametrize("cookie", [None, "nonsense", f"{'0' * 26}.{'A' * 43}"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_bears_no_session_is_not_admitted_where_one_is_required(world, cookie, method):
    name = sessions.cookie_name(world.wiring)
    headers = {"cookie": f"{name}={cookie}"} if cookie else {}
    call = call_of(method=method, headers=headers)
    with pytest.raises(Unauthenticated):
        sessions.admit(call, world.wiring, required=True)
    assert sessions.admit(call, world.wiring, required=False).access is None


def test_a_session_is_a_cookie_of_its_host_that_no_script_reads(world):
    assert sessions.set_cookie(world.wiring, "value", max_age=5) == (
        "__Host-papertrail=value; Path=/; HttpOnly; SameSite=Lax; Max-Age=5; Secure"
    )


@pytest.mark.parametrize("checked", [set(), {Permission.NODE_VIEW}])
def test_a_handler_that_never_asked_for_what_its_route_needs_is_a_defect(world, checked):
    route = next(each for each in edge.ROUTES if each.path == "/v1/documents/{document_id}")
    route = replace(route, handler=lambda _call: Answer())
    asker = call_of(headers={"cookie": world.root.cookie})
    admitted = sessions.admit(asker, world.wiring, required=True)
    admitted.authority.checked.update(checked)
    with pytest.raises(RuntimeError, match="never checked its permission"):
        edge._handle(route, admitted)


@pytest.mark.parametrize(("said", "limit"), [(None, 50), ("1", 1), ("200", 200)])
def test_how_many_items_are_asked_for(said, limit):
    assert call_of(query={} if said is None else {"limit": said}).limit == limit


@pytest.mark.parametrize("said", ["", "0", "201", "799", "-1", "1.0", "٣", "many"])
def test_no_number_of_items(said):
    with pytest.raises(Invalid, match="a whole number from 1 to 200"):
        _ = call_of(query={"limit": said}).limit


@pytest.mark.parametrize(
    ("said", "rev"), [('"7"', 7), ("7", 7), ('W/"7"', 7), (f'"{10**14}"', 10**14)]
)
def test_a_revision_is_read_from_an_etag(said, rev):
    assert call_of(headers={"if-match": said}).rev == rev


@pytest.mark.parametrize("said", ["*", '"٣"', '"x"', f'"{10**15}"', '"-1"', '""'])
def test_no_etag_of_ours(said):
    with pytest.raises(Invalid, match="send the ETag as you read it"):
        _ = call_of(headers={"if-match": said}).rev


@pytest.mark.parametrize("headers", [{}, {"if-match": " "}])
def test_without_an_etag_one_is_asked_for(headers):
    with pytest.raises(MatchRequired):
        _ = call_of(headers=headers).rev


@pytest.mark.parametrize("key", ["", "a" * 256, "ä", "a\tb"])
def test_no_idempotency_key(world, key):
    asker = call_of(headers={"cookie": world.root.cookie})
    asker = sessions.admit(asker, world.wiring, required=True)
    with pytest.raises(Invalid, match="1 to 255 printable ASCII characters"):
        once(
            world.wiring,
            replace(asker, method="POST", headers={"idempotency-key": key}),
            lambda _call: pytest.fail("nothing may be carried out"),
        )


@pytest.mark.parametrize(("name", "most"), [("cursor", 4096), ("q", 300)])
def test_a_text_of_a_query_is_no_longer_than_a_search_needs(name, most):
    check_query(call_of(query={name: "a" * most}), [name])
    with pytest.raises(Invalid, match=f"at most {most} bytes"):
        check_query(call_of(query={name: "a" * (most + 1)}), [name])


def test_a_body_that_is_not_what_it_says_is_no_body(world):
    body = base64.b64encode(b'{"name": "Work", "parent_id": "root"}').decode()
    sent = f"{body[:4]}*{body[4:]}"
    reply = world.root.send("POST", "/v1/nodes", sent, {}, encoded=True)
    assert reply.status == 422, reply.text


@pytest.mark.parametrize("number", ["\u0661", "0000001", "+1", "1.0", "%201"])
def test_a_version_has_one_address(world, number):
    path = f"/v1/documents/{world.ids['document']}/versions/"
    assert world.root.get(f"{path}1").status == 200
    assert world.root.get(f"{path}{quote(number, safe='%')}").status == 404


def test_a_documents_number_is_no_longer_than_any(world):
    told = world.root.get(f"/v1/documents/{world.ids['document']}").json["number"]
    assert world.root.get(f"/v1/documents?number={told:015d}").status == 200
    assert world.root.get(f"/v1/documents?number={told:016d}").status == 422
    assert world.root.get(f"/find?q={told:015d}").headers["location"].startswith("/api/documents/")
    assert "/documents/" not in world.root.get(f"/find?q={told:016d}").headers["location"]


def test_a_history_too_long_for_one_file_is_not_cut_off():
    most = 4 * 1024**2
    assert len(audit._bounded(["a" * (most - 1), "b"])) == most
    with pytest.raises(TooLarge):
        audit._bounded(["a" * most, "b"])


def test_nobody_is_given_two_roles_at_once(world):
    path, who = f"/v1/nodes/{world.ids['work']}/access", f"user:{world.ids['viewer']}"
    grants = [{"principal": who, "role": role} for role in ("viewer", "editor")]
    before = world.rows()
    body = {"inherit": True, "grants": grants}
    reply = world.root.put(path, body, If_Match=world.etag("N", world.ids["work"]))
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "grants")
    assert world.rows() == before


class Sent:
    """A request as API Gateway hands it over, as far as its body goes."""

    def __init__(self, body, *, encoded):
        self.event = {"body": body, "isBase64Encoded": encoded}

    def to_original_event(self):
        return self.event


def test_bytes_are_decoded_only_where_all_of_the_text_is_base64():
    body = base64.b64encode(b"{}").decode()
    assert requests._bytes(Sent(body, encoded=True)) == b"{}"
    assert requests._bytes(Sent("{}", encoded=False)) == b"{}"
    assert requests._bytes(Sent(f"{body[:2]}*{body[2:]}", encoded=True)) == b"\xff"
