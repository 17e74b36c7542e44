"""Few windows with many samples each (as of `[1d:1s]`): one window at a time, instead of one sample of all.

Sums are exact ones here (`math.fsum`), which Prometheus' compensated ones equal within 1e-9. What is not finite is left
to the other way, where the order of samples counts.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.windows import Cells, Chunk

_LONG: Final = 1000
"""Samples of a long window."""
_FEW: Final = 200
"""Windows that are few."""

OfWindow = Callable[[Floats], float]


def apply(cells: Cells, function: OfWindow) -> tuple[Floats, Bools]:
    """Return what a function makes of each window, and where it cannot: everywhere, unless they are few and long."""
    shape = cells.start.shape
    found, open_ = np.zeros(shape), np.ones(shape, np.bool_)
    if not few_and_long(cells):
        return found, open_
    counts = np.broadcast_to(cells.count, shape)
    with np.errstate(all="ignore"):
        for place in np.ndindex(shape):
            start, count = int(cells.start[place]), int(counts[place])
            try:
                found[place] = function(cells.values[start : start + count]) if count else 0.0
            except (OverflowError, ValueError):
                continue
            open_[place] = False
    return found, open_


def few_and_long(cells: Cells) -> bool:
    """Return whether windows are few and long."""
    return cells.start.size <= _FEW and cells.widest >= _LONG


def total(values: Floats) -> float:
    """Return a sum.

    Raises:
        OverflowError: a value is not finite, or the sum.
    """
    _finite(values)
    return math.fsum(values)


def mean(values: Floats) -> float:
    """Return a mean."""
    return total(values) / len(values)


def variance(values: Floats) -> float:
    """Return the mean of squared distances from the mean."""
    centre = mean(values)
    return 0.0 if (values == values[0]).all() else total((values - centre) ** 2) / len(values)


def smallest(values: Floats) -> float:
    """Return the least number."""
    return float(np.fmin.reduce(values))


def greatest(values: Floats) -> float:
    """Return the greatest number."""
    return float(np.fmax.reduce(values))


def pairs(counts: Any) -> OfWindow:
    """Return a function that counts neighbours."""
    return lambda values: float(np.count_nonzero(counts(values[:-1], values[1:])))


def smoothed(values: Floats, smoothing: float, trend: float) -> float:
    """Return the last level of double exponential smoothing."""
    if len(values) == 1:
        return math.nan
    level, slope, before = float(values[0]), float(values[1] - values[0]), 0.0
    for number, value in enumerate(values[1:].tolist()):
        slope = slope if number == 0 else trend * (level - before) + (1 - trend) * slope
        before, level = level, smoothing * value + (1 - smoothing) * (level + slope)
    return level


def with_times(chunk: Chunk, function: Callable[[Ints, Floats, int, int], tuple[float, ...]], parts: int) -> Any:
    """Return what a function makes of times and values of each window, or nothing if one cannot be said."""
    windows = chunk.windows
    shape = chunk.cells.start.shape
    found = np.zeros((parts, *shape))
    if not few_and_long(chunk.cells):
        return None
    for number, step in np.ndindex(shape):
        row, group = int(windows.rows[chunk.rows][number]), int(windows.inverse[chunk.rows][number])
        low, count = int(windows.low[group, step]), int(windows.count[group, step])
        times = windows.columns.times_of(row)[low : low + count]
        values = windows.columns.values_of(row)[low : low + count]
        try:
            found[:, number, step] = function(times, values, group, step) if count else 0.0
        except OverflowError:
            return None
    return found


def line(times: Ints, values: Floats, intercept: int) -> tuple[float, float]:
    """Return slope and value at a time of the least-squares line."""
    _finite(values)
    if (values == values[0]).all():
        return 0.0, float(values[0])
    x, count = (times - intercept) / 1e3, len(values)
    sum_x, sum_y, sum_xx, sum_xy = (math.fsum(each) for each in (x, values, x * x, x * values))
    slope = (sum_xy - sum_x * sum_y / count) / (sum_xx - sum_x * sum_x / count)
    return slope, sum_y / count - slope * sum_x / count


def time_of(times: Ints, values: Floats, *, greatest_: bool) -> float:
    """Return when the greatest or the least value was last, in seconds."""
    best = greatest(values) if greatest_ else smallest(values)
    places = np.flatnonzero(values == best)
    return float(times[places[-1] if len(places) else -1]) / 1000


def area(times: Ints, values: Floats, left: float, right: float) -> float:
    """Return an integral, with the weights that the sample before and the one after a span have; NaN is zero."""
    values = np.where(np.isnan(values), 0.0, values)
    _finite(values)
    seconds = np.diff(times) / 1000
    return math.fsum([*(values[:-1] * left * seconds), *(values[1:] * right * seconds)])


def _finite(values: Floats) -> None:
    if not np.isfinite(values).all():
        raise OverflowError
