import math

import numpy as np
import pytest

from diagflow.promql import PromQLError, Series, Storage, TimedOut, TooManySamples, evaluate
from tests.promql.build import ask, number, values

SERIES = 'load 1m\n  m{i="0",host="a-1"} 1 2 3 4\n  m{i="1",host="b"} 10 20 30 40\n  other{i="0"} -2.5'


def test_kinds_of_results() -> None:
    assert ask(SERIES, "1 + 1").scalar == 2
    assert ask(SERIES, '"text"').text == "text"
    assert ask(SERIES, "m").kind == "vector"
    matrix = ask(SERIES, "m[2m]", 120_000)
    assert matrix.kind == "matrix"
    assert [row.times.tolist() for row in matrix.rows] == [[60_000, 120_000]] * 2
    assert ask(SERIES, "time()", 0, 60_000, 30_000).rows[0].values.tolist() == [0, 30, 60]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("abs(other)", {("0",): 2.5}),
        ("round(other, 2)", {("0",): -2.0}),
        ("clamp(m, 2, 5)", {("a-1", "0"): 2.0, ("b", "1"): 5.0}),
        ("clamp(m, 5, 2)", {}),
        ("sgn(other)", {("0",): -1.0}),
        ("absent(none{job='x',i=~'y'})", {("x",): 1.0}),
        ("absent(m)", {}),
        ("vector(time())", {(): 0.0}),
        ("label_replace(m{i='1'}, 'x', '$1!', 'host', '(.*)')", {("m", "b", "1", "b!"): 10.0}),
        ("label_replace(m{i='0'}, 'i', '', 'host', '(?P<h>.)-.*')", {("m", "a-1"): 1.0}),
        ("label_join(m{i='0'}, 'both', '/', 'i', 'host')", {("m", "0/a-1", "a-1", "0"): 1.0}),
        ("timestamp(m{i='0'})", {("a-1", "0"): 0.0}),
        ("-m{i='0'}", {("a-1", "0"): -1.0}),
        ("scalar(other) + vector(0)", {(): -2.5}),
        ("m{i='0'} offset -1m", {("m", "a-1", "0"): 2.0}),
        ("m{i='0'} @ 120", {("m", "a-1", "0"): 3.0}),
        ("sum(m @ end())", {(): 11.0}),
    ],
)
def test_expressions(expression: str, wanted: dict[tuple[str, ...], float]) -> None:
    assert values(ask(SERIES, expression)) == wanted


def test_dates_are_in_utc() -> None:
    leap = 1_456_790_399  # 2016-02-29T23:59:59Z
    parts = {
        "year": 2016,
        "month": 2,
        "day_of_month": 29,
        "day_of_week": 1,
        "day_of_year": 60,
        "hour": 23,
        "minute": 59,
    }
    for name, value in {**parts, "days_in_month": 29}.items():
        assert number(ask("", f"{name}(vector({leap}))")) == value
    assert number(ask("", "year()", leap * 1000)) == 2016
    assert number(ask("", "day_of_week(vector(-1))")) == 3


def test_start_and_end_are_those_of_the_query() -> None:
    found = values(ask(SERIES, "m{i='0'} @ start() + m{i='0'} @ end()", 0, 180_000, 60_000))
    assert found == {("a-1", "0"): [5.0] * 4}


def test_names_are_dropped_at_once_or_in_the_end() -> None:
    text = 'load 1m\n  a_total{i="0"} 1 2\n  b_total{i="0"} 1 3'
    with pytest.raises(PromQLError, match="vector cannot contain metrics with the same labelset"):
        ask(text, 'abs({__name__=~"a_total|b_total"})')
    late = ask(
        text, 'label_replace(abs({__name__=~".+"}), "n", "$1", "__name__", "(.)_total")', delayed_name_removal=True
    )
    assert {row.labels["n"] for row in late.rows} == {"a", "b"}
    assert all("__name__" not in row.labels for row in late.rows)


def test_the_whole_result_has_no_label_set_twice() -> None:
    with pytest.raises(PromQLError, match="same labelset"):
        ask(SERIES, "label_replace(label_replace(m, 'i', '', '', ''), 'host', '', '', '')")


@pytest.mark.parametrize(
    ("times", "message"),
    [((0, 60_000, 0), "zero or negative query resolution"), ((60_000, 0, 1000), "end timestamp must not be before")],
)
def test_times_that_make_no_sense(times: tuple[int, int, int], message: str) -> None:
    with pytest.raises(PromQLError, match=message):
        ask(SERIES, "m", *times)


@pytest.mark.parametrize(("offset", "wanted"), [("", 4), (" offset 1m", 3), (" offset -1m", 4), (" offset 1h", 0)])
def test_a_timestamp_at_a_moment_is_read_with_the_offset_and_looked_at_without(offset: str, wanted: int) -> None:
    text = "load 1m\n  m 1 2 3 4 5 6"
    found = ask(text, f"timestamp(m @ 240{offset})").rows
    assert [row.value for row in found] == ([wanted * 60] if wanted else [])


@pytest.mark.parametrize(("at", "count"), [(0, 1), (3, 0)])
def test_a_moment_slips_in_a_subquery_that_begins_when_the_query_does(at: int, count: int) -> None:
    inner = "last_over_time(m[30s:1m] @ start())"
    assert len(ask(SERIES, f"last_over_time({inner}[30s:1m] @ {at})").rows) == 2 * count


def test_of_equal_warnings_the_outer_one_counts() -> None:
    found = ask(SERIES, "sort(sort_desc(m))", 0, 60_000, 60_000)
    assert [text[-6:] for text in found.warnings] == [" (1:1)"]


def test_what_a_range_query_cannot_ask() -> None:
    with pytest.raises(PromQLError, match='invalid expression type "range vector" for range query'):
        ask(SERIES, "m[1m]", 0, 60_000, 60_000)


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("m", (0, 10**12, 1)),
        ("sum_over_time(m[100y:1ms])", (0,)),
        ("m * on () group_left () vector(1)", (0, 10**11, 1)),
        ("quantile_over_time(0.5, (m[50y:1ms])[50y:1ms])".replace("(m[50y:1ms])", "vector(1)"), (0,)),
    ],
)
def test_hostile_queries_end_with_a_clear_error(expression: str, times: tuple[int, ...]) -> None:
    with pytest.raises(TooManySamples, match="too many samples"):
        ask(SERIES, expression, *times, max_samples=1_000_000)


def test_a_query_may_not_take_longer_than_said() -> None:
    with pytest.raises(TimedOut, match="query timed out"):
        ask(SERIES, "sum(rate(m[1m]))", timeout=-1)


def test_few_series_may_have_many_steps() -> None:
    result = ask(SERIES, "m{i='0'}", 0, 480_000, 10, max_samples=50_000)
    assert len(result.rows[0].times) == 48_000


def test_an_error_knows_its_expression() -> None:
    with pytest.raises(PromQLError) as caught:
        ask(SERIES, "1 +\nlabel_replace(m, 'a', 'b', 'c', '(')")
    *_, line, mark = caught.value.explain().splitlines()
    assert line[mark.index("^") :] == "'(')"


def test_an_empty_storage_answers_nothing() -> None:
    assert not evaluate(Storage(), "sum(rate(m[5m]))", 0).rows


def test_mixed_series_take_the_later_sample() -> None:
    text = "load 1m\n  m 1 {{count:2 sum:3 buckets:[2]}} 4"
    found = ask(text, "m", 0, 120_000, 60_000).rows[0]
    assert [type(sample).__name__ for _, sample in found.samples()] == ["float", "Histogram", "float"]


def test_lookback_is_open_at_its_beginning() -> None:
    storage = Storage([Series({"__name__": "m"}, np.array([0]), np.array([1.0]))])
    assert [len(evaluate(storage, "m", t, lookback=1000).rows) for t in (0, 999, 1000)] == [1, 1, 0]
    assert math.isnan(evaluate(storage, "scalar(m)", 1000, lookback=1000).scalar)
