"""The slope by which the soak judges memory: right where it is known, and a small leak shows."""

import random

import pytest

from tests.bench.soak.slope import slope


def test_a_straight_line_has_its_slope_without_a_doubt():
    x = list(range(200))
    found = slope(x, [5 + 3 * each for each in x])
    assert found.value == pytest.approx(3)
    assert found.high - found.low == pytest.approx(0, abs=1e-9)


def test_noise_alone_is_told_as_doubt_around_nothing():
    chosen = random.Random(1)
    x = list(range(200))
    found = slope(x, [chosen.gauss(0, 10) for _ in x])
    assert found.low < 0 < found.high
    assert found.high - found.low > 0.01


def test_two_blocks_kept_in_each_request_are_found_in_the_noise():
    chosen = random.Random(2)
    requests = list(range(0, 4_000, 20))
    blocks = [500_000 + 2 * each + chosen.gauss(0, 400) for each in requests]
    found = slope(requests, blocks)
    assert found.low > 1.0
    assert found.high < 3.0


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="19 samples"):
        slope(list(range(19)), list(range(19)))
