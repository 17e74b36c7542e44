"""Alerts over time, beside a plain translation of `AlertingRule.Eval`, one evaluation after the other."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.backtest.alertstates import Life, lives, states
from diagflow.backtest.sampled import Sampled
from diagflow.promql.context import Steps

STEP = 60_000
PENDING, FIRING = "pending", "firing"


def sampled(rows: list[list[bool]], failed: list[bool] | None = None) -> Sampled:
    present = np.array(rows, np.bool_).reshape(len(rows), -1)
    width = present.shape[1]
    bad = np.array(failed if failed is not None else [False] * width, np.bool_)
    present[:, bad] = False
    steps = Steps(0, (width - 1) * STEP, STEP)
    return Sampled(steps, [{"row": str(n)} for n in range(len(rows))], present, present.astype(float), bad)


def one_by_one(found: Sampled, hold: int, keep: int, limit: int) -> list[dict[int, str]]:
    """The active alerts after each evaluation, as Prometheus goes through them."""
    active: dict[int, tuple[str, int, int | None]] = {}  # state, since when, kept since when
    after = []
    for at, time in enumerate(found.steps.times.tolist()):
        if not found.failed[at]:
            given_now = set(np.flatnonzero(found.present[:, at]).tolist())
            for row in given_now - active.keys():
                active[row] = PENDING, time, None
            for row in list(active):
                state, since, kept = active[row]
                if row in given_now:
                    kept = None
                elif state == FIRING and keep and time - (kept if kept is not None else time) < keep:
                    kept = kept if kept is not None else time
                else:
                    del active[row]
                    continue
                active[row] = (FIRING if time - since >= hold else state), since, kept
            if limit and len(active) > limit:
                active = {}
        after.append({row: state for row, (state, *_) in active.items()})
    return after


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_as_one_evaluation_after_the_other(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 14))
    rows = data.draw(st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=4))
    failed = data.draw(st.lists(st.booleans(), min_size=width, max_size=width)) if data.draw(st.booleans()) else None
    hold, keep = (data.draw(st.integers(0, 4)) * STEP for _ in range(2))
    limit = data.draw(st.integers(0, 3))
    found = sampled(rows, failed)
    expected = one_by_one(found, hold, keep, limit)
    pending, firing = states(lives(found, hold=hold, keep=keep, limit=limit), found)
    for at, active in enumerate(expected):
        told = {row: FIRING if firing[row, at] else PENDING for row in range(len(rows)) if (pending | firing)[row, at]}
        assert told == active, at


def test_a_life() -> None:
    found = sampled([[False, True, True, True, False, False, True, False, False]])
    assert lives(found, hold=2 * STEP) == [Life(0, 1, 3, 4), Life(0, 6, None, 7)]
    assert lives(found, hold=2 * STEP, keep=2 * STEP) == [Life(0, 1, 3, 9)]


def test_too_many_are_an_error_that_forgets_them() -> None:
    found = sampled([[True, True, True], [False, True, False]])
    assert lives(found, limit=1) == [Life(0, 0, 0, 1), Life(0, 2, 2, 3)]
    assert found.errors == {"exceeded limit of 1 with 2 alerts": 1}
