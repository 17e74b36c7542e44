import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.promql.histogram import (
    CUSTOM,
    Hint,
    Histogram,
    IncompatibleSchema,
    add,
    is_reset,
    kahan_add,
    stored,
    subtract,
)
from diagflow.promql.histogram.arithmetic import lower, zero_count_for
from diagflow.promql.histogram.bounds import bound, target
from diagflow.promql.histogram.quantile import fraction, quantile, variance
from diagflow.promql.histogram.trim import trim

COUNTS = st.dictionaries(st.integers(-20, 20), st.integers(0, 100).map(float), max_size=8)
HISTOGRAMS = st.builds(
    lambda schema, positive, negative, zero: Histogram(
        schema, sum(positive.values()) + sum(negative.values()) + zero, 1.0, 2.0**-400, zero, positive, negative
    ),
    st.integers(-4, 8), COUNTS, COUNTS, st.integers(0, 9).map(float),
)  # fmt: skip
SIMPLE = Histogram(0, 10.0, 20.0, 0.001, 2.0, {0: 1.0, 1: 2.0, 2: 5.0})


def total(one: Histogram) -> float:
    return one.zero_count + sum(one.positive.values()) + sum(one.negative.values())


def test_bounds() -> None:
    assert [bound(index, 0) for index in (-1, 0, 1, 2)] == [0.5, 1, 2, 4]
    assert bound(1, -1) == 4
    assert bound(1, 1) == 1.414213562373095, "the table of Prometheus, not the nearest number"
    assert bound(8, 3) == 2
    assert bound(1024, 0) == 1.7976931348623157e308
    assert [bound(index, CUSTOM, (1.0, 5.0)) for index in (-1, 0, 1, 2)] == [-math.inf, 1, 5, math.inf]


@given(st.integers(-1000, 1000), st.integers(-4, 8), st.integers(0, 4))
def test_a_bucket_lies_in_the_one_of_the_lower_resolution(index: int, schema: int, by: int) -> None:
    wanted = max(schema - by, -4)
    into = target(index, schema, wanted)
    assert bound(into - 1, wanted) <= bound(index - 1, schema) * (1 + 1e-12)
    assert bound(index, schema) <= bound(into, wanted) * (1 + 1e-12)


@given(HISTOGRAMS, HISTOGRAMS)
def test_sums_keep_every_observation(one: Histogram, other: Histogram) -> None:
    added = add(one, other).value
    assert total(added) == pytest.approx(total(one) + total(other))
    assert added.schema == min(one.schema, other.schema)
    with_rest = kahan_add(one, other, None)
    assert total(with_rest.value) + total(with_rest.rest) == pytest.approx(total(added))
    assert total(subtract(added, other).value) == pytest.approx(total(one))


@given(HISTOGRAMS, HISTOGRAMS)
def test_what_only_grew_was_not_reset(one: Histogram, other: Histogram) -> None:
    grown = add(one, replace(other, schema=one.schema)).value
    assert not is_reset(grown, one)
    if total(other):
        assert is_reset(one, grown)


def test_zero_buckets_of_different_width() -> None:
    narrow = Histogram(0, 6.0, 3.0, 0.5, 1.0, {0: 2.0, 1: 3.0})
    wide = Histogram(0, 4.0, 2.0, 1.0, 4.0)
    added = add(narrow, wide).value
    assert (added.zero_threshold, added.zero_count, added.positive) == (1.0, 7.0, {1: 3.0})
    assert zero_count_for(narrow, 1.5) == (6.0, 2.0, 0.0), "it ends where a filled bucket ends"


def test_hints() -> None:
    reset, unreset = SIMPLE.hinted(Hint.RESET), SIMPLE.hinted(Hint.NOT_RESET)
    both = add(reset, unreset)
    assert both.collision
    assert both.value.hint is Hint.UNKNOWN
    assert add(SIMPLE, SIMPLE.hinted(Hint.GAUGE)).value.hint is Hint.GAUGE
    assert SIMPLE.times(-1).hint is Hint.GAUGE


def test_hints_of_stored_histograms() -> None:
    more, less = SIMPLE.times(2), SIMPLE.times(0.5)
    gauge = SIMPLE.hinted(Hint.GAUGE)
    given_, wanted = [SIMPLE, more, less, None, more, gauge, more, more.hinted(Hint.RESET)], [
        Hint.UNKNOWN, Hint.NOT_RESET, Hint.UNKNOWN, Hint.UNKNOWN, Hint.GAUGE, Hint.UNKNOWN, Hint.UNKNOWN,
    ]  # fmt: skip
    assert [one.hint for one in stored(given_)] == wanted


def test_stored_histograms_have_the_buckets_of_their_chunk() -> None:
    first = Histogram(0, 1.0, 1.0, positive={1: 1.0})
    second = Histogram(0, 3.0, 2.0, positive={1: 1.0, 3: 1.0}, negative={0: 1.0})
    again = Histogram(0, 1.0, 1.0, positive={2: 1.0})
    found = [(dict(one.positive), dict(one.negative)) for one in stored([first, second, again])]
    assert found == [({1: 1.0, 3: 0.0}, {0: 0.0}), ({1: 1.0, 3: 1.0}, {0: 1.0}), ({2: 1.0}, {})]
    gauges = [one.hinted(Hint.GAUGE) for one in (second, again)]
    assert [sorted(one.positive) for one in stored(gauges)] == [[1, 2, 3], [1, 2, 3]]


def test_bounds_of_its_own() -> None:
    one = Histogram(CUSTOM, 6.0, 10.0, positive={0: 1.0, 1: 2.0, 2: 3.0}, custom=(1.0, 2.0))
    other = Histogram(CUSTOM, 3.0, 4.0, positive={0: 3.0}, custom=(2.0,))
    added = add(one, other)
    assert added.reconciled
    assert (added.value.custom, added.value.positive) == ((2.0,), {0: 6.0, 1: 3.0})
    with pytest.raises(IncompatibleSchema):
        add(one, SIMPLE)


def test_quantiles() -> None:
    assert quantile(0.1, SIMPLE)[0] == pytest.approx(0.0005)
    assert quantile(1, SIMPLE)[0] == 4
    assert quantile(0.5, SIMPLE)[0] == 2
    assert quantile(2, SIMPLE)[0] == math.inf
    assert math.isnan(quantile(0.5, Histogram())[0])
    custom = Histogram(CUSTOM, 4.0, 10.0, positive={0: 2.0, 1: 2.0}, custom=(1.0, 3.0))
    assert quantile(0.75, custom)[0] == pytest.approx(2)
    skewed = replace(SIMPLE, sum=math.nan, count=12.0)
    assert "skewed higher" in quantile(0.5, skewed)[1]
    assert "result is NaN" in quantile(1, skewed)[1]


@given(HISTOGRAMS.filter(lambda h: total(h) > 0), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise(one: Histogram, q: float, other: float) -> None:
    low, high = sorted((q, other))
    assert quantile(low, one)[0] <= quantile(high, one)[0] * (1 + 1e-9) + 1e-9 or quantile(high, one)[0] < 0


def test_fractions_and_variance() -> None:
    assert fraction(-math.inf, math.inf, SIMPLE)[0] == 1
    assert fraction(1, 2, SIMPLE)[0] == pytest.approx(0.2)
    assert fraction(2, 1, SIMPLE)[0] == 0
    alone = Histogram(0, 4.0, 4 * math.sqrt(2), positive={1: 4.0})
    assert variance(alone) == pytest.approx(0, abs=1e-12)


def test_trimming() -> None:
    below = trim(SIMPLE, 2, upper=True)
    assert below.positive == {0: 1.0, 1: 2.0}
    assert below.count == 5
    above = trim(SIMPLE, 2, upper=False)
    assert (above.positive, above.zero_count, above.count) == ({2: 5.0}, 0.0, 5.0)
    half = trim(Histogram(CUSTOM, 4.0, 6.0, positive={1: 4.0}, custom=(1.0, 3.0)), 2, upper=True)
    assert half.count == 2
    assert trim(SIMPLE, 100, upper=True) is SIMPLE


def test_a_lower_resolution() -> None:
    assert lower({1: 1.0, 2: 2.0, 3: 4.0}, {}, 1, 0)[0] == {1: 3.0, 2: 4.0}


def test_text() -> None:
    assert str(SIMPLE) == "{count:10, sum:20, [-0.001,0.001]:2, (0.5,1]:1, (1,2]:2, (2,4]:5}"
    assert str(SIMPLE.over(0)) == "{count:+Inf, sum:+Inf, [-0.001,0.001]:+Inf}"


def test_equality_looks_at_empty_buckets_too() -> None:
    with_empty = replace(SIMPLE, positive={**SIMPLE.positive, 3: 0.0})
    assert not SIMPLE.equals(with_empty)
    assert SIMPLE.equals(with_empty.compact())
    assert not SIMPLE.equals(replace(SIMPLE, sum=-0.0))
    assert replace(SIMPLE, sum=math.nan).equals(replace(SIMPLE, sum=math.nan))
