"""`anchored` and `smoothed` ranges of histograms (`extendedHistogramRate`)."""

from collections.abc import Sequence

import numpy as np

from diagflow.promql.annotations import NOT_COUNTER, NOT_GAUGE
from diagflow.promql.histogram import Added, Hint, Histogram, IncompatibleSchema, add, is_reset, subtract
from diagflow.promql.rangecall import Outcome, Window
from diagflow.promql.smoothing import between


def increase(window: Window, *, counter: bool, per_second: bool) -> Outcome:
    """Return the increase over a range, from a value at its beginning to one at its end."""
    if window.is_mixed():
        return None
    smoothed, times = window.call.smoothed, window.hist_times
    end = window.end - window.call.lookback * smoothed
    start = window.end - window.call.arg.floats.length + window.call.lookback
    top = len(times) - 1
    first = max(0, min(int(np.searchsorted(times, start, side="right")), top) - 1)
    last = min(int(np.searchsorted(times, end, side="left")), top) if smoothed else top
    if times[last] <= start or (smoothed and times[first] > end):
        return None
    if not _same_kind(window, window.hists[first : last + 1], counter=counter):
        return None
    try:
        found = _Increase(window, first, last, start, end, counter=counter).run()
    except IncompatibleSchema:
        window.mixed_schemas()
        return None
    seconds = (end - start) / 1000
    return (found.over(seconds) if per_second else found).hinted(Hint.GAUGE).compact()


def _same_kind(window: Window, hists: Sequence[Histogram], *, counter: bool) -> bool:
    for one in hists:
        if one.is_custom != hists[0].is_custom:
            window.mixed_schemas()
            return False
        if counter and one.hint is Hint.GAUGE:
            window.warn(NOT_COUNTER)
    return True


class _Increase:
    def __init__(self, window: Window, first: int, last: int, start: int, end: int, *, counter: bool) -> None:
        self._window, self._first, self._last = window, first, last
        self._start, self._end, self._counter = start, end, counter
        self._smoothed = window.call.smoothed

    def run(self) -> Histogram:
        times, hists, first, last = self._window.hist_times, self._window.hists, self._first, self._last
        left, right = hists[first], hists[last]
        if self._smoothed and times[first] < self._start:
            left = self._between(first, self._start)
        if self._smoothed and last > 0 and times[last] > self._end:
            right = self._between(last - 1, self._end)
        if not self._counter and not (left.hint is right.hint is Hint.GAUGE):
            self._window.warn(NOT_GAUGE)
        found = self._noted(subtract(right, left), "subtraction")
        correction = self._correction(left, right) if self._counter else None
        return self._noted(add(found, correction), "addition") if correction else found

    def _between(self, number: int, moment: int) -> Histogram:
        times, hists = self._window.hist_times, self._window.hists
        share = (moment - int(times[number])) / int(times[number + 1] - times[number])
        found, said = between(hists[number], hists[number + 1], share, counter=self._counter)
        for operation in said:
            self._window.reconciled(operation)
        return found

    def _noted(self, added: Added, operation: str) -> Histogram:
        if added.reconciled:
            self._window.reconciled(operation)
        return added.value

    def _correction(self, left: Histogram, right: Histogram) -> Histogram | None:
        """Return what the counter had before each reset (`correctForCounterResetsHistogram`)."""
        times, hists, first = self._window.hist_times, self._window.hists, self._first + 1
        before = left
        if self._smoothed and times[self._first] < self._start and is_reset(hists[first], hists[self._first]):
            before, first = hists[first], first + 1
        if first > self._last:
            return None
        correction: Histogram | None = None
        for one in [*hists[first : self._last], right]:
            if is_reset(one, before):
                correction = self._noted(add(correction, before), "addition") if correction else before
            before = one
        return correction


def from_anchor(window: Window) -> Window | None:
    """Return a window from the last sample at or before the beginning of the range on; nothing if none follows it."""
    start = window.end - window.call.arg.floats.length + window.call.lookback
    earlier = [int(times[times <= start][-1]) for times in (window.times, window.hist_times) if (times <= start).any()]
    since = max(earlier, default=start)
    floats, hists = window.times >= since, window.hist_times >= since
    if not (window.times > start).any() and not (window.hist_times > start).any():
        return None
    return Window(
        window.call,
        window.row,
        window.step,
        window.times[floats],
        window.values[floats],
        window.hist_times[hists],
        [one for one, kept in zip(window.hists, hists, strict=True) if kept],
    )
