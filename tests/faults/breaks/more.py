"""Scenarios of this section's own: the operator's commands, and what requests write by the way.

A command works on a stage of its own. Any request may note that its session was used.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from chalicelib import wiring
from chalicelib.identity.passwords import Vault
from infra.first_administrator import ensure_first_administrator, reset_first_administrator
from tests.faults.breaks.ground import Ground
from tests.scenarios.model import Request, Scenario
from tests.scenarios.plots import asked, form, manager, newcomer, upload
from tests.scenarios.stage import stage_on
from tests.support import dynamodb_local
from tests.support.api import Api
from tests.support.world import PASSWORD, good


class Bare(Ground):
    """A stage on which nobody has been yet."""

    def __post_init__(self) -> None:
        self.new_container()


@dataclass(frozen=True)
class Command:
    """A command of the operator's, and the stage that it works on."""

    world: Bare
    run: Callable[[dict[str, str]], Any]

    def send(self) -> Any:
        """Run it, in an environment as the stage's functions have it."""
        keys = {name.upper(): value for name, value in dynamodb_local.CREDENTIALS.items()}
        with mock.patch.dict(os.environ, keys):
            return self.run(_environ(self.world))


def _bare(world: Ground) -> Bare:
    """The stage of the commands, emptied: to make one takes seconds."""
    made: Bare | None = world.__dict__.get("bare")
    if made is None:
        assert world.servers is not None
        made = world.__dict__["bare"] = stage_on(world.servers, Bare)
        made.__dict__["base"] = frozenset()
        wiring.use(world.wiring)
    for key in made.rows():
        place = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        made.dynamodb.delete_item(TableName=made.config.tables[key.table], Key=place)
    return made


def _first(world: Ground) -> Command:
    return Command(_bare(world), ensure_first_administrator)


def _reset(world: Ground) -> Command:
    command = _first(world)
    command.send()
    return Command(command.world, reset_first_administrator)


def _later(world: Ground) -> Request:
    by = newcomer(world)
    world.pass_time(minutes=6)
    return asked(by, "GET", "/v1/me")


def _elsewhere(world: Ground) -> Request:
    return asked(replace(newcomer(world), address="198.51.100.7"), "GET", "/v1/me")


def _rehash(world: Ground) -> Request:
    """The person's password was hashed when hashing cost less."""
    by = newcomer(world)
    username = good(by.get("/v1/me"), 200)["username"]
    registry = world.wiring.registry
    costlier = replace(registry, vault=Vault(memory_kib=16, rounds=1))
    world.wiring.__dict__["registry"] = costlier
    return form(Api(address="192.0.2.99"), "/sign-in", username=username, password=PASSWORD)


def _too_early(world: Ground) -> Request:
    """Nothing has arrived yet."""
    version = upload(world)["version"]
    path = f"/v1/documents/{version['document_id']}/versions/{version['number']}/complete"
    return asked(manager(world), "POST", path)


_COMPLETE = "POST /v1/documents/{document_id}/versions/{number}/complete"

MORE = (
    Scenario(entry=_COMPLETE, what="too early", ready=_too_early, status=409),
    Scenario(entry="GET /v1/me", what="six minutes later", ready=_later),
    Scenario(entry="GET /v1/me", what="from elsewhere", ready=_elsewhere),
    Scenario(entry="POST /sign-in", what="under a hash of old", ready=_rehash, status=303),
    Scenario(entry="command first_administrator", what="a new stage", ready=_first),
    Scenario(entry="command first_administrator", what="another password", ready=_reset),
)


def _environ(world: Ground) -> dict[str, str]:
    config = world.config
    told = {f"TABLE_{table.name}": name for table, name in config.tables.items()}
    told |= {"STAGE": config.stage, "MAIL_FROM": config.mail_from}
    told |= {"BUCKET_STAGING": config.staging_bucket, "BUCKET_FILES": config.files_bucket}
    told |= {"BUCKET_VAULT": config.vault_bucket}
    told |= {"KEY_DATA": config.data_key, "KEY_ANCHOR": config.anchor_key}
    return {f"PAPERTRAIL_{name}": value for name, value in told.items()}
