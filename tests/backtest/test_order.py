"""In which order rules are evaluated, and which of them one step after the other."""

from pathlib import Path

from diagflow.backtest.order import Unit, in_order
from diagflow.backtest.rulefile import read_rule_file
from tests.backtest.build import prometheus


def units(tmp_path: Path, *rules: str) -> list[Unit]:
    groups, problems = read_rule_file(prometheus(tmp_path / "r.yaml", *rules))
    assert problems == []
    return list(in_order(groups).units)


def test_what_reads_only_what_comes_before_it_is_evaluated_at_once(tmp_path: Path) -> None:
    found = units(tmp_path, "{record: a, expr: up}", "{record: b, expr: sum(a)}", "{alert: C, expr: b > a}")
    assert found == [Unit((0,)), Unit((1,)), Unit((2,))]


def test_what_reads_what_is_behind_it_comes_after_it_step_by_step(tmp_path: Path) -> None:
    found = units(tmp_path, "{alert: C, expr: a > 0}", "{record: a, expr: up}")
    assert found == [Unit((1,)), Unit((0,), stepwise=True)]


def test_what_reads_itself_or_each_other_is_one_unit(tmp_path: Path) -> None:
    found = units(tmp_path, "{record: a, expr: a + b}", "{record: b, expr: a}", "{record: c, expr: c or up}")
    assert found == [Unit((2,), stepwise=True), Unit((0, 1), stepwise=True)]


def test_alerts_are_read_by_name_and_labels(tmp_path: Path) -> None:
    found = units(
        tmp_path,
        "{alert: A, expr: up, labels: {severity: page, of: '{{ $labels.job }}'}}",
        "{alert: B, expr: 'ALERTS{alertname=\"A\"}'}",
        "{alert: C, expr: 'ALERTS{severity=\"none\"}', labels: {severity: none}}",
        '{alert: D, expr: \'ALERTS_FOR_STATE{of="x", alertname!~"B|C|D"}\', labels: {severity: page}}',
    )
    assert found == [Unit((0,)), Unit((1,)), Unit((2,), stepwise=True), Unit((3,))]


def test_a_pattern_reads_every_name_that_it_matches(tmp_path: Path) -> None:
    found = units(tmp_path, "{record: 'a:b', expr: up}", "{alert: C, expr: '{__name__=~\"a:.*\"} > 0'}")
    assert found == [Unit((0,)), Unit((1,))]
