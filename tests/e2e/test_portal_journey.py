"""A day in the portal, from the first sign-in to the proof, in a real browser."""

import csv
import io
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import Portal, chromium
from tests.support.real_files import hundred

pytestmark = pytest.mark.browser
CHOSEN = "mossy lantern quarrel at noon"


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def desktop(tmp_path_factory) -> Path:
    """Files and a folder tree as they lie on somebody's desktop."""
    top = tmp_path_factory.mktemp("desktop")
    for file in hundred():
        if file.folder in ("Contracts", "Invoices/2025", "Beware") or file.name == "Ledger.csv":
            place = top / file.folder / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.body)
    photo = next(file for file in hundred() if file.name == "Riverside JPEG.jpg")
    # Bytes behind the picture's end make it one that nobody has filed before.
    (top / photo.name).write_bytes(photo.body + secrets.token_bytes(8))
    (top / "Invoices" / "2026").mkdir()
    return top


class Day:
    """What one chapter leaves to the next."""

    def __init__(self) -> None:
        self.name = f"Mara Lindqvist {secrets.token_hex(2)}"
        self.username = f"mara-{secrets.token_hex(3)}"
        self.folder = f"Halden {secrets.token_hex(2)}"
        self.one_time = ""
        self.folder_url = ""
        self.document_url = ""


@pytest.fixture(scope="module")
def day() -> Day:
    return Day()


@pytest.fixture(scope="module")
def _manager(browser, environment) -> Iterator[Portal]:
    portal = Portal(browser, environment.portal_url)
    yield portal
    portal.context.close()


@pytest.fixture
def manager(_manager) -> Iterator[Portal]:
    """The administrator's tab; whatever a chapter does must leave no trouble."""
    yield _manager
    assert _manager.complaints() == []


@pytest.fixture(scope="module")
def _mara(browser, environment) -> Iterator[Portal]:
    portal = Portal(browser, environment.portal_url)
    yield portal
    portal.context.close()


@pytest.fixture
def mara(_mara) -> Iterator[Portal]:
    """A second person's tab, in a profile of its own."""
    yield _mara
    assert _mara.complaints() == []


def test_a_wrong_password_is_refused_and_names_neither_field(manager, environment):
    manager.open("/")
    expect(manager.page).to_have_url(re.compile("/sign-in"))
    with manager.expecting(401):
        manager.page.get_by_label("User name").fill(environment.admin_username)
        manager.page.get_by_label("Password").fill("not this one")
        manager.page.keyboard.press("Enter")
        expect(manager.page.get_by_role("alert")).to_contain_text("user name or the password")
    manager.sign_in(environment.admin_username, environment.admin_password)
    expect(manager.page.get_by_role("heading", level=1)).to_contain_text("Welcome")


def test_a_new_person_gets_a_one_time_password_and_must_choose_their_own(manager, mara, day):
    page = manager.page
    administration = page.get_by_role("navigation", name="Administration")
    administration.get_by_role("link", name="People").click()
    page.get_by_text("Add a person").click()
    page.get_by_label("Name", exact=True).fill(day.name)
    page.get_by_label("User name").fill(day.username)
    page.get_by_role("button", name="Add", exact=True).click()
    secret = page.locator("[data-secret-value]")
    expect(secret).to_have_text(re.compile(r"\S{8,}"))
    day.one_time = secret.inner_text()

    mara.sign_in(day.username, day.one_time)
    expect(mara.page).to_have_url(re.compile("/password"))
    mara.page.get_by_label("Password you signed in with").fill(day.one_time)
    mara.page.get_by_label("New password").fill(CHOSEN)
    mara.page.get_by_role("button", name="Save and continue").click()
    expect(mara.page.get_by_role("heading", level=1)).to_contain_text(day.name)
    expect(mara.page.get_by_text("No folder is shared with you yet")).to_be_visible()


def test_a_folder_is_made(manager, day):
    page = manager.page
    manager.open("/")
    page.get_by_role("main").get_by_role("link", name="All documents").click()
    page.get_by_role("button", name="New folder").click()
    page.get_by_role("dialog").get_by_label("Name").fill(day.folder)
    page.get_by_role("button", name="Create").click()
    manager.row(day.folder).get_by_role("link").click()
    expect(page.get_by_text("An empty folder, ready for files")).to_be_visible()
    day.folder_url = page.url.removeprefix(manager.url)


def test_dropped_files_and_folders_arrive_with_their_tree(manager, day, desktop):
    page = manager.page
    manager.drop([desktop / "Riverside JPEG.jpg", desktop / "Contracts", desktop / "Invoices"])
    expect(page.get_by_role("region", name="Uploads")).to_be_visible()
    expect(page.get_by_role("progressbar", name="All uploads")).to_be_visible()
    manager.uploaded(8)
    for name in ("Contracts", "Invoices", "Riverside JPEG.jpg"):
        expect(manager.row(name)).to_be_visible()
    manager.row("Invoices").get_by_role("link").click()
    for name in ("2025", "2026"):
        expect(manager.row(name)).to_be_visible()
    manager.row("2025").get_by_role("link").click()
    expect(manager.row("Invoice 2025-003.pdf")).to_be_visible()
    page.get_by_role("button", name="Close uploads").click()


def test_the_same_content_again_is_pointed_out(manager, day, desktop):
    page = manager.page
    manager.open(day.folder_url)
    copy = desktop / "Riverside copy.jpg"
    copy.write_bytes((desktop / "Riverside JPEG.jpg").read_bytes())
    manager.drop([copy])
    manager.uploaded(1)
    twin = page.locator(".twin")
    expect(twin).to_contain_text("Same content as Riverside JPEG.jpg (No. ")
    page.get_by_role("button", name="Close uploads").click()


def test_a_name_that_is_taken_is_asked_about(manager, day, desktop):
    page = manager.page
    with manager.expecting(409):
        manager.drop([desktop / "Riverside JPEG.jpg"])
        tray = page.get_by_role("region", name="Uploads")
        expect(tray).to_contain_text("is in this folder already")
        tray.get_by_role("button", name="Keep both").click()
        manager.uploaded(1)
    expect(manager.row("Riverside JPEG (2).jpg")).to_be_visible()
    page.get_by_role("button", name="Close uploads").click()


def test_a_pdf_is_drawn_page_by_page(manager, day):
    page = manager.page
    manager.row("Contracts").get_by_role("link").click()
    manager.row("Lease, Riverside 12.pdf").get_by_role("link").click()
    expect(page.locator("[data-page-count]")).to_have_text("12")
    day.document_url = page.url.removeprefix(manager.url)
    expect(page.locator(".pdf-page canvas").first).to_be_visible()
    dark = page.locator(".pdf-page canvas").first.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            return data.filter((level, at) => at % 4 === 0 && level < 100 && data[at + 3]).length;
        }"""
    )
    assert dark > 1000
    expect(page.locator(".text-layer").first).to_contain_text("Lease of Riverside 12")
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_label("Page", exact=True)).to_have_value("2")


def test_a_picture_and_a_text_are_shown(manager, day, desktop):
    page = manager.page
    manager.open(day.folder_url)
    manager.row("Riverside JPEG.jpg").get_by_role("link").click()
    picture = page.locator("[data-image]")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 960)
    manager.open(day.folder_url)
    manager.drop([desktop / "Notes" / "Ledger.csv"])
    manager.uploaded(1)
    manager.row("Ledger.csv").get_by_role("link").click()
    expect(page.locator("[data-stage] pre")).to_contain_text('7,"Müller, 7",91.50')
    page.get_by_role("button", name="Close uploads").click()


def test_what_could_run_scripts_is_offered_as_a_download_only(manager, day, desktop):
    page = manager.page
    manager.open(day.folder_url)
    manager.drop([desktop / "Beware"])
    manager.uploaded(11)
    manager.row("Beware").get_by_role("link").click()
    for name in ("Newsletter.html", "Logo.svg", "Really a page.pdf"):
        manager.row(name).get_by_role("link").click()
        expect(page.get_by_role("heading", name="Download only")).to_be_visible()
        body = (desktop / "Beware" / name).read_bytes()
        with page.expect_download() as download:
            page.get_by_role("main").get_by_role("link", name="Download", exact=True).click()
        assert Path(download.value.path()).read_bytes() == body
        assert download.value.suggested_filename == name
        page.go_back()
    assert "broken in" not in page.title()


def test_a_new_version_and_a_roll_back_that_is_undone(manager, day, desktop):
    page = manager.page
    manager.open(day.document_url)
    newer = desktop / "Contracts" / "Non-disclosure agreement.pdf"
    page.get_by_label("Upload a new version").set_input_files(newer)
    expect(page.get_by_text("version 2", exact=True)).to_be_visible()
    page.get_by_role("button", name="Close uploads").click()
    page.get_by_role("navigation", name="About this document").get_by_text("Versions").click()
    page.get_by_role("button", name="Roll back to version 1").click()
    expect(page.locator(".versions > li").first).to_contain_text("content of version 1")
    manager.toast("Rolled back").get_by_role("button", name="Undo").click()
    expect(page.locator(".versions > li").first).to_contain_text("content of version 2")
    expect(page.locator(".versions > li")).to_have_count(4)


def test_the_audit_says_who_did_what_and_what_is_proven(manager, day):
    page = manager.page
    page.get_by_role("navigation", name="About this document").get_by_text("Audit").click()
    expect(page.locator("#proof")).to_contain_text(re.compile("Proven|Sound"))
    # Only the badge is replaced: the page around it stays.
    expect(page.get_by_role("navigation", name="About this document")).to_be_visible()
    told = page.locator(".timeline")
    expect(told).to_contain_text("Administrator")
    for words in ("version 1", "version 2", "rolled it back", "looked at"):
        expect(told).to_contain_text(re.compile(words, re.IGNORECASE))
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    actions = [row["action"] for row in rows]
    assert actions.count("document_rolled_back") == 2
    assert "version_added" in actions


def test_rename_move_and_trash_each_with_a_way_back(manager, day):
    page = manager.page
    manager.open(day.folder_url)
    more = page.get_by_role("button", name="More for Ledger.csv")
    more.click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Ledger 2025.csv")
    page.get_by_role("button", name="Rename").click()
    expect(manager.row("Ledger 2025.csv")).to_be_visible()

    page.get_by_role("button", name="More for Ledger 2025.csv").click()
    page.get_by_role("menuitem", name="Move to…").click()
    dialog = page.get_by_role("dialog", name="Move to")
    expect(dialog.get_by_role("treeitem").first).to_have_attribute("data-name", "All documents")
    expect(dialog.locator("[aria-expanded='true'] > .pick").last).to_have_text(day.folder)
    dialog.locator(f"[data-name='{day.folder}'] [data-name='Contracts']").click()
    dialog.get_by_role("button", name="Move here").click()
    expect(manager.row("Ledger 2025.csv")).to_have_count(0)
    manager.toast("Moved “Ledger 2025.csv”").get_by_role("button", name="Undo").click()
    expect(manager.row("Ledger 2025.csv")).to_be_visible()

    page.get_by_label("Select Ledger 2025.csv").check()
    page.get_by_label("Select Riverside copy.jpg").check()
    page.get_by_role("toolbar").get_by_role("button", name="Trash").click()
    expect(manager.row("Riverside copy.jpg")).to_have_count(0)
    manager.toast("Moved 2 items to the trash").get_by_role("button", name="Undo").click()
    expect(manager.row("Ledger 2025.csv")).to_be_visible()
    expect(manager.row("Riverside copy.jpg")).to_be_visible()


def test_the_trash_gives_back(manager, day):
    page = manager.page
    page.get_by_role("button", name="More for Riverside copy.jpg").click()
    page.get_by_role("menuitem", name="Move to trash").click()
    expect(manager.toast("Moved “Riverside copy.jpg” to the trash")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Trash").click()
    expect(manager.row("Riverside copy.jpg")).to_contain_text(f"was in {day.folder}")
    page.get_by_role("button", name="Restore Riverside copy.jpg").click()
    expect(manager.row("Riverside copy.jpg")).to_have_count(0)
    manager.open(day.folder_url)
    expect(manager.row("Riverside copy.jpg")).to_be_visible()


def test_a_second_person_finds_nothing_until_access_is_given(manager, mara, day):
    with mara.expecting(404):
        for path in (day.folder_url, day.document_url):
            mara.open(path)
            heading = mara.page.get_by_role("heading", level=1)
            expect(heading).to_have_text("This page is not here")

    page = manager.page
    manager.open(day.folder_url)
    page.get_by_role("main").get_by_role("link", name="Access").click()
    page.get_by_label("Person or group").fill(day.name[:6])
    expect(page.locator(f"#principals option[value='{day.name}']")).to_have_count(1)
    page.get_by_label("Person or group").fill(day.name)
    page.get_by_role("button", name="Give access").click()
    expect(manager.toast(f"{day.name} is now viewer")).to_be_visible()

    mara.open("/")
    mara.page.get_by_role("link", name=day.folder).click()
    expect(mara.row("Contracts")).to_be_visible()
    expect(mara.page.get_by_role("button", name="New folder")).to_have_count(0)
    mara.open(day.document_url)
    expect(mara.page.locator(".pdf-page canvas").first).to_be_visible()


def test_signing_out_ends_it(mara, day):
    mara.page.get_by_role("button", name="Sign out").click()
    expect(mara.page).to_have_url(re.compile("/sign-in"))
    mara.open(day.document_url)
    expect(mara.page).to_have_url(re.compile("/sign-in"))
