"""The API over the fake database, with an administrator who may sign in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import wiring
from chalicelib.config import Config
from chalicelib.identity.create_user import create_first_administrator
from chalicelib.identity.passwords import Vault
from chalicelib.transaction import Table
from tests.fakes.database import FakeDatabase
from tests.support.api import Api

ADMIN_PASSWORD = "correct-horse-of-the-admin"
NEW_PASSWORD = "mossy lantern quarrel"


@dataclass
class People:
    database: FakeDatabase
    moment: datetime
    admin: Api

    def pass_time(self, **delta: float) -> None:
        self.moment += timedelta(**delta)

    def create(self, username: str, **known: object) -> tuple[dict, str]:
        """A person as the API answers, and their one-time password."""
        body = {"name": username.title(), "username": username, **known}
        reply = self.admin.post("/v1/users", body)
        assert reply.status == 201, reply.text
        return reply.json["user"], reply.json["one_time_password"]

    def settled(self, username: str, **known: object) -> tuple[dict, Api]:
        """A person who has changed their password, signed in."""
        user, password = self.create(username, **known)
        api = Api(address="192.0.2.99")
        assert api.sign_in(username, password).status == 201
        body = {"present_password": password, "new_password": NEW_PASSWORD}
        assert api.put("/v1/me/password", body).status == 200
        api = Api(address="192.0.2.99")
        assert api.sign_in(username, NEW_PASSWORD).status == 201
        return user, api


@pytest.fixture
def people() -> Iterator[People]:
    database = FakeDatabase()
    made = People(database, datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC), Api())
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
        max_document_bytes=1,
        require_scan=False,
    )
    root = wiring.Wiring(config, database=database, now=lambda: made.moment)
    # Cheap hashes: what they cost is tested where they are made.
    root.__dict__["registry"] = replace(root.registry, vault=Vault(memory_kib=8, rounds=1))
    create_first_administrator(
        root.registry,
        actor="system:test",
        username="admin",
        password=ADMIN_PASSWORD,
        must_change=False,
    )
    wiring.use(root)
    made.admin.sign_in("admin", ADMIN_PASSWORD)
    yield made
    wiring.use(None)
