"""Range functions over windows that have histograms (`promql/functions.go`)."""

from diagflow.promql.annotations import COLLISION
from diagflow.promql.histogram import Hint, Histogram, IncompatibleSchema, is_reset
from diagflow.promql.histogram.totals import Mean, Total
from diagflow.promql.rangecall import Outcome, Window


def counted(window: Window) -> Outcome:
    """`count_over_time`."""
    return float(len(window.values) + len(window.hists))


def present(_: Window) -> Outcome:
    """`present_over_time`."""
    return 1.0


def first(window: Window) -> Outcome:
    """`first_over_time`."""
    return window.merged()[0][1]


def last(window: Window) -> Outcome:
    """`last_over_time`."""
    return window.merged()[-1][1]


def first_time(window: Window) -> Outcome:
    """`ts_of_first_over_time`."""
    return window.merged()[0][0] / 1000


def last_time(window: Window) -> Outcome:
    """`ts_of_last_over_time`."""
    return window.merged()[-1][0] / 1000


def changes(window: Window) -> Outcome:
    """`changes`."""
    samples = [sample for _, sample in window.merged()]
    return float(sum(map(_differ, samples, samples[1:])))


def resets(window: Window) -> Outcome:
    """`resets`."""
    samples = [sample for _, sample in window.merged()]
    return float(sum(map(_reset, samples, samples[1:])))


def _differ(before: float | Histogram, now: float | Histogram) -> bool:
    if isinstance(before, Histogram) and isinstance(now, Histogram):
        return not now.equals(before)
    if isinstance(before, Histogram) or isinstance(now, Histogram):
        return True
    return now != before and not (now != now and before != before)  # noqa: PLR0124  # NaN


def _reset(before: float | Histogram, now: float | Histogram) -> bool:
    if isinstance(before, Histogram) and isinstance(now, Histogram):
        return is_reset(now, before)
    if isinstance(before, Histogram) or isinstance(now, Histogram):
        return True
    return now < before


def total(window: Window) -> Outcome:
    """`sum_over_time`."""
    return _added(window, Total(window.hists[0]))


def mean(window: Window) -> Outcome:
    """`avg_over_time`."""
    return _added(window, Mean(window.hists[0]))


def _added(window: Window, value: Total | Mean) -> Outcome:
    if window.is_mixed():
        return None
    try:
        for one in window.hists[1:]:
            value.add(one)
    except IncompatibleSchema:
        window.mixed_schemas()
        return None
    _noted(window, reconciled=value.reconciled)
    return value.value()


def _noted(window: Window, *, reconciled: bool) -> None:
    hints = {one.hint for one in window.hists}
    if Hint.RESET in hints and Hint.NOT_RESET in hints:
        window.call.notes.warn(f"{COLLISION} aggregation", window.call.start)
    if reconciled:
        window.reconciled("aggregation")
