"""Bounds that every reading keeps: time, and memory as a multiple of what is read."""

import json
import signal
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 10
"""Far more than anything here takes: what is over it hangs."""
FLOOR = 2 * 1024**2
"""Bytes that anything may take, however little it reads: modules, caches, compiled patterns."""


class Hang(BaseException):
    """Something did not come to an end. No `except Exception` of the product may catch it."""


@contextmanager
def in_time(seconds: int = SECONDS) -> Iterator[None]:
    """Raise Hang inside what takes longer."""

    def ring(_number: int, _frame: Any) -> None:
        raise Hang(f"over {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def peak_of(call: Callable[[], Any]) -> int:
    """The most memory, in bytes, that Python held for a call at once."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def size_of(case: Any) -> int:
    """How long what is read is, in bytes."""
    if isinstance(case, bytes):
        return len(case)
    if isinstance(case, str):
        return len(case.encode("utf-8", "surrogatepass"))
    return len(json.dumps(case, default=repr))
