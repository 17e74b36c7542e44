"""Rule files of Prometheus: what is read, and what is wrong with them, each with its place."""

from pathlib import Path

import pytest

from diagflow.backtest.rulefile import read_rule_file

GOOD = """\
groups:
  - name: web
    interval: 1m
    limit: 3
    query_offset: 30s
    labels: {team: web, severity: none}
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: |
          job:up:sum
            < 1
        for: 1h30m
        keep_firing_for: 5m
        labels: {severity: "{{ $labels.job }}-{{ $value }}"}
        annotations: {summary: "{{ printf \\"%s\\" $labels.job }}"}
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "alerts.yaml"
    file.write_text(text)
    return [str(one).removeprefix(f"{file}:") for one in read_rule_file(file)[1]]


def test_a_group(tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(GOOD)
    (group,), wrong = read_rule_file(file)
    assert wrong == []
    assert (group.name, group.interval, group.offset, group.limit) == ("web", 60_000, 30_000, 3)
    record, alert = group.rules
    assert (record.name, record.alerts, record.position.line) == ("job:up:sum", False, 8)
    assert (alert.name, alert.alerts, alert.hold, alert.keep) == ("Down", True, 5_400_000, 300_000)
    filled = {name: made.filled({"job": "api"}, 0.5) for name, made in alert.labels}
    assert filled == {"severity": "api-0.5", "team": "web"}


def test_the_operators_custom_resource(tmp_path: Path) -> None:
    inner = "".join(f"    {line}\n" for line in GOOD.splitlines())
    items = "kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n" + inner
    (tmp_path / "a.yaml").write_text("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n" + inner)
    (tmp_path / "b.yaml").write_text(items)
    for name in ("a.yaml", "b.yaml"):
        groups, wrong = read_rule_file(tmp_path / name)
        assert (wrong, [len(group.rules) for group in groups]) == ([], [2])


def test_a_key_without_a_value_is_as_none(tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(
        "groups:\n- name: a\n  limit: ~\n  interval: null\n  query_offset:\n  labels:\n"
        "  rules:\n  - {alert: A, expr: up, for: ~, keep_firing_for: , labels: ~}\n"
        "  - {alert: B, expr: up, labels: {x: ~}}\n"
    )
    (group,), wrong = read_rule_file(file)
    assert wrong == []
    assert (group.limit, group.interval, group.offset) == (0, 0, 0)
    first, second = group.rules
    assert (first.hold, first.keep, first.labels) == (0, 0, ())
    assert [(name, made.text) for name, made in second.labels] == [("x", "")]


def rule(text: str) -> str:
    return f"groups:\n- name: a\n  rules:\n  - {text}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            rule("{alert: A, expr: 'nosuch(up)'}"),
            "4:22: rule A: `expr` is no PromQL: 1:1: parse error: unknown function",
        ),
        (rule("{alert: A, expr: 'up >'}"), "4:22: rule A: `expr` is no PromQL: 1:5: parse error: unexpected end"),
        (rule("{alert: A, expr: 'up[5m]'}"), "4:22: rule A: `expr` gives a matrix: a rule needs a vector, or a number"),
        (rule("{alert: A}"), "4:5: rule A: a rule needs an `expr`"),
        (rule("{alert: A, record: b, expr: up}"), "4:5: a rule has either `alert` with its name, or `record`"),
        (rule("{expr: up}"), "4:5: a rule has either `alert` with its name, or `record`"),
        (rule("{record: b, expr: up, for: 5m}"), "4:32: rule b: a recording rule has no `for`: remove it"),
        (rule("{record: 'b{}', expr: up}"), "4:5: rule b{}: `b{}` is no name of a metric"),
        (rule("{alert: A, expr: up, for: soon}"), "4:31: `soon` is no duration"),
        (rule("{alert: A, expr: up, form: 5m}"), "4:32: `form` is not known here: did you mean `for`?"),
        (rule("{alert: A, alert: B, expr: up}"), "4:16: `alert` stands here twice, first in line 4"),
        (rule("{alert: A, expr: up, labels: {__name__: x}}"), "4:45: `__name__` is no name of a label"),
        ("groups:\n- name: a\n- name: a\n", "3:3: the group `a` is there already, in line 2"),
        ("groups:\n- rules: []\n", "2:3: a group needs a `name`"),
        ("groups:\n- {name: a, limit: many}\n", "2:20: `many` is no whole number"),
        ("groups: 5\n", "1:9: `groups` is a list"),
        (rule("{alert: A, expr: ~}"), "4:22: rule A: a rule needs an `expr`"),
        (rule("{[a, b]: 1, alert: A, expr: up}"), "4:6: a key is a text"),
        ("groups: [\n", "2:1: is no YAML"),
        ("rules: []\n", "1:8: `rules` is not known here: known are `groups`"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert said in "\n".join(problems(tmp_path, text))


@pytest.mark.parametrize("label", ["{{ humanize $value }}", "{{ if $value }}x{{ end }}"])
def test_templates_that_are_not_evaluated_keep_a_rule_from_it(tmp_path: Path, label: str) -> None:
    (tmp_path / "a.yaml").write_text(rule(f"{{alert: A, expr: up, labels: {{x: '{label}'}}}}"))
    (group,), wrong = read_rule_file(tmp_path / "a.yaml")
    assert wrong == []
    assert "label `x` is not evaluated here" in group.rules[0].why_not


def test_functions_behind_a_flag_are_no_mistake_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("{alert: A, expr: 'mad_over_time(up[5m])'}"))
    (group,), wrong = read_rule_file(tmp_path / "a.yaml")
    assert (wrong, group.rules[0].tree) == ([], None)
    assert 'function "mad_over_time" is not enabled' in group.rules[0].why_not
