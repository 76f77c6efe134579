"""A registry on the fake database, with a clock and ids that the test moves."""

import hashlib
import itertools
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.audit.model import Context
from chalicelib.audit.trail import Trail
from chalicelib.identity.create_user import NewUser, create_first_administrator, create_user
from chalicelib.identity.model import Principal, User
from chalicelib.identity.passwords import Vault
from chalicelib.identity.registry import Registry
from chalicelib.identity.session import Started
from chalicelib.identity.sign_in import sign_in
from chalicelib.identity.store.users import get_user
from chalicelib.transaction import Row, Table
from tests.fakes.database import FakeDatabase

ADMIN_PASSWORD = "correct-horse-of-the-admin"
HERE = {"address": "203.0.113.7", "agent": "Firefox on a laptop"}


@dataclass
class World:
    """Everything a test of people needs."""

    database: FakeDatabase
    registry: Registry
    moment: datetime
    administrator: Principal = field(init=False)

    def pass_time(self, **delta: float) -> None:
        self.moment += timedelta(**delta)

    def person(self, username: str, **known: object) -> tuple[User, str]:
        new = NewUser(name=str(known.pop("name", username.title())), username=username, **known)
        issued = create_user(self.registry, self.administrator, new)
        return issued.user, issued.password

    def sign_in(self, username: str, password: str, **where: str) -> Started:
        where = {**HERE, **where}
        return sign_in(self.registry, username=username, password=password, **where)

    def user(self, user_id: str) -> User:
        return get_user(self.database, user_id)

    def acting(self, user: User) -> Principal:
        return self.user(user.id).as_principal(Context("ctx", "0" * 64))

    def told(self) -> list[Row]:
        """All audit entries, in the order they were made."""
        rows = [
            row
            for key, row in self.database.rows.items()
            if key.table is Table.AUDIT and "action" in row
        ]
        return sorted(rows, key=lambda row: row["txn"])

    def last_told(self) -> Row:
        return self.told()[-1]


@pytest.fixture
def world() -> World:
    database = FakeDatabase()
    numbers = itertools.count(1)
    secrets = itertools.count(1)

    def new_id() -> str:
        return f"{next(numbers):026d}"

    def new_secret() -> str:
        digest = hashlib.sha256(str(next(secrets)).encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def now() -> datetime:
        return made.moment

    trail = Trail(database=database, now=now, new_id=new_id, choose=lambda _count: 0)
    registry = Registry(
        database=database,
        trail=trail,
        now=now,
        new_id=new_id,
        new_secret=new_secret,
        vault=Vault(memory_kib=8, rounds=1),
        portal_url="https://papertrail.example.test",
    )
    made = World(database, registry, datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC))
    admin = create_first_administrator(
        registry,
        actor="system:test",
        username="admin",
        password=ADMIN_PASSWORD,
        must_change=False,
    )
    made.administrator = made.acting(admin)
    return made
