"""Break everything that can break: `python -m tests.faults [SECTION ...]`, into docs/faults.md."""

import sys

from tests.faults.report import REPORT

REPORT.measure(sys.argv[1:])
