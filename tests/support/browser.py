"""The portal in Chromium, driven as people do, by somebody who notices everything that goes wrong.

Chromium is the one that PAPERTRAIL_CHROMIUM names, or `chromium` on the PATH.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SECONDS = 1000
PATIENCE = 30 * SECONDS
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that is gone afterwards."""
    binary = os.environ.get("PAPERTRAIL_CHROMIUM") or shutil.which("chromium")
    if binary is None:
        raise AssertionError("These tests need Chromium: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(SWITCHES))
        yield browser
        browser.close()


class Portal:
    """One tab of the portal, in a browser profile of its own.

    `troubles` holds whatever the console, the network or the scripts complained of; a status that
    a test provokes is announced beforehand by `expecting`.
    """

    def __init__(self, browser: Browser, url: str, size: Any = None, **options: Any) -> None:
        self.url = url
        self.troubles: list[str] = []
        self._expected: set[int] = set()
        self.context: BrowserContext = browser.new_context(
            viewport=size or DESK,
            reduced_motion="reduce",
            accept_downloads=True,
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # Of each refused request the console tells too; that is judged by its status.
        if "Failed to load resource: the server responded" not in message.text:
            self.troubles.append(f"console on {self.page.url}: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left gives its requests up.
        if request.failure not in ("net::ERR_ABORTED", None):
            self.troubles.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.troubles.append(f"{response.status} {response.request.method} {response.url}")

    def complaints(self) -> list[str]:
        """What went wrong since this was last asked."""
        heard, self.troubles = self.troubles, []
        return heard

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Within, answers of these statuses are no trouble."""
        self._expected |= set(statuses)
        yield
        self.page.wait_for_load_state("networkidle")
        self._expected -= set(statuses)

    def open(self, path: str) -> None:
        """Go to a page by its address, and wait until its scripts have run."""
        self.page.goto(self.url + path)
        self.ready()

    def ready(self) -> None:
        self.page.wait_for_load_state("networkidle")

    def sign_in(self, username: str, password: str) -> None:
        """Fill in the form and send it."""
        if "/sign-in" not in self.page.url:
            self.page.goto(f"{self.url}/sign-in")
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def drop(self, paths: Sequence[Path], onto: Any = None) -> None:
        """Drag files and folders from the desktop and let them fall, as the system reports it.

        They fall on the page's heading; on a folder's row they would go into that folder.
        """
        place = onto or self.page.get_by_role("heading", level=1)
        # In one step: the list may be refreshing itself.
        box = place.evaluate("place => place.getBoundingClientRect().toJSON()")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        session = self.context.new_cdp_session(self.page)
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})
        session.detach()

    def row(self, name: str) -> Any:
        """A row of the list, by its whole name."""
        return self.page.locator(
            "[data-item]", has=self.page.get_by_role("link", name=name, exact=True)
        )

    def toast(self, text: str) -> Any:
        return self.page.locator(".toast", has_text=text)

    def uploaded(self, count: int) -> None:
        """Wait until the tray says that so many uploads are done."""
        expect(self.page.locator("[data-lane='done'] > h3 [data-count]")).to_have_text(str(count))
        expect(self.page.locator("[data-lane='active']")).to_be_hidden()

    def faults(self) -> list[str]:
        """What axe-core finds on the page as it is now."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {node['target']} {node['html'][:160]} {node['failureSummary'][:200]}"
            for each in found
            for node in each["nodes"]
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        script = "() => document.scrollingElement.scrollWidth - innerWidth"
        return max(0, int(self.page.evaluate(script)))

    def shoot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
