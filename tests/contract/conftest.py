"""The databases and file stores that must keep the same contract."""

import uuid

import pytest

from tests.fakes.database import FakeDatabase


class OwnTokens:
    """The adapter with tokens that no other test has used: the engine remembers them."""

    def __init__(self, database):
        self._database, self._test = database, uuid.uuid4().hex

    def __getattr__(self, name):
        return getattr(self._database, name)

    def commit(self, changes, *, token):
        self._database.commit(changes, token=self._test + token)


@pytest.fixture(
    params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb_local)],
)
def database(request):
    if request.param == "fake":
        return FakeDatabase()
    return OwnTokens(request.getfixturevalue("dynamodb"))
