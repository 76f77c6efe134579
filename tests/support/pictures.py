"""Take the pictures in docs/pictures of a portal at work: `python -m tests.support.pictures`.

Wants an environment with nothing in it: `PAPERTRAIL_HOME=/some/where make run` first.
"""

from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE, Portal, chromium
from tests.support.environment import Environment, load
from tests.support.person import Person
from tests.support.real_documents import paper, xlsx
from tests.support.real_files import hundred

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PEOPLE = ("Ada Okafor", "Mara Lindqvist", "Jonas Weber")
SHELVES = ("Correspondence", "Finance", "People", "Projects")
LEASE = "Lease, Riverside 12.pdf"


def main() -> None:
    """Fill the environment, look at it, and keep what is seen."""
    environment = load()
    ada, contracts, lease = _fill(environment)
    with chromium() as browser:
        desk = Portal(browser, environment.portal_url, DESK)
        desk.sign_in(ada.username, ada.password)
        desk.open(f"/nodes/{contracts}")
        _keep(desk, "portal-folder")
        desk.open(f"/documents/{lease}")
        expect(desk.page.locator(".pdf-page canvas").first).to_be_visible()
        _keep(desk, "portal-document")
        phone = Portal(browser, environment.portal_url, PHONE, device_scale_factor=2)
        phone.sign_in(ada.username, ada.password)
        phone.open(f"/nodes/{contracts}")
        _keep(phone, "portal-phone")


def _fill(environment: Environment) -> tuple[Person, str, str]:
    operator = Person(environment.api_url, environment.admin_username, environment.admin_password)
    root = operator.get("/nodes/root")["id"]
    known = operator.get(f"/nodes/{root}/access")
    people, grants = [], known["grants"]
    for name in PEOPLE:
        issued = operator.post("/users", name=name, username=name.split()[0].lower())
        people.append(
            Person(environment.api_url, issued["user"]["username"], issued["one_time_password"])
        )
        grants.append({"principal": f"user:{issued['user']['id']}", "role": "manager"})
    operator.call(
        "PUT",
        f"/nodes/{root}/access",
        etag=f'"{known["rev"]}"',
        json={"inherit": True, "grants": grants},
    )
    ada, mara, jonas = people
    for shelf in SHELVES:
        ada.folder(shelf, root)
    contracts = ada.folder("Contracts", root)
    for shelf in ("Expired", "Suppliers"):
        mara.folder(shelf, contracts)
    ids = {}
    for number, file in enumerate(file for file in hundred() if file.folder == "Contracts"):
        owner = people[number % 3]
        made = owner.file(contracts, file.name, file.body, file.content_type)
        ids[file.name] = made["id"]
    photo = next(file for file in hundred() if file.name == "Riverside JPEG.jpg")
    jonas.file(contracts, "Riverside 12, river side.jpg", photo.body)
    mara.file(contracts, "Rent review 2025.xlsx", xlsx("Rent review"))
    jonas.file(contracts, "Notes of the viewing.txt", b"Second floor: new windows.\n")
    for number, owner in enumerate((jonas, mara), start=12):
        body = paper("Lease of Riverside 12", pages=14, seed=number)
        owner.version(ids[LEASE], body, "application/pdf")
    return ada, contracts, ids[LEASE]


def _keep(portal: Portal, name: str) -> None:
    path = PICTURES / f"{name}.png"
    portal.ready()
    portal.shoot(path)
    # A portal has few colours: a palette of them is a third of the size, and looks the same.
    Image.open(path).convert("P", palette=Image.Palette.ADAPTIVE, colors=256).save(
        path, optimize=True
    )


if __name__ == "__main__":
    main()
