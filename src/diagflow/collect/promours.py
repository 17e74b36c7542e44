"""Expressions that we evaluate, on the raw samples of a server whose own answers would mean something else.

Imports numpy: only who meets such a server needs it.
"""

from datetime import datetime, timedelta

from diagflow.bundle.below import series_for
from diagflow.bundle.series import HeldSeries, times_of
from diagflow.collect.promaccess import Door
from diagflow.collect.promanswer import Result
from diagflow.collect.promseries import Budget, SeriesRequest
from diagflow.model import BadInput, Coverage, Query, Reading, State


def evaluated(door: Door, query: Query, now: datetime, deadline: float, samples: int) -> Result:
    """Return what Prometheus 3 would answer, from at most so many samples.

    Whether an empty answer means something is left to the caller.

    Raises:
        WebError: the server did not answer.
    """
    try:
        wanted = series_for(query, now)
    except BadInput as e:
        return Result(State.ERROR, detail=f"the expression cannot be evaluated: {e}")
    held, budget = [], Budget(samples)
    for one in wanted:
        result = SeriesRequest(door, one, now, deadline).result(budget)
        if result.state not in (State.DATA, State.EMPTY):
            return result
        held.append(_reading(one, result, now))
    series = HeldSeries(held, now)
    lacking = series.lacking(query.target, times_of(query, now))
    if lacking:  # what was not read is not empty, whether there are such series or not
        return Result(State.ABSENT, detail=lacking[0])
    found = series.answer(query)
    if found.state in (State.EMPTY, State.ABSENT):
        return Result(State.EMPTY, [], found.detail, complete=all(r.coverage.complete for r in held))
    return Result(found.state, found.data, found.detail, complete=found.coverage.complete)


def _reading(query: Query, result: Result, now: datetime) -> Reading:
    start, end = (now + timedelta(seconds=float(query.param(name) or 0)) for name in ("start", "end"))
    coverage = Coverage(start, end, complete=result.complete)
    return Reading(query, result.state, now, result.data, coverage=coverage, detail=result.detail)
