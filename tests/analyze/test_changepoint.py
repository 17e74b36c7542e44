"""Change points: what is found, what is not shouted at, and what does not depend on units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.analyze.changepoint import LOUD, Change, Window, change_in, deviations, is_counter, rates

STEP = 60.0
DAY = 86_400
SIZE, AFTER = 40, 6
NOISE = {
    "normal": lambda rng, n: rng.normal(size=n),
    "laplace": lambda rng, n: rng.laplace(size=n),
    "exponential": lambda rng, n: rng.exponential(size=n),
    "lognormal": lambda rng, n: rng.lognormal(sigma=1.0, size=n),
    "t3": lambda rng, n: rng.standard_t(3, size=n),
    "counts": lambda rng, n: rng.poisson(1.0, size=n).astype(float),
}


def series(values):
    """Return the times of values a minute apart, the values, and the window of the last few."""
    values = np.asarray(values, float)
    times = 1e9 + STEP * np.arange(len(values))
    return times, values, Window(float(times[-AFTER]), float(times[-1]))


def change(times, values, window) -> Change:
    found = change_in(times, values, window)
    assert found is not None
    return found


def score(values) -> float:
    return change(*series(values)).score


def noise(seed, kind="normal", size=SIZE):
    return NOISE[kind](np.random.default_rng(seed), size)


def with_step(seed, height):
    values = noise(seed)
    values[-AFTER + 1 :] += height
    return values


@pytest.mark.parametrize("kind", NOISE)
def test_noise_alone_is_rarely_loud(kind):
    """No more than 1 in 200: a fixed set of seeds, so that this test says the same each time."""
    loud = sum(score(noise(seed, kind)) >= LOUD for seed in range(1000))
    assert loud <= 5


@given(seed=st.integers(0, 10_000), height=st.floats(20, 1e6), up=st.booleans())
def test_a_step_is_found_with_its_level_and_time(seed, height, up):
    times, values, window = series(with_step(seed, height if up else -height))
    found = change(times, values, window)
    assert found.score >= LOUD
    assert (found.after > found.before) is up
    assert abs(found.after - found.before) == pytest.approx(height, abs=5)
    assert found.since >= times[-AFTER + 1]


@given(seed=st.integers(0, 10_000), height=st.floats(-50, 50), scale=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3))
def test_units_do_not_matter(seed, height, scale, shift):
    values = with_step(seed, height)
    assert score(values * scale + shift) == pytest.approx(score(values), rel=1e-4, abs=1e-4)


@given(seed=st.integers(0, 10_000), height=st.floats(-50, 50))
def test_up_and_down_are_alike(seed, height):
    values = with_step(seed, height)
    assert score(-values) == pytest.approx(score(values))


@given(seed=st.integers(0, 10_000), small=st.floats(10, 100), more=st.floats(1.1, 100))
def test_a_higher_step_scores_more(seed, small, more):
    assert score(with_step(seed, small * more)) > score(with_step(seed, small))


@given(seed=st.integers(0, 10_000), gaps=st.sets(st.integers(0, SIZE - 1), max_size=15))
def test_what_is_no_number_is_a_gap(seed, gaps):
    times, values, window = series(with_step(seed, 50.0))
    holed = values.copy()
    holed[list(gaps)] = np.nan
    keep = [i for i in range(SIZE) if i not in gaps]
    assert change_in(times, holed, window) == change_in(times[keep], values[keep], window)


def cycle(days, height=0.0):
    """Return days of samples every five minutes, with a peak that is steep, and a window at its foot."""
    times = 1e9 + 300.0 * np.arange(days * 288 + 6)
    values = 100 + 80 * np.clip(np.sin(2 * np.pi * (times - times[-7]) / DAY) * 5, 0, 1)
    values += np.random.default_rng(7).normal(size=len(times))
    values[-6:] += height
    return times, values, Window(float(times[-6]), float(times[-1]))


def test_a_daily_cycle_is_silent_where_a_day_is_known():
    assert change(*cycle(2)).score < LOUD
    times, values, window = cycle(2)
    short = times > times[-1] - 4 * 3600
    assert change(times[short], values[short], window).score >= LOUD  # without yesterday nobody could know


def test_a_step_on_top_of_a_daily_cycle_is_found():
    """On its slope: what yesterday was at this hour spreads over the whole of it, and a step must be well beyond."""
    assert change(*cycle(3, height=600.0)).score >= LOUD


def test_a_constant_that_stays_is_no_change():
    assert score([5.0] * SIZE) == 0
    assert score([0.1 + 0.2] * (SIZE - AFTER) + [0.3] * AFTER) == 0  # the same, but for rounding


def test_a_constant_that_moves_scores_as_much_as_there_are_samples():
    assert score([100.0] * (SIZE - AFTER) + [0.0] * AFTER) == pytest.approx(SIZE - AFTER)
    assert score([100.0] * 12 + [0.0] * AFTER) == pytest.approx(12)


def test_a_spike_that_is_over_is_no_change():
    values = noise(1)
    values[-4:-2] += 1000
    assert score(values) < LOUD


def test_one_sample_is_no_new_level():
    values = [0.0] * SIZE
    values[-1] = 1.0
    assert score(values) == 0


@pytest.mark.parametrize(("before", "after"), [(0, AFTER), (9, AFTER), (SIZE, 0), (SIZE, 1)])
def test_too_few_samples_say_nothing(before, after):
    values = [0.0] * before + [1e6] * after
    times = np.array([1e9 + STEP * i for i in range(len(values))], np.float64)
    window = Window(1e9 + STEP * before, 1e9 + STEP * (before + after))
    assert change_in(times, np.array(values), window) is None


def test_what_comes_after_the_window_does_not_count():
    values = np.concatenate([noise(3), [1e6] * 10])
    times = 1e9 + STEP * np.arange(len(values))
    assert change(times, values, Window(float(times[SIZE - AFTER]), float(times[SIZE - 1]))).score < LOUD


def test_a_skewed_metric_is_measured_on_the_side_of_the_change():
    skewed = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 20, 30, 40, 50, 60, 70, 80])
    assert abs(deviations(8.0 - 200, skewed)) > deviations(8.0 + 200, skewed)


def test_counters_become_rates_and_resets_count_from_zero():
    times, rise = rates(np.array([0.0, 10, 20, 30, 40]), np.array([100.0, 120, np.nan, 5, 15]))
    assert times.tolist() == [10, 30, 40]
    assert rise.tolist() == [2.0, 0.25, 1.0]


def test_counters_are_known_by_their_names():
    assert is_counter("http_requests_total")
    assert is_counter("http_request_duration_seconds_sum")
    assert not is_counter("queue_length")
