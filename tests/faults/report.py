"""What `make faults` breaks, in the order of the page."""

from tests.faults.breaks.section import SECTION as BREAKS
from tests.faults.input.section import SECTION as INPUT
from tests.faults.pairs.section import SECTION as PAIRS
from tests.faults.plants.section import SECTION as PLANTS
from tests.support.report import Report

REPORT = Report(
    name="faults",
    title="What it survives",
    opening=(
        "Written by `make faults`; nothing here is typed by hand. `make test` runs a seeded sample "
        "of the same checks with every change."
    ),
    sections=(
        BREAKS,
        PAIRS,
        INPUT,
        PLANTS,
    ),
    closing="Where we are not good yet",
)
