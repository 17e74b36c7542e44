"""Of which steps a recording holds all samples that an expression reads.

A recording that was made live holds what the expressions of that time looked at, and no more.
"""

from collections.abc import Callable, Collection

import numpy as np

from diagflow.bundle.series import HeldSeries
from diagflow.promql.arrays import Bools
from diagflow.promql.context import Steps
from diagflow.promql.needs import Need, needs


def unheld(held: HeldSeries, given: Collection[str], expression: str, steps: Steps) -> tuple[Bools, str]:
    """Return the steps at which samples that an expression reads are not in a recording, and why.

    Args:
        held: the recording.
        given: names of metrics that rules record, which no recording needs to have.
        expression: what is evaluated.
        steps: when.
    """

    def lacking(first: int, last: int) -> Need | None:
        wanted = needs(expression, first, last, steps.interval)
        return next((need for need in wanted if need.name not in given and not held.covers(need)), None)

    times, missing = steps.times, np.ones(len(steps), np.bool_)
    if lacking(int(times[0]), int(times[-1])) is None:
        return ~missing, ""
    anchor = min(int(np.searchsorted(times, held.moment, side="right")) - 1, len(times) - 1)
    at = int(times[max(anchor, 0)])
    lack = lacking(at, at)
    if lack is None:
        first = _farthest(lambda back: lacking(int(times[anchor - back]), at) is None, anchor)
        last = _farthest(lambda on: lacking(at, int(times[anchor + on])) is None, len(times) - 1 - anchor)
        missing[anchor - first : anchor + last + 1] = False
        lack = lacking(int(times[0]), int(times[-1]))
    return missing, held.why_not(lack) if lack else ""


def _farthest(holds: Callable[[int], bool], most: int) -> int:
    """Return the greatest distance at which something holds that holds at 0 and ends somewhere."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
