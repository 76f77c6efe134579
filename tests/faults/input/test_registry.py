"""No parser is forgotten, and no registration is a name alone."""

import ast
from pathlib import Path

import pytest

from functions.edge import ROUTES
from tests.architecture.source import ROOT, Module
from tests.faults.input import registry
from tests.faults.input.found import of, parsers
from tests.faults.input.parser import entered, fuzz
from tests.faults.input.parsers import PARSERS
from tests.faults.input.raw import send_all
from tests.support.world import module_world

__all__ = ["module_world"]
pytestmark = pytest.mark.faults

PLANTED = """
import json, re

def from_somewhere(text: str) -> dict:
    return json.loads(text)

class Thing:
    @classmethod
    def read(cls, line: bytes) -> "Thing":
        return cls()

def counted(text: str) -> int:
    return int(text)

def written(value: bytes) -> str:
    return base64.b64encode(value).decode()

def added(one: int, other: int) -> int:
    return int(7.5) + one + other
"""


def test_every_parser_is_registered():
    assert registry.forgotten() == set()


def test_no_registration_outlives_its_parser():
    named = registry.registered() | registry.AT_THE_DOOR | registry.LEFT_OUT.keys()
    assert {name for name in named if not _is_there(name)} == set()
    assert (registry.AT_THE_DOOR | registry.LEFT_OUT.keys()) <= parsers()
    assert not registry.registered() & (registry.AT_THE_DOOR | registry.LEFT_OUT.keys())


def test_a_parser_that_nobody_registered_is_found(tmp_path: Path):
    planted = tmp_path / "planted.py"
    planted.write_text(PLANTED, "utf-8")
    names = {name.partition(":")[2] for name in of(Module(planted))}
    assert names == {"from_somewhere", "Thing.read", "counted"}
    assert registry.forgotten(of(Module(planted))) == set(of(Module(planted)))


def test_every_body_that_a_route_reads_is_fuzzed():
    bodies = {f"body {route.body}" for route in ROUTES if route.body}
    assert bodies <= {parser.name for parser in PARSERS}


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_fuzz_enters_what_it_is_registered_for(parser):
    seen = entered(lambda: fuzz(parser, count=40, seeded=1, size=100))
    assert set(parser.reads) <= seen


def test_whole_requests_enter_what_only_they_can_reach(module_world):
    seen = entered(lambda: send_all(module_world, count=30, seeded=1))
    assert seen >= registry.AT_THE_DOOR


def _is_there(name: str) -> bool:
    module, _, function = name.partition(":")
    tree: ast.AST = Module(ROOT / f"{module.replace('.', '/')}.py").tree
    for part in function.split("."):
        found = [each for each in ast.iter_child_nodes(tree) if getattr(each, "name", "") == part]
        if not found:
            return False
        tree = found[0]
    return True
