"""What grows: a stage with ever more documents, long histories, deep folders, many groups."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.audit.mapping import entry_row, sequence
from chalicelib.audit.model import (
    Action,
    Context,
    Head,
    append,
    document_chain,
    personal,
    reads_chain,
)
from chalicelib.audit.store import context_put
from chalicelib.clock import utc_text
from chalicelib.identity.names import sort_key
from chalicelib.transaction import Key, Row, Table
from tests.bench.growth.copies import FIRST_NUMBER, Copier, original
from tests.bench.growth.filling import FILE, Filler
from tests.scenarios.plots import document, fresh, manager, newcomer, plot
from tests.scenarios.stage import StageWorld, furnished_stage, serving
from tests.support.api import Api
from tests.support.world import good

IN_LARGE = 100_000
"""Documents that lie in one folder; what is beyond lies in others, a thousand in each."""
_A_FOLDER = 1_000
_ENTRIES_A_CONTEXT = 50


class Ground:
    """A stage that grows."""

    def __init__(self, world: StageWorld, filler: Filler) -> None:
        self.world, self.filler = world, filler
        self.documents = 0
        _count_from(world, 9 * FIRST_NUMBER)
        world.ids["large"] = world.folder("Large", world.ids["work"])
        source = plot(world)
        paper = world.document(
            source, f"Paper {0:012d}", b"%PDF-1.7 one of many", by=manager(world)
        )
        self._copier = Copier(filler, original(world, paper))
        world.ids["copy"] = self._copier.id(0)
        self._others: list[str] = []

    def grow(self, documents: int) -> int:
        """Let there be so many documents in all; returns how many rows that took."""
        beyond = max(0, documents - IN_LARGE)
        while len(self._others) * _A_FOLDER < beyond:
            self._others.append(
                self.world.folder(fresh(self.world, "Many"), self.world.ids["work"])
            )
        rows = self._copier.copies(range(self.documents, documents), self._folder_of)
        written = self.filler.fill(rows)
        self.documents = documents
        return written

    def _folder_of(self, n: int) -> str:
        if n < IN_LARGE:
            return self.world.ids["large"]
        return self._others[(n - IN_LARGE) // _A_FOLDER]

    def with_history(self, entries: int) -> str:
        """A document whose two chains have so many entries together; its id."""
        world = self.world
        id_ = document(world)
        rows = world.wiring.database
        key = Key(Table.CORE, f"D#{id_}", "META")
        meta = rows.get(key)
        head = Head(meta["chain_seq"], meta["chain_hash"])
        looks = entries // 10
        added, head = _chain(world, document_chain(id_), head, entries - looks - head.seq)
        looked, _ = _chain(world, reads_chain(id_), Head(), looks)
        bare = {name: value for name, value in meta.items() if name not in ("pk", "sk")}
        self.filler.put(
            {**added, **looked, key: {**bare, "chain_seq": head.seq, "chain_hash": head.hash}}
        )
        return id_

    def at_depth(self, depth: int) -> str:
        """A folder with so many folders above it (two of them are the root and Work); its id."""
        node = self.world.ids["work"]
        for _ in range(depth - 1):
            node = self.world.folder(fresh(self.world, "Level"), node)
        return node

    def in_groups(self, count: int) -> tuple[Api, str]:
        """Somebody signed in who is in so many groups and may see Work; and their user name."""
        by = newcomer(self.world)
        told = good(by.get("/v1/me"), 200)
        me = told["id"]
        self._let_see(me)
        key = Key(Table.IDENTITY, f"U#{me}", "META")
        row = {**self.world.wiring.database.get(key)}
        ids, rows = [], {}
        for _ in range(count):
            group_id = self.world.wiring.new_id()
            ids.append(group_id)
            rows |= _group(group_id, fresh(self.world, "Group"), me, utc_text(self.world.moment))
        bare = {name: value for name, value in row.items() if name not in ("pk", "sk")}
        self.filler.put({**rows, key: {**bare, "group_ids": ids}})
        return by, told["username"]

    def _let_see(self, user_id: str) -> None:
        path = f"/v1/nodes/{self.world.ids['work']}/access"
        now = self.world.root.get(path)
        grants = [
            {"principal": each["principal"], "role": each["role"]} for each in now.json["grants"]
        ]
        grants.append({"principal": f"user:{user_id}", "role": "viewer"})
        body = {"inherit": True, "grants": grants}
        good(self.world.root.put(path, body, If_Match=now.headers["etag"]), 200)


@contextmanager
def growing() -> Iterator[Ground]:
    """A stage on disk, since a million documents do not fit into memory everywhere."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as servers:
        world = furnished_stage(servers)
        filler = Filler(Path(folder) / FILE, world.config.tables)
        try:
            yield Ground(world, filler)
        finally:
            filler.close()


def _count_from(world: StageWorld, number: int) -> None:
    key = {"pk": {"S": "COUNTER"}, "sk": {"S": "DOCUMENT"}}
    world.client("dynamodb").put_item(
        TableName=world.config.tables[Table.CORE], Item={**key, "number": {"N": str(number)}}
    )


def _chain(world: StageWorld, chain: str, head: Head, count: int) -> tuple[dict[Key, Row], Head]:
    """So many entries behind a head, each hashed by the product's rule, and their contexts."""
    rows: dict[Key, Row] = {}
    context: Context | None = None
    looks = chain.startswith("R#")
    for n in range(max(0, count)):
        if n % _ENTRIES_A_CONTEXT == 0:
            told = personal(name="Manager", address="192.0.2.99", agent="test")
            context = told.salted(world.wiring.new_id(), "salt")
            put = context_put(context, told, salt="salt")
            rows[put.key] = {**put.row, "txn": context.id}
        entry = append(
            head,
            chain=chain,
            at=utc_text(world.moment),
            actor=world.ids["manager"],
            action=Action.DOCUMENT_VIEWED if looks else Action.DOCUMENT_RENAMED,
            subject=f"document:{chain[2:]}",
            details={"version": 1, "sha256": "0" * 64} if looks else {"from": "One", "to": "Other"},
            context=context,
            transaction_id=world.wiring.new_id(),
        )
        key = Key(Table.AUDIT, chain, sequence(entry.seq))
        rows[key] = {**entry_row(entry), "txn": entry.transaction_id}
        head = entry.head
    return rows, head


def _group(group_id: str, name: str, member: str, at: str) -> dict[Key, Row]:
    row = {
        "id": group_id,
        "name": name,
        "member_count": 1,
        "rev": 1,
        "created_at": at,
        "changed_at": at,
        "list_pk": "GROUPS",
        "list_sk": sort_key(name, group_id),
    }
    member_key = Key(Table.IDENTITY, f"G#{group_id}", f"M#{member}")
    return {
        Key(Table.IDENTITY, f"G#{group_id}", "META"): row,
        member_key: {"user_id": member, "added_at": at},
        Key(Table.IDENTITY, f"GROUP#{name.casefold()}", "META"): {"group_id": group_id},
    }
