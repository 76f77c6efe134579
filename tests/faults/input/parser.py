"""A parser as it is registered, and what is asked of each: refuse rightly, soon and cheaply."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from tests.faults.input.bounds import FLOOR, SECONDS, in_time, peak_of, size_of
from tests.faults.input.weird import monsters

QUIET = settings(
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
_LARGE = 250_000
"""Just below what the door takes for a body."""
_TELLING = 64 * 1024
"""Below, a multiple says more of Python than of the parser."""


def _anything_holds(_case: Any, _result: Any) -> None:
    pass


def as_it_is(text: str) -> Any:
    return text


@dataclass(frozen=True, kw_only=True)
class Parser:
    """One parser, or a few that read the same thing.

    Args:
        name: as the report calls it.
        reads: the functions that it stands for, as module:name; the fuzz must enter each.
        call: reads one case.
        cases: valid ones, and valid ones spoiled.
        refuses: the errors that a refusal may be.
        holds: what is true of a case and its result, checked by assertions.
        valid: cases that must be read without a refusal.
        monster: makes a case of a large text (None: nothing large can come so far).
        largest: characters of the largest text that can come so far; more is tried at the door.
        multiple: bytes of memory that a byte read may cost.
    """

    name: str
    reads: Sequence[str]
    call: Callable[[Any], Any]
    cases: st.SearchStrategy[Any]
    refuses: tuple[type[Exception], ...] = ()
    holds: Callable[[Any, Any], object] = _anything_holds
    valid: Sequence[Any] = ()
    monster: Callable[[str], Any] | None = as_it_is
    largest: int = _LARGE
    multiple: int = 16


@dataclass
class Tally:
    """What was tried on a parser."""

    cases: int = 0
    refused: int = 0
    multiple: float = 0.0
    errors: set[str] = field(default_factory=set)

    def ask(self, parser: Parser, case: Any) -> bool:
        """Read one case; whether it was refused. Any other error is a fault, and goes on."""
        self.cases += 1
        try:
            with in_time():
                result = parser.call(case)
        except parser.refuses as error:
            self.refused += 1
            self.errors.add(type(error).__name__)
            return True
        parser.holds(case, result)
        return False


def fuzz(parser: Parser, *, count: int, seeded: int, size: int) -> Tally:
    """Try a parser: what is valid, what is monstrous, and `count` made-up cases.

    Args:
        parser: which.
        count: cases that hypothesis makes.
        seeded: where it begins.
        size: characters of a monster, for parsers before which nothing has cut it.
    """
    tally = Tally()
    for case in parser.valid:
        assert not tally.ask(parser, case), f"{parser.name} refuses what is valid: {case!r}"
    for characters in sorted({min(size, _LARGE), min(size, parser.largest)}):
        for text in monsters(characters) if parser.monster else ():
            _try_monster(parser, tally, parser.monster(text))  # type: ignore[misc]

    @seed(seeded)
    @settings(QUIET, max_examples=count)
    @given(case=parser.cases)
    def try_case(case: Any) -> None:
        note(f"PAPERTRAIL_FAULT_SEED={seeded} parser={parser.name}")
        tally.ask(parser, case)

    try_case()
    return tally


def _try_monster(parser: Parser, tally: Tally, case: Any) -> None:
    peak = peak_of(lambda: tally.ask(parser, case))
    size = size_of(case)
    if size >= _TELLING:
        tally.multiple = max(tally.multiple, (peak - FLOOR) / size)
    bound = FLOOR + parser.multiple * size
    assert peak <= bound, f"{parser.name} takes {peak:,} bytes for {size:,} (at most {bound:,})"


def entered(work: Callable[[], object]) -> set[str]:
    """The functions that are entered while something runs, as module:name."""
    seen: set[Any] = set()

    def look(frame: Any, event: str, _argument: Any) -> None:
        if event == "call":
            seen.add((frame.f_globals.get("__name__", ""), frame.f_code.co_qualname))

    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
    return {f"{module}:{name}" for module, name in seen}


__all__ = ["QUIET", "SECONDS", "Parser", "Tally", "entered", "fuzz"]
