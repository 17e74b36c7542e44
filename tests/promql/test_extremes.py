import math

import numpy as np
import pytest

from diagflow.promql.extremes import greater, lesser
from tests.promql.build import ask, number

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("one", "other", "most", "least"),
    [(1, 2, 2, 1), (INF, NAN, INF, NAN), (NAN, -INF, NAN, -INF), (NAN, 1, NAN, NAN), (-INF, INF, INF, -INF)],
)
def test_infinity_wins_over_nan(one: float, other: float, most: float, least: float) -> None:
    for first, second in ((one, other), (other, one)):
        sides = np.array([first]), np.array([second])
        assert [greater(*sides)[0], lesser(*sides)[0]] == pytest.approx([most, least], nan_ok=True)


def test_zeros_have_an_order() -> None:
    zeros = np.array([0.0, -0.0]), np.array([-0.0, 0.0])
    assert not np.signbit(greater(*zeros)).any()
    assert np.signbit(lesser(*zeros)).all()


def test_clamped_by_nan() -> None:
    assert number(ask("load 1m\n a Inf", "clamp_min(a, NaN)")) == INF
    assert math.isnan(number(ask("load 1m\n a Inf", "clamp_max(a, NaN)")))
