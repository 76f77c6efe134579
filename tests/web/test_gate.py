import re
from urllib.parse import urlencode

import pytest

from tests.support.api import Api
from tests.support.people import ADMIN_PASSWORD, NEW_PASSWORD

FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def post(api, path, **fields):
    return api.post(path, urlencode(fields), **FORM)


def entered(**fields):
    return post(Api(), "/sign-in", username="admin", password=ADMIN_PASSWORD, **fields)


def test_a_stranger_is_sent_to_sign_in_and_back(people):
    reply = Api().get("/trash")
    assert (reply.status, reply.headers["location"]) == (303, "/api/sign-in?next=/trash")
    assert 'name="next" value="/trash"' in Api().get("/sign-in?next=/trash").text


def test_signing_in_by_the_form_leads_on_with_a_cookie(people):
    reply = entered(next="/trash")
    assert (reply.status, reply.headers["location"]) == (303, "/api/trash")
    assert "HttpOnly" in reply.cookies[0]


@pytest.mark.parametrize(
    "target", ["//evil.test", "/\\evil.test", "https://evil.test", "", "/\nx", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(people, target):
    assert entered(next=target).headers["location"] == "/api/"


def test_a_refusal_names_neither_field_and_keeps_the_user_name(people):
    replies = [
        post(Api(), "/sign-in", username=name, password="wrong", next="")
        for name in ("admin", "nobody")
    ]
    told = [re.search(r'role="alert">.*?<p>(.*?)</p>', r.text, re.DOTALL)[1] for r in replies]
    assert [reply.status for reply in replies] == [401, 401]
    assert told[0] == told[1]
    assert 'value="admin"' in replies[0].text


def test_whoever_is_signed_in_needs_no_form(people):
    assert people.admin.get("/sign-in").headers["location"] == "/api/"


def test_a_one_time_password_must_be_replaced_first(people):
    _, password = people.create("zoe")
    reply = post(Api(), "/sign-in", username="zoe", password=password)
    assert reply.headers["location"] == "/api/password"
    api = Api(cookie=reply.cookies[0].partition(";")[0])
    assert api.get("/").headers["location"] == "/api/password"
    token = re.search(r'name="csrf_token" value="(\w+)"', api.get("/password").text)[1]
    refused = post(api, "/password", csrf_token=token, current=password, new="short")
    assert (refused.status, "at least" in refused.text) == (422, True)
    done = post(api, "/password", csrf_token=token, current=password, new=NEW_PASSWORD)
    assert (done.status, done.headers["location"]) == (303, "/api/")
    assert Api(cookie=done.cookies[0].partition(";")[0]).get("/").status == 200


def test_a_wrong_present_password_is_told_on_the_account_page(people):
    reply = post(people.admin, "/password", current="wrong", new=NEW_PASSWORD)
    assert (reply.status, "not your present password" in reply.text) == (403, True)


def test_signing_out_ends_the_session(people):
    out = post(people.admin, "/sign-out")
    assert (out.status, out.headers["location"]) == (303, "/api/sign-in")
    assert people.admin.get("/").status == 303


def test_a_form_without_the_token_changes_nothing(people):
    bare = Api(cookie=people.admin.cookie, csrf="")
    assert post(bare, "/sign-out").status == 403
    assert people.admin.get("/").status == 200
