# messages and rules stand in one piece
"""The printed example loads exactly as printed, and means what the design says."""

import textwrap

import pytest

from diagflow.model import Query
from diagflow.rules import Effect, MetricInput, Threshold
from diagflow.rules.explain import explain
from tests.rules.make import PRINTED, problems, rule


@pytest.mark.parametrize("text", [PRINTED, textwrap.dedent(PRINTED), "\ufeff" + PRINTED, PRINTED.replace("\n", "\r\n")])
def test_it_loads(text):
    found = rule(text)
    (trigger,) = found.trigger.conditions
    assert isinstance(trigger.input, MetricInput)
    assert trigger.input.expr == 'sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m]))'
    assert trigger.input.threshold == Threshold(">", 15)
    assert trigger.input.query == Query.of("promql", trigger.input.expr)


def test_its_dependencies_are_context():
    disk, usage = rule(PRINTED).dependencies
    assert disk.input.expr == 'kube_node_status_condition{condition="DiskPressure",status="True"}'
    assert usage.input.expr == "max by (node) (container_fs_usage_bytes)"
    assert {(d.weight.sign, d.required) for d in (disk, usage)} == {(0, False)}


def test_it_asks_its_analyzer():
    found = rule(PRINTED)
    assert (found.effect, found.names, found.title.en) == (Effect.ASKS, "", "K8S-SCHED-042")
    assert found.action.analyzer == "check-scheduler-config"
    assert found.action.args == {"nodes": "affected"}


def test_explain_writes_out_what_it_compiles_to():
    lines = "\n".join(explain(rule(PRINTED)))
    assert 'promql: sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m])) > 15' in lines
    assert "it asks the analyzer check-scheduler-config --nodes=affected" in lines


@pytest.mark.parametrize(
    ("written", "op", "value"),
    [
        ("> 15", ">", 15),
        (">15", ">", 15),
        (">= 15", ">=", 15),
        (">=15", ">=", 15),
        ("< 15", "<", 15),
        ("<15", "<", 15),
        ("<= 15", "<=", 15),
        ("== 15", "==", 15),
        ("==15", "==", 15),
        ("!= 15", "!=", 15),
        ("!=15", "!=", 15),
        ("> -5", ">", -5),
        (">-5", ">", -5),
        ("> +5", ">", 5),
        ("> 80%", ">", 0.8),
        ("> 10Gi", ">", 10 * 2**30),
        (">2k", ">", 2000),
        ("> 1E", ">", 1e18),
        ("> 1e3", ">", 1000),
        ("> .5", ">", 0.5),
        ("> 90s", ">", 90),
        ("> 1m30s", ">", 90),
        ("> -2h", ">", -7200),
        ('"> 15"', ">", 15),
        ("'!= 15'", "!=", 15),
        ("> 15 # a comment", ">", 15),
        (">   15", ">", 15),
        ("  > 15", ">", 15),
        (">-\n            > 15", ">", 15),
        ("|\n            > 15\n", ">", 15),
    ],
)
def test_comparisons_quoted_or_not(written, op, value):
    found = rule(PRINTED.replace("> 15", written)).trigger.conditions[0].input
    assert (found.threshold.op, found.threshold.value) == (op, pytest.approx(value))


@pytest.mark.parametrize("written", ["> 15", "!= 15", ">15"])
def test_comparisons_in_flow_mappings(written):
    text = "- id: A-B-001\n  cause: x.y\n  triggers: [{metric: up, threshold: %s}, {metric: up}]\n"
    found = rule(text % written)
    assert found.trigger.conditions[0].input.threshold.value == 15
    (found,) = problems(text % (written + "x"))
    assert found == (
        f"rules.yaml:3:38: rule A-B-001: `{written.lstrip('>!= ')}x` has a unit that is not known: "
        "known are %, Ki to Ei, k to E, and durations (ms, s, 1m30s, h, d, w)"
    )


def test_a_threshold_in_a_text_stays_as_it_is():
    text = PRINTED + '      title: {en: "threshold: > 15 != 3", zh: "threshold: > 15"}\n'
    assert rule(text).title.en == "threshold: > 15 != 3"
    block = PRINTED + "      title: |\n        threshold: > 15\n"
    assert rule(block).title.en == "threshold: > 15"


def test_positions_behind_a_threshold_do_not_move():
    text = "- id: A-B-001\n  cause: x.y\n  triggers: [{metric: up, threshold: > 15, windo: 5m}]\n"
    assert problems(text) == [
        "rules.yaml:3:44: rule A-B-001: the key `windo` is not known in a `metric` condition: did you mean `window`?"
    ]
