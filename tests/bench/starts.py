"""Cold start: what each function imports beside `import chalice, boto3`, and its first answer.

The deployment zip is built and unpacked, and each function is started from it in a fresh process
without site-packages, as Lambda does. Its first event was recorded on a real stage, so that AWS's
answers are there at once. Processor time is counted: on a busy machine the clock's says little.
"""

import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

import app
from infra import package
from infra.stage import API_HANDLER
from tests.bench.handlers import unheard_logs
from tests.bench.recording import record
from tests.scenarios.catalogue import SCENARIOS
from tests.scenarios.stage import StageWorld, furnished_stage, serving
from tests.support.report import Result, Section, table

GOALS = {"api": 1.5, "worker": 1.2}
ROUNDS = 3
_SCRIPT = Path(__file__).with_name("first_answer.py")
_SITE = str(Path(boto3.__file__).parents[1])
_API = {
    "GET /v1/documents/{document_id}": "read",
    "POST /v1/nodes": "create a folder",
    "GET /documents/{document_id}": "open",
}
"""First requests of the API handler: entry and example of a scenario."""


@dataclass(frozen=True)
class Start:
    """A function, as Lambda is told of it, and a first event for it (`file`: the recording)."""

    function: str
    handler: str
    first: str
    file: str
    environ: Mapping[str, str]


def measure() -> Result:
    """Every function from source, as it ships, and compiled."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        built = package.build()
        with zipfile.ZipFile(built) as archive:
            archive.extractall(folder / "task")
        with unheard_logs():
            starts = list(_recorded(folder))
        rows = [
            {"form": form, **row}
            for form in ("source", "compiled")
            for row in _rows(form, starts, folder)
        ]
        return {"rounds": ROUNDS, "goals": GOALS, "rows": rows, "zip": _zip(built)}


def _recorded(folder: Path) -> Iterator[Start]:
    handlers = {each.name: each.handler_string for each in app.app.event_sources}
    with serving() as servers:
        world = furnished_stage(servers)
        for number, scenario in enumerate(SCENARIOS):
            name = scenario.entry.removeprefix("event ")
            if name not in handlers and _API.get(name) != scenario.what:
                continue
            recording, _ = record(scenario, world, cold=True)
            file = folder / f"{number}.pickle"
            file.write_bytes(pickle.dumps({**recording.plain, "moment": world.moment}))
            yield Start(
                function=name if name in handlers else API_HANDLER,
                handler=handlers.get(name, "app.app"),
                first=scenario.what if name in handlers else scenario.entry,
                file=str(file),
                environ=_environ(world),
            )


def _rows(form: str, starts: Sequence[Start], folder: Path) -> Iterator[dict[str, Any]]:
    compiled = {"PYTHONPYCACHEPREFIX": str(folder / f"cache-{form}")}
    if form == "source":
        # Lambda's /var/task can be read only, and the zip brings no compiled files.
        compiled["PYTHONDONTWRITEBYTECODE"] = "1"
    spent: dict[tuple[str, str], list[Mapping[str, float]]] = defaultdict(list)
    for turn in range(ROUNDS + (form == "compiled")):
        for start in starts:
            for who, handler in (("ours", start.handler), ("bare", "bare")):
                told = _run(start, handler, compiled, folder / "task")
                if turn or form == "source":
                    spent[start.file, who].append(told)
        sys.stderr.write(f"  {form}: round {turn + 1}\n")
    bare_import = statistics.median(
        told["import_ms"]
        for (_, who), all_told in spent.items()
        if who == "bare"
        for told in all_told
    )
    for start in starts:
        ours, bare = (
            {key: statistics.median(told[key] for told in spent[start.file, who]) for key in _KEYS}
            for who in ("ours", "bare")
        )
        yield {
            "function": start.function,
            "first": start.first,
            "import_ms": round(ours["import_ms"], 1),
            "bare_import_ms": round(bare_import, 1),
            "import_ratio": round(ours["import_ms"] / bare_import, 3),
            "answer_ms": round(ours["answer_ms"], 1),
            "bare_answer_ms": round(bare["answer_ms"], 1),
            "answer_ratio": round(ours["answer_ms"] / bare["answer_ms"], 3),
        }


_KEYS = ("import_ms", "answer_ms")


def _run(
    start: Start, handler: str, compiled: Mapping[str, str], task: Path
) -> Mapping[str, float]:
    more = [_SITE] if handler == "bare" else []
    python = os.path.realpath(sys.executable)
    done = subprocess.run(
        [python, "-S", str(_SCRIPT), str(task), start.file, handler, *more],
        env={**start.environ, **compiled, "_HANDLER": start.handler},
        cwd=task,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1:] or [""]
    if done.returncode or not last[0].startswith("{"):
        raise RuntimeError(f"{start.function} ({handler}): {done.stderr}\n{done.stdout}")
    told: dict[str, Any] = json.loads(last[0])
    if (told["status"] or 200) >= 400:
        raise RuntimeError(f"{start.function} ({handler}) answered {told['status']}: {done.stdout}")
    return told


def _environ(world: StageWorld) -> dict[str, str]:
    config = world.config
    tables = {f"PAPERTRAIL_TABLE_{table.name}": name for table, name in config.tables.items()}
    return tables | {
        "PAPERTRAIL_STAGE": config.stage,
        "PAPERTRAIL_BUCKET_STAGING": config.staging_bucket,
        "PAPERTRAIL_BUCKET_FILES": config.files_bucket,
        "PAPERTRAIL_BUCKET_VAULT": config.vault_bucket,
        "PAPERTRAIL_KEY_DATA": config.data_key,
        "PAPERTRAIL_KEY_ANCHOR": config.anchor_key,
        "PAPERTRAIL_RETENTION_DAYS": str(config.retention_days),
        "PAPERTRAIL_VAULT_RETENTION_DAYS": str(config.vault_retention_days),
        "PAPERTRAIL_MAIL_FROM": config.mail_from,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_SESSION_TOKEN": "none",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
    }


def _zip(built: Path) -> dict[str, Any]:
    largest: Counter[str] = Counter()
    with zipfile.ZipFile(built) as archive:
        for entry in archive.infolist():
            largest[entry.filename.partition("/")[0]] += entry.compress_size
        unzipped = sum(entry.file_size for entry in archive.infolist())
    return {
        "bytes": built.stat().st_size,
        "limit": package.LARGEST_BYTES,
        "unzipped": unzipped,
        "unzipped_limit": package.LARGEST_UNZIPPED_BYTES,
        "largest": largest.most_common(6),
    }


def words(result: Result) -> str:
    """A table for each form of the code, and the zip."""
    from_source, compiled = (
        [row for row in result["rows"] if row["form"] == form] for form in ("source", "compiled")
    )
    saved = 1 - _median(compiled, "import_ms") / _median(from_source, "import_ms")
    size = result["zip"]
    parts = ", ".join(f"{name} {octets / 1e6:.1f}" for name, octets in size["largest"])
    opening = (
        "Processor milliseconds of a fresh process that starts from the unpacked deployment zip as "
        "Lambda does, beside `import chalice, boto3`; and until its first event is answered, AWS's "
        "answers being replayed, beside a bare Chalice app that makes the same calls with boto3. "
        f"Medians of {result['rounds']}, in turns; the interpreter's own start is left out. Goals "
        f"for the import: {result['goals']['api']}x for `{API_HANDLER}`, "
        f"{result['goals']['worker']}x for the workers."
    )
    shipped = "As it ships, from source: the zip holds no compiled files, and Lambda keeps none."
    could = (
        f"Compiled files in the zip would save {saved:.0%} of an import. Chalice takes its "
        "dependencies out of wheels, which hold none, and a plain `chalice deploy` has no step "
        "that could add them. So none ship."
    )
    told = (
        f"The zip has {size['bytes'] / 1e6:.1f} MB of the {size['limit'] / 1e6:.0f} MB that "
        f"`make package` allows, unzipped {size['unzipped'] / 1e6:.0f} MB of "
        f"{size['unzipped_limit'] / 1e6:.0f} MB. Largest, in MB: {parts}."
    )
    compiled_words = "The same with every module compiled beforehand."
    tables = [shipped, _table(from_source), compiled_words, _table(compiled)]
    return "\n\n".join([opening, *tables, could, told])


def _median(rows: Sequence[Mapping[str, Any]], key: str) -> float:
    return statistics.median(row[key] for row in rows)


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    head = ("function", "import, ms", "bare, ms", "ratio", "first event", "answered, ms")
    return table(
        (*head, "bare, ms", "ratio"),
        [
            (
                f"`{row['function']}`",
                row["import_ms"],
                row["bare_import_ms"],
                row["import_ratio"],
                row["first"],
                row["answer_ms"],
                row["bare_answer_ms"],
                row["answer_ratio"],
            )
            for row in rows
        ],
    )


def shortfalls(result: Result) -> Sequence[str]:
    """One line for each function and form above its goal."""
    worst: dict[tuple[str, str], float] = {}
    for row in result["rows"]:
        key = (row["function"], row["form"])
        worst[key] = max(row["import_ratio"], worst.get(key, 0))
    goals = result["goals"]
    return [
        f"`{function}`, {form}: its import takes {ratio:.2f}x `import chalice, boto3`; "
        f"the goal is {goals['api' if function == API_HANDLER else 'worker']}x."
        for (function, form), ratio in worst.items()
        if ratio > goals["api" if function == API_HANDLER else "worker"]
    ] + [
        f"The zip has {result['zip']['bytes']:,} bytes, more than {result['zip']['limit']:,}."
        for _ in range(result["zip"]["bytes"] > result["zip"]["limit"])
    ]


SECTION = Section(
    name="starts",
    title="Cold start and size",
    measure=measure,
    words=words,
    shortfalls=shortfalls,
)
