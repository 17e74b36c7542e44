import pytest

from diagflow.promql import PromQLError
from tests.promql.build import ask, values

SERIES = """load 1m
  a{i="0",job="x"} 1 2
  a{i="1",job="x"} 3 4
  b{i="0",job="x"} 10 20
  b{i="2",job="x"} 30 40
  info{job="x",version="v1"} 1 1
  taking{job="x",turn="1"} 5 stale
  taking{job="x",turn="2"} _ 7
"""


def test_series_meet_by_their_labels() -> None:
    assert values(ask(SERIES, "a + b")) == {("0", "x"): 11.0}
    assert values(ask(SERIES, "a * on (job) group_left (version) info")) == {
        ("0", "x", "v1"): 1.0,
        ("1", "x", "v1"): 3.0,
    }
    assert values(ask(SERIES, "info * on (job) group_right () a")) == {("0", "x"): 1.0, ("1", "x"): 3.0}


def test_comparisons_filter_or_answer() -> None:
    assert values(ask(SERIES, "a > 1")) == {("a", "1", "x"): 3.0}
    assert values(ask(SERIES, "2 < a")) == {("a", "1", "x"): 3.0}
    assert values(ask(SERIES, "a > bool 1")) == {("0", "x"): 0.0, ("1", "x"): 1.0}


def test_set_operators() -> None:
    assert set(values(ask(SERIES, "a and on (i) b"))) == {("a", "0", "x")}
    assert set(values(ask(SERIES, "a unless on (i) b"))) == {("a", "1", "x")}
    assert set(values(ask(SERIES, "a or on (i) b"))) == {("a", "0", "x"), ("a", "1", "x"), ("b", "2", "x")}


def test_series_that_take_turns() -> None:
    assert values(ask(SERIES, "info * on (job) taking", 0, 60_000, 60_000)) == {("x",): [5.0, 7.0]}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("info * on (job) a", 'found duplicate series for the match group {job="x"} on the right hand-side'),
        ("a * on (job) info", "multiple matches for labels: many-to-one matching must be explicit"),
        ("info * on (job) group_right (i) a", ""),
        ("a + on (job) group_left (i) info", "multiple matches for labels: grouping labels must ensure unique matches"),
    ],
)
def test_ambiguous_matches(expression: str, message: str) -> None:
    if not message:
        with pytest.raises(PromQLError):
            ask(SERIES, expression)
        return
    with pytest.raises(PromQLError, match=message.replace("{", r"\{").replace("}", r"\}")):
        ask(SERIES, expression)


def test_fill_values() -> None:
    assert values(ask(SERIES, "a + fill(0) b", experimental=True)) == {
        ("0", "x"): 11.0,
        ("1", "x"): 3.0,
        ("2", "x"): 30.0,
    }
    assert values(ask(SERIES, "a + fill_right(1) b", experimental=True)) == {("0", "x"): 11.0, ("1", "x"): 4.0}


def test_histograms() -> None:
    text = "load 1m\n  h {{schema:0 count:4 sum:5 buckets:[1 2 1]}}\n  f 2"
    assert str(ask(text, "h * 2").rows[0].value) == "{count:8, sum:10, (0.5,1]:2, (1,2]:4, (2,4]:2}"
    assert str(ask(text, "h + h").rows[0].value) == "{count:8, sum:10, (0.5,1]:2, (1,2]:4, (2,4]:2}"
    assert len(ask(text, "h == h").rows) == 1
    assert str(ask(text, "h </ 2").rows[0].value).startswith("{count:3, ")
    result = ask(text, "h > 2")
    assert not result.rows
    assert result.infos == (
        'PromQL info: incompatible sample types encountered for binary operator ">": histogram > float (1:1)',
    )


def test_numbers() -> None:
    assert ask("", "1 / 0").scalar == float("inf")
    assert ask("", "-7 % 3").scalar == -1
    assert ask("", "2 ^ 3 ^ 0").scalar == 2
    assert ask("", "1 < bool 2").scalar == 1


def test_at_a_step_only_the_last_oddity_is_said() -> None:
    odd = 'load 1m\n h{i="a"} {{count:1}}\n h{i="b"} {{count:1}}\n f{i="a"} 1\n f{i="b"} {{count:2}}'
    result = ask(odd, "h / on(i) f or h > on(i) f")
    assert len(result.infos) == 2


def test_where_one_side_is_empty_the_other_may_have_anything() -> None:
    text = 'load 1m\n  few{i="0"} 1 _ _\n  many{i="0"} _ _ 1\n  many{i="1"} _ _ 2'
    assert not ask(text, "few + on () group_left () many", 0, 60_000, 60_000, lookback=30_000).rows
    assert not ask(text, "few + on () group_left () many", 0, 120_000, 60_000, lookback=30_000).rows
    with pytest.raises(PromQLError, match="found duplicate series for the match group"):
        ask(text, "few + on () group_left () many", 0, 120_000, 60_000)
