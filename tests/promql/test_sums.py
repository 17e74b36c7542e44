import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.promql.build import ask, number, values

NUMBERS = st.lists(
    st.floats(allow_nan=False, allow_infinity=False, width=64, min_value=-1e300, max_value=1e300),
    min_size=1,
    max_size=20,
)


def load(numbers: list[float]) -> str:
    return "load 1s\n  m " + " ".join(
        "-Inf" if n == -math.inf else "Inf" if n == math.inf else repr(n) for n in numbers
    )


@given(NUMBERS)
def test_a_sum_over_time_is_that_of_neumaier(numbers: list[float]) -> None:
    total, rest = 0.0, 0.0
    for one in numbers:
        new = total + one
        if math.isinf(new):
            rest = 0.0
        elif abs(total) >= abs(one):
            rest += (total - new) + one
        else:
            rest += (one - new) + total
        total = new
    wanted = total if math.isinf(total) else total + rest
    assert number(ask(load(numbers), "sum_over_time(m[1h])", 60_000)) == wanted
    series = "load 1s\n" + "".join(f'  m{{i="{i:02}"}} {one!r}\n' for i, one in enumerate(numbers))
    assert number(ask(series, "sum(m)")) == wanted


def test_cancellation_is_compensated() -> None:
    text = load([1e100, 1, -1e100])
    assert ask(text, "sum_over_time(m[1h])", 60_000).rows[0].value == 1
    series = 'load 1s\n  m{i="0"} 1e100\n  m{i="1"} 1\n  m{i="2"} -1e100'
    assert values(ask(series, "sum(m)")) == {(): 1.0}


def test_a_mean_does_not_overflow() -> None:
    big = float(np.finfo(np.float64).max)
    assert number(ask(load([big, big, big]), "avg_over_time(m[1h])", 60_000)) == pytest.approx(big)
    series = "load 1s\n" + "".join(f'  m{{i="{i}"}} {big!r}\n' for i in range(3))
    assert values(ask(series, "avg(m)")) == pytest.approx({(): big})


def test_infinities() -> None:
    assert ask(load([1, math.inf, 2]), "sum_over_time(m[1h])", 60_000).rows[0].value == math.inf
    assert math.isnan(number(ask(load([-math.inf, math.inf]), "avg_over_time(m[1h])", 60_000)))


@pytest.mark.parametrize("value", [0.1, 0.3, 1 / 3, 1234.5678])
def test_a_mean_of_equals_is_each_of_them(value: float) -> None:
    text = load([value] * 10)
    assert number(ask(text, "m - avg_over_time(m[1h])", 9_000)) == 0
    assert math.isnan(number(ask(text, "(m - avg_over_time(m[1h])) / stddev_over_time(m[1h])", 9_000)))
    series = "load 1s\n" + "".join(f'  m{{i="{i}"}} {value!r}\n' for i in range(10))
    assert set(values(ask(series, "m - on () group_left () avg(m)")).values()) == {0.0}


def test_sums_of_groups_of_different_size() -> None:
    series = 'load 1s\n  m{g="a",i="0"} 0.1\n  m{g="b",i="0"} 1\n  m{g="a",i="1"} 0.2\n  m{g="a",i="2"} 0.3'
    assert values(ask(series, "sum by (g) (m)")) == {("a",): 0.6, ("b",): 1.0}
