"""`rate`, `increase`, `delta`, `irate`, `idelta` of histograms (`histogramRate`, `instantValue`)."""

from collections.abc import Callable

from diagflow.promql.annotations import MIXED, NOT_COUNTER, NOT_GAUGE
from diagflow.promql.histogram import Added, Hint, Histogram, IncompatibleSchema, add, is_reset, subtract
from diagflow.promql.histogram.arithmetic import lower
from diagflow.promql.rangecall import Outcome, Window


def extrapolated(window: Window, *, counter: bool, per_second: bool) -> Outcome:
    """Return the increase over a window, extrapolated to its ends."""
    if window.is_mixed() or len(window.hists) < 2:  # noqa: PLR2004  # a rate needs two
        return None
    found = _increase(window, counter=counter)
    if found is None:
        return None
    length, times = window.call.seconds, window.hist_times
    sampled = int(times[-1] - times[0]) / 1000
    average = sampled / (len(times) - 1)
    to_start = int(times[0] - (window.end - length * 1000)) / 1000
    to_end = int(window.end - times[-1]) / 1000
    to_start = average / 2 if to_start >= average * 1.1 else to_start
    to_end = average / 2 if to_end >= average * 1.1 else to_end
    if counter and found.count > 0 and window.hists[0].count >= 0:
        to_start = min(to_start, sampled * (window.hists[0].count / found.count))
    factor = (sampled + to_start + to_end) / sampled
    return found.times(factor / length if per_second else factor)


def _increase(window: Window, *, counter: bool) -> Histogram | None:
    hists = window.hists
    before, last = hists[0], hists[-1]
    if counter and Hint.GAUGE in (before.hint, last.hint):
        window.warn(NOT_COUNTER)
    custom = before.is_custom
    if counter and is_reset(hists[1], before):
        before = Histogram(schema=hists[1].schema, custom=hists[1].custom)
        custom = hists[1].is_custom
    if last.is_custom != custom:
        window.mixed_schemas()
        return None
    schema = min(last.schema, before.schema)
    for one in hists[1:-1] if counter else ():
        if one.hint is Hint.GAUGE:
            window.warn(NOT_COUNTER)
        if one.is_custom != custom:
            window.mixed_schemas()
            return None
        schema = min(schema, one.schema)
    try:
        found = _differences(window, before, lowered(last, schema), counter=counter)
    except IncompatibleSchema:
        window.mixed_schemas()
        return None
    if not counter and not (hists[0].hint is hists[-1].hint is Hint.GAUGE):
        window.warn(NOT_GAUGE)
    return found.hinted(Hint.GAUGE).compact()


def _differences(window: Window, before: Histogram, last: Histogram, *, counter: bool) -> Histogram:
    found = _noted(window, subtract(last, before), "subtraction")
    for one in window.hists[1:] if counter else ():
        if is_reset(one, before):
            found = _noted(window, add(found, before), "addition")
        before = one
    return found


def _noted(window: Window, added: Added, operation: str) -> Histogram:
    if added.reconciled:
        window.reconciled(operation)
    return added.value


def lowered(one: Histogram, schema: int) -> Histogram:
    """Return a histogram in a lower resolution (`CopyToSchema`)."""
    if schema == one.schema:
        return one
    sides = [lower(side, {}, one.schema, schema)[0] for side in (one.positive, one.negative)]
    return Histogram(schema, one.count, one.sum, one.zero_threshold, one.zero_count, sides[0], sides[1], (), one.hint)


def instant(window: Window, *, counter: bool) -> Outcome:
    """Return the change between the last two samples, of a counter per second."""
    samples = window.merged()[-2:]
    if len(samples) < 2:  # noqa: PLR2004  # a change needs two
        return None
    (earlier, before), (later, now) = samples
    if not isinstance(before, Histogram) or not isinstance(now, Histogram):
        if not isinstance(before, Histogram) and not isinstance(now, Histogram):
            change = now if counter and now < before else now - before
            return change / ((later - earlier) / 1000) if counter else change
        window.warn(MIXED)
        return None
    found = _change(window, before, now, counter=counter)
    return found if found is None or not counter else found.over((later - earlier) / 1000)


def _change(window: Window, before: Histogram, now: Histogram, *, counter: bool) -> Histogram | None:
    gauges = [one.hint is Hint.GAUGE for one in (before, now)]
    if counter and any(gauges):
        window.warn(NOT_COUNTER)
    if not counter and not all(gauges):
        window.warn(NOT_GAUGE)
    if not counter or not is_reset(now, before):
        try:
            now = _noted(window, subtract(now, before), "subtraction")
        except IncompatibleSchema:
            window.mixed_schemas()
            return None
    return now.hinted(Hint.GAUGE).compact()


HistFunction = Callable[[Window], Outcome]
