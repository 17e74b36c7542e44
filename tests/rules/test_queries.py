# ruff: noqa: E501  # messages stand in one piece
"""Expressions are PromQL, of a type that a rule can compare."""

import subprocess
import sys

import pytest

from diagflow.rules import load_paths
from diagflow.rules.lint import lint
from diagflow.rules.problem import is_error
from diagflow.rules.queries import _complaint, _is_right, complaint_of
from tests.rules.make import rule_with

CAUSE = "- {id: x.y, title: {en: t, zh: 某}}\n"
RULE = "- id: A-B-001\n  cause: x.y\n  triggers:\n    - promql: %s\n      threshold: > 1\n"


def problems(folder, rules: str):
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "causes.yaml").write_text(CAUSE, encoding="utf-8")
    return load_paths([folder])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("rates(x_total[5m])", "4:15: rule A-B-001: PromQL: unknown function `rates`: did you mean `rate`?"),
        ("sum(1 + rat(x_total[5m]))", "4:23: rule A-B-001: PromQL: unknown function `rat`: did you mean `rate`?"),
        ("summe(x)", "4:15: rule A-B-001: PromQL: unknown function `summe`: did you mean `sum`?"),
        ("x[5m]", "4:15: rule A-B-001: PromQL: this gives many samples a series"),
        ("x[5m:1m]", "4:15: rule A-B-001: PromQL: this gives many samples a series"),
        ("'\"x\"'", "4:16: rule A-B-001: PromQL: this is a text, and no series: name a metric"),
        ("sum by pod (x)", '4:22: rule A-B-001: PromQL: unexpected identifier "pod" in grouping opts, expected "(": put the labels in brackets'),
        ("rate(x_total)", '4:20: rule A-B-001: PromQL: expected type range vector in call to function "rate", got instant vector: add how far back it looks, such as `[5m]`'),
        ("sum(x[5m])", "4:19: rule A-B-001: PromQL: expected type instant vector in aggregation expression, got range vector: put a function such as"),
        ("'x{a=~\"(\"}'", "4:18: rule A-B-001: PromQL: error parsing regexp: missing )"),
        ("'x{a=~\"(?!b)\"}'", "without look-ahead and back references"),
        ("'{}'", "4:16: rule A-B-001: PromQL: vector selector must contain at least one non-empty matcher: name a metric"),
        ("clamp(x, 1)", 'PromQL: expected 3 argument(s) in call to "clamp", got 2'),
        ("|\n        x +\n          rates(y[5m])", "6:11: rule A-B-001: PromQL: unknown function `rates`"),
        ("x y", '4:17: rule A-B-001: PromQL: unexpected identifier "y"'),
        ("mx by (pod) (x)", "4:18: rule A-B-001: PromQL: unexpected <by>: `mx` is no aggregation: did you mean `max`?"),
        ("mx(rate(x[5m])) without (pod)", "`mx` is no aggregation: did you mean `max`?"),
        ("rate(x[5m]) by (pod)", "`rate` is no aggregation: put one around it, such as `sum by (pod) (rate(...))`"),
        ("(x) by (pod)", "unexpected <by>: only an aggregation takes it, such as `sum by (pod) (x)`"),
        ("queue_length by (pod)", "`queue_length` is no aggregation: known are `avg`, `bottomk`"),
        ("x unles y", 'unexpected identifier "unles": did you mean `unless`?'),
        ("sum by (pod) x", "in aggregation: put in brackets what is aggregated"),
        ("'x{a=b}'", "expected string: put the value in quotes"),
        ("x = 1", 'unexpected "=": a comparison is written `==`'),
    ],
)  # fmt: skip
def test_what_prometheus_would_not_take_is_an_error_at_its_place(tmp_path, written, said):
    found = problems(tmp_path, RULE % written)
    assert found.rules == ()
    (problem,) = found.errors
    assert said in str(problem)


@pytest.mark.parametrize(
    "written", ["rate(x_total[5m])", "scalar(x)", "1 + x", "x{a=~'b.*'} offset 5m", "mad_over_time(x[5m])", "info(x)"]
)
def test_what_a_prometheus_takes_is_none(tmp_path, written):
    found = problems(tmp_path, RULE % f'"{written}"')
    assert found.errors == ()
    assert len(found.rules) == 1


def test_of_a_metric_its_filter_is_checked(tmp_path):
    (problem,) = problems(tmp_path, rule_with("metric: up, filter: 'a=~\"(\"', threshold: > 1")).errors
    assert 'PromQL: error parsing regexp: missing ): ( (in `sum(up{a=~"("})`)' in str(problem)


def test_what_it_compiles_to_is_checked_where_a_number_must_hold(tmp_path):
    (problem,) = problems(tmp_path, RULE % "scalar(x)\n      for: 5m").errors
    assert "subquery is only allowed on instant vector, got scalar instead" in str(problem)


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("x > 3", "compared-twice", "the expression ends in a comparison (`>`), and `threshold` compares what is left"),
        ("(x == 3)\n      for: 5m", "compared-twice", "(`==`)"),
        ("x > bool 3", None, ""),
        ("sum(x > 3)", None, ""),
        ("rate(x[5])", "range-unit", "`[5]` is 5 seconds, and only in Prometheus 3: write `[5m]`, or `[5s]`"),
        ("max_over_time(x[5:])", "range-unit", "`[5]`"),
        ("rate(x[5s]) + y offset 5m", None, ""),
    ],
)
def test_what_is_most_likely_not_meant_is_a_warning(tmp_path, written, code, words):
    found = {p.code: p for p in lint(problems(tmp_path, RULE % written)) if p.code in ("compared-twice", "range-unit")}
    assert set(found) == ({code} if code else set())
    if code:
        assert words in found[code].message
        assert not is_error(found[code])


def test_a_comparison_alone_is_no_threshold(tmp_path):
    found = lint(problems(tmp_path, "- {id: A-B-001, cause: x.y, triggers: [{promql: x > 3}]}\n"))
    assert "compared-twice" not in {p.code for p in found}


def test_checking_expressions_needs_no_numpy(tmp_path):
    problems(tmp_path, RULE % "rate(x[5m])")
    script = (
        "import sys\nfrom diagflow.rules import load_paths\nfrom diagflow.rules.lint import lint\n"
        f"lint(load_paths([{str(tmp_path)!r}]))\n"
        "print([m for m in ('numpy', 'diagflow.promql.parse') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['diagflow.promql.parse']"


def test_rules_without_metrics_do_not_wait_for_the_parser(tmp_path):
    problems(tmp_path, rule_with("object: pod, when: {status.phase: Failed}"))
    script = (
        "import sys\nfrom diagflow.rules import load_paths\n"
        f"assert len(load_paths([{str(tmp_path)!r}]).rules) == 1\nprint('diagflow.promql' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "text",
    [
        'x{a="b"}', 'x{a=~"(b"}', '{a="b"}', '{a=""}', 'x{a="\\q"}', 'x{a="p=",b="q"}', 'x{a="p=" b="q"}', 'x{a=\'="y"\'}', 'x{a="b"',
        'x == "b"', 'x{a!="b"} + on (a) group_left (a) y{a="c"}', 'y{__name__="x"}', 'label_replace(x{a="b"}, "c", "(", "a", ".*")', 'x # ="y"',
    ],
)  # fmt: skip
def test_the_value_of_a_label_makes_no_difference_to_what_is_right(text):
    """So that what is said of one of them may be said of all, at the place where it stands in each."""
    for value in ("b", "some.longer-value/9"):
        written = text.replace("b", value)
        assert complaint_of(written) == _complaint(written)


def test_many_rules_that_ask_for_one_value_after_the_other_are_parsed_once():
    before = _is_right.cache_info().misses
    assert [complaint_of(f'asked_once{{a="{value}"}}') for value in range(9)] == [None] * 9
    assert _is_right.cache_info().misses == before + 1
