"""Quantiles and fractions of classic histograms: buckets that are series with a label `le` (`promql/quantile.go`)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from diagflow.promql.arrays import Bools, Floats, Ints

_TOLERANCE: Final = 1e-12
_LEAST_NORMAL: Final = 2.0**-1022


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Quantiles of histograms, and what had to be fixed first."""

    values: Floats
    """[histograms, steps]"""
    forced: Bools
    low: Floats
    high: Floats
    most: Floats

    def fix(self, row: int, step: int) -> tuple[float, float, float]:
        """Return which buckets were fixed at one step, from and to, and by how much at most."""
        return float(self.low[row, step]), float(self.high[row, step]), float(self.most[row, step])


def quantiles(q: Floats, bounds: Floats, counts: Floats) -> Quantiles:
    """Return quantiles of histograms with the same number of buckets (`BucketQuantile`).

    `bounds` [histograms, buckets] rise strictly, `counts` [histograms, buckets, steps] are cumulative, `q` has one for
    each step.
    """
    size, width, steps = counts.shape
    fixed, forced, low, high, most = _rising(bounds, counts)
    with np.errstate(all="ignore"):
        observed = fixed[:, -1]
        rank = q * observed
        if width > 1:
            reached = fixed[:, :-1] >= rank[:, None]
            bucket = np.where(reached.any(axis=1), reached.argmax(axis=1), width - 1)
            found = _inside(bounds, fixed, bucket, rank)
        else:
            found = np.full((size, steps), np.nan)
        found = np.where(observed == 0, np.nan, found)
    infinite = np.isposinf(bounds[:, -1])[:, None]
    found = np.where(infinite, found, np.nan)
    found = np.where(np.isnan(q), np.nan, np.where(q < 0, -np.inf, np.where(q > 1, np.inf, found)))
    inside = ((q >= 0) & (q <= 1))[None, :] & infinite
    return Quantiles(found, forced & inside, low, high, most)


def _inside(bounds: Floats, counts: Floats, bucket: Ints, rank: Floats) -> Floats:
    """Interpolate inside the bucket where the rank lies."""
    index = bucket.astype(np.int64)
    before = np.maximum(index - 1, 0)

    def of_bounds(numbers: Ints) -> Floats:
        return np.take_along_axis(bounds, numbers, axis=1)

    def of_counts(numbers: Ints) -> Floats:
        return np.take_along_axis(counts, numbers[:, None], axis=1)[:, 0]

    end = of_bounds(index)
    start = np.where(index > 0, of_bounds(before), 0.0)
    below = np.where(index > 0, of_counts(before), 0.0)
    found = start + (end - start) * ((rank - below) / (of_counts(index) - below))
    found = np.where((index == 0) & (bounds[:, :1] <= 0), bounds[:, :1], found)
    return np.where(index == bounds.shape[1] - 1, bounds[:, -2:-1], found)


def _rising(bounds: Floats, counts: Floats) -> tuple[Floats, Bools, Floats, Floats, Floats]:
    """Return counts that never fall, and where and how much they fell (`ensureMonotonicAndIgnoreSmallDeltas`)."""
    size, width, steps = counts.shape
    fixed = counts.copy()
    forced = np.zeros((size, steps), np.bool_)
    low, high, most = np.full((size, steps), np.inf), np.full((size, steps), -np.inf), np.zeros((size, steps))
    steps_up = counts[:, 1:] - counts[:, :-1]
    if ((steps_up == 0) | (steps_up > 4 * _TOLERANCE * counts[:, 1:])).all():
        return fixed, forced, low, high, most
    before = counts[:, 0]
    with np.errstate(all="ignore"):
        for number in range(1, width):
            now = counts[:, number]
            close = (now == before) | _almost(before, now)
            falls = ~close & (now < before)
            fixed[:, number] = np.where(close | falls, before, now)
            if falls.any():
                edge = bounds[:, number, None]
                forced |= falls
                low, high = np.where(falls, np.minimum(low, edge), low), np.where(falls, np.maximum(high, edge), high)
                most = np.where(falls, np.maximum(most, before - now), most)
            before = np.where(close | falls, before, now)
    return fixed, forced, low, high, most


def _almost(one: Floats, other: Floats) -> Bools:
    """Return where two numbers are equal but for rounding (`almost.Equal`)."""
    size, apart = np.abs(one) + np.abs(other), np.abs(one - other)
    tiny = (one == 0) | (other == 0) | (size < _LEAST_NORMAL)
    close = np.where(
        tiny, apart < _TOLERANCE * _LEAST_NORMAL, apart / np.minimum(size, np.finfo(np.float64).max) < _TOLERANCE
    )
    both: Bools = close | (np.isnan(one) & np.isnan(other))
    return both


def fraction(low: float, high: float, bounds: Sequence[float], counts: Sequence[float]) -> float:
    """Return the share of observations between two values (`BucketFraction`); bounds rise strictly."""
    if not bounds or not math.isinf(bounds[-1]) or counts[-1] == 0 or math.isnan(low) or math.isnan(high):
        return math.nan
    if low >= high:
        return 0.0
    ranks = [_rank(value, bounds, counts) for value in (low, high)]
    return (ranks[1] - ranks[0]) / counts[-1]


def _rank(value: float, bounds: Sequence[float], counts: Sequence[float]) -> float:
    rank, below = 0.0, 0.0 if bounds[0] > 0 else -math.inf
    for upper, count in zip(bounds, counts, strict=True):
        if below >= value:
            break
        if upper > value:
            inside = count if below == -math.inf else rank + (count - rank) * (value - below) / (upper - below)
            return min(inside, counts[-1]) if not math.isnan(inside) else inside
        rank, below = count, upper
    else:
        return counts[-1]
    return min(rank, counts[-1])
