"""How fast something grows, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean

BLOCKS = 10
_T_975 = 2.306
"""Student's t at 97.5 % with 8 degrees of freedom: ten blocks, two of them spent on the line."""


@dataclass(frozen=True)
class Slope:
    """Growth for one step on the x axis, and the ends of its 95 % confidence interval."""

    value: float
    low: float
    high: float


def slope(x: Sequence[float], y: Sequence[float]) -> Slope:
    """A line through the means of ten blocks of neighbours, by least squares.

    Neighbouring samples of memory tell the same thing twice; means of blocks hardly do, so that
    the interval is honest about how few independent samples there are.

    Raises:
        ValueError: there are fewer than twenty samples.
    """
    if len(x) < 2 * BLOCKS:
        raise ValueError(f"{len(x)} samples tell nothing")
    edges = [len(x) * n // BLOCKS for n in range(BLOCKS + 1)]
    blocks = list(pairwise(edges))
    xs = [fmean(x[a:b]) for a, b in blocks]
    ys = [fmean(y[a:b]) for a, b in blocks]
    middle_x, middle_y = fmean(xs), fmean(ys)
    spread = sum((each - middle_x) ** 2 for each in xs)
    rise = sum((a - middle_x) * (b - middle_y) for a, b in zip(xs, ys, strict=True)) / spread
    rests = (b - middle_y - rise * (a - middle_x) for a, b in zip(xs, ys, strict=True))
    doubt = _T_975 * sqrt(sum(rest**2 for rest in rests) / (BLOCKS - 2) / spread)
    return Slope(rise, rise - doubt, rise + doubt)
