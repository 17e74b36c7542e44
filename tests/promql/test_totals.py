import math

import pytest

from diagflow.promql.histogram import CUSTOM, Histogram, IncompatibleSchema
from diagflow.promql.histogram.totals import Mean, Total

ONE = Histogram(0, 3.0, 5.0, 0.001, 0.0, {0: 1.0, 1: 2.0})


def test_a_sum_keeps_what_is_small() -> None:
    total = Total(ONE.times(1e17))
    for each in (ONE, ONE, ONE.times(-1e17)):
        total.add(each)
    assert total.value().count == 2 * ONE.count
    assert total.value().positive == {0: 2.0, 1: 4.0}


def test_a_mean_does_not_overflow() -> None:
    huge = ONE.times(5e307)
    mean = Mean(huge)
    for _ in range(9):
        mean.add(huge)
    assert math.isfinite(mean.value().count)
    assert mean.value().sum == pytest.approx(huge.sum)


def test_layouts_that_differ() -> None:
    custom = Histogram(CUSTOM, 2.0, 2.0, 0.0, 0.0, {0: 1.0, 1: 1.0}, custom=(1.0, 5.0))
    total = Total(custom)
    total.add(Histogram(CUSTOM, 2.0, 2.0, 0.0, 0.0, {0: 1.0, 1: 1.0}, custom=(1.0, 9.0)))
    assert total.reconciled
    assert total.value().custom == (1.0,)
    with pytest.raises(IncompatibleSchema):
        total.add(ONE)
