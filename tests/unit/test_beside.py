"""What is asked beside one another is asked at once, and answered in the order of asking."""

import threading

import pytest

from chalicelib.beside import beside


def test_nothing_waits_for_another():
    meeting = threading.Barrier(3, timeout=10)

    def come(number):
        meeting.wait()
        return number

    assert list(beside(lambda: come(1), lambda: come(2), lambda: come(3))) == [1, 2, 3]


def test_one_alone_and_none():
    assert (list(beside(lambda: 1)), list(beside())) == ([1], [])


def test_an_error_comes_out():
    with pytest.raises(ZeroDivisionError):
        beside(lambda: 1, lambda: 1 // 0)
