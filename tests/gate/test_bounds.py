"""Intervals and bounds, beside published values and their definitions."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.gate.bounds import at_most, upper_bound, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_at_the_ends():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(27, 27)[1] == 1.0
    assert wilson(0, 5)[0] == 0.0


@pytest.mark.parametrize("trials", [1, 5, 60, 299, 300])
def test_without_events_the_bound_is_known_exactly(trials):
    assert upper_bound(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials), rel=1e-12)


def test_one_percent_takes_299_families():
    assert upper_bound(0, 299) <= 0.01 < upper_bound(0, 298)


@pytest.mark.parametrize(
    ("events", "trials", "bound"),
    [(1, 10, 0.3942), (2, 20, 0.2826), (5, 10, 0.7776), (3, 50, 0.1478)],  # quantiles 0.95 of Beta(k + 1, n - k)
)
def test_clopper_pearson_as_tabulated(events, trials, bound):
    assert upper_bound(events, trials) == pytest.approx(bound, abs=5e-5)


def test_nothing_is_known_without_trials_or_when_all_went_wrong():
    assert upper_bound(0, 0) == 1.0
    assert upper_bound(4, 4) == 1.0


@given(st.integers(1, 60), st.data(), st.floats(0.01, 0.99))
def test_the_binomial_tail_is_the_sum_that_defines_it(trials, data, rate):
    events = data.draw(st.integers(0, trials))
    plain = sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(events + 1))
    assert at_most(events, trials, rate) == pytest.approx(plain, rel=1e-9)


@given(st.integers(2, 200), st.data())
def test_the_bound_is_where_so_few_events_have_a_chance_of_one_in_twenty(trials, data):
    events = data.draw(st.integers(0, trials - 1))
    assert at_most(events, trials, upper_bound(events, trials)) == pytest.approx(0.05, abs=1e-9)
