"""What a function imports when it starts: most of a cold start, and nothing shows when it grows."""

import os
import subprocess
import sys

import pytest

from infra.stage import FUNCTIONS
from tests.architecture.source import ROOT

SDK = {"botocore", "dateutil", "jmespath", "pynamodb", "six", "typing_extensions", "urllib3"}
"""What pynamodb and botocore bring. (They also take certifi, which is here but not in the zip.)"""
WORKERS = {
    "anchors": {"audit"},
    "outbox": {"notify"},
    "scans": {"access", "audit", "documents", "identity"},
    "uploads": {"access", "audit", "documents", "identity", "notify"},
}
"""Modules of functions/events/, and the nouns of the product that each may know at its start."""
API = {
    *("argon2", "jinja2", "pydantic", "boto3", "s3transfer"),
    *("functions.events", "functions.http.bodies.values", "chalicelib.audit.verify"),
}
"""What the API does without until somebody asks for it, or for good."""


def imported(module, handler):
    """Everything that a fresh process has imported, after it imported a module as Lambda would."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=ROOT,
        env={**os.environ, "_HANDLER": handler, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def strangers(names):
    """Packages that are neither the product's nor Python's own."""
    # Private ones are the parts of Python and of packages that are written in C.
    tops = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    return {top for top in tops if not top.startswith("_")}


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_imports_the_sdk_and_its_own_nouns_alone(worker):
    module = f"functions.events.{worker}"
    found = imported(module, f"{module}.any")
    logs = {"aws_lambda_powertools"} if "functions.log" in found else set()
    assert strangers(found) - {"certifi"} <= SDK | logs | {"chalice", "chalicelib", "functions"}
    assert {name for name in found if name.startswith("functions.")} == {
        "functions.events",
        "functions.log",
        module,
    } - ({"functions.log"} if worker == "anchors" else set())
    nouns = {name.split(".")[1] for name in found if name.count(".") > 1 and "chalicelib" in name}
    assert nouns <= WORKERS[worker]


def test_the_api_starts_without_what_few_requests_need():
    found = imported("app", "app.app")
    assert API & found == set()


def test_the_collector_of_garbage_rests_through_a_start_and_works_again_behind_it():
    counted = "import gc; walks = []; gc.callbacks.append(lambda _, told: walks.append(told))"
    told = (
        "print(max(each['generation'] for each in walks), len(walks) < 9, "
        "gc.isenabled(), gc.get_freeze_count() > 10_000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{counted}; import app; {told}"],
        cwd=ROOT,
        env={**os.environ, "_HANDLER": "app.app", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "True", "True", "True"]


def test_who_deploys_sees_every_function():
    import app  # noqa: PLC0415 - without Lambda's variable, as chalice does

    assert {each.name for each in app.app.event_sources} | {"api_handler"} == set(FUNCTIONS)


def test_every_module_of_workers_is_held_to_this():
    there = {path.stem for path in (ROOT / "functions" / "events").glob("*.py")}
    assert there - {"__init__"} == set(WORKERS)
