"""Break everything that can break: `python -m tests.faults [SECTION ...]`, into docs/faults.md."""

import sys

from tests.faults.report import REPORT

if __name__ == "__main__":  # workers of a section import this module, too
    REPORT.measure(sys.argv[1:])
