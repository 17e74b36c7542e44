"""`anchored` and `smoothed` ranges of floats: values at the ends of the range, no extrapolation (`extendedRate`).

Their windows reach back by the lookback, `smoothed` ones also forward; what lies inside the range is counted here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.rangecall import RangeCall
from diagflow.promql.windows import Cells, Chunk


@dataclass(frozen=True, slots=True)
class Ends:
    """Where ranges begin and end, by step, and the samples that count there, by group of timestamps."""

    start: Ints
    end: Ints
    first: Ints
    """Number of the last sample at or before the beginning, else of the first one."""
    last: Ints
    """Number of the last sample; of a smoothed range, of the first one at or after the end."""
    after_start: Ints
    """Number of the first sample after the beginning."""
    seconds: float


def ends(call: RangeCall) -> Ends:
    """Return the ends of the ranges of a call."""
    windows = call.arg.floats
    after = call.lookback if call.smoothed else 0
    end, start = windows.moments - after, windows.moments - windows.length + call.lookback
    top = np.maximum(windows.count - 1, 0)
    after_start = windows.columns.counts(windows.groups, start) - windows.low
    last = top
    if call.smoothed:
        last = np.minimum(windows.columns.counts(windows.groups, end - 1) - windows.low, top)
    first = np.maximum(np.minimum(after_start, top) - 1, 0)
    seconds = (windows.length - call.lookback - after) / 1000
    return Ends(start, end, first, last, after_start, seconds)


def present(call: RangeCall) -> Bools:
    """Return where there is a sample after the beginning of the range: [series, steps]."""
    windows, found = call.arg.floats, ends(call)
    some: Bools = (windows.count > 0) & (windows.time(found.last) > found.start)
    if call.smoothed:
        some &= windows.time(found.first) <= found.end
    shape = (len(windows.rows), len(windows.moments))
    return np.broadcast_to(windows.spread(some), shape)


def anchored(call: RangeCall, chunk: Chunk) -> Chunk:
    """Return the windows from the last sample at or before the beginning on (`pickFirstSampleIndices`)."""
    skipped = chunk.spread(np.maximum(ends(call).after_start - 1, 0))
    shifted = Chunk(chunk.windows, chunk.rows)
    shifted.cells = Cells(chunk.cells.values, chunk.cells.start + skipped, np.maximum(chunk.cells.count - skipped, 0))
    return shifted


def increase(call: RangeCall, chunk: Chunk, *, counter: bool, per_second: bool) -> Floats:
    """Return the increase over each range."""
    found = ends(call)
    left, right = _left(call, chunk, found, counter=counter), _right(call, chunk, found, counter=counter)
    with np.errstate(all="ignore"):
        result: Floats = right - left
        if counter:
            result = result + _resets(chunk, found, left, right)
        return result / found.seconds if per_second else result


def _left(call: RangeCall, chunk: Chunk, found: Ends, *, counter: bool) -> Floats:
    """Return the values where the ranges begin (`pickOrInterpolateLeft`)."""
    first = chunk.spread(found.first)
    value = chunk.cells.at(first)
    if not call.smoothed:
        return value
    time, following = chunk.time(found.first), np.minimum(found.first + 1, np.maximum(chunk.windows.count - 1, 0))
    there = (time, chunk.time(following))
    between = _between((value, chunk.cells.at(chunk.spread(following))), there, found.start, counter=counter)
    return np.where(time < found.start, between, value)


def _right(call: RangeCall, chunk: Chunk, found: Ends, *, counter: bool) -> Floats:
    """Return the values where the ranges end (`pickOrInterpolateRight`)."""
    value, time = chunk.cells.at(chunk.spread(found.last)), chunk.time(found.last)
    if not call.smoothed:
        return value
    before = np.maximum(found.last - 1, 0)
    there = (chunk.time(before), time)
    between = _between((chunk.cells.at(chunk.spread(before)), value), there, found.end, counter=counter)
    return np.where((time > found.end) & (chunk.spread(found.last) > 0), between, value)


def _between(values: tuple[Floats, Floats], times: tuple[Ints, Ints], at: Ints, *, counter: bool) -> Floats:
    """Return values between two samples; a counter that fell began again at zero (`interpolate`)."""
    low, high = values
    with np.errstate(all="ignore"):
        if counter:
            low = np.where(high < low, 0.0, low)
        found: Floats = low + (high - low) * (at - times[0]) / (times[1] - times[0])
    return found


def _resets(chunk: Chunk, found: Ends, left: Floats, right: Floats) -> Floats:
    """Return what counters had before they fell, between the ends (`correctForCounterResets`)."""
    times = chunk.windows.time
    low = found.first + (times(found.first) <= found.start)
    high = found.last - (times(found.last) >= found.end)
    number, last = chunk.spread(low), chunk.spread(high)
    correction, before = np.zeros(left.shape), left
    for offset in range(int((high - low).max(initial=-1)) + 1):
        here: Any = number + offset <= last
        value = chunk.cells.at(number + offset)
        correction = correction + np.where(here & (value < before), before, 0.0)
        before = np.where(here, value, before)
    return correction + np.where(right < before, before, 0.0)


def extended_row(times: Ints, values: Floats, ends_: tuple[int, int], *, smoothed: bool) -> tuple[Ints, Floats]:
    """Return the samples of one range with a value at each end (`extendFloats`)."""
    start, end = ends_
    top = len(times) - 1
    first = max(0, min(int(np.searchsorted(times, start, side="right")), top) - 1)
    last = min(int(np.searchsorted(times, end, side="left")), top) if smoothed else top
    if top < 0 or times[last] <= start:
        return times[:0], values[:0]
    left, right = float(values[first]), float(values[last])
    if smoothed and times[first] < start:
        left = float(np.interp(start, times[first : first + 2], values[first : first + 2]))
    if smoothed and times[last] > end and last > 0:
        right = float(np.interp(end, times[last - 1 : last + 1], values[last - 1 : last + 1]))
    inside = (times > start) & (times < end)
    inside[:first] = False
    return np.array([start, *times[inside], end]), np.array([left, *values[inside], right])
