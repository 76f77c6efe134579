"""A seeded sample of the section `input` (PAPERTRAIL_FAULT_SEED): all of it is `make faults`."""

from contextlib import suppress
from dataclasses import replace

import pytest

from functions.log import logger
from tests.faults.input.bounds import Hang, in_time
from tests.faults.input.messages import send_events
from tests.faults.input.parser import Tally, fuzz
from tests.faults.input.parsers import PARSERS
from tests.faults.input.raw import send_all
from tests.faults.input.section import shortfalls
from tests.faults.input.seeds import SEED
from tests.faults.input.sequences import require_sound, walk
from tests.support.world import module_world, world

__all__ = ["module_world", "world"]
pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def _quiet():
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel("INFO")


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_parser_refuses_rightly_soon_and_cheaply(parser):
    tally = fuzz(parser, count=25, seeded=SEED, size=70_000)
    assert tally.cases >= 25


def test_raw_requests_meet_no_fault(world):
    sent = send_all(world, count=100, seeded=SEED)
    assert sent.refused > 50


def test_raw_events_are_never_half_done(world):
    told = send_events(world, count=15, seeded=SEED)
    assert all(each.events > 15 for each in told.values())


def test_sequences_along_the_links_meet_no_fault(world):
    walked = walk(world, sequences=1, seeded=SEED)
    assert walked.links


def test_a_broken_chain_would_be_seen(world):
    key = next(key for key in world.database.rows if key.pk.startswith("D#") and key.sk != "META"
               and "previous" in world.database.rows[key])  # fmt: skip
    require_sound(world)
    world.database.rows[key] = {**world.database.rows[key], "actor": "somebody else"}
    with pytest.raises(AssertionError):
        require_sound(world)


def test_what_does_not_come_to_an_end_is_ended():
    def never_ends() -> None:
        while True:
            with suppress(Exception):
                "".join(map(str, range(1000)))

    with pytest.raises(Hang), in_time(1):
        never_ends()


def test_a_parser_that_fails_or_swells_is_caught():
    parser = next(parser for parser in PARSERS if parser.name == "session cookie")
    with pytest.raises(ZeroDivisionError):
        Tally().ask(replace(parser, call=lambda _text: 1 / 0), "x")
    swollen = replace(parser, call=lambda text: text * 100, refuses=(), holds=lambda *_: None)
    with pytest.raises(AssertionError, match="takes"):
        fuzz(replace(swollen, valid=()), count=1, seeded=SEED, size=100_000)


def test_the_report_says_what_is_left_out():
    told = {"left_out": {"chalicelib.x:y": "why"}}
    assert any("`y`" in line and "why" in line for line in shortfalls(told))
