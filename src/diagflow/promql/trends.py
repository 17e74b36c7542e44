"""Range functions that look at how floats change over time: regression, smoothing, integral."""

from typing import Any, Final

import numpy as np

from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.errors import PromQLError
from diagflow.promql.kahan import inc, inc_where
from diagflow.promql.windows import Chunk

_LEFT, _RIGHT, TRAPEZOIDAL = range(3)
STRATEGIES: Final = (_LEFT, _RIGHT, TRAPEZOIDAL)


def regression(chunk: Chunk, intercept: Any) -> tuple[Floats, Floats]:
    """Return slope and value at a time of the least-squares line (`linearRegression`)."""
    cells = chunk.cells
    shape = cells.start.shape
    sums = [(np.zeros(shape), np.zeros(shape)) for _ in range(4)]
    number, first = np.zeros(shape), cells.at(0)
    constant = np.ones(shape, np.bool_)
    with np.errstate(all="ignore"):
        for position, (value, mask) in enumerate(cells.each()):
            number = number + mask
            constant &= (value == first) | (position == 0) | ~np.broadcast_to(mask, shape)
            x = np.broadcast_to((chunk.time(position) - intercept) / 1e3, shape)
            terms = (x, value, x * value, x * x)
            sums = [inc_where(mask, term, *pair) for term, pair in zip(terms, sums, strict=True)]
        sum_x, sum_y, sum_xy, sum_x2 = (total + rest for total, rest in sums)
        slope = (sum_xy - sum_x * sum_y / number) / (sum_x2 - sum_x * sum_x / number)
        value_there = sum_y / number - slope * sum_x / number
    flat, infinite = np.where(constant, 0.0, slope), constant & np.isinf(first)
    return np.where(infinite, np.nan, flat), np.where(infinite, np.nan, np.where(constant, first, value_there))


def derivative(chunk: Chunk) -> Floats:
    """`deriv`."""
    return regression(chunk, chunk.time(0))[0]


def predicted(chunk: Chunk, now: Ints, ahead: Floats) -> Floats:
    """`predict_linear`."""
    slope, intercept = regression(chunk, now)
    with np.errstate(all="ignore"):
        found: Floats = slope * ahead + intercept
    return found


def smoothed(chunk: Chunk, smoothing: Floats, trend: Floats) -> Floats:
    """`double_exponential_smoothing`."""
    for what, factor, short in (("smoothing", smoothing, "sf"), ("trend", trend, "tf")):
        if (bad := (factor <= 0) | (factor >= 1)).any():
            got = float(factor[bad][0])
            raise PromQLError(f"invalid {what} factor. Expected: 0 < {short} < 1, got: {got:f}")
    cells = chunk.cells
    before, level, slope = np.zeros(cells.start.shape), cells.at(0), cells.at(1) - cells.at(0)
    with np.errstate(all="ignore"):
        for number, (value, mask) in enumerate(cells.each(1)):
            new_slope = slope if number == 0 else trend * (level - before) + (1 - trend) * slope
            new = smoothing * value + (1 - smoothing) * (level + new_slope)
            here = np.broadcast_to(mask, new.shape)
            slope = np.where(here, new_slope, slope)
            before, level = np.where(here, level, before), np.where(here, new, level)
    return level


def integral(chunk: Chunk, strategy: Floats) -> Floats:
    """`integral`: with rectangles from the left, from the right, or trapezoids; NaN counts as zero."""
    cells = chunk.cells
    shape = cells.start.shape
    total, rest = np.zeros(shape), np.zeros(shape)
    before = np.nan_to_num(cells.at(0), posinf=np.inf, neginf=-np.inf)
    with np.errstate(all="ignore"):
        for number, (raw, mask) in enumerate(cells.each(1), 1):
            value = np.where(np.isnan(raw), 0.0, raw)
            area, area_rest = _between(before, value, strategy)
            seconds = (chunk.time(number) - chunk.time(number - 1)) / 1000
            counted = np.broadcast_to(mask, shape) & ((area != 0) | (area_rest != 0))
            total, rest = inc_where(counted, area * seconds, total, np.where(counted, rest + area_rest * seconds, rest))
            before = value
        return np.where(np.isinf(total), total, total + rest)


def _between(before: Floats, value: Floats, strategy: Floats) -> tuple[Floats, Floats]:
    both, rest = inc(value, before, np.zeros(value.shape))
    halves, halves_rest = inc(value / 2, before / 2, np.zeros(value.shape))
    over = np.isinf(both) & ~np.isinf(value) & ~np.isinf(before)
    middle, middle_rest = np.where(over, halves, both / 2), np.where(over, halves_rest, rest / 2)
    area = np.where(strategy == _LEFT, before, np.where(strategy == _RIGHT, value, middle))
    return area, np.where(strategy == TRAPEZOIDAL, middle_rest, 0.0)
