"""Everything by keys alone: no mouse is touched in this file."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.support.browser import Portal, chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def portal(environment):
    with chromium() as browser:
        made = Portal(browser, environment.portal_url)
        made.sign_in(environment.admin_username, environment.admin_password)
        yield made


@pytest.fixture
def keys(portal):
    portal.page.wait_for_load_state()  # what hears the keys comes after what is seen
    yield portal.page.keyboard
    assert portal.complaints() == []


def focused(portal) -> str:
    """What has the focus, as its name is read aloud, more or less."""
    script = "({ activeElement: on }) => on.getAttribute('aria-label') ?? on.innerText"
    return str(portal.page.evaluate_handle("document").evaluate(script)).strip()


def test_a_folder_is_made_selected_trashed_and_brought_back(portal, keys):
    page = portal.page
    portal.open("/nodes/root")
    place, name = f"Keys {secrets.token_hex(3)}", f"Made by keys {secrets.token_hex(3)}"
    for each in (place, name):
        keys.press("n")
        expect(page.get_by_role("dialog", name="New folder")).to_be_visible()
        keys.type(each)
        keys.press("Enter")
        expect(portal.row(each).get_by_role("link")).to_be_focused()
        if each == place:
            keys.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text(place)
    keys.press("Space")
    expect(page.get_by_label(f"Select {name}")).to_be_checked()
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    keys.press("Delete")
    expect(portal.row(name)).to_have_count(0)
    expect(portal.toast(f"Moved “{name}” to the trash")).to_be_visible()
    keys.press("Control+z")
    expect(portal.row(name)).to_be_visible()


def test_arrows_walk_the_list_and_f2_renames(portal, keys):
    page = portal.page
    keys.press("n")
    second = f"Zuletzt {secrets.token_hex(3)}"
    keys.type(second)
    keys.press("Enter")
    expect(portal.row(second).get_by_role("link")).to_be_focused()
    keys.press("ArrowUp")
    assert focused(portal).startswith("Made by keys")
    keys.press("Shift+ArrowDown")
    expect(page.locator("[data-bulk-count]")).to_have_text("2 selected")
    keys.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    keys.press("F2")
    dialog = page.get_by_role("dialog", name="Rename folder")
    expect(dialog).to_be_visible()
    keys.press("Control+A")
    keys.type(f"{second} again")
    keys.press("Enter")
    expect(portal.row(f"{second} again")).to_be_visible()


def test_the_help_opens_and_closes_and_gives_the_focus_back(portal, keys):
    page = portal.page
    portal.open("/nodes/root")
    keys.press("ArrowDown")
    before = focused(portal)
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    assert focused(portal) == before


def test_the_search_field_is_one_key_away(portal, keys):
    page = portal.page
    keys.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keys.type("Keys ")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("find="))
    expect(page.get_by_role("main")).to_contain_text("starting with “Keys")
    keys.press("/")
    keys.press("Escape")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


def test_pages_are_reached_by_letters(portal, keys):
    page = portal.page
    keys.press("g")
    keys.press("t")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trash")
    page.wait_for_load_state()
    keys.press("g")
    keys.press("h")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Welcome")


def test_the_first_tab_skips_to_the_content(portal, keys):
    portal.open("/trash")
    keys.press("Tab")
    assert focused(portal) == "Skip to content"
    keys.press("Enter")
    expect(portal.page.locator("#main")).to_be_focused()


def test_a_menu_is_walked_and_left_by_keys(portal, keys, operator):
    folder = operator.folder(f"Menu {secrets.token_hex(3)}")
    document = operator.file(folder, "Deed.txt", b"deed")
    portal.open(f"/documents/{document['id']}")
    for key in ("Tab", "Enter"):  # past all that stands before the content
        keys.press(key)
    for _ in range(3):
        keys.press("Tab")
    assert focused(portal) == "More"
    keys.press("Enter")
    expect(portal.page.locator("#document-menu")).to_be_visible()
    keys.press("ArrowDown")
    assert "Move to" in focused(portal)
    keys.press("Escape")
    expect(portal.page.locator("#document-menu")).to_be_hidden()
    assert focused(portal) == "More"
    keys.press("3")
    expect(portal.page).to_have_url(re.compile("/audit"))
