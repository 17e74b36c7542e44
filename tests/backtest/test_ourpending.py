"""Rules of ours whose metrics hold, though not yet for as long as they have to."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagflow.backtest.ourpending import firings, without_for
from diagflow.rules import load
from diagflow.rules.rule import MetricInput
from diagflow.rules.walk import leaves
from tests.backtest.build import folder, moment
from tests.backtest.test_backtest import CAUSES, ours, rules_of, run

RULE = """
- id: T-M-001
  cause: t.broken
  for: 3m
  triggers:
    - {metric: load, aggregate: max by (node), threshold: %s}
"""
HIGH = [1, 5, 5, 1, 5, 5, 5, 5, 1, 1, 5, 5]


def eager(path: Path, rule: str) -> list[str] | None:
    """The expressions of a rule without its `for`; None where it has none."""
    (path / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    (path / "rules.yaml").write_text(rule, encoding="utf-8")
    ruleset = load([path], ())
    assert not ruleset.errors
    found = without_for(ruleset.rules[0])
    return None if found is None else [c.input.expr for c in leaves(found.trigger) if isinstance(c.input, MetricInput)]


@pytest.mark.parametrize(
    ("trigger", "expressions"),
    [
        ("{metric: load, aggregate: max by (node), threshold: > 3}", ["max by (node) (load)"]),
        ("{metric: load, aggregate: none, threshold: <= 3}", ["load"]),
        ("{promql: a - b, threshold: < 3}", ["(a - b)"]),
        (
            "{any: [{metric: a, aggregate: none, threshold: > 1}, {metric: b, threshold: > 1, for: 9m}]}",
            ["a", "sum(b)"],
        ),
    ],
)
def test_for_is_taken_back(tmp_path: Path, trigger: str, expressions: list[str]) -> None:
    assert (
        eager(tmp_path, f"- id: T-M-001\n  cause: t.broken\n  for: 3m\n  triggers:\n    - {trigger}\n") == expressions
    )


@pytest.mark.parametrize(
    "trigger",
    [
        "{metric: load, threshold: > 3}",
        "{metric: load, window: 5m, threshold: > 3}",
        "{promql: 'min_over_time(load[5m:])', threshold: < 3}",  # some value is below, not all
        "{promql: 'min_over_time(load[5m:]) + min_over_time(load[9m:])', threshold: > 3}",
        "{promql: 'min_over_time(load[5m:1m])', threshold: > 3}",
    ],
)
def test_what_has_no_for_has_nothing_to_take_back(tmp_path: Path, trigger: str) -> None:
    assert eager(tmp_path, f"- id: T-M-001\n  cause: t.broken\n  triggers:\n    - {trigger}\n") is None


def test_pending_fired_and_over(tmp_path: Path) -> None:
    on = folder(tmp_path / "a", {"load{node=n-1}": HIGH, "load{node=n-2}": [1] * len(HIGH)})
    rules = ours(tmp_path / "r", RULE % "> 3")
    (held,) = rules_of(rules, "--on", on)["T-M-001"]["held"]
    assert held["entity"] == "node/n-1"
    assert [(one["pending"], one["fired"], one["until"]) for one in held["firings"]] == [
        (moment(1), None, moment(3)),
        (moment(4), moment(6), moment(8)),
        (moment(10), None, None),
    ]
    text = run(rules, "--on", on).out
    assert "·▒▒·▒▒██··▒▒" in text
    assert "1 firing of 1 rule" in text


def test_what_was_only_pending_did_not_fire(tmp_path: Path) -> None:
    on = folder(tmp_path / "a", {"load{node=n-1}": [5, 1, 1, 1, 5, 5]})
    rule: dict[str, Any] = rules_of(ours(tmp_path / "r", RULE % "< 3"), "--on", on)["T-M-001"]
    ((one,),) = [held["firings"] for held in rule["held"]]
    assert (one["pending"], one["fired"]) == (moment(1), moment(3))
    short = folder(tmp_path / "b", {"load{node=n-1}": [5, 1, 1, 5, 5, 5]})
    ran = run(tmp_path / "r", "--on", short)
    assert "not" in ran.out.splitlines()[2].split()
    assert ran.out.splitlines()[-1] == "0 firings of 0 rules on 1 recording"


def test_one_that_holds_from_its_first_step_was_pending_for_none() -> None:
    times = np.arange(6, dtype=np.int64) * 1000
    held = np.array([1, 1, 0, 0, 1, 1], np.bool_)
    begun = np.array([1, 0, 0, 1, 1, 1], np.bool_)
    found = [(one.pending, one.fired, one.until) for one in firings(held, begun, times)]
    assert found == [(0, 0, 2000), (3000, 4000, None)]
