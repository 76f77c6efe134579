import pytest

from tests.faults.plants.sample.door import Refused, enter


def test_grown_ups_are_welcome():
    assert enter(18) == "welcome"


def test_children_are_refused():
    with pytest.raises(Refused):
        enter(17)
