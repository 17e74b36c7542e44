"""When rules are evaluated on a recording."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from diagflow.backtest.recordings import Recorded
from diagflow.model import BadInput
from diagflow.promql.context import Steps
from diagflow.promql.storage import Storage

LEAST: Final = 30_000
"""The step of evaluations, unless samples are farther apart or the user says another, in milliseconds."""
MOST: Final = 2_000_000
"""Evaluations of one recording; more is a mistake in a unit."""
_LOOKED_AT: Final = 50
_SECOND: Final = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said: milliseconds since 1970, and between evaluations; None where nothing was said."""

    start: int | None = None
    end: int | None = None
    step: int | None = None


def steps_on(recorded: Recorded, asked: Asked, interval: int = 0) -> Steps:
    """Return the moments of evaluation; they are counted from the recording's own, or from `start`.

    Args:
        recorded: the recording.
        asked: what the user said.
        interval: of a group of rules, where it has one; what the user said counts more.

    Raises:
        BadInput: there is no moment.
    """
    step = asked.step or interval or max(LEAST, resolution(recorded.storage))
    first, last = recorded.storage.bounds()
    anchor = next((time for time in (asked.start, asked.end) if time is not None), recorded.anchor)
    start = first + (anchor - first) % step if asked.start is None else asked.start
    end = anchor + max(0, (last - anchor) // step * step) if asked.end is None else asked.end
    end = start + (end - start) // step * step
    late = asked.start is not None and asked.start > last
    if end < start or late:
        raise BadInput(f"{recorded.path}: nothing is to be evaluated: it ends before --start, or starts after --end")
    if (end - start) // step > MOST:
        raise BadInput(f"{recorded.path}: more than {MOST:,} evaluations: give a longer --step, or --start and --end")
    return Steps(start, end, step)


def resolution(storage: Storage) -> int:
    """Return how far apart the samples of most series are, in milliseconds and whole seconds; 0 if nobody knows."""
    found: list[float] = []
    for table in storage.tables.values():
        for row in range(min(table.labels.size, 2)):
            times = table.floats.times_of(row)
            if len(times) > 1:
                found.append(float(np.median(np.diff(times))))
        if len(found) >= _LOOKED_AT:
            break
    return round(float(np.median(found)) / _SECOND) * _SECOND if found else 0
