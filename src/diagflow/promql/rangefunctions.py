"""The range functions by name: what each makes of floats, how many it needs, and what it makes of histograms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from diagflow.promql import extended, histextended, histrates, rangehists, rates, reduce, trends
from diagflow.promql.annotations import QUANTILE
from diagflow.promql.arrays import Floats
from diagflow.promql.histrates import HistFunction
from diagflow.promql.numbers import general
from diagflow.promql.rangecall import Outcome, RangeCall, Window
from diagflow.promql.windows import Chunk


@dataclass(frozen=True, slots=True)
class RangeFunction:
    """A range function."""

    floats: Callable[[RangeCall, Chunk], Floats]
    hists: HistFunction | None = None
    """For windows with histograms; without it they are ignored, and that is said."""
    least: int = 1
    """How many floats a window needs."""
    before: Callable[[RangeCall], None] | None = None
    """What is said before anything is calculated."""


def _simple(function: Callable[[Chunk], Floats]) -> Callable[[RangeCall, Chunk], Floats]:
    return lambda _, chunk: function(chunk)


def _quantiles(call: RangeCall) -> None:
    for q in np.unique(call.params[0][call.arg.floats.count.any(axis=0)]):
        if np.isnan(q) or q < 0 or q > 1:
            call.notes.warn(f"{QUANTILE} {general(float(q))}", call.start)


def _strategies(call: RangeCall) -> None:
    for strategy in np.unique(call.params[0]) if call.params else ():
        if strategy not in trends.STRATEGIES:
            text = "strategy should be 0, 1, or 2 (default), using 2, got"
            call.notes.warn(f"{text} {general(float(strategy))}", call.start)


def _factors(call: RangeCall) -> None:
    """Check factors where there is something in a window, histograms included."""
    there = call.arg.floats.count.any(axis=0)
    if call.arg.hists is not None:
        there |= call.arg.hists.count.any(axis=0)
    trends.check_factors(*(factor[there] for factor in call.params))


def _integral(call: RangeCall, chunk: Chunk) -> Floats:
    strategy = call.params[0] if call.params else np.full(len(call.times), float(trends.TRAPEZOIDAL))
    return trends.integral(chunk, np.where(np.isin(strategy, trends.STRATEGIES), strategy, float(trends.TRAPEZOIDAL)))


def _rate(*, counter: bool, per_second: bool) -> RangeFunction:
    def floats(call: RangeCall, chunk: Chunk) -> Floats:
        if call.anchored or call.smoothed:
            return extended.increase(call, chunk, counter=counter, per_second=per_second)
        return rates.extrapolated(chunk, counter=counter, per_second=per_second)

    def hists(window: Window) -> Outcome:
        of = histextended.increase if window.call.anchored or window.call.smoothed else histrates.extrapolated
        return of(window, counter=counter, per_second=per_second)

    return RangeFunction(floats, hists, 2)


def _counting(of_floats: Callable[[Chunk], Floats], of_hists: HistFunction) -> RangeFunction:
    """Return `changes` or `resets`: an anchored range also counts from the sample before it."""

    def floats(call: RangeCall, chunk: Chunk) -> Floats:
        return of_floats(extended.anchored(call, chunk) if call.anchored else chunk)

    def hists(window: Window) -> Outcome:
        found = histextended.from_anchor(window) if window.call.anchored else window
        return None if found is None else of_hists(found)

    return RangeFunction(floats, hists)


def _instant(*, counter: bool) -> RangeFunction:
    return RangeFunction(
        _simple(partial(rates.instant, counter=counter)), partial(histrates.instant, counter=counter), 2
    )


RANGE_FUNCTIONS: Final[Mapping[str, RangeFunction]] = {
    "avg_over_time": RangeFunction(_simple(reduce.mean), rangehists.mean),
    "sum_over_time": RangeFunction(_simple(reduce.total), rangehists.total),
    "min_over_time": RangeFunction(_simple(reduce.smallest)),
    "max_over_time": RangeFunction(_simple(reduce.greatest)),
    "count_over_time": RangeFunction(_simple(reduce.count), rangehists.counted),
    "present_over_time": RangeFunction(_simple(reduce.one), rangehists.present),
    "absent_over_time": RangeFunction(_simple(reduce.one), rangehists.present),
    "first_over_time": RangeFunction(_simple(reduce.first), rangehists.first),
    "last_over_time": RangeFunction(_simple(reduce.last), rangehists.last),
    "stdvar_over_time": RangeFunction(_simple(reduce.variance)),
    "stddev_over_time": RangeFunction(_simple(reduce.deviation)),
    "quantile_over_time": RangeFunction(lambda call, chunk: reduce.quantile(chunk, call.params[0]), before=_quantiles),
    "mad_over_time": RangeFunction(_simple(reduce.absolute_deviation)),
    "ts_of_max_over_time": RangeFunction(_simple(partial(reduce.time_of, greatest_=True))),
    "ts_of_min_over_time": RangeFunction(_simple(partial(reduce.time_of, greatest_=False))),
    "ts_of_first_over_time": RangeFunction(_simple(reduce.first_time), rangehists.first_time),
    "ts_of_last_over_time": RangeFunction(_simple(reduce.last_time), rangehists.last_time),
    "changes": _counting(reduce.changes, rangehists.changes),
    "resets": _counting(reduce.resets, rangehists.resets),
    "rate": _rate(counter=True, per_second=True),
    "increase": _rate(counter=True, per_second=False),
    "delta": _rate(counter=False, per_second=False),
    "irate": _instant(counter=True),
    "idelta": _instant(counter=False),
    "deriv": RangeFunction(_simple(trends.derivative), least=2),
    "predict_linear": RangeFunction(lambda call, chunk: trends.predicted(chunk, call.times, call.params[0]), least=2),
    "double_exponential_smoothing": RangeFunction(
        lambda call, chunk: trends.smoothed(chunk, call.params[0], call.params[1]), least=2, before=_factors
    ),
    "integral": RangeFunction(_integral, before=_strategies),
}
"""Every function that takes a range vector."""
