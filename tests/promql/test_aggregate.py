import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.promql import PromQLError
from tests.promql.build import ask, values

SERIES = """load 1m
  m{job="a",i="0"} 1 5
  m{job="a",i="1"} 2 NaN
  m{job="b",i="0"} 4 _
  m{job="b",i="1"} 8 16
"""


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("sum(m)", {(): 15.0}),
        ("sum by (job) (m)", {("a",): 3.0, ("b",): 12.0}),
        ("sum without (i) (m)", {("a",): 3.0, ("b",): 12.0}),
        ("avg by (nothing) (m)", {(): 3.75}),
        ("max by (job) (m)", {("a",): 2.0, ("b",): 8.0}),
        ("count(m)", {(): 4.0}),
        ("group by (job) (m)", {("a",): 1.0, ("b",): 1.0}),
        ("stdvar(m)", {(): np.var([1, 2, 4, 8])}),
        ("stddev by (job) (m)", {("a",): 0.5, ("b",): 2.0}),
        ("quantile(0.5, m)", {(): 3.0}),
        ('count_values("v", m > 3)', {("4",): 1.0, ("8",): 1.0}),
        ("topk by (job) (1, m)", {("m", "1", "a"): 2.0, ("m", "1", "b"): 8.0}),
    ],
)
def test_aggregations(expression: str, wanted: dict[tuple[str, ...], float]) -> None:
    assert values(ask(SERIES, expression)) == pytest.approx(wanted)


def test_gaps_and_nan_over_time() -> None:
    assert values(ask(SERIES, "count by (job) (m)", 0, 360_000, 360_000)) == {("a",): 2.0, ("b",): 2.0}
    assert values(ask(SERIES, "min by (job) (m)", 60_000)) == {("a",): 5.0, ("b",): 4.0}
    found = values(ask(SERIES, "sum by (job) (m)", 60_000))
    assert np.isnan(found["a",])


def test_order_of_topk_and_sort() -> None:
    assert [row.value for row in ask(SERIES, "topk(3, m)").rows] == [8, 4, 2]
    assert [row.value for row in ask(SERIES, "bottomk(2, m)").rows] == [1, 2]
    assert [row.value for row in ask(SERIES, "sort_desc(m)").rows] == [8, 4, 2, 1]
    ordered = [float(row.values[0]) for row in ask(SERIES, "sort(m)", 60_000).rows]
    assert ordered[:-1] == [4, 5, 16]
    assert np.isnan(ordered[-1]), "NaN comes last"
    ranged = ask(SERIES, "sort(m)", 0, 60_000, 60_000)
    assert ranged.warnings == (
        "PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:1)",
    )


def test_topk_at_each_step() -> None:
    text = 'load 1m\n  m{i="0"} 1 9\n  m{i="1"} 5 5'
    assert values(ask(text, "topk(1, m)", 0, 60_000, 60_000)) == {("m", "0"): 9.0, ("m", "1"): 5.0}


@pytest.mark.parametrize(("k", "message"), [("NaN", "Parameter value is NaN"), ("1e30", "overflows int64")])
def test_how_many_must_be_a_number(k: str, message: str) -> None:
    with pytest.raises(PromQLError, match=message):
        ask(SERIES, f"topk({k}, m)")


def test_a_quantile_outside_is_said() -> None:
    result = ask(SERIES, "quantile(1.5, m)")
    assert values(result) == {(): float("inf")}
    assert result.warnings == ("PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:10)",)


def test_of_all_steps_the_worst_quantiles_are_said() -> None:
    result = ask("load 1m\n q 7 -2 9 -3 0.5\n m 1x9", "quantile(scalar(q), m)", 0, 240_000, 60_000)
    assert [text.split(", got ")[1].split(" ")[0] for text in result.warnings] == ["9", "-3"]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.floats(0, 1))
def test_quantiles_are_those_of_numpy(numbers: list[float], q: float) -> None:
    text = "load 1m\n" + "".join(f'  m{{i="{i}"}} {n!r}\n' for i, n in enumerate(numbers))
    assert values(ask(text, f"quantile({q:.9f}, m)"))[()] == pytest.approx(
        np.quantile(numbers, float(f"{q:.9f}")), abs=1e-6
    )


def test_histograms_are_summed_and_mixes_are_not() -> None:
    text = 'load 1m\n  h{i="0"} {{count:3 sum:3 buckets:[3]}}\n  h{i="1"} {{count:1 sum:2 buckets:[0 1]}}\n  f 1'
    assert str(ask(text, "sum(h)").rows[0].value) == "{count:4, sum:5, (0.5,1]:3, (1,2]:1}"
    assert str(ask(text, "avg(h)").rows[0].value).startswith("{count:2, sum:2.5")
    mixed = ask(text, 'sum({__name__=~"h|f"})')
    assert not mixed.rows
    assert "encountered a mix of histograms and floats for aggregation" in mixed.warnings[0]


def test_the_ratio_picks_by_the_hash_of_labels() -> None:
    kept = ask(SERIES, "limit_ratio(0.5, m)", experimental=True)
    rest = ask(SERIES, "limit_ratio(-0.5, m)", experimental=True)
    assert len(kept.rows) + len(rest.rows) == 4
    assert not {tuple(row.labels.items()) for row in kept.rows} & {tuple(row.labels.items()) for row in rest.rows}
