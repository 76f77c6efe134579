"""Every page and every dialog: at a desk and on a phone, by day and by night.

Screenshots of all of them are in build/screenshots/ afterwards.
"""

import secrets
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE, Portal, chromium
from tests.support.real_files import hundred

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
SIZES = {"desk": DESK, "phone": PHONE}
FILED = (
    "Lease, Riverside 12.pdf",
    "契約書.pdf",
    "Riverside JPEG.jpg",
    "Ledger.csv",
    "Newsletter.html",
    "Empty.txt",
    "Budget 2025.xlsx",
    "عقد الإيجار ٢٠٢٥.txt",
    "n" * 251 + ".txt",
)


@pytest.fixture(scope="module")
def made(operator, newcomer):
    """A folder with something of everything in it; gives addresses by the page's name."""
    top = operator.folder(f"Riverside {secrets.token_hex(2)}")
    operator.folder("Correspondence", top)
    empty = operator.folder("Plans", top)
    ids = {
        file.name: operator.file(top, file.name, file.body, file.content_type)["id"]
        for file in hundred()
        if file.name in FILED
    }
    lease = f"/documents/{ids['Lease, Riverside 12.pdf']}"
    operator.version(ids["Lease, Riverside 12.pdf"], hundred()[3].body)
    gone = operator.file(top, "Draft.txt", b"to be thrown away")["id"]
    operator.call("DELETE", f"/documents/{gone}", etag=operator.etag(f"/documents/{gone}"))
    _, user_id = newcomer("Ines", email=f"ines-{secrets.token_hex(2)}@papertrail.test")
    group = operator.post("/groups", name=f"Legal {secrets.token_hex(2)}")["id"]
    operator.call("PUT", f"/groups/{group}/members/{user_id}", json={})
    return {
        "home": "/",
        "folder": f"/nodes/{top}",
        "folder-empty": f"/nodes/{empty}",
        "folder-find": f"/nodes/{top}?find=Ri",
        "folder-find-nothing": f"/nodes/{top}?find=zzz",
        "folder-access": f"/nodes/{top}/access",
        "document-pdf": lease,
        "document-picture": f"/documents/{ids['Riverside JPEG.jpg']}",
        "document-text": f"/documents/{ids['Ledger.csv']}",
        "document-dangerous": f"/documents/{ids['Newsletter.html']}",
        "document-empty": f"/documents/{ids['Empty.txt']}",
        "document-long-name": f"/documents/{ids[FILED[-1]]}",
        "document-trashed": f"/documents/{gone}",
        "document-versions": f"{lease}/versions",
        "document-audit": f"{lease}/audit",
        "document-access": f"{lease}/access",
        "trash": "/trash",
        "account": "/account",
        "people": "/admin/users",
        "groups": "/admin/groups",
        "log": "/admin/log",
    }


PAGES = (
    *("home", "folder", "folder-empty", "folder-find", "folder-find-nothing", "folder-access"),
    *("document-pdf", "document-picture", "document-text", "document-dangerous"),
    *("document-empty", "document-long-name", "document-trashed"),
    *("document-versions", "document-audit", "document-access"),
    *("trash", "account", "people", "groups", "log"),
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def portal(browser, environment):
    made = Portal(browser, environment.portal_url)
    made.sign_in(environment.admin_username, environment.admin_password)
    return made


@pytest.fixture(scope="module")
def anonymous(browser, environment):
    return Portal(browser, environment.portal_url)


def examine(portal: Portal, name: str, *, wide: bool = True) -> None:
    """Hold what is shown to every promise about looks, by day and by night; and take pictures."""
    size = "desk" if wide else "phone"
    for scheme in ("light", "dark"):
        portal.page.emulate_media(color_scheme=scheme)
        portal.shoot(SCREENSHOTS / f"{name}-{size}-{scheme}.png")
        assert portal.faults() == [], (name, size, scheme)
    assert portal.overflow() == 0, (name, size)
    assert portal.complaints() == []


def settled(portal: Portal, name: str) -> None:
    """Wait for what a page fetches after it is there."""
    portal.ready()
    if name == "document-pdf":
        expect(portal.page.locator(".pdf-page canvas").first).to_be_visible()
    if name == "document-audit":
        expect(portal.page.locator("#proof")).to_contain_text("S")
        expect(portal.page.locator("#proof .waiting")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_a_page(portal, made, name):
    portal.page.set_viewport_size(DESK)
    portal.open(made[name])
    settled(portal, name)
    examine(portal, name)
    portal.page.set_viewport_size(PHONE)
    settled(portal, name)
    examine(portal, name, wide=False)


@pytest.mark.parametrize("size", SIZES)
def test_the_sign_in_page(anonymous, size):
    anonymous.page.set_viewport_size(SIZES[size])
    anonymous.open("/sign-in")
    examine(anonymous, "sign-in", wide=size == "desk")


@pytest.mark.parametrize("size", SIZES)
def test_the_sign_in_page_after_a_wrong_password(anonymous, size):
    page = anonymous.page
    page.set_viewport_size(SIZES[size])
    anonymous.open("/sign-in")
    with anonymous.expecting(401):
        page.get_by_label("User name").fill(f"nobody-{secrets.token_hex(3)}")
        page.get_by_label("Password").fill("no such password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
    examine(anonymous, "sign-in-refused", wide=size == "desk")


@pytest.mark.parametrize("size", SIZES)
def test_the_page_for_a_first_password(browser, environment, operator, size):
    username = f"first-{secrets.token_hex(3)}"
    issued = operator.post("/users", name="First", username=username)
    portal = Portal(browser, environment.portal_url, SIZES[size])
    portal.sign_in(username, issued["one_time_password"])
    examine(portal, "password", wide=size == "desk")
    portal.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_page_for_what_is_not_there(portal, size):
    portal.page.set_viewport_size(SIZES[size])
    with portal.expecting(404):
        portal.open("/documents/01m7zzzzzzzzzzzzzzzzzzzzzz")
    examine(portal, "not-found", wide=size == "desk")


DIALOGS = {
    "new-folder": lambda page: page.keyboard.press("n"),
    "shortcuts": lambda page: page.keyboard.press("?"),
    "selection": lambda page: page.get_by_label("Select Ledger.csv").check(),
    "row-menu": lambda page: page.get_by_role("button", name="More for Ledger.csv").click(),
    "upload-menu": lambda page: page.get_by_role("button", name="More ways to upload").click(),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_or_menu_of_a_folder(portal, made, name, size):
    portal.page.set_viewport_size(SIZES[size])
    portal.open(made["folder"])
    DIALOGS[name](portal.page)
    examine(portal, f"folder-{name}", wide=size == "desk")


@pytest.mark.parametrize("size", SIZES)
def test_the_dialogs_that_a_row_s_menu_opens(portal, made, size):
    page = portal.page
    page.set_viewport_size(SIZES[size])
    for name, entry in (("rename", "Rename"), ("move", "Move to…")):
        portal.open(made["folder"])
        page.get_by_role("button", name="More for Ledger.csv").click()
        page.get_by_role("menuitem", name=entry).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        portal.ready()
        if name == "move":
            expect(page.get_by_role("treeitem", name="Correspondence")).to_be_visible()
        examine(portal, f"folder-{name}", wide=size == "desk")


@pytest.mark.parametrize("size", SIZES)
def test_a_document_s_menu(portal, made, size):
    portal.page.set_viewport_size(SIZES[size])
    portal.open(made["document-text"])
    portal.page.get_by_role("button", name="More", exact=True).click()
    examine(portal, "document-menu", wide=size == "desk")


@pytest.mark.parametrize("size", SIZES)
def test_uploads_and_messages(portal, made, size, tmp_path):
    page = portal.page
    page.set_viewport_size(SIZES[size])
    portal.open(made["folder-empty"])
    names = [tmp_path / f"{secrets.token_hex(3)}.txt" for _ in range(2)]
    for path in names:
        path.write_text(path.name, encoding="utf-8")
    portal.drop(names)
    portal.uploaded(2)
    expect(portal.row(names[0].name)).to_be_visible()
    examine(portal, "uploads", wide=size == "desk")
    page.get_by_role("button", name="Close uploads").click()
    page.get_by_label(f"Select {names[0].name}").check()
    page.get_by_role("toolbar").get_by_role("button", name="Trash").click()
    expect(portal.toast("to the trash")).to_be_visible()
    examine(portal, "toast", wide=size == "desk")


def test_the_menu_on_a_phone_leads_everywhere(portal, made):
    page = portal.page
    page.set_viewport_size(PHONE)
    portal.open(made["folder"])
    expect(page.locator("#sidebar")).not_to_be_in_viewport()
    page.get_by_role("link", name="Menu").click()
    expect(page.locator("#sidebar")).to_be_in_viewport()
    examine(portal, "menu", wide=False)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Trash").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trash")
    expect(page.locator("#sidebar")).not_to_be_in_viewport()
