"""Which calls wait for one another: those of one strand do, those of two side by side do not."""

import itertools
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, Self
from unittest import mock

Strand = tuple[int, int]
"""Of a pool that asks things beside one another: its number, and that of one of the things."""

_POOLED = ("chalicelib.beside", "chalicelib.documents.file_store")
"""Modules that ask beside one another."""


class _Pool(ThreadPoolExecutor):
    """A pool that tells which of its strands runs."""

    open: list[int] = []  # noqa: RUF012 - of the process on purpose
    here = threading.local()
    _numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self.group = next(self._numbers)
        self.open.append(self.group)
        super().__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)  # type: ignore[arg-type]
        self.open.remove(self.group)

    def submit(self, asked: Any, /, *args: Any, **named: Any) -> "Future[Any]":
        strand = next(self._numbers)

        def run() -> Any:
            self.here.strand = (self.group, strand)
            return asked(*args, **named)

        return super().submit(run)


def strand() -> Strand | None:
    """The strand that this thread runs; None: nothing runs beside it."""
    if threading.current_thread() is threading.main_thread():
        return (_Pool.open[-1], 0) if _Pool.open else None
    found: Strand | None = getattr(_Pool.here, "strand", None)
    return found


def rounds(strands: Iterable[Strand | None]) -> int:
    """Round trips that wait for one another, by the strand of each call: the longest of a pool."""
    alone, lengths = 0, dict[int, dict[int, int]]()
    for each in strands:
        if each is None:
            alone += 1
        else:
            of_pool = lengths.setdefault(each[0], {})
            of_pool[each[1]] = of_pool.get(each[1], 0) + 1
    return alone + sum(max(of_pool.values()) for of_pool in lengths.values())


@contextmanager
def told_apart() -> Iterator[None]:
    """Know the strands of all that this process asks, for as long as the block lasts."""
    with ExitStack() as stack:
        for module in _POOLED:
            stack.enter_context(mock.patch(f"{module}.ThreadPoolExecutor", _Pool))
        yield
