"""Range functions over windows that have histograms (`promql/functions.go`)."""

from diagflow.promql.annotations import COLLISION
from diagflow.promql.histogram import Hint, Histogram, IncompatibleSchema, add, is_reset, kahan_add
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
    if window.is_mixed():
        return None
    try:
        found, rest, reconciled = _summed(window)
        if rest is not None:
            added = add(found, rest)
            found, reconciled = added.value, reconciled or added.reconciled
    except IncompatibleSchema:
        window.mixed_schemas()
        return None
    _noted(window, reconciled=reconciled)
    return found


def _summed(window: Window) -> tuple[Histogram, Histogram | None, bool]:
    found, rest, reconciled = window.hists[0], None, False
    for one in window.hists[1:]:
        added = kahan_add(found, one, rest)
        found, rest, reconciled = added.value, added.rest, reconciled or added.reconciled
    return found, rest, reconciled


def mean(window: Window) -> Outcome:
    """`avg_over_time`."""
    if window.is_mixed():
        return None
    try:
        found, reconciled = averaged(list(window.hists))
    except IncompatibleSchema:
        window.mixed_schemas()
        return None
    _noted(window, reconciled=reconciled)
    return found


def averaged(hists: list[Histogram]) -> tuple[Histogram, bool]:
    """Return the mean of histograms, incremental from where the sum would overflow, and whether bounds differed."""
    total_, rest, mean_, reconciled = hists[0], None, None, False
    for count, one in enumerate(hists[1:], 2):
        if mean_ is None:
            added = kahan_add(total_, one, rest)
            reconciled |= added.reconciled
            if not overflows(added.value):
                total_, rest = added.value, added.rest
                continue
            mean_ = total_.over(count - 1)
            rest = rest.over(count - 1) if rest else None
        share = (count - 1) / count
        added = kahan_add(mean_.times(share), one.over(count), rest.times(share) if rest else None)
        mean_, rest, reconciled = added.value, added.rest, reconciled or added.reconciled
    if mean_ is not None:
        return (add(mean_, rest).value if rest else mean_), reconciled
    found = total_.over(len(hists))
    return (add(found, rest.over(len(hists))).value if rest else found), reconciled


def overflows(one: Histogram) -> bool:
    """Return whether any count is infinite (`HasOverflow`)."""
    values = [one.zero_count, one.count, one.sum, *one.positive.values(), *one.negative.values(), *one.custom]
    return any(value in (float("inf"), float("-inf")) for value in values)


def _noted(window: Window, *, reconciled: bool) -> None:
    hints = {one.hint for one in window.hists}
    if Hint.RESET in hints and Hint.NOT_RESET in hints:
        window.call.notes.warn(f"{COLLISION} aggregation", window.call.start)
    if reconciled:
        window.reconciled("aggregation")
