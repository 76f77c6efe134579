"""Measure what the product costs: `python -m tests.bench [SECTION ...]`."""

import sys

from tests.bench.report import REPORT

REPORT.measure(sys.argv[1:])
