"""Bounds that every reading keeps: time, and memory as a multiple of what is read."""

import json
import signal
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 10
"""Of work, far more than anything here takes: what is over it hangs. Not of the clock, or a busy
machine would fail what is well; what waits instead of working has twelve times as long."""
_WAITING = 12
FLOOR = 2 * 1024**2
"""Bytes that anything may take, however little it reads: modules, caches, compiled patterns."""


class Hang(BaseException):
    """Something did not come to an end. No `except Exception` of the product may catch it."""


@contextmanager
def in_time(seconds: int = SECONDS) -> Iterator[None]:
    """Raise Hang inside what takes longer."""

    def ring(_number: int, _frame: Any) -> None:
        raise Hang(f"over {seconds} s of work, or {seconds * _WAITING} s of waiting")

    timers = (
        (signal.ITIMER_PROF, signal.SIGPROF, 1),
        (signal.ITIMER_REAL, signal.SIGALRM, _WAITING),
    )
    before = [signal.signal(number, ring) for _, number, _ in timers]
    for timer, _, times in timers:
        signal.setitimer(timer, seconds * times)
    try:
        yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0)
        for (_, number, _), handler in zip(timers, before, strict=True):
            signal.signal(number, handler)


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
