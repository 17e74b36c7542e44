"""`rate`, `increase`, `delta`, `irate`, `idelta` of floats."""

from typing import Any

import numpy as np

from diagflow.promql.arrays import Bools, Floats
from diagflow.promql.windows import Cells, Chunk


def extrapolated(chunk: Chunk, *, counter: bool, per_second: bool) -> Floats:
    """Return the increase over each window, extrapolated to its ends (`extrapolatedRate`); needs two samples."""
    cells, windows = chunk.cells, chunk.windows
    first, last = cells.at(0), cells.last()
    with np.errstate(all="ignore"):
        found = last - first
        if counter:
            found = _with_resets(chunk, found)
        first_time, last_time = windows.first_time(), windows.last_time()
        to_start = (first_time - (windows.moments - windows.length)) / 1000
        to_end = (windows.moments - last_time) / 1000
        sampled = (last_time - first_time) / 1000
        average = sampled / (windows.count - 1)
        threshold = average * 1.1
        to_start = np.where(to_start >= threshold, average / 2, to_start)
        to_end = np.where(to_end >= threshold, average / 2, to_end)
        sampled, to_start, to_end = (chunk.spread(part) for part in (sampled, to_start, to_end))
        if counter:
            to_zero = np.where((found > 0) & (first >= 0), sampled * (first / found), to_start)
            to_start = np.where(to_zero < to_start, to_zero, to_start)
        factor = (sampled + to_start + to_end) / sampled
        if per_second:
            factor = factor / (windows.length / 1000)
        whole: Floats = found * factor
    return whole


def _with_resets(chunk: Chunk, found: Floats) -> Floats:
    """Add what a counter had before each reset; most series have none, which is seen without their windows."""
    rows = _rows_with_resets(chunk)
    if not rows.any():
        return found
    cells = chunk.cells
    some = Cells(cells.values, cells.start[rows], np.broadcast_to(cells.count, cells.start.shape)[rows])
    corrected, before = found[rows], some.at(0)
    for value, mask in some.each(1):
        corrected = corrected + np.where((value < before) & mask, before, 0.0)
        before = value
    found = found.copy()
    found[rows] = corrected
    return found


def _rows_with_resets(chunk: Chunk) -> Bools:
    """Return the series that fall anywhere between the first and the last of their windows."""
    windows = chunk.windows
    low, high = windows.low.min(axis=1), (windows.low + windows.count).max(axis=1)
    width = int((high - low).max(initial=0))
    rows: Bools = np.zeros(len(chunk.cells.start), np.bool_)
    if width < 2:  # noqa: PLR2004  # a fall needs two samples
        return rows
    base = windows.columns.base[windows.rows[chunk.rows]][:, None]
    start, count = base + chunk.spread(low[:, None]), chunk.spread((high - low)[:, None])
    values = windows.columns.values.take(start + np.arange(width), mode="clip")
    falls = values[:, 1:] < values[:, :-1]
    inside: Any = np.arange(1, width) < count
    return np.asarray((falls & inside).any(axis=1))


def instant(chunk: Chunk, *, counter: bool) -> Floats:
    """Return the change between the last two samples, of a counter per second (`instantValue`)."""
    cells, count = chunk.cells, chunk.windows.count
    now, before = cells.last(), cells.last(1)
    with np.errstate(all="ignore"):
        if not counter:
            return now - before
        seconds = (chunk.windows.last_time() - chunk.windows.time(np.maximum(count - 2, 0))) / 1000
        rate: Floats = np.where(now < before, now, now - before) / chunk.spread(seconds)
    return rate
