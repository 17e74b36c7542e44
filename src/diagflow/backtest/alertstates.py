"""Pending, firing, resolved: what becomes of an alert whose expression gave something at some steps.

As Prometheus 3 has it (`rules/alerting.go`, `AlertingRule.Eval`): an alert is pending from the first evaluation that
gives its labels, fires at the first one that is `for` later, is gone at the first one that does not give it; one that
fired stays for `keep_firing_for` from there. An evaluation that fails changes nothing; one that gives more alerts than
the group's `limit` forgets them all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from diagflow.backtest.outcome import runs_of
from diagflow.backtest.sampled import Sampled
from diagflow.promql.arrays import Bools, Ints

LIMIT: Final = "exceeded limit of {limit} with {count} alerts"


@dataclass(frozen=True, slots=True)
class Life:
    """One alert from pending to its end, in numbers of steps.

    Attributes:
        row: whose labels it has.
        pending: the first step.
        fired: the step from which it fires; None if it never does.
        ended: the step at which it is gone; the number of steps if it never is.
    """

    row: int
    pending: int
    fired: int | None
    ended: int


def lives(found: Sampled, *, hold: int = 0, keep: int = 0, limit: int = 0) -> list[Life]:
    """Return the alerts of a rule, by row and time; the steps over the limit become failed ones.

    Args:
        found: what the expression gave; each row is an alert.
        hold: `for`, in milliseconds.
        keep: `keep_firing_for`, in milliseconds.
        limit: how many alerts the group allows; 0 for any number.
    """
    good = np.flatnonzero(~found.failed)
    all_lives: list[Life] = []
    while len(good):
        times, present = found.steps.times[good], found.present[:, good]
        told = [life for row in range(len(found.labels)) for life in _lives(row, present[row], times, hold, keep)]
        over = _over(told, len(good), limit)
        if over is None:
            all_lives += _placed(told, good, len(found.steps), len(good))
            break
        at, count = over
        all_lives += _placed([one for one in told if one.pending < at], good[: at + 1], len(found.steps), at)
        one_step = np.zeros(len(found.steps), np.bool_)
        one_step[good[at]] = True
        found.fail(one_step, LIMIT.format(limit=limit, count=count))
        good = good[at + 1 :]
    return sorted(all_lives, key=lambda life: (life.row, life.pending))


def _lives(row: int, present: Bools, times: Ints, hold: int, keep: int) -> Iterator[Life]:
    """Yield the lives of one alert among steps that did not fail."""
    runs = runs_of(present)
    at = 0
    while at < len(runs):
        start, end = runs[at]
        fired = _first_after(times, int(times[start]) + hold)
        at += 1
        if fired >= end:
            yield Life(row, start, None, end)
            continue
        while keep and end < len(times):
            kept = _first_after(times, int(times[end]) + keep)
            if at == len(runs) or runs[at][0] > kept:
                end = kept
                break
            end = runs[at][1]
            at += 1
        yield Life(row, start, fired, end)


def _first_after(times: Ints, time: int) -> int:
    return int(np.searchsorted(times, time))


def _over(told: Sequence[Life], steps: int, limit: int) -> tuple[int, int] | None:
    """Return the first step with more active alerts than allowed, and how many."""
    if not limit:
        return None
    change = np.zeros(steps + 1, np.int64)
    for life in told:
        change[life.pending] += 1
        change[life.ended] -= 1
    active = np.cumsum(change[:-1])
    over = np.flatnonzero(active > limit)
    return (int(over[0]), int(active[over[0]])) if len(over) else None


def _placed(told: Sequence[Life], good: Ints, steps: int, until: int) -> Iterator[Life]:
    """Yield lives in numbers of all steps; what is alive at `until` ends there, or lives on when that is the end."""

    def at(number: int) -> int:
        return int(good[number]) if number < len(good) else steps

    for life in told:
        fired = None if life.fired is None or life.fired >= until else at(life.fired)
        yield Life(life.row, at(life.pending), fired, at(min(life.ended, until)))


def states(told: Sequence[Life], found: Sampled) -> tuple[Bools, Bools]:
    """Return where each row is pending, and where it fires."""
    pending, firing = np.zeros_like(found.present), np.zeros_like(found.present)
    for life in told:
        fires = life.ended if life.fired is None else life.fired
        pending[life.row, life.pending : fires] = True
        firing[life.row, fires : life.ended] = True
    return pending, firing
