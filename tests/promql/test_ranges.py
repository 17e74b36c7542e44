import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.promql import PromQLError, Series, Storage, evaluate
from tests.promql.build import ask, number, values

COUNTER = 'load 30s\n  c_total{i="0"} 0+10x20\n  c_total{i="1"} 0+10x9 5+10x10\n  c_total{i="2"} 1 _ _ 4'


def test_a_window_does_not_hold_its_beginning() -> None:
    assert values(ask(COUNTER, "count_over_time(c_total{i='0'}[1m])", 300_000)) == {("0",): 2.0}


def test_a_rate_is_extrapolated_and_goes_on_after_a_reset() -> None:
    result = ask(COUNTER, "increase(c_total[5m])", 300_000, 600_000, 60_000)
    found = values(result)
    assert found["0",] == pytest.approx([100.0] * 6)
    assert found["1",][0] == pytest.approx((80 + 5) / 270 * 300)
    assert result.infos == ()


def test_a_counter_is_not_extrapolated_below_zero() -> None:
    text = "load 1m\n  c_total _ _ _ _ 0 60 120"
    assert ask(text, "increase(c_total[5m])", 360_000).rows[0].value == pytest.approx(120)


@pytest.mark.parametrize(("window", "increase"), [("185s", 185.0), ("189s", 150.0)])
def test_beyond_the_distance_of_samples_and_a_tenth_half_of_it_is_added(window: str, increase: float) -> None:
    text = "load 1m\n  c_total _ _ _ _ 100 160 220"
    assert ask(text, f"increase(c_total[{window}])", 360_000).rows[0].value == pytest.approx(increase)


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=2, max_size=30), st.integers(1, 10), st.integers(10, 120)
)
def test_windows_of_all_series_are_those_of_each_alone(samples: list[float | None], windows: int, step: int) -> None:
    times = np.array([15_000 * n for n, s in enumerate(samples) if s is not None], np.int64)
    own = Series(
        {"__name__": "x_total", "i": "own"}, times, np.array([s for s in samples if s is not None], np.float64)
    )
    other = np.arange(0, 450_000, 30_000)
    mates = [Series({"__name__": "x_total", "i": str(n)}, other, np.arange(15.0) * n) for n in range(3)]
    expression = f"rate(x_total[{windows * 30}s])"
    together = evaluate(Storage([*mates, own]), expression, 0, 450_000, step * 1000)
    alone = evaluate(Storage([own]), expression, 0, 450_000, step * 1000)
    rows = [row for row in together.rows if row.labels["i"] == "own"]
    assert [(r.times.tolist(), r.values.tolist()) for r in rows] == [
        (r.times.tolist(), r.values.tolist()) for r in alone.rows
    ]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("min_over_time(m[1h])", 1.0),
        ("max_over_time(m[1h])", 9.0),
        ("quantile_over_time(0.5, m[1h])", 4.0),
        ("changes(m[1h])", 5.0),
        ("resets(m[1h])", 2.0),
        ("irate(m[1h])", 0.9),
        ("idelta(m[1h])", 8.0),
        ("stdvar_over_time(m[1h])", 7.805555555555557),
        ("last_over_time(m[1h])", 9.0),
        ("deriv(m[1h])", 1 / 11),
    ],
)
def test_functions(expression: str, value: float) -> None:
    text = "load 10s\n  m 2 4 4.5 3 1 9" if "irate" not in expression else "load 10s\n  m 2 0 9"
    text = "load 10s\n  m 4 6 3 4 1 9" if expression.startswith(("quantile", "changes", "resets")) else text
    got = ask(text, expression, 60_000).rows[0].value
    if expression.startswith(("stdvar", "deriv")):
        numbers = np.array([2, 4, 4.5, 3, 1, 9])
        wanted = {"stdvar": numbers.var(), "deriv": np.polyfit(np.arange(6) * 10, numbers, 1)[0]}
        value = float(wanted[expression.split("_", maxsplit=1)[0].split("(", maxsplit=1)[0]])
    assert got == pytest.approx(value, rel=1e-9)


def test_a_nan_among_numbers() -> None:
    text = "load 10s\n  m NaN 2 NaN 1"
    assert ask(text, "min_over_time(m[1h])", 60_000).rows[0].value == 1
    assert ask(text, "quantile_over_time(0, m[1h])", 60_000).rows[0].value != 1, "NaN sorts first"
    assert math.isnan(number(ask(text, "sum_over_time(m[1h])", 60_000)))


def test_histograms_and_floats_in_one_window() -> None:
    text = "load 10s\n  m 1 2 {{count:3 sum:3 buckets:[3]}}"
    result = ask(text, "rate(m[1h])", 60_000)
    assert not result.rows
    assert result.warnings == ('PromQL warning: encountered a mix of histograms and floats for metric name "m" (1:6)',)
    ignored = ask(text, "max_over_time(m[1h])", 60_000)
    assert values(ignored) == {(): 2.0}
    assert "ignored histograms in a range" in ignored.infos[0]
    assert values(ask(text, "count_over_time(m[1h])", 60_000)) == {(): 3.0}


def test_a_name_that_is_no_counters_is_noticed() -> None:
    result = ask("load 10s\n  m 1 2 3", "rate(m[1h])", 60_000)
    assert result.infos == (
        'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "m" (1:6)',
    )


def test_subqueries_are_evaluated_at_multiples_of_their_step() -> None:
    text = "load 10s\n  m 0+1x60"
    assert ask(text, "count_over_time(m[1m:20s])", 70_000).rows[0].value == 3
    assert ask(text, "sum_over_time(m[1m:20s])", 70_000).rows[0].value == 2 + 4 + 6
    assert ask(text, "sum_over_time(m[1m:20s] offset 10s)", 70_000).rows[0].value == 2 + 4 + 6
    assert ask(text, "max_over_time(m[2m:20s] @ 100)", 600_000).rows[0].value == 10


def test_anchored_and_smoothed_ranges() -> None:
    text = "load 1m\n  c_total 0 60 120 180"
    assert values(ask(text, "increase(c_total[2m] anchored)", 150_000)) == {(): 120.0}
    assert values(ask(text, "increase(c_total[2m] smoothed)", 150_000)) == {(): 120.0}
    assert values(ask(text, "c_total smoothed", 90_000)) == {("c_total",): 90.0}
    with pytest.raises(PromQLError, match="anchored modifier can only be used with: changes, delta"):
        ask(text, "sum_over_time(c_total[2m] anchored)", 150_000)


def test_factors_of_smoothing_are_checked_where_there_are_histograms_only() -> None:
    with pytest.raises(PromQLError, match="invalid smoothing factor"):
        ask("load 1m\n  m {{count:1 sum:1}}", "double_exponential_smoothing(m[1m], 1, 0.5)", experimental=True)
    assert not ask("load 1m\n  m 1", "double_exponential_smoothing(m[1m], 1, 0.5)", 600_000, experimental=True).rows


def test_infinity_smoothed_is_none() -> None:
    expression = "double_exponential_smoothing(m[5m], 0.5, 0.5)"
    assert math.isnan(number(ask("load 1m\n  m Inf Inf", expression, 60_000, experimental=True)))


def test_a_deviation_from_infinity_is_none() -> None:
    assert math.isnan(number(ask("load 1m\n  m Inf Inf", "mad_over_time(m[5m])", 60_000, experimental=True)))
