"""An office: people, folders and documents on fakes, with a clock and ids that the test moves."""

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.access.guard import Authority, Guard
from chalicelib.access.model import ROOT_ID, Role
from chalicelib.access.store import Lineages
from chalicelib.audit.check import Problem, examine
from chalicelib.audit.mapping import read_entry
from chalicelib.audit.model import (
    SYSTEM_SHARDS,
    Action,
    Context,
    Entry,
    document_chain,
    reads_chain,
    system_chain,
)
from chalicelib.audit.store import rows
from chalicelib.audit.trail import Trail
from chalicelib.documents.begin_upload import Begun, Declared, begin_document, begin_version
from chalicelib.documents.change_access import change_access
from chalicelib.documents.complete_upload import complete
from chalicelib.documents.create_node import create_node
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import Document, Node, Version
from chalicelib.documents.open import list_children
from chalicelib.documents.plant import plant_root
from chalicelib.documents.store import DocumentStore
from chalicelib.identity.model import Principal
from chalicelib.transaction import Database, Key, Put, Row, Table
from tests.fakes.database import FakeDatabase
from tests.fakes.files import FakeFiles

NOON = datetime(2031, 5, 6, 12, 0, 0, tzinfo=UTC)


def declared(body: bytes, content_type: str = "text/plain") -> Declared:
    digest = hashlib.sha256(body).hexdigest()
    return Declared(size=len(body), sha256=digest, content_type=content_type)


def of_size(size: int, sha256: str = "ab" * 32) -> Declared:
    return Declared(size=size, sha256=sha256, content_type="application/octet-stream")


def person(name: str, *groups: str, administrator: bool = False) -> Principal:
    return Principal(
        user_id=name,
        username=name,
        name=name.title(),
        group_ids=frozenset(groups),
        is_administrator=administrator,
        context=Context(f"context-{name}", "0" * 64),
    )


@dataclass
class Office:
    """Filing with `boss` as the manager of the root. Time passes a second with each change."""

    database: Any = field(default_factory=FakeDatabase)
    files: FakeFiles = field(default_factory=FakeFiles)
    moment: datetime = NOON
    require_scan: bool = False
    disabled: set[str] = field(default_factory=set)
    prefix: str = ""

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._shards = itertools.cycle(range(SYSTEM_SHARDS))
        self.filing = self.desk(self.database)
        plant_root(self.filing, manager_user_id="boss")
        self.known("user:boss")

    def desk(self, database: Database) -> Filing:
        """Another container's desk on the same rows."""
        shards = self._shards
        return Filing(
            person_of=self._person_of,
            store=DocumentStore(database),
            files=self.files,
            guard=Guard(Lineages(database)),
            trail=Trail(database, self.now, self.new_id, lambda _n: next(shards)),
            now=self.now,
            retention_days=3650,
            max_document_bytes=50 * 1024**3,
            require_scan=self.require_scan,
        )

    def _person_of(self, user_id: str) -> Principal | None:
        return None if user_id in self.disabled else person(user_id)

    def new_id(self) -> str:
        return f"{self.prefix}{next(self._ids):0{26 - len(self.prefix)}d}"

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def pass_time(self, **parts: float) -> None:
        self.moment += timedelta(**parts)

    def by(
        self, who: str | Principal = "boss", new_id: Callable[[], str] | None = None
    ) -> Authority:
        """A request of somebody's, as the edge hands it over."""
        principal = who if isinstance(who, Principal) else person(who)
        epoch = Lineages(self.filing.store.database).epoch()
        return Authority(principal=principal, epoch=epoch, new_id=new_id or self.new_id)

    def folder(self, name: str, parent: Node | str = ROOT_ID, who: str = "boss") -> Node:
        parent_id = parent if isinstance(parent, str) else parent.id
        return create_node(self.filing, self.by(who), parent_id=parent_id, name=name)

    def tower(self, levels: int, parent: Node | str = ROOT_ID, name: str = "t") -> list[Node]:
        """Folders in one another, topmost first."""
        built: list[Node] = []
        for level in range(levels):
            built.append(self.folder(f"{name}{level}", built[-1] if built else parent))
        return built

    def begin(
        self, name: str, body: bytes = b"bytes", node: Node | str = ROOT_ID, who: str = "boss"
    ) -> Begun:
        node_id = node if isinstance(node, str) else node.id
        authority = self.by(who)
        return begin_document(
            self.filing, authority, node_id=node_id, name=name, declared=declared(body)
        )

    def send(self, begun: Begun, body: bytes) -> None:
        start = 0
        for request in begun.requests:
            size = len(body) if request.size is None else request.size
            assert self.files.send(request, body[start : start + size]) == 200
            start += size

    def complete(
        self, begun: Begun, who: str = "boss", digests: Mapping[int, str] | None = None
    ) -> tuple[Document, Version]:
        version = begun.version
        return complete(
            self.filing,
            self.by(who),
            version.document_id,
            version.number,
            part_digests=digests or {},
        )

    def document(
        self, name: str, body: bytes = b"bytes", node: Node | str = ROOT_ID, who: str = "boss"
    ) -> Document:
        """A document whose first version is stored."""
        begun = self.begin(name, body, node, who)
        self.send(begun, body)
        return self.complete(begun, who)[0]

    def version(self, document: Document, body: bytes, who: str = "boss") -> Document:
        """The document with one more version."""
        begun = begin_version(
            self.filing, self.by(who), document.id, declared=declared(body), rev=None
        )
        self.send(begun, body)
        return self.complete(begun, who)[0]

    def known(self, *names: str) -> None:
        """Let "user:x" and "group:x" exist, as far as grants ask."""
        for name in names:
            kind, _, id_ = name.partition(":")
            key = Key(Table.IDENTITY, f"{kind[0].upper()}#{id_}", "META")
            self.database.commit([Put(key=key, row={"id": id_})], token=self.new_id())
            if kind == "group":
                member = Key(Table.IDENTITY, key.pk, "M#somebody")
                self.database.commit([Put(key=member, row={"id": id_})], token=self.new_id())

    def grant(self, node: Node | str = ROOT_ID, *, inherit: bool = True, **roles: str) -> Node:
        """Set a folder's grants, user_id=role; the root keeps its manager."""
        found = self.node(node)
        grants = {f"user:{who}": Role(role) for who, role in roles.items()}
        if found.id == ROOT_ID:
            grants["user:boss"] = Role.MANAGER
        return self.set_access(found, grants, inherit=inherit)

    def set_access(
        self, node: Node, grants: Mapping[str, Role], *, inherit: bool = True, who: str = "boss"
    ) -> Node:
        self.known(*grants)
        return change_access(
            self.filing, self.by(who), node.id, inherit=inherit, grants=grants, rev=node.rev
        )

    def node(self, node: Node | str) -> Node:
        """The folder as it is now."""
        return self.filing.store.node(node if isinstance(node, str) else node.id)

    def again(self, document: Document) -> Document:
        """The document as it is now."""
        return self.filing.store.document(document.id)

    def names(self, node: Node | str = ROOT_ID, who: str = "boss", **asked: Any) -> list[str]:
        """What somebody sees in a folder."""
        node_id = node if isinstance(node, str) else node.id
        asked = {"limit": 100, "cursor": None, **asked}
        listing = list_children(self.filing, self.by(who), node_id, **asked)
        return [child.name for child in listing.items]

    def told(self, document: Document) -> list[Entry]:
        """A document's chain, oldest first."""
        return [read_entry(row) for row in rows(self.database, document_chain(document.id))]

    def actions(self, document: Document) -> list[Action]:
        return [entry.action for entry in self.told(document)]

    def looks(self, document: Document) -> list[Entry]:
        return [read_entry(row) for row in rows(self.database, reads_chain(document.id))]

    def system(self) -> list[Entry]:
        """The system log, oldest first."""
        chains = map(system_chain, range(SYSTEM_SHARDS))
        found = [read_entry(row) for chain in chains for row in rows(self.database, chain)]
        return sorted(found, key=lambda entry: entry.at)

    def problems(self, *documents: Document) -> list[Problem]:
        """What is wrong with any chain, the document rows' heads included."""
        chains = [system_chain(n) for n in range(SYSTEM_SHARDS)]
        for document in documents:
            chains += [document_chain(document.id), reads_chain(document.id)]
        found = [
            problem
            for chain in chains
            for examined in examine(chain, rows(self.database, chain))
            for problem in examined.problems
        ]
        for document in documents:
            assert self.again(document).head == self.told(document)[-1].head
        return found

    def snapshot(self) -> dict[Key, Row]:
        """Every row, to see that a refusal changed nothing."""
        return dict(self.database.rows)


def later(authority: Authority, **changes: Any) -> Authority:
    """The same request with something changed."""
    return replace(authority, **changes)
