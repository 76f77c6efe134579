"""Where everything made up begins: PAPERTRAIL_FAULT_SEED, printed by what fails."""

import os

SEED = int(os.environ.get("PAPERTRAIL_FAULT_SEED") or 1)
