"""What is planted, and what is excused from it."""

import os
import random
import re
from collections import Counter

import pytest

from tests.faults.plants.covered import product_files
from tests.faults.plants.excuses import EXCUSES
from tests.faults.plants.finders import plants
from tests.faults.plants.section import run, survivors
from tests.support.report import ROOT

# Told apart from how the finders look for guards: plain words in the text.
GUARDED = re.compile(
    r"guard=(?:\{|NEW_ROW)|\.guard\.require|require_administrator\(actor\)|access=(?!Public)\w+\("
    r"|compare_digest|ObjectLock|IfNoneMatch|ClientRequestToken|consistent=True"
    r"|^ +if .*:\n +raise [A-Z]",
    re.MULTILINE,
)
# A day's seed would do as well; what matters is that the failing one can be had again.
SEED = os.environ.get("PAPERTRAIL_FAULT_SEED") or str(random.randrange(10**6))
SAMPLE = "15"
LOOK_FURTHER = (
    "only tests near those of docs/faults.json were tried; "
    "`python -m tests.faults.plants.campaign OUT NAME` tries all that may notice"
)


def test_no_file_with_a_guard_is_overlooked():
    planted = {plant.file for plant in plants()}
    guarded = {
        path.relative_to(ROOT).as_posix()
        for path in product_files()
        if GUARDED.search(path.read_text("utf-8"))
    }
    assert len(guarded) > 40
    assert guarded - planted == set()


def test_no_two_guards_bear_one_name():
    named = Counter(plant.name for plant in plants())
    assert [name for name, count in named.items() if count > 1] == []


def test_each_excuse_is_for_a_guard_that_is_there():
    assert EXCUSES.keys() - {plant.name for plant in plants()} == set()


def test_an_excuse_says_why():
    assert [name for name, reason in EXCUSES.items() if len(reason.split()) < 5] == []


@pytest.mark.faults
def test_a_sample_of_guards_is_missed_when_switched_off(capsys):
    with capsys.disabled():
        print(f"\nPAPERTRAIL_FAULT_SEED={SEED}")  # noqa: T201 - so that a failure can be repeated
    told = run("--sample", SAMPLE, "--seed", SEED)
    assert survivors(told) == [], f"PAPERTRAIL_FAULT_SEED={SEED}; {LOOK_FURTHER}"
    assert len(told["verdicts"]) == int(SAMPLE)
