"""The seed of what is drawn: told, and settable, so that a finding can be met again."""

import os
import secrets


def seed() -> int:
    """PAPERTRAIL_FAULT_SEED, or a new one; printed."""
    chosen = int(os.environ.get("PAPERTRAIL_FAULT_SEED") or secrets.randbelow(2**32))
    print(f"PAPERTRAIL_FAULT_SEED={chosen}", flush=True)  # noqa: T201 - to be met again
    return chosen
