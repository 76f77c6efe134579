"""Reads that do not wait for one another, in one round trip's time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def beside(*asked: Callable[[], T]) -> Sequence[T]:
    """What all of these give, in their order; one of them is asked in this very thread.

    Raises:
        Exception: what the first of them raises, once all are done.
    """
    if len(asked) < 2:  # noqa: PLR2004 - one is beside nothing
        return [each() for each in asked]
    with ThreadPoolExecutor(len(asked) - 1) as pool:
        others = [pool.submit(each) for each in asked[1:]]
        return [asked[0](), *(other.result() for other in others)]
