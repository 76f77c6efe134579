"""Sequences of requests along the links of the API's own description, made up by schemathesis.

A manager who administers everything asks, in a furnished world that keeps what each step did. The
bytes of uploads that began are sent as a browser would. Each answer is as described and in time;
at the end of each sequence the audit's chains hold.
"""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis import GenerationMode
from schemathesis.generation.stateful import run_state_machine_as_test

from chalicelib.audit.check import examine
from chalicelib.transaction import Table
from tests.faults.input.bounds import in_time
from tests.http.test_schemathesis import AIMS, CHECKS, Gateway
from tests.support.described import description, require_described
from tests.support.world import ADMIN_PASSWORD, World, declared

_STEPS = 25
_REJECTED = "negative_data_rejection"
"""A spoiled request may be a fair one in the state that a sequence has reached."""
_KEPT = [check for check in CHECKS if check.__name__ != _REJECTED]


@dataclass
class Walked:
    """What was tried. `links` counts the steps that took what they needed from an answer."""

    sequences: int = 0
    requests: int = 0
    links: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)


def walk(world: World, *, sequences: int, seeded: int) -> Walked:
    """Follow links in so many sequences of up to 25 requests."""
    walked = Walked()
    machine = _machine(world, walked)
    seed(seeded)(machine)
    chosen = settings(
        max_examples=sequences,
        stateful_step_count=_STEPS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=chosen)
    return walked


def _machine(world: World, walked: Walked) -> Any:
    schema, gateway = _schema(), Gateway(world, afresh=False)
    schema.app = gateway

    class Walk(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            world.reset()
            walked.sequences += 1

        def step(self, input: Any) -> Any:  # noqa: A002 - schemathesis calls it so
            _count_link(walked, input)
            return super().step(input)

        def before_call(self, case: Any) -> None:
            _aim(case, world)

        def call(self, case: Any, **more: Any) -> Any:
            with in_time():
                return case.call(**more)

        def after_call(self, response: Any, case: Any) -> None:
            walked.requests += 1
            walked.statuses[response.status_code] += 1
            walked.operations.add(f"{case.method} {case.path}")
            _play_browser(response, world)

        def validate_response(self, response: Any, case: Any, **_more: Any) -> None:
            case.validate_response(response, checks=_KEPT)
            require_described(case.method, case.path, gateway.last)

        def teardown(self) -> None:
            require_sound(world)

    return Walk


def _schema() -> Any:
    told = {**deepcopy(description()), "servers": [{"url": "/"}]}
    for methods in told["paths"].values():
        for operation in methods.values():
            del operation["security"]
    return schemathesis.openapi.from_dict(told)


def _count_link(walked: Walked, step: Any) -> None:
    if step.transition is not None and step.applied_parameters:
        walked.links[step.transition.id] += 1


def require_sound(world: World) -> None:
    """Every chain of the audit verifies, and each document knows the newest entry of its own."""
    rows = sorted(
        ({**row, "pk": key.pk, "sk": key.sk} for key, row in world.database.rows.items()
         if key.table is Table.AUDIT and not key.pk.startswith("CTX#")),
        key=lambda row: (row["pk"], row["sk"]),
    )  # fmt: skip
    heads = {}
    for chain, entries in groupby(rows, key=lambda row: row["pk"]):
        for examined in examine(chain, entries):
            assert examined.problems == (), (chain, examined)
            heads[chain] = (examined.entry.seq, examined.entry.hash)  # type: ignore[union-attr]
    known = {
        key.pk: (row["chain_seq"], row["chain_hash"])
        for key, row in world.database.rows.items()
        if key.table is Table.CORE and "chain_seq" in row
    }
    assert known == {chain: head for chain, head in heads.items() if chain.startswith("D#")}


def _aim(case: Any, world: World) -> None:
    """Real folders, bytes and ids where made-up ones are valid, or nearly all were a 404."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    body = case.body
    if isinstance(body, dict):
        for name in {"node_id", "parent_id"} & body.keys():
            body[name] = world.ids["target"]
        if {"size", "sha256"} <= body.keys():
            body.update(declared(f"%PDF-1.7 {body.get('name')!a}".encode()))
        if "version" in body:
            body["version"] = 1
    for name, value in case.path_parameters.items():
        if name in AIMS and value is None:
            case.path_parameters[name] = world.ids[AIMS[name][1]]


def _play_browser(response: Any, world: World) -> None:
    if response.status_code == 401:
        world.root.sign_in("admin", ADMIN_PASSWORD)
    told = response.json() if response.status_code == 201 else {}
    if told.get("upload"):
        version = told["version"]
        content = f"%PDF-1.7 {version['name']!a}".encode()
        if declared(content)["sha256"] == version["sha256"]:
            world.send(told["upload"], content)
