"""A small environment whose audit can be written, anchored, tampered with and verified."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from chalicelib.audit import store
from chalicelib.audit.anchor_hours import anchor_hours
from chalicelib.audit.anchor_model import Anchor, Link
from chalicelib.audit.anchor_night import anchor_night
from chalicelib.audit.anchoring import Anchoring
from chalicelib.audit.evidence import Archive
from chalicelib.audit.model import Action, Context, Entry, Head, personal
from chalicelib.audit.trail import Trail, document_entry, record_read, system_entry
from chalicelib.audit.verify import Verification, Verifying, verify_document
from chalicelib.transaction import Key, Put, Table, transact
from tests.fakes.database import FakeDatabase
from tests.fakes.signer import FakeSigner
from tests.fakes.vault import FakeVault

START = datetime(2031, 5, 30, 22, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Someone:
    """Somebody who acts, as far as the audit asks."""

    user_id: str
    context: Context


@dataclass
class Audited:
    """Writes as the product does; `moment` only moves by `pass_time`."""

    database: FakeDatabase = field(default_factory=FakeDatabase)
    vault: FakeVault = field(default_factory=FakeVault)
    signer: FakeSigner = field(default_factory=FakeSigner)
    moment: datetime = START
    shard: int = 0

    def __post_init__(self):
        ids = itertools.count()
        self.new_id: Callable[[], str] = lambda: f"{next(ids):026d}"
        self.trail = Trail(self.database, self.now, self.new_id, lambda _n: self.shard)
        self.anchoring = Anchoring(
            database=self.database,
            vault=self.vault,
            signer=self.signer,
            signatures=self.signer,
            now=self.now,
            environment="test",
        )
        self.archive = Archive(self.vault, self.signer, "test")
        self.verifying = Verifying(self.database, self.archive, self.now)

    def now(self):
        return self.moment

    def pass_time(self, **parts: float):
        self.moment += timedelta(**parts)

    def someone(self, name="Ada") -> Someone:
        told = personal(name=name, address="192.0.2.7", agent="Browser 1")
        context = told.salted(f"context-{name}", f"salt of {name}")
        key = Key(Table.AUDIT, f"CTX#{context.id}", "CTX")
        if key not in self.database.rows:
            put = store.context_put(context, told, salt=f"salt of {name}")
            self.database.commit([put], token=self.new_id())
        return Someone(f"user-{name}", context)

    def change(self, document="one", action=Action.DOCUMENT_RENAMED, who="Ada", **details) -> Entry:
        key = Key(Table.CORE, f"D#{document}", "META")
        row = self.database.get(key) or {}
        head = Head(row.get("chain_seq", 0), row.get("chain_hash", Head().hash))
        transaction_id = self.new_id()
        entry = document_entry(
            self.trail,
            self.someone(who),
            document_id=document,
            head=head,
            action=action,
            details=details or {"name": "Ä\u2028 letter", "parts": [1, None, {"deep": True}]},
            transaction_id=transaction_id,
        )
        row = {"chain_seq": entry.seq, "chain_hash": entry.hash}
        transact(
            self.database,
            transaction_id=transaction_id,
            changes=[Put(key=key, row=row)],
            audit=[store.entry_put(entry)],
        )
        return entry

    def read(self, document="one", who="Ada") -> Entry:
        return record_read(
            self.trail,
            self.someone(who),
            document_id=document,
            action=Action.DOCUMENT_VIEWED,
            version=1,
            sha256="ab" * 32,
        )

    def system(self, subject="user:1"):
        transaction_id = self.new_id()
        put = system_entry(
            self.trail,
            "system:test",
            action=Action.USER_CREATED,
            subject=subject,
            details={},
            transaction_id=transaction_id,
        )
        transact(self.database, transaction_id=transaction_id, changes=(), audit=[put])

    def anchor_hours(self):
        return anchor_hours(self.anchoring)

    def anchor_night(self):
        return anchor_night(self.anchoring)

    def claim_before(self, previous: Link | None) -> str:
        """Let the second of three hours name another before it, truly signed; its period."""
        self.system()
        self.pass_time(hours=3)
        _, second, *_ = self.anchor_hours()
        name = f"anchors/hourly/manifests/{second.period}.json"
        told = Anchor.read(self.vault.files[name])
        forged = replace(told.statement, previous=previous)
        signature = self.signer.sign(forged.text.encode())
        self.vault.files[name] = replace(told, statement=forged, signature=signature).manifest
        return str(second.period)

    def head(self, document="one") -> Head | None:
        row = self.database.rows.get(Key(Table.CORE, f"D#{document}", "META"))
        return Head(row["chain_seq"], row["chain_hash"]) if row else None

    def verify(self, document="one", **options) -> Verification:
        return verify_document(self.verifying, document, lambda: self.head(document), **options)

    def row(self, chain: str, seq: int) -> Key:
        return Key(Table.AUDIT, chain, f"{seq:012d}")


def busy_days() -> Audited:
    """Three documents over two days, anchored hourly and nightly, with a tail not yet anchored."""
    world = Audited()
    world.system()
    for round_ in range(10):
        for document in ("one", "two", "three"):
            world.change(document, who=("Ada", "Bo")[round_ % 2])
            world.read(document, who=("Cy", "Ada")[round_ % 2])
        world.shard = round_ % 8
        world.system(f"user:{round_}")
        world.pass_time(hours=5, minutes=7)
        world.anchor_hours()
        if round_ in (3, 7):
            world.anchor_night()
    for document in ("one", "two", "three"):
        world.change(document, who="Bo")
        world.read(document, who="Bo")
    return world
