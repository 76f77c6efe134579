"""The stage that tries run on: its clock moves on with each look, so that entries have an order."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from chalicelib.attributes import to_row
from chalicelib.transaction import Key, Row, Table
from functions.events import outbox, uploads
from tests.scenarios.events import TIMER
from tests.scenarios.model import Scenario
from tests.scenarios.plots import everyone_signs_in
from tests.scenarios.stage import Servers, StageWorld, furnished_stage
from tests.support.world import good

_TICK = timedelta(microseconds=1)
_BATCH = 100
_IDLE, _SEEN = timedelta(minutes=30), timedelta(minutes=4)


class Ground(StageWorld):
    """A furnished stage, and what looking at it in bulk needs."""

    _awake = datetime.min.replace(tzinfo=UTC)

    @property
    def moment(self) -> datetime:  # type: ignore[override]
        """The time, never the same twice."""
        self._moment: datetime = self._moment + _TICK
        return self._moment

    @moment.setter
    def moment(self, value: datetime) -> None:
        self._moment = value

    @cached_property
    def dynamodb(self) -> Any:
        """A client of the tables."""
        return self.client("dynamodb")

    @cached_property
    def s3(self) -> Any:
        """A client of the buckets that may do anything."""
        return self.client("s3")

    @cached_property
    def known(self) -> Mapping[str, str]:
        """The ids that every state on this stage has in common, with their names."""
        return {id_: name for name, id_ in self.ids.items() if len(id_) > len("root")}

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Tables by their names."""
        return {name: table for table, name in self.config.tables.items()}

    @cached_property
    def base(self) -> frozenset[Key]:
        """Rows that stood before any scenario."""
        return frozenset(self.rows())

    @cached_property
    def looked_at(self) -> set[tuple[str, str]]:
        """Objects whose bytes were held against their rows, as key and version."""
        return set()

    def sessions(self) -> frozenset[Key]:
        """The sessions of whoever asks here again and again: when they were seen is no outcome."""
        cookies = [api.cookie.partition("=")[2] for api in (self.root, *self.callers.values())]
        told = [cookie.partition(".") for cookie in cookies]
        return frozenset(
            Key(Table.EPHEMERAL, f"U#{id_}", f"S#{hashlib.sha256(secret.encode()).hexdigest()}")
            for id_, _, secret in told
        )

    def anchors(self, scenario: Scenario) -> Counter[str]:
        """What an anchoring scenario makes, by what is still missing; nothing for others."""
        if "anchor" not in scenario.entry:
            return Counter()
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.config.vault_bucket
        )
        found = Counter(each["Key"] for page in pages for each in page.get("Versions", []))
        twice = [key for key, versions in found.items() if versions > 1]
        closed = (self._moment - timedelta(hours=1, minutes=5)).strftime("%Y-%m-%dT%H")
        names = {
            "the last hour": f"anchors/hourly/manifests/{closed}.json",
            "tonight": f"anchors/nightly/manifests/{self._moment:%Y-%m-%d}.json",
        }
        told = [f"{what} is anchored: {key in found}" for what, key in names.items()]
        return Counter([*told, f"written twice: {twice}"])

    def read(self, keys: Iterable[Key]) -> Mapping[Key, Row]:
        """Rows under these keys, as they stand now; missing ones left out."""
        wanted, found = list(keys), {}
        for start in range(0, len(wanted), _BATCH):
            asked: dict[str, Any] = {}
            for key in wanted[start : start + _BATCH]:
                entry = asked.setdefault(
                    self.config.tables[key.table], {"Keys": [], "ConsistentRead": True}
                )
                entry["Keys"].append({"pk": {"S": key.pk}, "sk": {"S": key.sk}})
            answer = self.dynamodb.batch_get_item(RequestItems=asked)
            assert not answer.get("UnprocessedKeys")
            for name, items in answer["Responses"].items():
                for row in map(to_row, items):
                    found[Key(self.tables[name], row["pk"], row["sk"])] = row
        return found

    def wake(self) -> None:
        """Have everybody signed in, and seen so lately that no request notes it."""
        passed = self._moment - self._awake
        if passed > _IDLE:
            everyone_signs_in(self)
        elif passed > _SEEN:
            for api in (self.root, *self.callers.values()):
                good(api.get("/v1/me"), 200)
        else:
            return
        self._awake = self._moment

    def align(self) -> None:
        """Go on to ten minutes past the next hour: so no hour ends while a try is under way."""
        hour = self._moment.replace(minute=10, second=0, microsecond=0)
        self._moment = hour + timedelta(hours=1)

    def calm(self, *, hours: float) -> None:
        """Let time pass and the sweeps go by, so that nothing old is in an event's way."""
        self.pass_time(hours=hours)
        uploads.sweep_uploads(dict(TIMER), None)
        outbox.sweep_outbox(dict(TIMER), None)
        self.wake()

    def forget_attempts(self, keys: Iterable[Key]) -> None:
        """Forget how often somebody tried to sign in: a try is not the fiftieth from its address.

        An attempt whose answer was lost stays counted, as it should.
        """
        for key in keys:
            if key.table is Table.EPHEMERAL and key.pk.startswith("TRY#"):
                place = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
                self.dynamodb.delete_item(TableName=self.config.tables[key.table], Key=place)

    def staged(self, prefix: str) -> list[str]:
        """Keys of what lies in the staging bucket."""
        listed = self.s3.list_objects_v2(Bucket=self.config.staging_bucket, Prefix=prefix)
        return [each["Key"] for each in listed.get("Contents", [])]


def ground(servers: Servers) -> Ground:
    """A furnished stage."""
    world = furnished_stage(servers, Ground)
    world.wake()
    assert world.base  # both as they are now: scenarios add to them
    assert world.known
    return world
