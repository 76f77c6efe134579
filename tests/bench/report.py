"""What `make bench` measures, in the order of the page."""

from tests.bench.costs.section import SECTION as COSTS
from tests.bench.growth.section import SECTION as GROWTH
from tests.bench.handlers import SECTION as HANDLERS
from tests.bench.load.section import SECTION as LOAD
from tests.bench.soak.section import SECTION as SOAK
from tests.bench.starts import SECTION as STARTS
from tests.support.report import Report

REPORT = Report(
    name="benchmarks",
    title="What it costs, and how it grows",
    opening=(
        "Written by `make bench`; nothing here is typed by hand. Ratios compare what was measured "
        "side by side in one run. Milliseconds of one machine say little about another: read the "
        "ratios and the counts."
    ),
    sections=(COSTS, HANDLERS, STARTS, GROWTH, LOAD, SOAK),
    closing="Where we are not good yet",
)
