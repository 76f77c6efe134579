"""The planter itself, on a sample whose guards are known."""

import json
import subprocess
import sys

import pytest

from tests.support.report import ROOT

FILE = "tests/faults/plants/sample/door.py"
TESTS = [
    "tests/faults/plants/sample/test_door.py::test_grown_ups_are_welcome",
    "tests/faults/plants/sample/test_door.py::test_children_are_refused",
]
ANEW = """
    done = {name: planting.run(FILE, plant.planted(), TESTS, 60) for name, plant in found.items()}
    done["unchanged"] = planting.run(FILE, None, TESTS, 60)
"""
IN_PLACE = """
    collected = Collected(found, [TESTS[0].partition("::")[0]])
    done = {name: collected.run(name, TESTS, 60) for name in found}
    done["unchanged"] = collected.run(None, TESTS, 60)
    collected.close()
"""
SCRIPT = """
import json, sys
from pathlib import Path
from tests.faults.plants import planting
from tests.faults.plants.collected import Collected
from tests.faults.plants.finders import plants_in
from tests.faults.plants.source import Source
FILE, TESTS = json.loads(sys.argv[1])
planting.prepare()
found = {p.name: p for p in plants_in(Source(FILE, Path(FILE).read_text("utf-8")))}
if True:
%s
print(json.dumps({name: [run.failed, run.ran, run.late] for name, run in done.items()}))
"""


@pytest.mark.parametrize("way", [ANEW, IN_PLACE], ids=["anew", "in-place"])
def test_a_tested_guard_is_missed_and_an_untested_one_is_not(way):
    before = (ROOT / FILE).read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT % way, json.dumps([FILE, TESTS])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        f"{FILE}: enter: invariant: Refused if age < 18": [TESTS[1], 2, False],
        f"{FILE}: enter: invariant: Refused if banned": [None, 2, False],
        "unchanged": [None, 2, False],
    }
    assert (ROOT / FILE).read_bytes() == before
