"""Offices on Amazon's own engine, and threads that start together."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.documents.desk import Filing
from chalicelib.errors import PaperTrailError
from tests.support.factories import Office


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/races/" in item.nodeid:
            item.add_marker(pytest.mark.dynamodb_local)


class Racing(Office):
    """An office whose ids are safe to draw from threads, and that gives each its own desk."""

    def __post_init__(self) -> None:
        self._drawing = threading.Lock()
        super().__post_init__()

    def new_id(self) -> str:
        with self._drawing:
            return super().new_id()

    def now(self):
        with self._drawing:
            return super().now()


@pytest.fixture(scope="session")
def connections(connect):
    """Containers' own connections; threads beyond their number share them."""
    return [connect() for _ in range(16)]


@pytest.fixture
def office(dynamodb):
    # The engine remembers tokens: no test may use another's ids.
    return Racing(database=dynamodb, prefix=uuid.uuid4().hex[:8])


@pytest.fixture
def race(office, connections):
    """Run `count` calls of `work(desk, n)` at once; gives what each returned or refused with."""

    def run(work, count):
        desks = [office.desk(connections[n % len(connections)]) for n in range(count)]
        start = threading.Barrier(count)

        def one(n: int):
            start.wait()
            return _outcome(work, desks[n], n)

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    return run


def _outcome(work, desk: Filing, n: int):
    try:
        return work(desk, n)
    except PaperTrailError as refused:
        return refused
