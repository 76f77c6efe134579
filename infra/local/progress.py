"""What the person waiting sees: one line per step, with how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print `name` when work on it begins and the seconds it took when it is done."""
    begun = time.monotonic()
    print(f"  {name} ... ", end="", flush=True)
    try:
        yield
    except BaseException:
        print(f"failed after {time.monotonic() - begun:.1f} s", flush=True)
        raise
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def complain(message: str) -> None:
    """Print one sentence about what went wrong, on standard error."""
    print(message, file=sys.stderr, flush=True)
