"""Anchor the hour that is not over yet, as the deployed timer would when it is.

`python -m tests.support.early_anchor`, with the environment and the credentials of that function:
waiting for an hour's end is nothing for a test.
"""

import os
from datetime import datetime, timedelta

from chalicelib.audit.anchor_hours import anchor_hours
from chalicelib.config import Config
from chalicelib.wiring import Wiring, utc_now


def soon() -> datetime:
    """Just past the grace after this hour's end."""
    ended = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return ended + timedelta(minutes=6)


if __name__ == "__main__":
    anchor_hours(Wiring(Config.read(os.environ), now=soon).anchoring)
