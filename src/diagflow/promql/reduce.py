"""Range functions of floats: from the samples in each window to a number (`promql/functions.go`).

Each takes the windows of some series and returns a number for each; what it says about an empty window does not count.
"""

from typing import Any, Final

import numpy as np

from diagflow.promql import longwindows
from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.kahan import inc_where
from diagflow.promql.sums import compensated_mean, compensated_sum, quick_sum
from diagflow.promql.windows import Cells, Chunk

_HALF: Final = 0.5


def total(chunk: Chunk) -> Floats:
    """`sum_over_time`."""
    cells = chunk.cells
    found, bad = longwindows.apply(cells, longwindows.total)
    if bad.all():
        found, rest, bad = quick_sum(cells.each(), cells.start.shape)
        found += rest
    if bad.any():
        some = cells.where(bad)
        found[bad] = compensated_sum(some.each(), some.start.shape)
    return found


def mean(chunk: Chunk) -> Floats:
    """`avg_over_time`."""
    cells = chunk.cells
    found, bad = longwindows.apply(cells, longwindows.mean)
    if bad.all():
        found, rest, bad = quick_sum(cells.each(), cells.start.shape)
        with np.errstate(all="ignore"):
            found = found / cells.count + rest / cells.count
    if bad.any():
        some = cells.where(bad)
        found[bad] = compensated_mean(some.each(), some.start.shape)
    return found


def smallest(chunk: Chunk) -> Floats:
    """`min_over_time`; NaN only if all are."""
    return _extreme(chunk.cells, longwindows.smallest, np.fmin)


def greatest(chunk: Chunk) -> Floats:
    """`max_over_time`; NaN only if all are."""
    return _extreme(chunk.cells, longwindows.greatest, np.fmax)


def _extreme(cells: Cells, of_window: longwindows.OfWindow, better: np.ufunc) -> Floats:
    found, left = longwindows.apply(cells, of_window)
    if not left.any():
        return found
    found = cells.at(0)
    for value, mask in cells.each(1):
        found = better(found, value if mask is True else np.where(mask, value, np.nan))
    return found


def count(chunk: Chunk) -> Floats:
    """`count_over_time`."""
    return np.broadcast_to(chunk.cells.count, chunk.cells.start.shape).astype(np.float64)


def one(chunk: Chunk) -> Floats:
    """`present_over_time`."""
    return np.ones(chunk.cells.start.shape)


def first(chunk: Chunk) -> Floats:
    """`first_over_time`."""
    return chunk.cells.at(0)


def last(chunk: Chunk) -> Floats:
    """`last_over_time`."""
    return chunk.cells.last()


def variance(chunk: Chunk) -> Floats:
    """`stdvar_over_time` (`varianceOverTime`)."""
    found, left = longwindows.apply(chunk.cells, longwindows.variance)
    if not left.any():
        return found
    shape = chunk.cells.start.shape
    number, mean_, mean_rest, aux, aux_rest = (np.zeros(shape) for _ in range(5))
    with np.errstate(all="ignore"):
        for value, mask in chunk.cells.each():
            number = number + mask
            delta = value - (mean_ + mean_rest)
            mean_, mean_rest = inc_where(mask, delta / number, mean_, mean_rest)
            aux, aux_rest = inc_where(mask, delta * (value - (mean_ + mean_rest)), aux, aux_rest)
        return (aux + aux_rest) / number


def deviation(chunk: Chunk) -> Floats:
    """`stddev_over_time`."""
    with np.errstate(all="ignore"):
        return np.sqrt(variance(chunk))


def changes(chunk: Chunk) -> Floats:
    """`changes`."""
    return _pairs(chunk.cells, lambda before, now: (now != before) & ~(np.isnan(now) & np.isnan(before)))


def resets(chunk: Chunk) -> Floats:
    """`resets`."""
    return _pairs(chunk.cells, lambda before, now: now < before)


def _pairs(cells: Cells, counts: Any) -> Floats:
    found, left = longwindows.apply(cells, longwindows.pairs(counts))
    if not left.any():
        return found
    found, before = np.zeros(cells.start.shape), cells.at(0)
    for value, mask in cells.each(1):
        hit = counts(before, value)
        found += hit if mask is True else hit & mask
        before = value
    return found


def quantile_of(values: Floats, number: Any, q: Floats) -> Floats:
    """Return quantiles along the last axis, of the first `number` values; the rest is NaN (`quantile`).

    A NaN sorts before all numbers.
    """
    ordered = np.sort(values, axis=-1)
    wanted = np.asarray(number)
    nans = wanted - np.count_nonzero(~np.isnan(values), axis=-1)
    with np.errstate(all="ignore"):
        rank = q * (wanted - 1)
        low = np.maximum(0, np.floor(rank))
        high = np.minimum(wanted - 1, low + 1)
        weight = rank - np.floor(rank)
        lower, upper = (_picked(ordered, index, nans) for index in (low, high))
        found = np.where(weight == 0, lower, lower * (1 - weight) + upper * weight)
    found = np.where(q < 0, -np.inf, np.where(q > 1, np.inf, found))
    return np.where(np.isnan(q) | (wanted == 0), np.nan, found)


def _picked(ordered: Floats, index: Floats, nans: Ints) -> Floats:
    place = np.nan_to_num(index).astype(np.int64) - nans
    picked = np.take_along_axis(ordered, np.clip(place, 0, ordered.shape[-1] - 1)[..., None], axis=-1)[..., 0]
    return np.where(place < 0, np.nan, picked)


def gathered(cells: Cells) -> Floats:
    """Return the values of each window along a new last axis, then NaN."""
    widest = max(1, cells.widest)
    found = cells.values.take(cells.start[..., None] + np.arange(widest), mode="clip")
    count_ = np.broadcast_to(cells.count, cells.start.shape)[..., None]
    return np.where(np.arange(widest) < count_, found, np.nan)


def quantile(chunk: Chunk, q: Floats) -> Floats:
    """`quantile_over_time`."""
    return quantile_of(gathered(chunk.cells), np.broadcast_to(chunk.cells.count, chunk.cells.start.shape), q)


def absolute_deviation(chunk: Chunk) -> Floats:
    """`mad_over_time`; NaN if any is."""
    values = gathered(chunk.cells)
    number = np.broadcast_to(chunk.cells.count, chunk.cells.start.shape)
    half = np.full(number.shape, _HALF)
    median = quantile_of(values, number, half)
    with np.errstate(all="ignore"):
        away = np.abs(values - median[..., None])
    found = quantile_of(away, number, half)
    return np.where(np.count_nonzero(~np.isnan(values), axis=-1) < number, np.nan, found)


def time_of(chunk: Chunk, *, greatest_: bool) -> Floats:
    """`ts_of_max_over_time`, `ts_of_min_over_time`: the last of equals; in seconds."""
    long = longwindows.with_times(chunk, lambda t, y, *_: (longwindows.time_of(t, y, greatest_=greatest_),), 1)
    if long is not None:
        return np.asarray(long[0])
    best, when = chunk.cells.at(0), np.broadcast_to(chunk.time(0), chunk.cells.start.shape)
    for number, (value, mask) in enumerate(chunk.cells.each()):
        better: Bools = (value >= best if greatest_ else value <= best) | np.isnan(best)
        better &= np.broadcast_to(mask, better.shape)
        best, when = np.where(better, value, best), np.where(better, chunk.time(number), when)
    return when / 1000


def first_time(chunk: Chunk) -> Floats:
    """`ts_of_first_over_time`, in seconds."""
    return np.broadcast_to(chunk.time(0) / 1000, chunk.cells.start.shape)


def last_time(chunk: Chunk) -> Floats:
    """`ts_of_last_over_time`, in seconds."""
    return np.broadcast_to(chunk.spread(chunk.windows.last_time()) / 1000, chunk.cells.start.shape)
