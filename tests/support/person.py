"""Somebody who works with a running environment over its API, as a browser would.

Uploads go to the storage by the presigned requests that the API hands out, exactly as given.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

PATIENCE_SECONDS = 60
_CHUNK = 1 << 20


class Refusal(Exception):
    """A problem document (RFC 9457) that the API answered with."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(status, problem)
        self.status = status
        self.problem = problem

    @property
    def slug(self) -> str:
        """The kind of problem, for example "not-found"."""
        return str(self.problem.get("type", "")).rpartition(":")[2]


class Person:
    """One signed-in person. Threads may share it; each call is a request of its own."""

    def __init__(self, api_url: str, username: str, password: str) -> None:
        limits = httpx.Limits(max_connections=8)
        self.http = httpx.Client(base_url=api_url, timeout=90, trust_env=False, limits=limits)
        self.username, self.password = username, password
        self.sign_in()

    def sign_in(self) -> Mapping[str, Any]:
        """Begin a session; a one-time password is replaced at once, as it must be."""
        started = self.post("/sessions", username=self.username, password=self.password)
        self.http.headers["X-CSRF-Token"] = started["csrf_token"]
        if started["must_change_password"]:
            chosen = f"{self.username} has a long password now"
            changed = self.call(
                "PUT",
                "/me/password",
                json={"present_password": self.password, "new_password": chosen},
            )
            self.http.headers["X-CSRF-Token"] = changed["csrf_token"]
            self.password = chosen
        return started

    def call(self, method: str, path: str, *, etag: str = "", **given: Any) -> Any:
        """Send one request; returns the JSON of its answer. Raises Refusal."""
        headers = {"If-Match": etag} if etag else {}
        answer = self.http.request(method, path, headers=headers, **given)
        if answer.status_code >= 400:
            raise Refusal(answer.status_code, answer.json())
        return answer.json() if answer.content and answer.status_code != 303 else answer

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params=query)

    def post(self, path: str, **body: Any) -> Any:
        return self.call("POST", path, json=body)

    def etag(self, path: str) -> str:
        return f'"{self.get(path)["rev"]}"'

    def folder(self, name: str, parent: str = "root") -> str:
        """Create a folder; returns its id."""
        return str(self.post("/nodes", parent_id=parent, name=name)["id"])

    def begin(self, node_id: str, name: str, body: bytes, content_type: str) -> Any:
        """Begin a document; returns the whole answer."""
        facts = declared(body, content_type)
        return self.post("/documents", node_id=node_id, name=name, **facts)

    def file(self, node_id: str, name: str, body: bytes, content_type: str = "text/plain") -> Any:
        """Upload a document; returns it as stored."""
        begun = self.begin(node_id, name, body, content_type)
        send(begun["upload"], body)
        return self.complete(begun)["document"]

    def version(self, document_id: str, body: bytes, content_type: str = "text/plain") -> Any:
        """Upload a new version; returns the document as it is then."""
        path = f"/documents/{document_id}"
        facts = declared(body, content_type)
        begun = self.call("POST", f"{path}/versions", etag=self.etag(path), json=facts)
        send(begun["upload"], body)
        return self.complete({"document": {"id": document_id}, **begun})["document"]

    def complete(self, begun: Mapping[str, Any]) -> Any:
        """Say that all bytes are sent, and wait until they are verified."""
        document = f"/documents/{begun['document']['id']}"
        path = f"{document}/versions/{begun['version']['number']}"
        done = self.post(f"{path}/complete")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while done["version"]["state"] != "stored":
            if done["version"]["state"] != "verifying" or time.monotonic() > deadline:
                raise AssertionError(done["version"])
            time.sleep(0.5)
            done = {"version": self.get(path), "document": self.get(document)}
        return done

    def address(self, document_id: str, version: int, disposition: str = "") -> str:
        """The short-lived address of a version's bytes."""
        path = f"/documents/{document_id}/versions/{version}/content"
        query = {"disposition": disposition} if disposition else {}
        answer = self.http.get(path, params=query, follow_redirects=False)
        if answer.status_code != 303:
            raise Refusal(answer.status_code, answer.json())
        return str(answer.headers["location"])

    def download(self, document_id: str, version: int) -> bytes:
        return storage.get(self.address(document_id, version)).content

    def listed(self, node_id: str) -> list[Any]:
        """Everything in a folder, page by page."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(f"/nodes/{node_id}/children", limit=40, **cursor)
            items += page["items"]
            if not page["next_cursor"]:
                return items
            cursor = {"cursor": page["next_cursor"]}


storage = httpx.Client(timeout=90, trust_env=False)
"""Sends to and reads from presigned addresses; carries no session."""


def declared(body: bytes, content_type: str) -> dict[str, Any]:
    """What an upload says of its bytes beforehand."""
    digest = hashlib.sha256(body).hexdigest()
    return {"size": len(body), "sha256": digest, "content_type": content_type}


def send(upload: Mapping[str, Any], body: bytes) -> None:
    """Send the bytes of an upload that is one request."""
    answer = put(upload["single"], body)
    if answer.status_code != 200:
        raise AssertionError(f"the storage answered {answer.status_code}: {answer.text}")


def put(request: Mapping[str, Any], body: bytes, *, url: str = "") -> httpx.Response:
    """Carry out a presigned request, or the same at another address."""
    method = request["method"]
    return storage.request(method, url or request["url"], headers=request["headers"], content=body)


def send_parts(parts: Iterable[Mapping[str, Any]], file: Path) -> int:
    """Send the parts that have not arrived, from a file; returns how many those were."""
    sent = 0
    with file.open("rb") as source:
        for part in parts:
            body = source.read(part["size"])
            if not part["arrived"]:
                answer = put(part, body)
                if answer.status_code != 200:
                    raise AssertionError(f"part {part['number']}: {answer.status_code}")
                sent += 1
    return sent


def digest_of(address: str) -> str:
    """The SHA-256 of what is behind an address, streamed."""
    digest = hashlib.sha256()
    with storage.stream("GET", address) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_bytes(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
