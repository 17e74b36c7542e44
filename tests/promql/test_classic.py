import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.promql.classic import fraction, quantiles
from tests.promql.build import ask, values

BUCKETS = """load 1m
  h_bucket{le="1",i="a"} 1 2 _
  h_bucket{le="2",i="a"} 3 4 3
  h_bucket{le="+Inf",i="a"} 4 8 4
  h_bucket{le="0.5",i="b"} 10
  h_bucket{le="1",i="b"} 4
  h_bucket{le="+Inf",i="b"} 20
  h_bucket{le="wrong",i="c"} 4
"""


def reference(q: float, bounds: list[float], counts: list[float]) -> float:
    """One histogram, one step, in plain words."""
    if counts[-1] == 0 or len(bounds) < 2:
        return math.nan
    rank = q * counts[-1]
    at = next((n for n, count in enumerate(counts[:-1]) if count >= rank), len(counts) - 1)
    if at == len(counts) - 1:
        return bounds[-2]
    if at == 0 and bounds[0] <= 0:
        return bounds[0]
    low, below = (bounds[at - 1], counts[at - 1]) if at else (0.0, 0.0)
    return low + (bounds[at] - low) * ((rank - below) / (counts[at] - below)) if counts[at] != below else math.nan


@given(st.lists(st.tuples(st.integers(-5, 50), st.integers(0, 20)), min_size=1, max_size=8), st.floats(0.01, 1))
def test_all_at_once_as_one_by_one(buckets: list[tuple[int, int]], q: float) -> None:
    edges = sorted({float(edge) for edge, _ in buckets})
    counts = np.cumsum([count for _, count in buckets[: len(edges)]] + [3]).astype(float).tolist()
    bounds = [*edges, math.inf]
    counts = counts[: len(bounds)]
    counts += [counts[-1]] * (len(bounds) - len(counts))
    got = quantiles(np.array([q]), np.array([bounds]), np.array([counts])[:, :, None]).values[0, 0]
    assert got == pytest.approx(reference(q, bounds, counts), nan_ok=True)


def test_quantiles_of_series() -> None:
    result = ask(BUCKETS, "histogram_quantile(0.5, h_bucket)")
    assert values(result) == {("a",): 1.5, ("b",): 0.5}
    assert result.warnings == (
        'PromQL warning: bucket label "le" is missing or has a malformed value of "wrong" (1:25)',
    )
    assert "needed to be fixed for monotonicity" in result.infos[0]
    assert "from buckets 1 to 1, with a max diff of 6, over 1 samples from 1970-01-01T00:00:00Z" in result.infos[0]


def test_a_bucket_that_comes_and_goes() -> None:
    stale = BUCKETS.replace("1 2 _", "1 2 stale")
    found = values(ask(stale, "histogram_quantile(0.5, h_bucket{i='a'})", 0, 120_000, 60_000))
    assert found == {("a",): pytest.approx([1.5, 2.0, 4 / 3])}


def test_buckets_with_the_same_edge_count_together() -> None:
    text = 'load 1m\n  h{le="1"} 1\n  h{le="1.0"} 2\n  h{le="+Inf"} 6'
    assert values(ask(text, "histogram_quantile(0.25, h)")) == {(): 0.5}


def test_native_and_classic_at_once() -> None:
    text = BUCKETS + '  h_bucket{i="a"} {{count:4 sum:5 buckets:[4]}}\n'
    result = ask(text, "histogram_quantile(0.5, h_bucket{i='a'})")
    assert not result.rows
    assert "vector contains a mix of classic and native histograms" in result.warnings[0]


def test_fractions() -> None:
    assert fraction(0, 1, [1, 2, math.inf], [1, 3, 4]) == 0.25
    assert fraction(0.5, 1.5, [1, 2, math.inf], [1, 3, 4]) == pytest.approx(0.375)
    assert math.isnan(fraction(0, 1, [1, 2], [1, 3]))
    assert values(ask(BUCKETS, "histogram_fraction(0, 1, h_bucket{i='a'})")) == {("a",): 0.25}


def test_a_quantile_that_is_none() -> None:
    result = ask(BUCKETS, "histogram_quantile(-1, h_bucket{i='a'})")
    assert values(result) == {("a",): -math.inf}
    assert result.warnings == ("PromQL warning: quantile value should be between 0 and 1, got -1 (1:20)",)


@pytest.mark.parametrize(("steps", "count"), [(1, 1), (2, 4), (3, 10)])
def test_fixes_are_counted_as_prometheus_counts_them(steps: int, count: int) -> None:
    falls = 'load 1m\n h_bucket{le="1"} 9x9\n h_bucket{le="2"} 4x9\n h_bucket{le="+Inf"} 20x9'
    (info,) = ask(falls, "histogram_quantile(0.5, h_bucket)", 0, (steps - 1) * 60_000, 60_000).infos
    assert f"over {count} samples" in info
