"""Everything works under API Gateway's own address too, where a stage's name stands in front."""

import re
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

pytestmark = pytest.mark.environment
PAGES = (
    "/",
    "/nodes/root",
    "/nodes/root/access",
    "/trash",
    "/account",
    "/admin/users",
    "/admin/groups",
    "/admin/log",
)
ADDRESS = re.compile(r'\s(?:href|src|action|hx-get)="([^"#]+)')


@pytest.fixture(scope="module")
def browser(environment):
    """Signed in by the form, as a browser is."""
    with httpx.Client(timeout=90, trust_env=False, follow_redirects=True) as client:
        form = {"username": environment.admin_username, "password": environment.admin_password}
        page = client.post(f"{environment.stage_url}/sign-in", data=form)
        assert str(page.url) == f"{environment.stage_url}/"
        yield client


def addresses(page) -> set[str]:
    """Every address that a page leads to, absolute."""
    found = {urljoin(str(page.url), each) for each in ADDRESS.findall(page.text)}
    return {each for each in found if urlsplit(each).scheme in ("http", "https")}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_leads_nowhere_but_below_the_stage(environment, browser, path):
    page = browser.get(f"{environment.stage_url}{path}")
    assert page.status_code == 200
    found = addresses(page)
    assert len(found) > 5
    assert {each for each in found if not each.startswith(f"{environment.stage_url}/")} == set()


def test_every_link_and_asset_of_a_page_answers(environment, browser):
    page = browser.get(f"{environment.stage_url}/nodes/root")
    for address in addresses(page):
        if not address.endswith("/sign-out"):  # a form's target
            assert browser.get(address).status_code == 200, address


def test_assets_bring_their_own_parts_from_below_the_stage(environment, browser):
    page = browser.get(f"{environment.stage_url}/")
    [script] = re.findall(r'src="([^"]+main-[^"]+\.js)"', page.text)
    code = browser.get(urljoin(str(page.url), script))
    parts = set(re.findall(r'["\'](\./[\w-]+\.js)["\']', code.text))
    assert parts
    for part in parts:
        answer = browser.get(urljoin(str(code.url), part))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")


def test_nobody_signed_in_is_sent_to_the_sign_in_page_below_the_stage(environment):
    with httpx.Client(timeout=90, trust_env=False) as client:
        answer = client.get(f"{environment.stage_url}/trash")
    assert answer.status_code == 303
    target = urljoin(str(answer.url), answer.headers["location"])
    assert target.startswith(f"{environment.stage_url}/sign-in")


def test_the_api_answers_below_the_stage(environment, operator):
    made = operator.http.get(f"{environment.stage_url}/v1/nodes/root")
    assert made.status_code == 200
    described = operator.http.get(f"{environment.stage_url}/v1/openapi.json")
    assert described.json()["openapi"].startswith("3.1")
