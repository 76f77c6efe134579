"""The section's words: which counts stay, which do not, and why."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import plots as drawing
from tests.support.report import Result, table

_ANCHORS = (
    "each hourly anchor since the last night is checked and read, a day of them at most; "
    "more hours had gone by in this stage, which no night anchored, when it had more documents"
)
_WALK = (
    "a container that knows none of the folders above reads them one after the other; from then "
    "on, until a folder is moved, renamed or shared anew, it knows them"
)
BECAUSE: Mapping[str, Mapping[str, str]] = {
    "histories": {
        "open its history": "a page shows up to 50 entries; a short history has fewer to weigh",
        "list its history": "a page has up to 50 entries; a short history has fewer to weigh",
        "verify it": "recomputing a chain reads it: 500 entries a query, and their contexts, a "
        "hundred a read",
        "open the proof's page": "the page verifies, as above",
    },
    "depths": {
        f"{what}, in a new container": _WALK
        for what in ("open the folder's page", "open a document's page")
    },
    "groups": {
        "open the start page": "what is shared with a person is asked for the person and for up "
        "to 20 groups, beside one another",
        "what is shared with me": "asked for the person and for up to 20 groups, beside one "
        "another",
        "who am I": "names each group: a batch read for each hundred",
    },
    "documents": {
        f"GET /{path}": _ANCHORS
        for path in (
            "documents/{document_id}/audit/proof, open",
            "v1/documents/{document_id}/audit/verification, verify",
        )
    }
    | {
        "GET /admin/groups, open": "the page lists up to 50 groups with their members, and the "
        "stage had fewer groups when it had fewer documents",
        "event anchor_hourly, one hour with one document": "by what changed in the hour, sixteen "
        "files at most",
    },
}
"""Operations whose counts may grow, by what grows, with the reason."""
_HEADS = {
    "documents": "documents",
    "histories": "entries in one document's history",
    "depths": "levels of folders above",
    "groups": "groups of the person",
}


def words(result: Result) -> str:
    """Markdown from the result alone."""
    parts = [
        "The same request, made where there is little and where there is much. What counts is AWS "
        "calls, round trips in sequence, and DynamoDB's read and write units. Documents are copies "
        "of one that the API made, with ids, names, numbers and audit chains of their own, written "
        "into DynamoDB Local's file at "
        + " and ".join(f"{rate:,}" for rate in result["rows_a_second"].values())
        + " rows a second (through BatchWriteItem a few hundred). One folder has up to 100,000 of "
        "them.",
        _documents(result),
        *(_grown(result, kind) for kind in ("histories", "depths", "groups")),
        _nights(result),
    ]
    return "\n\n".join(parts)


def shortfalls(result: Result) -> Sequence[str]:
    """Counts that grow without a reason that the page gives."""
    unexplained = [
        f"{name}: {_told(costs)} with more {_HEADS[kind]}, and we do not say why."
        for kind in _HEADS
        for name, costs in _all(result, kind).items()
        if _grows(costs) and name not in BECAUSE[kind]
    ]
    walks = [
        f"{name}: {_told(costs)} with 3, 10 and 50 folders above: one read a level, one after the "
        "other. It could be two, if a folder's row named all folders above it as a hint."
        for name, costs in _all(result, "depths").items()
        if _grows(costs) and BECAUSE["depths"].get(name) == _WALK
    ]
    verified = result["histories"]["verify it"]
    fewest = min(cost["calls"] for cost in verified.values())
    slow = (
        f"verifying a short history took {fewest} calls, most of them beside one another, some two "
        "days after the last nightly anchor: two or three for each hour. The signatures could be "
        "checked without KMS, if its public key were kept."
    )
    return [*unexplained, *walks, slow]


def plots(result: Result, folder: Path) -> None:
    """Read and write units by the number of documents, for a few that people wait for."""
    shown = (
        "open a document's page in it",
        "list 100 children",
        "begin a document in it",
        "move the folder",
        "GET /v1/documents/{document_id}/versions/{number}/content, download",
    )
    found = {name: _all(result, "documents")[name] for name in shown}
    sizes = [int(size) for size in _sizes(found)]
    drawing.lines(
        folder / "documents.svg",
        title="AWS calls of a request, by the number of documents",
        description="Every line is level: no request makes more calls where there is more.",
        x=sizes,
        series={
            name.rpartition(", ")[2]: [costs[str(size)]["calls"] for size in sizes]
            for name, costs in found.items()
        },
        x_unit="documents in the stage",
        unit="AWS calls",
        logarithmic_x=True,
    )


def _documents(result: Result) -> str:
    every = _all(result, "documents")
    grown = {name: costs for name, costs in every.items() if _grows(costs)}
    sizes = _sizes(every)
    told = f"### From {int(sizes[0]):,} to {int(sizes[-1]):,} documents\n\n"
    million = result.get("million")
    if million:
        told += f"The million was last measured on {million['measured']}.\n\n"
    told += (
        f"Of {len(every)} requests and events, **{len(every) - len(grown)} make as many calls** at "
        "each size. "
    )
    told += "These do not:\n\n" + _list("documents", grown) if grown else ""
    told += "\n\n![AWS calls by the number of documents](pictures/benchmarks/growth/documents.svg)"
    large = {name: costs for name, costs in every.items() if ", " not in name}
    return told + "\n\nIn the folder of 100,000, and with what lies in it:\n\n" + _table(large)


def _grown(result: Result, kind: str) -> str:
    found = result[kind]
    grown = {name: costs for name, costs in found.items() if _grows(costs)}
    sizes = _sizes(found)
    told = ", ".join(f"{int(size):,}" for size in sizes)
    told = f"### {told} {_HEADS[kind]}\n\n{_table(found)}"
    if kind == "histories":
        told += "\n\n" + _long(found["verify it"])
    return told + ("\n\n" + _list(kind, grown) if grown else "")


def _long(costs: Mapping[str, Any]) -> str:
    size = max(costs, key=int)
    cost = costs[size]
    return (
        f"Verifying {int(size):,} entries, as many as one request may, took "
        f"{cost['own_seconds']:g} seconds of this machine's processor and {cost['seconds']:g} in "
        "all, beside other work; API Gateway waits for 29. Longer histories are refused with 413 "
        "and verified by an operator; an export ends at 4 MB."
    )


def _nights(result: Result) -> str:
    nights = result["nights"]
    rows = [
        (n["chains"], n["calls"], n["megabytes"], n["own_seconds"], n["seconds"]) for n in nights
    ]
    head = ("Chains", "AWS calls", "MB", "own seconds", "seconds in all")
    return (
        "### The nightly anchor\n\n"
        "Each hour's anchor reads what changed in the hour (an index by hour) and nothing else. "
        "The nightly one goes through all chains by design: it merges the night before with the "
        "hours since, 256 files of leaves one after the other, so that its memory is a 256th of "
        "all leaves and its time grows with them. A run that dies leaves files that the next run "
        "finds under the same names, and the manifest, written last, decides; so it may be run "
        "again, but it begins again. Lambda gives it 15 minutes.\n\n" + table(head, rows)
    )


def _table(found: Mapping[str, Any]) -> str:
    sizes = _sizes(found)
    head = ["", *(f"{int(size):,}" for size in sizes)]
    rows = [[name, *(_cell(costs[size]) for size in sizes)] for name, costs in found.items()]
    return "Calls in round trips, and read + write units:\n\n" + table(head, rows)


def _cell(cost: Mapping[str, Any]) -> str:
    return f"{cost['calls']} in {cost['rounds']}, {cost['read']:g} + {cost['written']:g}"


def _list(kind: str, grown: Mapping[str, Any]) -> str:
    return "\n".join(
        f"- {name}: {_told(costs)}; {BECAUSE[kind].get(name, 'we do not know why')}."
        for name, costs in grown.items()
    )


def _told(costs: Mapping[str, Any]) -> str:
    return " → ".join(f"{costs[size]['calls']} calls" for size in sorted(costs, key=int))


def _sizes(found: Mapping[str, Any]) -> list[str]:
    """What was measured, smallest first: keys of JSON are text, and lie in the order of text."""
    return sorted(next(iter(found.values())), key=int)


def _grows(costs: Mapping[str, Any]) -> bool:
    return len({cost["calls"] for cost in costs.values()}) > 1


def _all(result: Result, kind: str) -> dict[str, dict[str, Any]]:
    found = {name: dict(costs) for name, costs in result[kind].items()}
    million = result.get("million")
    if kind == "documents" and million:
        for name, costs in million["documents"].items():
            found.setdefault(name, {}).update(costs)
    return {name: costs for name, costs in found.items() if len(costs) > 1}
