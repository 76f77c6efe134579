import pytest

from tests.support.factories import Office


@pytest.fixture
def office():
    return Office()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """Forty tries in vain take no time here."""
    monkeypatch.setattr("chalicelib.transaction.time.sleep", lambda _seconds: None)
    monkeypatch.setattr("chalicelib.transaction.settle.__kwdefaults__", {"sleep": lambda _s: None})
