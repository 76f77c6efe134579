"""Somebody who works: what they do, how long it took, and what they were told."""

import hashlib
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.support.person import Person, declared, storage

TOLD_TO_TRY_AGAIN = frozenset({409, 412, 429})
"""What the contract answers with when two meet, or come too fast; nothing has happened then."""
_SEE_OTHER = 303


class WrongAnswer(Exception):
    """An answer that no client may get; ends the section."""


@dataclass
class Filed:
    """A document as its filer was told: its number, and each acknowledged version's SHA-256."""

    id: str
    number: int
    versions: dict[int, str]


@dataclass
class Office:
    """What all clerks share: the folder, what lies in it, and the book of what was measured."""

    folder: str
    portal_url: str
    filed: list[Filed] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    again: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long the block took."""
        began = time.monotonic()
        yield
        with self.lock:
            self.seconds[what].append(time.monotonic() - began)


class TryAgainError(Exception):
    """The contract says: read again, then try again."""


class Clerk:
    """One signed-in person, with a browser and the API's client in one."""

    def __init__(self, office: Office, person: Person, seed: str) -> None:
        self._office, self._person = office, person
        self._chosen = random.Random(seed)
        self._written = 0

    def work(self, until: float, think: float) -> None:
        """Do one thing after another, and think in between (seconds on average)."""
        while time.monotonic() < until and not self._office.wrong:
            time.sleep(min(self._chosen.expovariate(1 / think), max(0, until - time.monotonic())))
            (does,) = self._chosen.choices(list(_DAY), weights=list(_DAY.values()))
            try:
                does(self)
            except TryAgainError:
                continue
            except (WrongAnswer, AssertionError, httpx.HTTPError) as error:
                self._office.wrong.append(f"{does.__name__}: {error!r}")

    def open_folder(self) -> None:
        """See the folder's page."""
        self._page("open a folder's page", f"/nodes/{self._office.folder}")

    def open_document(self) -> None:
        """See a document's page."""
        self._page("open a document's page", f"/documents/{self._some().id}")

    def open_history(self) -> None:
        """See a document's history."""
        self._page("open a document's history", f"/documents/{self._some().id}/audit")

    def find(self) -> None:
        """Find a document by its number."""
        some = self._some()
        with self._office.timed("find by number"):
            answer = self._call("GET", f"/documents?number={some.number}")
        found = [each["id"] for each in answer.json()["items"]]
        if found != [some.id]:
            raise WrongAnswer(f"number {some.number} leads to {found}")

    def download(self) -> None:
        """Fetch a version's bytes, and look at them."""
        some = self._some()
        number, sha256 = self._chosen.choice(sorted(some.versions.items()))
        with self._office.timed("download"):
            path = f"/documents/{some.id}/versions/{number}/content"
            answer = self._call("GET", path, status=_SEE_OTHER)
            content = storage.get(answer.headers["location"]).content
        if hashlib.sha256(content).hexdigest() != sha256:
            raise WrongAnswer(f"other bytes than filed: {some.id} version {number}")

    def upload(self) -> None:
        """File a document."""
        body = self._bytes()
        name = f"{self._person.username} {self._written:04d}.pdf"
        with self._office.timed("upload a document, all three steps"):
            told = {"node_id": self._office.folder, "name": name, **_told(body)}
            begun = self._call("POST", "/documents", json=told, status=201).json()
            self._send(begun["document"]["id"], begun, body)
        document = begun["document"]
        digest = hashlib.sha256(body).hexdigest()
        with self._office.lock:
            self._office.filed.append(Filed(document["id"], document["number"], {1: digest}))

    def add_version(self) -> None:
        """File a new version of a document."""
        some, body = self._some(), self._bytes()
        with self._office.timed("upload a version, all three steps"):
            path = f"/documents/{some.id}/versions"
            begun = self._call("POST", path, json=_told(body), status=201).json()
            self._send(some.id, begun, body)
        with self._office.lock:
            some.versions[begun["version"]["number"]] = hashlib.sha256(body).hexdigest()

    def rename(self) -> None:
        """Give a document another name, as it was read."""
        some, self._written = self._some(), self._written + 1
        path = f"/documents/{some.id}"
        read = self._call("GET", path)
        name = f"{self._person.username} renamed {self._written:04d}.pdf"
        with self._office.timed("rename a document"):
            match = {"If-Match": read.headers["etag"]}
            self._call("PATCH", path, json={"name": name}, headers=match)

    def _send(self, document_id: str, begun: dict[str, dict[str, object]], body: bytes) -> None:
        single = begun["upload"]["single"]
        assert isinstance(single, dict)
        sent = storage.request(
            single["method"], single["url"], headers=single["headers"], content=body
        )
        if sent.status_code != httpx.codes.OK:
            raise WrongAnswer(f"the storage answered {sent.status_code}: {sent.text}")
        path = f"/documents/{document_id}/versions/{begun['version']['number']}"
        done = self._call("POST", f"{path}/complete", status=(200, 202)).json()
        while done["version"]["state"] == "verifying":
            time.sleep(0.5)
            done = {"version": self._call("GET", path).json()}
        if done["version"]["state"] != "stored":
            raise WrongAnswer(f"an upload ended as {done['version']}")

    def _page(self, what: str, path: str) -> None:
        with self._office.timed(what):
            answer = self._person.http.get(f"{self._office.portal_url}{path}")
        self._checked("GET", path, answer, (200,))

    def _call(
        self, method: str, path: str, *, status: int | tuple[int, ...] = 200, **given: object
    ) -> httpx.Response:
        answer = self._person.http.request(method, path.removeprefix("/v1"), **given)  # type: ignore[arg-type] # httpx names them all
        return self._checked(
            method, path, answer, status if isinstance(status, tuple) else (status,)
        )

    def _checked(
        self, method: str, path: str, answer: httpx.Response, wanted: tuple[int, ...]
    ) -> httpx.Response:
        if answer.status_code in wanted:
            return answer
        if answer.status_code in TOLD_TO_TRY_AGAIN:
            with self._office.lock:
                self._office.again[f"{method} {answer.status_code}"] += 1
            raise TryAgainError
        raise WrongAnswer(f"{method} {path}: {answer.status_code} {answer.text[:500]}")

    def _some(self) -> Filed:
        with self._office.lock:
            return self._chosen.choice(self._office.filed)

    def _bytes(self) -> bytes:
        self._written += 1
        head = f"%PDF-1.7 {self._person.username} {self._written} ".encode()
        return head + self._chosen.randbytes(self._chosen.randint(200, 60_000))


def _told(body: bytes) -> dict[str, object]:
    return declared(body, "application/pdf")


_DAY: dict[Callable[[Clerk], None], int] = {
    Clerk.open_folder: 22,
    Clerk.open_document: 22,
    Clerk.find: 10,
    Clerk.download: 14,
    Clerk.open_history: 6,
    Clerk.upload: 14,
    Clerk.add_version: 7,
    Clerk.rename: 5,
}
"""How often each is done, in a hundred."""
