"""An environment with folders, documents and people of every standing, reset in microseconds.

In the folder "Work" each of PEOPLE but the stranger and the administrators holds the role that
they are named for; `document` has two versions stored and one upload under way for each of them.
"""

import hashlib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.audit.evidence import Archive
from chalicelib.audit.verify import Verifying
from chalicelib.config import Config
from chalicelib.documents.desk import Request
from chalicelib.documents.plant import plant_root
from chalicelib.identity.create_user import create_first_administrator
from chalicelib.identity.passwords import Vault
from chalicelib.transaction import Key, Row, Table
from tests.fakes.database import FakeDatabase
from tests.fakes.files import FakeFiles
from tests.fakes.signer import FakeSigner
from tests.fakes.vault import FakeVault
from tests.support.api import Api, Reply

PASSWORD = "mossy lantern quarrel"
ADMIN_PASSWORD = "correct-horse-of-the-admin"
PEOPLE = ("stranger", "viewer", "contributor", "editor", "manager", "administrator")
ROLES = ("viewer", "contributor", "editor", "manager")
FIRST, SECOND = b"%PDF-1.7 first", b"%PDF-1.7 second"
LARGEST = 50 * 1024**3


def settings(**changes: Any) -> Config:
    config = Config(
        stage="test",
        tables={table: table.value for table in Table},
        staging_bucket="staging",
        files_bucket="files",
        vault_bucket="vault",
        data_key="key",
        anchor_key="key",
        retention_days=1,
        vault_retention_days=1,
        mail_from="noreply@example.com",
        portal_url="",
        allow_http=False,
        max_document_bytes=LARGEST,
        require_scan=False,
    )
    return replace(config, **changes)


def declared(content: bytes, **more: Any) -> dict[str, Any]:
    """What a client says of bytes that it wants to upload."""
    sha256 = hashlib.sha256(content).hexdigest()
    return {"size": len(content), "sha256": sha256, "content_type": "application/pdf", **more}


@dataclass
class World:
    """`root` is the first administrator, who manages the topmost folder; `ids` by plain name.

    On fakes, unless it is given a database and files that keep the same contracts.
    """

    config: Config = field(default_factory=settings)
    database: Any = field(default_factory=FakeDatabase)
    files: Any = field(default_factory=FakeFiles)
    moment: datetime = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    root: Api = field(default_factory=Api)
    callers: dict[str, Api] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    _kept: Any = None

    def __post_init__(self) -> None:
        self.new_container()
        user = create_first_administrator(
            self.wiring.registry,
            actor="system:test",
            username="admin",
            password=ADMIN_PASSWORD,
            must_change=False,
        )
        plant_root(self.wiring.filing, manager_user_id=user.id)
        self.root.sign_in("admin", ADMIN_PASSWORD)
        self.ids["root_user"] = user.id

    def new_container(self) -> None:
        """Answer as a container that has just started, and remembers nothing."""
        wired = wiring.Wiring(
            self.config, database=self.database, files=self.files, now=lambda: self.moment
        )
        # Cheap hashes: what they cost is tested where they are made.
        wired.__dict__["registry"] = replace(wired.registry, vault=Vault(memory_kib=8, rounds=1))
        self._prove(wired)
        self.wiring = wired
        wiring.use(wired)

    def _prove(self, wired: wiring.Wiring) -> None:
        """Anchors on fakes: those of the audit are tested where they are made."""
        archive = Archive(FakeVault(), FakeSigner(), "test")
        wired.__dict__["verifying"] = Verifying(self.database, archive, lambda: self.moment)

    def pass_time(self, **delta: float) -> None:
        self.moment += timedelta(**delta)

    def keep(self) -> None:
        """Remember this state for `reset`."""
        self._kept = self._state()

    def reset(self) -> None:
        """Go back to what `keep` remembered."""
        rows, files, self.moment, cookies = self._kept
        for api, (cookie, csrf) in zip(self._apis(), cookies, strict=True):
            api.cookie, api.csrf = cookie, csrf
        self.database.rows = dict(rows)
        self.database.before = lambda _operation: None
        self.database.after_commit = lambda _changes: None
        self.files.__dict__.update(deepcopy(files))
        self.wiring.filing.guard.lineages.forget()

    def rows(self) -> Mapping[Key, Row]:
        """What is stored, but for what every look writes: sessions and when they were seen."""
        return {
            key: row for key, row in self.database.rows.items() if key.table is not Table.EPHEMERAL
        }

    def person(self, username: str, **known: Any) -> Api:
        """Somebody signed in with a password of their own."""
        body = {"name": username.title(), "username": username, **known}
        made = good(self.root.post("/v1/users", body), 201)
        self.ids[username] = made["user"]["id"]
        api = Api(address="192.0.2.99")
        good(api.sign_in(username, made["one_time_password"]), 201)
        body = {"present_password": made["one_time_password"], "new_password": PASSWORD}
        good(api.put("/v1/me/password", body), 200)
        good(api.sign_in(username, PASSWORD), 201)
        self.callers[username] = api
        return api

    def folder(self, name: str, parent: str = "root", *, by: Api | None = None) -> str:
        body = {"parent_id": parent, "name": name}
        return str(good((by or self.root).post("/v1/nodes", body), 201)["id"])

    def grant(self, node_id: str, *, inherit: bool = True, **roles: str) -> None:
        """Give people (by user name) roles in a folder, and nobody else."""
        grants = [{"principal": f"user:{self.ids[n]}", "role": r} for n, r in roles.items()]
        path = f"/v1/nodes/{node_id}/access"
        etag = self.root.get(path).headers["etag"]
        good(self.root.put(path, {"inherit": inherit, "grants": grants}, If_Match=etag), 200)

    def document(self, node: str, name: str, content: bytes, *, by: Api | None = None) -> str:
        """A document with its first version stored."""
        api = by or self.root
        begun = good(api.post("/v1/documents", declared(content, node_id=node, name=name)), 201)
        self.store(begun, content, by=api)
        return str(begun["document"]["id"])

    def version(self, document_id: str, content: bytes, *, by: Api | None = None) -> None:
        """One more version, stored."""
        api = by or self.root
        path = f"/v1/documents/{document_id}/versions"
        self.store(good(api.post(path, declared(content)), 201), content, by=api)

    def store(self, begun: Any, content: bytes, *, by: Api) -> Any:
        """Send an upload's bytes as told, and complete it."""
        self.send(begun["upload"], content)
        version = begun["version"]
        path = f"/v1/documents/{version['document_id']}/versions/{version['number']}/complete"
        return good(by.post(path), 200)

    def send(self, upload: Any, content: bytes) -> None:
        """Play the browser: send the bytes where the upload says."""
        start = 0
        for told in upload["parts"] or [{**upload["single"], "size": len(content)}]:
            body = content[start : start + told["size"]]
            request = Request(method=told["method"], url=told["url"], headers=told["headers"])
            assert self.files.send(request, body) == 200
            start += told["size"]

    def etag(self, kind: str, id_: str) -> str:
        """The ETag of a stored thing: kind "N" (folder), "D" (document), "U", "G"."""
        table = Table.CORE if kind in "ND" else Table.IDENTITY
        return f'"{self.database.get(Key(table, f"{kind}#{id_}", "META"))["rev"]}"'

    def _state(self) -> Any:
        kept = {k: v for k, v in self.files.__dict__.items() if k not in ("before", "_ids")}
        cookies = [(api.cookie, api.csrf) for api in self._apis()]
        return dict(self.database.rows), deepcopy(kept), self.moment, cookies

    def _apis(self) -> list[Api]:
        return [self.root, *self.callers.values()]


def good(reply: Reply, status: int) -> Any:
    assert reply.status == status, reply.text
    return reply.json


def furnished() -> World:
    """Everything that routes can be asked about."""
    world = World()
    furnish(world)
    world.keep()
    return world


def furnish(world: World) -> None:
    """People of every standing, and what they work with."""
    for name in PEOPLE:
        world.person(name, is_administrator=name == "administrator")
    ids = world.ids
    ids["work"] = world.folder("Work")
    world.grant(ids["work"], **{role: role for role in ROLES})
    ids["folder"] = world.folder("Folder", ids["work"])
    ids["target"] = world.folder("Target", ids["work"])
    ids["document"] = world.document(ids["work"], "Letter.pdf", FIRST)
    world.version(ids["document"], SECOND)
    for name in ("contributor", "editor", "manager"):
        begun = world.callers[name].post(
            f"/v1/documents/{ids['document']}/versions", declared(name.encode())
        )
        world.send(begun.json["upload"], name.encode())
        ids[f"upload_of_{name}"] = str(begun.json["version"]["number"])
    _trash(world)
    ids["group"] = good(world.root.post("/v1/groups", {"name": "Team"}), 201)["id"]
    ids["empty_group"] = good(world.root.post("/v1/groups", {"name": "Nobody"}), 201)["id"]
    world.root.put(f"/v1/groups/{ids['group']}/members/{ids['stranger']}")


def _trash(world: World) -> None:
    ids = world.ids
    ids["gone_folder"] = world.folder("Gone", ids["work"])
    ids["gone_document"] = world.document(ids["work"], "Gone.pdf", b"gone")
    for path, kind, id_ in (
        ("nodes", "N", ids["gone_folder"]),
        ("documents", "D", ids["gone_document"]),
    ):
        good(world.root.delete(f"/v1/{path}/{id_}", If_Match=world.etag(kind, id_)), 200)


@pytest.fixture(scope="module")
def module_world() -> Iterator[World]:
    world = furnished()
    yield world
    wiring.use(None)


@pytest.fixture
def world(module_world: World) -> World:
    """The furnished world as it was made, whatever other tests did to it."""
    wiring.use(module_world.wiring)
    module_world.reset()
    return module_world
