"""The section's words, from its result and the tables of parts and prices alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.costs.least import LEAST
from tests.bench.costs.parts import OTHERS, READS, WRITES, Part
from tests.bench.costs.prices import AS_OF, BILLED_SECONDS, MEMORY_GB, PRICES
from tests.support.report import Result, table

GOAL, MOST_ROUNDS = 1.2, 3
_EMPTY_VAULT = (
    "the stage that is measured has no anchor yet, and to find that out takes a listing of the "
    "last nights, one of all nights and one of all hours; and how long its history is gets asked "
    "before it is read"
)
REASONS: Mapping[str, str] = {
    "GET /v1/documents/{document_id}/audit/verification, verify": _EMPTY_VAULT,
    "GET /documents/{document_id}/audit/proof, open": (
        f"{_EMPTY_VAULT}. It is no page but a part of one, loaded when the page stands"
    ),
    "GET /admin/groups, open": (
        "groups, their members and the members' names each need the answer before; a copy of the "
        "names beside the members would be old after every renaming"
    ),
}
"""Why a scenario is above the goal; a test finds those that are above it without a reason."""
_INTRODUCTION = """\
Every route and every event function, by an example of each; the requests run in this process, on \
Amazon's own engine for DynamoDB and the launcher's S3, KMS and SES. Units are worked out by AWS's \
rules from the rows before and after each call, index by index, because the engine rounds a \
transaction once a table and AWS once a row. A container is **warm**: it knows the folders under \
the present epoch. *Rounds* are calls that wait for one another; `ratio` compares units, weighed \
by their price (a write unit costs five read units), and calls, with the least that the semantics \
allow; the greater one is shown. The goal is at most 1.2, and at most 3 rounds for a page. Dollars \
are for a million of them: the calls to AWS alone, and with Lambda and API Gateway around them."""


def words(result: Result) -> str:
    """The section below its heading."""
    rows = result["rows"]
    head = ("scenario", "calls", "rounds", "read", "write", "least read, write, calls", "ratio")
    head = (*head, "$ calls", "$ in all", "bytes of bodies sent, received")
    within = sum(ratio(row) <= GOAL for row in rows)
    return "\n\n".join(
        [
            _INTRODUCTION,
            f"**{within} of {len(rows)}** are within {GOAL}x of the least.",
            table(head, [_line(row) for row in rows]),
            "![Units of what writes, beside the least](pictures/benchmarks/costs/units.svg)",
            "### A cold container\n\n" + _cold(result),
            "### The least, line by line\n\n" + _least(),
            "### Prices\n\n" + _prices(),
        ]
    )


def shortfalls(result: Result) -> Sequence[str]:
    """A line for each scenario above the goal."""
    return [
        f"{row['name']}: {_over(row)}; {REASONS.get(row['name'], 'no reason is known')}."
        for row in result["rows"]
        if above(row)
    ]


def above(row: Mapping[str, Any]) -> bool:
    """Whether a scenario misses its goal."""
    return ratio(row) > GOAL or (is_page(row["name"]) and row["rounds"] > MOST_ROUNDS)


def is_page(name: str) -> bool:
    """Whether somebody waits for a page."""
    return name.startswith("GET /") and not name.startswith("GET /v1/")


def ratio(row: Mapping[str, Any]) -> float:
    """Units or calls over the least, whichever is worse; 1 where nothing is needed nor done."""
    pairs = ((row["units"], row["least_units"]), (row["calls"], row["least_calls"]))
    return max((round(have / least, 2) if least else 1.0 + have) for have, least in pairs)


def _over(row: Mapping[str, Any]) -> str:
    return (
        f"{row['calls']} calls ({row['least_calls']} at least) in {row['rounds']} rounds, "
        f"{row['read']:g} read and {row['write']:g} write units "
        f"({row['least_read']:g} and {row['least_write']:g})"
    )


def _line(row: Mapping[str, Any]) -> Sequence[object]:
    return (
        row["name"],
        row["calls"],
        row["rounds"],
        float(row["read"]),
        float(row["write"]),
        f"{row['least_read']:g}, {row['least_write']:g}, {row['least_calls']}",
        float(ratio(row)),
        float(row["dollars"]),
        float(row["dollars"] + row["around"]),
        f"{row['sent']:,}, {row['received']:,}",
    )


def _cold(result: Result) -> str:
    warm = {row["name"]: row for row in result["rows"]}
    told = (
        "A container that has just started reads each folder between the object and the topmost "
        "one, one after the other, and the environment's first entries once. Deep in the tree that "
        "is a round for each level; here it is two or three levels. It differs for:"
    )
    rows = [
        (name, each["calls"], warm[name]["calls"], each["rounds"], warm[name]["rounds"])
        for name, each in result["cold"].items()
    ]
    head = ("scenario", "calls cold", "calls warm", "rounds cold", "rounds warm")
    return f"{told}\n\n{table(head, rows)}"


def _least() -> str:
    told = (
        "What must be read to decide, and written to be true and provable. `>` stands between "
        "calls that wait for one another, `|` between such as need not."
    )
    compositions = table(
        ("scenario", "the least"),
        [
            (name, f"`{text}`".replace("|", "\\|") if text else "nothing")
            for name, text in LEAST.items()
        ],
    )
    return "\n\n".join([told, *(_parts(*each) for each in _KINDS), compositions])


_KINDS: Sequence[tuple[str, Mapping[str, Part]]] = (
    ("read", READS),
    ("written", WRITES),
    ("elsewhere", OTHERS),
)


def _parts(title: str, parts: Mapping[str, Part]) -> str:
    return table(
        (title, "units", "because"),
        [(name, float(part.read + part.write), part.why) for name, part in parts.items()],
    )


def _prices() -> str:
    told = (
        f"{AS_OF}. A request is charged with {MEMORY_GB:g} GB of Lambda for {BILLED_SECONDS:g} s "
        "besides; storage, transfer, KMS for the buckets' keys (bucket keys: one call for many), "
        "backups, logs and free tiers are left out."
    )
    rows = [(price.what, float(price.dollars), f"<{price.page}>") for price in PRICES.values()]
    return f"{told}\n\n{table(('a million of', 'dollars', 'AWS says'), rows)}"
