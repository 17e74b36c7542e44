"""Series of a case: promtool's notation, evaluated as a folder with these metrics is."""

import math
from pathlib import Path
from typing import Any

import pytest

from diagflow.bundle import open_bundle
from diagflow.harness.case import read_tests
from diagflow.harness.run import Result, run_file
from diagflow.harness.world import World
from diagflow.model import BadInput, Query, State, Want
from tests.analyze.make import ruleset

RULES = """
- id: T-X-001
  cause: t.down
  triggers:
    - promql: up
      for: 10m
      threshold: < 1
"""
CAUSES = "- {id: t.down, title: down}"


def answer(expression: str, *input_series: dict[str, Any], **more: Any) -> Any:
    given = {"now": "2026-01-01T00:00:00Z", "series": {"input_series": list(input_series), **more.pop("series", {})}}
    world = World({**given, **more})
    return next(world.read([Want(Query.of("promql", expression))], deadline=0))


def one(series: str, values: Any) -> dict[str, Any]:
    return {"series": series, "values": values}


def values(expression: str, *input_series: dict[str, Any], **more: Any) -> list[float]:
    return [sample["value"] for sample in answer(expression, *input_series, **more).data or ()]


@pytest.mark.parametrize(
    ("written", "expression", "value"),
    [
        ("1 2 3", "up", 3),
        (5, "up", 5),
        ("1+2x3", "sum_over_time(up[1h])", 1 + 3 + 5 + 7),
        ("1-2x3", "sum_over_time(up[1h])", 1 - 1 - 3 - 5),
        ("2x3", "count_over_time(up[1h])", 4),
        ("1 _ 3", "count_over_time(up[1h])", 2),
        ("1 _x3 3", "count_over_time(up[5m])", 2),
        ("1 _x4 3", "count_over_time(up[5m])", 1),
        ("{{schema:0 sum:6 count:3 buckets:[1 2]}}", "histogram_sum(up)", 6),
        ("{{schema:0 sum:1 count:1}}+{{sum:2 count:2}}x3", "histogram_count(up)", 7),
    ],
)
def test_promtools_notation(written: Any, expression: str, value: float):
    assert values(expression, one('up{job="x"}', written)) == [pytest.approx(value)]


def test_a_series_that_is_stale_is_gone_and_one_that_just_ends_is_seen_for_five_minutes():
    ended, goes_on = one("up", "1 stale"), one('up{job="y"}', "7x5")
    assert values("up", ended, goes_on) == [7]
    assert values("up", one("up", "1 _x4"), one("other", "1x4")) == [1]
    assert values("up", one("up", "1 _x5"), one("other", "1x4")) == []


def test_the_last_sample_of_the_longest_series_stands_at_now():
    assert values("timestamp(up)", one("up", "1 2"), one("other", "1 2 3 _")) == [1_767_225_600 - 120]


def test_eval_time_is_how_long_after_the_first_sample_now_is():
    series = one("up", "0 1 2 3 4")
    assert values("up", series, series={"eval_time": "2m"}) == [2]
    assert values("up", series, series={"eval_time": "0"}) == [0]
    assert values("up", series, series={"interval": "30s", "eval_time": "1m"}) == [2]
    assert values("up offset 1m", series, series={"interval": "30s"}) == [2]


def test_what_is_not_there_is_absent_unless_the_metric_is_there_at_all():
    given = one('up{job="x"}', "1x5")
    assert answer('up{job="y"}', given).state is State.EMPTY
    assert answer("up == 0", given).state is State.EMPTY
    gone = answer("down", given)
    assert gone.state is State.ABSENT
    assert "no series named down" in gone.detail
    assert answer("up", one("up", "_x3")).state is State.ABSENT


def test_an_expression_that_is_none_is_an_error_with_its_message():
    wrong = answer("rate(up)", one("up", "1x5"))
    assert wrong.state is State.ERROR
    assert "range vector" in wrong.detail


def test_the_answers_are_those_of_a_folder_with_these_metrics(tmp_path: Path):
    rows = [f"{1_767_225_600 - 60 * (10 - n)},c_total,{n * 3.5},{pod}" for n in range(11) for pod in "ab"]
    (tmp_path / "metrics.csv").write_text("\n".join(["timestamp,metric,value,pod", *rows, ""]))
    bundle = open_bundle(tmp_path).bundle
    series = [one(f'c_total{{pod="{pod}"}}', "0+3.5x10") for pod in "ab"]
    for expression in ("c_total", "sum(rate(c_total[5m]))", "c_total > 99", "max_over_time(c_total[5m:])", "nothing"):
        theirs, ours = bundle.get(Query.of("promql", expression)), answer(expression, *series)
        assert (ours.state, ours.data, ours.detail) == (theirs.state, theirs.data, theirs.detail)


def test_a_recorded_answer_counts_more_than_series_and_a_state_more_than_both():
    series = one("up", "1x5")
    assert values("up", series, answers={"up": 7}) == [7]
    assert values("up + 1", series, answers={"up": 7}) == [2]
    assert answer("up", series, states={"promql:up": "forbidden"}).state is State.FORBIDDEN


def test_numbers_that_are_none_come_as_they_are():
    assert math.isnan(values("up", one("up", "NaN"))[0])
    assert values("up", one("up", "-Inf")) == [-math.inf]


def ran(tmp_path: Path, given: str, expect: str = "{verdict: match}", more: str = "") -> list[Result]:
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(f"- name: first\n  given:\n    series:\n{given}\n  expect: {expect}\n{more}", encoding="utf-8")
    return run_file(read_tests(path), ruleset(RULES, CAUSES))


SERIES = "      input_series:\n      - {series: 'up{job=\"x\"}', values: '1 0x9'}"


def test_both_edges_of_a_time_that_something_must_hold(tmp_path: Path):
    shorter = """
- name: a minute less
  like: first
  change: {'series.input_series[0].values': 1 1 0x8}
  expect: {verdict: no_match, causes: []}
- name: the same series, looked at a minute before
  like: first
  change: {series.eval_time: 9m}
  expect: {verdict: no_match, causes: []}
- name: a series that is two minutes old has not held for ten
  like: first
  change: {'series.input_series[0].values': _x8 0 0}
  expect: {verdict: no_match, causes: []}
- name: a series that was there for two minutes, and is gone, does not hold
  like: first
  change: {'series.input_series[0].values': 0 0 stale}
  expect: {verdict: skipped, causes: []}
- name: a series that comes back has not held all along
  like: first
  change: {'series.input_series[0].values': 0 stale _x7 0 0}
  expect: {verdict: no_match, causes: []}
- name: nothing of the metric
  like: first
  change: {'series.input_series[0].series': down}
  expect: {verdict: skipped}
"""
    results = ran(tmp_path, SERIES, more=shorter)
    unasked = "series: no expression of a rule names down (`diagflow rules explain ID` prints what a rule asks for)"
    assert [r.differences for r in results] == [(), (), (), (), (), (), (unasked,)]


def test_other_series_of_a_metric_that_is_asked_for_may_be_what_is_tested(tmp_path: Path):
    given = SERIES + "\n      - {series: 'up{job=\"y\"}', values: 1x9}\n      - {series: upp, values: 1x9}"
    [result] = ran(tmp_path, given)
    assert [line.split(" (")[0] for line in result.differences] == ["series: no expression of a rule names upp"]


def test_series_of_a_dependency_are_no_mistake_where_the_trigger_does_not_hold(tmp_path: Path):
    given = SERIES.replace("1 0x9", "1x10") + "\n      - {series: load, values: 1x9}"
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(f"- name: a\n  given:\n    series:\n{given}\n  expect: {{verdict: no_match}}\n", encoding="utf-8")
    rules = ruleset(RULES + "  dependencies: [{metric: load}]\n", CAUSES)
    assert [r.differences for r in run_file(read_tests(path), rules)] == [()]


@pytest.mark.parametrize(
    ("given", "line", "said"),
    [
        ("      []", 4, "here belongs a mapping with `interval`, `eval_time`, `input_series`"),
        ("      {}", 4, "series need `input_series`, a list of such as `series: "),
        ("      input_series: []", 4, "series need `input_series`, a list of such as `series: "),
        ("      input_seris: [x]", 4, "`input_seris` is not known here: did you mean `input_series`?"),
        (f"      interval: 1\n{SERIES}", 4, 'interval: not a valid duration string: "1": write such as `30s`'),
        (f"      interval: 0\n{SERIES}", 4, "the interval must be longer than 0"),
        (f"      eval_time: soon\n{SERIES}", 4, "eval_time: not a valid duration string"),
        (f"{SERIES}\n      - up", 6, "here belongs a mapping with `series`, `values`"),
        (f"{SERIES}\n      - {{series: up}}", 6, "`values` is missing"),
        (f"{SERIES}\n      - {{series: up, values: true}}", 6, "`values` is missing"),
        (f"{SERIES}\n      - {{series: up, values: ''}}", 6, "`values` is missing"),
        (f"{SERIES}\n      - {{series: up 1 2, values: 1}}", 6, "`1 2` is no label: samples belong under `values`"),
        (f"{SERIES}\n      - {{series: 'up{{job=x}}', values: 1}}", 6, "series: `job=x}`: unexpected in label set"),
        (f"{SERIES}\n      - {{series: '9', values: 1}}", 6, "series: `9`: this is no series"),
        (f"{SERIES}\n      - series: up\n        values: 1 2 three 4", 7, "values: `three`: this is no sample"),
        (f"{SERIES}\n      - series: up\n        values: 1+2", 7, "values: `1+2`: a step needs a number of times"),
        (f"{SERIES}\n      - {{series: up, values: '{{{{schema:x}}}}'}}", 6, "values: `{{schema:x}}`: "),
        (f"{SERIES}\n      - {{series: 'up{{job=\"x\"}}', values: 1}}", 6, "series 1 and 2 have the same labels"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, given: str, line: int, said: str):
    with pytest.raises(BadInput) as wrong:
        ran(tmp_path, given)
    assert str(wrong.value).startswith(f"{tmp_path / 'T-X-001.test.yaml'}:{line}: {said}")
    assert "\n" not in str(wrong.value)


def test_what_is_wrong_in_a_change_has_the_line_of_the_change(tmp_path: Path):
    change = "- name: b\n  like: first\n  change: {'series.input_series[0].values': 1 x}\n  expect: {verdict: match}\n"
    with pytest.raises(BadInput, match=r":9: values: `x`: this is no sample"):
        ran(tmp_path, SERIES, more=change)


def test_a_world_of_its_own_says_where_too():
    with pytest.raises(BadInput, match=r"series.input_series.0.values: values: `x`: this is no sample"):
        answer("up", one("up", "x"))


def test_what_the_documents_show_passes(tmp_path: Path):
    page = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    shown = page.split("### Series")[1].split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(shown, encoding="utf-8")
    results = run_file(read_tests(path), ruleset(RULES, CAUSES))
    assert [(r.case, r.differences) for r in results] == [("down for ten minutes", ()), ("down for nine", ())]


def test_an_expression_that_cannot_be_evaluated_says_why_and_no_series_is_called_unknown(tmp_path: Path):
    text = """
- name: twice
  given:
    series:
      input_series:
        - {series: 'f{a="x",b="1"}', values: '9'}
        - {series: 'f{a="x",b="2"}', values: '9'}
        - {series: 'g{a="x",b="1"}', values: '9'}
        - {series: 'g{a="x",b="2"}', values: '9'}
        - {series: 'unknown', values: '9'}
  expect: {verdict: match}
"""
    rule = "- {id: T-X-001, cause: t.x, triggers: [{promql: f / on (a) g, threshold: > 5}]}\n"
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(text, encoding="utf-8")
    (result,) = run_file(read_tests(path), ruleset(rule, "- {id: t.x, title: x}\n"))
    assert [d for d in result.differences if d.startswith("series")] == []
    assert any("cannot be evaluated: found duplicate series" in line for line in result.why)
