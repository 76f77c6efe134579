"""The section `input` of `make faults`: what was made up, what was refused, and at what cost."""

from collections.abc import Sequence
from typing import Any

from functions.log import logger
from tests.faults.input import messages, raw, sequences
from tests.faults.input.parser import fuzz
from tests.faults.input.parsers import PARSERS
from tests.faults.input.registry import LEFT_OUT, forgotten
from tests.faults.input.seeds import SEED
from tests.support.report import Result, Section, table
from tests.support.world import World, furnished

_CASES, _REQUESTS, _EVENTS, _SEQUENCES = 500, 2_000, 150, 8
_MONSTER = 6 * 1024**2
"""Characters: what Lambda lets in."""


def measure() -> Result:
    """Try everything; raises on the first fault."""
    missing = forgotten()
    assert not missing, f"parsers that are registered nowhere: {sorted(missing)}"
    logger.setLevel("CRITICAL")
    try:
        world = furnished()
        return {
            "seed": SEED,
            "requests": _requests(world),
            "events": _events(world),
            "sequences": _sequences(world),
            "parsers": [_parser(parser) for parser in PARSERS],
            "left_out": dict(LEFT_OUT),
        }
    finally:
        logger.setLevel("INFO")


def _parser(parser: Any) -> dict[str, Any]:
    tally = fuzz(parser, count=_CASES, seeded=SEED, size=_MONSTER)
    print(f"{parser.name}: {tally.cases} cases", flush=True)  # noqa: T201 - progress
    return {
        "name": parser.name,
        "cases": tally.cases,
        "refused": tally.refused,
        "allowed": [error.__name__ for error in parser.refuses],
        "multiple": round(tally.multiple, 1),
        "bound": parser.multiple,
    }


def _requests(world: World) -> dict[str, Any]:
    sent = raw.send_all(world, count=_REQUESTS, seeded=SEED)
    statuses = {str(status): count for status, count in sorted(sent.statuses.items())}
    return {
        "sent": sent.requests,
        "refused": sent.refused,
        "routes": len(sent.routes),
        "statuses": statuses,
    }


def _events(world: World) -> dict[str, Any]:
    told = messages.send_events(world, count=_EVENTS, seeded=SEED)
    return {
        name: {"sent": each.events, "refused": sum(each.refused.values())}
        for name, each in told.items()
    }


def _sequences(world: World) -> dict[str, Any]:
    walked = sequences.walk(world, sequences=_SEQUENCES, seeded=SEED)
    return {
        "sequences": walked.sequences,
        "requests": walked.requests,
        "followed": sum(walked.links.values()),
        "links": len(walked.links),
        "operations": len(walked.operations),
        "statuses": {str(status): count for status, count in sorted(walked.statuses.items())},
    }


def words(result: Result) -> str:
    """Tables, and what they say."""
    parsers, requests, walked = result["parsers"], result["requests"], result["sequences"]
    rows = [
        (each["name"], each["cases"], each["refused"], ", ".join(each["allowed"]) or "none",
         each["multiple"], each["bound"])
        for each in parsers
    ]  # fmt: skip
    total = sum(each["cases"] for each in parsers)
    events = [(name, each["sent"], each["refused"]) for name, each in result["events"].items()]
    opening = (
        f"{total:,} cases for {len(parsers)} parsers, {requests['sent']:,} raw requests to "
        f"{requests['routes']} routes, {sum(row[1] for row in events):,} raw events, and "
        f"{walked['requests']:,} requests in {walked['sequences']:,} sequences that followed "
        f"{walked['followed']:,} links ({walked['links']} different ones, "
        f"{walked['operations']} operations). No 5xx, none over 10 s of work; what was refused "
        "changed no row, and after each sequence the audit's chains verified."
    )
    explained = (
        "Every parser that the source shows is in this table, is reached through whole requests, "
        "or is named below with a reason. Memory is the worst peak as a multiple of what was "
        "read, over 2 MiB, for inputs of 64 KiB and more (0: it never came so high)."
    )
    answered = (
        f"Answers to raw requests by status: {_by_status(requests)}. "
        f"In sequences: {_by_status(walked)}."
    )
    head = ("parser", "cases", "refused", "errors allowed", "memory", "at most")
    workers = table(("function", "events", "refused or reported"), events)
    return "\n\n".join((opening, explained, table(head, rows), answered, workers))


def shortfalls(result: Result) -> Sequence[str]:
    """What is not covered."""
    reasons: dict[str, list[str]] = {}
    for name, reason in result["left_out"].items():
        reasons.setdefault(reason, []).append(f"`{name.rpartition(':')[2]}`")
    told = [f"Not fuzzed: {', '.join(names)}: {reason}." for reason, names in reasons.items()]
    launcher = (
        "The launcher's own servers (infra/local) are not fuzzed: they listen on the developer's "
        "machine alone."
    )
    return [*told, launcher]


def _by_status(told: Any) -> str:
    return ", ".join(f"{status}: {count:,}" for status, count in told["statuses"].items())


SECTION = Section(
    name="input",
    title="Hostile input",
    measure=measure,
    words=words,
    shortfalls=shortfalls,
)
