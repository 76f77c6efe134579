"""Large uploads survive what happens to browsers."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import Portal, chromium
from tests.support.person import digest_of
from tests.support.real_files import write_large

pytestmark = pytest.mark.browser
SIZE = 80 * 1000**2
PARTS = 5
ARRIVED = 2


@pytest.fixture
def portal(environment):
    with chromium() as browser:
        made = Portal(browser, environment.portal_url)
        made.sign_in(environment.admin_username, environment.admin_password)
        yield made
        assert made.complaints() == []


def test_a_reload_in_the_middle_costs_only_what_had_not_arrived(portal, operator, folder, tmp_path):
    source = tmp_path / "Laser scan.las"
    digest = write_large(source, SIZE)
    page, sent = portal.page, []

    def first_parts_only(route) -> None:
        if route.request.method == "PUT" and len(sent) >= ARRIVED:
            return  # never answered: the line is slow
        if route.request.method == "PUT":
            sent.append(route.request.url)
        route.continue_()

    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/*partNumber=*", first_parts_only)
    portal.open(f"/nodes/{folder}")
    portal.drop([source])
    for _ in range(ARRIVED):
        with page.expect_event(
            "requestfinished",
            lambda request: "partNumber=" in request.url and request.method == "PUT",
        ):
            pass
    page.reload()
    portal.ready()
    page.unroute("**/*partNumber=*")
    note = page.get_by_role("region", name="Uploads")
    expect(note).to_contain_text("“Laser scan.las” did not finish")

    again: list[str] = []
    page.on(
        "request",
        lambda request: (
            again.append(request.url)
            if request.method == "PUT" and "partNumber=" in request.url
            else None
        ),
    )
    portal.drop([source])
    portal.uploaded(1)
    assert len(again) == PARTS - ARRIVED
    [child] = operator.listed(folder)
    assert digest_of(operator.address(child["id"], 1)) == digest


def test_an_upload_that_is_cancelled_leaves_no_document(portal, operator, folder, tmp_path):
    source = tmp_path / "Unwanted.las"
    write_large(source, SIZE)
    page = portal.page
    page.route("**/*partNumber=*", lambda _: None)
    portal.open(f"/nodes/{folder}")
    portal.drop([source])
    page.get_by_role("button", name="Cancel Unwanted.las").click()
    expect(page.locator("li.upload")).to_have_count(0)
    assert operator.listed(folder) == []
