"""Range functions that look at how floats change over time: regression, smoothing, integral."""

from typing import Any, Final

import numpy as np

from diagflow.promql import longwindows
from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.errors import PromQLError
from diagflow.promql.kahan import inc, inc_where
from diagflow.promql.windows import Chunk

_LEFT, _RIGHT, TRAPEZOIDAL = range(3)
STRATEGIES: Final = (_LEFT, _RIGHT, TRAPEZOIDAL)
_WEIGHTS: Final = {_LEFT: (1.0, 0.0), _RIGHT: (0.0, 1.0), TRAPEZOIDAL: (0.5, 0.5)}


def regression(chunk: Chunk, intercept: Any) -> tuple[Floats, Floats]:
    """Return slope and value at a time of the least-squares line (`linearRegression`).

    What depends on times alone is summed once for all series that share them.
    """
    cells, windows = chunk.cells, chunk.windows
    steps = np.broadcast_to(np.atleast_2d(intercept), windows.count.shape) if longwindows.few_and_long(cells) else None
    if steps is not None:
        lines = longwindows.with_times(
            chunk, lambda times, y, group, step: longwindows.line(times, y, steps[group, step]), 2
        )
        if lines is not None:
            return lines[0], lines[1]
    shape, count = cells.start.shape, windows.count
    by_time = [(np.zeros(count.shape), np.zeros(count.shape)) for _ in range(2)]
    by_value = [(np.zeros(shape), np.zeros(shape)) for _ in range(2)]
    first = cells.at(0)
    constant = np.ones(shape, np.bool_)
    with np.errstate(all="ignore"):
        for number, (value, mask) in enumerate(cells.each()):
            x = (windows.time(number) - intercept) / 1e3
            inside = number < count
            by_time = [inc_where(inside, term, *pair) for term, pair in zip((x, x * x), by_time, strict=True)]
            terms = (value, chunk.spread(x) * value)
            by_value = [inc_where(mask, term, *pair) for term, pair in zip(terms, by_value, strict=True)]
            same = value == first
            constant &= same if mask is True else same | ~mask
        constant |= cells.count == 1
        sum_x, sum_x2 = (chunk.spread(total + rest) for total, rest in by_time)
        sum_y, sum_xy = (total + rest for total, rest in by_value)
        slope = (sum_xy - sum_x * sum_y / cells.count) / (sum_x2 - sum_x * sum_x / cells.count)
        value_there = sum_y / cells.count - slope * sum_x / cells.count
    flat, infinite = np.where(constant, 0.0, slope), constant & np.isinf(first)
    return np.where(infinite, np.nan, flat), np.where(infinite, np.nan, np.where(constant, first, value_there))


def derivative(chunk: Chunk) -> Floats:
    """`deriv`."""
    return regression(chunk, chunk.windows.first_time())[0]


def predicted(chunk: Chunk, now: Ints, ahead: Floats) -> Floats:
    """`predict_linear`."""
    slope, intercept = regression(chunk, now)
    with np.errstate(all="ignore"):
        found: Floats = slope * ahead + intercept
    return found


def check_factors(smoothing: Floats, trend: Floats) -> None:
    """Refuse factors of `double_exponential_smoothing` that are none.

    Raises:
        PromQLError: one is not between 0 and 1.
    """
    for what, factor, short in (("smoothing", smoothing, "sf"), ("trend", trend, "tf")):
        if (bad := (factor <= 0) | (factor >= 1)).any():
            got = float(factor[bad][0])
            raise PromQLError(f"invalid {what} factor. Expected: 0 < {short} < 1, got: {got:f}")


def smoothed(chunk: Chunk, smoothing: Floats, trend: Floats) -> Floats:
    """`double_exponential_smoothing`."""
    cells = chunk.cells
    long = longwindows.with_times(
        chunk, lambda _, y, __, step: (longwindows.smoothed(y, float(smoothing[step]), float(trend[step])),), 1
    )
    if long is not None:
        return np.asarray(long[0])
    with np.errstate(all="ignore"):
        before, level, slope = np.zeros(cells.start.shape), cells.at(0), cells.at(1) - cells.at(0)
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
    long = longwindows.with_times(
        chunk, lambda times, y, _, step: (longwindows.area(times, y, *_WEIGHTS[int(strategy[step])]),), 1
    )
    if long is not None:
        return np.asarray(long[0])
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
