# messages and rules stand in one piece
"""What rules compile to: every kind of input, defaults, combinations, weights."""

import pytest

from diagflow.model import Role, Strength
from diagflow.rules import (
    ChangeInput,
    Effect,
    EventInput,
    FactInput,
    LogInput,
    MetricInput,
    ObjectInput,
    Related,
    Threshold,
    Weight,
)
from diagflow.rules.explain import explain
from diagflow.rules.filenames import FileKind
from tests.rules.make import parsed, problems, rule, rule_with, trigger


@pytest.mark.parametrize(
    ("condition", "expr", "threshold"),
    [
        ("metric: up", "up", None),
        ("metric: up, threshold: == 0", "sum(up)", ("==", 0)),
        ("metric: up, threshold: == 0, aggregate: none", "up", ("==", 0)),
        ("metric: up, window: 5m", "min_over_time(up[5m])", None),
        ("metric: up, window: 90s, function: rate", "rate(up[1m30s])", None),
        (
            "metric: up, window: 90m, function: rate, aggregate: 'sum without(pod,  node)'",
            "sum without (pod, node) (rate(up[1h30m]))",
            None,
        ),
        ('metric: up, filter: "job=\'a\', x=~`b.*`,y!~\\"c\\""', 'up{job="a",x=~"b.*",y!~"c"}', None),
        ("metric: up, filter: '{job=\"a\",}'", 'up{job="a"}', None),
        ("metric: up, window: 30m, trend: rising", "deriv(up[30m])", (">", 0)),
        (
            "metric: up, window: 30m, trend: falling, aggregate: sum by (node)",
            "sum by (node) (deriv(up[30m]))",
            ("<", 0),
        ),
        (
            "metric: up, threshold: > 1, for: 10m",
            "min_over_time(sum(up)[10m:1m]) and count_over_time(sum(up)[10m:1m]) >= 10",
            (">", 1),
        ),
        (
            "metric: up, threshold: <= 1, for: 10m",
            "max_over_time(sum(up)[10m:1m]) and count_over_time(sum(up)[10m:1m]) >= 10",
            ("<=", 1),
        ),
        ("promql: 'a  /\tb # ratio', threshold: '> 80%'", "a / b", (">", 0.8)),
        ("promql: 'a{x=\"1  # 2\"}'", 'a{x="1  # 2"}', None),
        (
            "promql: 'a / b', threshold: > 1, for: 1h",
            "min_over_time((a / b)[1h:1m]) and count_over_time((a / b)[1h:1m]) >= 60",
            (">", 1),
        ),
    ],
)
def test_metrics(condition, expr, threshold):
    found = trigger(condition).input
    assert isinstance(found, MetricInput)
    assert (found.expr, found.threshold) == (expr, Threshold(*threshold) if threshold else None)


def test_labels_name_kinds():
    assert trigger("metric: up, labels: {instance: node}").input.labels == {"instance": "node"}


def test_objects():
    found = trigger(
        "object: Deployment, when: {spec.paused: true, spec.replicas: [3, '4'], status.x: False}, "
        "where: 'object.status.replicas < object.spec.replicas', since: object.metadata.creationTimestamp, for: 5m, "
        "related: {pods: {via: owner, kind: pod, direction: dependents}}, "
        "extract: {ready: 'related.pods.filter(p, p.status.phase == \"Running\").size()'}"
    )
    assert found.hold == 300
    assert found.extract == {"ready": 'related.pods.filter(p, p.status.phase == "Running").size()'}
    assert found.input == ObjectInput(
        kind="deployment",
        when={"spec.paused": ("true",), "spec.replicas": ("3", "4"), "status.x": ("False",)},
        where="object.status.replicas < object.spec.replicas",
        since="object.metadata.creationTimestamp",
        related=(Related("pods", "owner", "pod", "dependents", frozenset({"status.phase"})),),
        fields=frozenset({"spec.paused", "spec.replicas", "status.x", "status.replicas", "metadata.creationTimestamp"}),
    )


def test_a_container_stands_in_all_lists_of_a_pod():
    found = trigger(
        "object: pod, each: container, when: {container.state.waiting.reason: X}, "
        'where: \'container.spec.resources.limits.memory != "" && container.type == "init"\''
    ).input
    lists = ("containers", "initContainers", "ephemeralContainers")
    statuses = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
    assert found.fields == {
        *(f"spec.{name}[].{key}" for name in lists for key in ("name", "image", "resources.limits.memory")),
        *(f"status.{name}[].{key}" for name in statuses for key in ("name", "state.waiting.reason")),
        "spec.initContainers[].restartPolicy",
    }


def test_a_container_of_a_workload_stands_in_its_template():
    found = trigger("object: cronjob, each: container, where: 'container.image.endsWith(\":latest\")'").input
    assert "spec.jobTemplate.spec.template.spec.containers[].image" in found.fields


def test_events_logs_changes_facts():
    assert trigger("event: Failed").input == EventInput(("Failed",))
    assert trigger("event: [A, B], on: pod, message: 'x(?P<y>.)', within: 2h, min-count: 3").input == EventInput(
        ("A", "B"), "pod", ("x(?P<y>.)",), within=7200, min_count=3
    )
    assert trigger("log: [a, b], previous: true, tail: 5").input == LogInput(("a", "b"), previous="true", tail=5)
    assert trigger("log: a, last: 9").input == LogInput(("a",), last=9)
    assert trigger("change: [rollout, flag], within: 2d").input == ChangeInput(("rollout", "flag"), 172800)
    assert trigger("fact: go.version, where: 'semver(fact, \"1.22\") < 0'").input == FactInput(
        "go.version", 'semver(fact, "1.22") < 0'
    )


def test_logs_of_chosen_pods():
    found = trigger("log: panic, of: {when: {status.phase: Running}, where: 'container.restartCount > 3'}").input
    assert found.of.when == {"status.phase": ("Running",)}
    assert "status.containerStatuses[].restartCount" in found.of.fields
    assert found.of.each == "container"


def test_defaults_of_a_trigger():
    found = trigger("metric: kube_pod_status_phase, threshold: > 1")
    assert (found.weight, found.required, found.origin) == (Weight(1, Strength.STRONG), True, "state")
    origins = {
        k: trigger(c).origin for k, c in {"m": "metric: up", "l": "log: x", "e": "event: X", "f": "fact: x"}.items()
    }
    assert origins == {"m": "metric", "l": "log", "e": "state", "f": "x"}


DEPENDENCIES = """\
- id: A-B-001
  {naming}: x.y
  triggers:
    - metric: up
  dependencies:
    - {{metric: a}}
    - {{metric: b, threshold: > 1}}
    - {{metric: c, refutes: conclusive, required: true, half-life: 10m}}
    - {{object: node, supports: weak}}
"""


def test_dependencies_weigh_what_they_say():
    context, moderate, against, weak = rule(DEPENDENCIES.format(naming="cause")).dependencies
    assert context.weight.sign == 0
    assert moderate.weight == Weight(1, Strength.MODERATE)
    assert (against.weight, against.required, against.half_life) == (Weight(-1, Strength.CONCLUSIVE), True, 600)
    assert (weak.weight, weak.required) == (Weight(1, Strength.WEAK), False)


def test_a_rule_that_refutes_weighs_against():
    found = rule(rule_with("metric: up", cause="", refutes="x.y"))
    assert (found.effect, found.names) == (Effect.REFUTES, "x.y")
    assert found.trigger.conditions[0].weight == Weight(-1, Strength.STRONG)


@pytest.mark.parametrize(
    ("naming", "effect", "severity_class"),
    [("cause", Effect.SUPPORTS, "F"), ("symptom", Effect.SYMPTOM, "F"), ("advice", Effect.ADVICE, "R")],
)
def test_effects(naming, effect, severity_class):
    found = rule(DEPENDENCIES.format(naming=naming))
    assert (found.effect, found.names, found.severity_class) == (effect, "x.y", severity_class)


def test_combinations_nest():
    found = rule(rule_with("any: [{all: [{metric: a}, {not: {metric: b}}]}, {metric: c}], text: {en: e, zh: z}"))
    (top,) = found.trigger.conditions
    assert (found.trigger.op, top.op, top.conditions[0].op, top.conditions[0].conditions[1].op) == (
        "all",
        "any",
        "all",
        "not",
    )
    a, negated = top.conditions[0].conditions
    assert (a.weight.sign, negated.conditions[0].weight.sign, top.conditions[1].weight.sign) == (1, 0, 1)
    assert top.text.zh == "z"


def test_where_the_whole_weighs_its_parts_do_not():
    (top,) = rule(rule_with("any: [{metric: a}, {metric: b, supports: weak}], supports: conclusive")).trigger.conditions
    assert top.weight == Weight(1, Strength.CONCLUSIVE)
    assert [part.weight.sign for part in top.conditions] == [0, 1]


def test_for_of_a_rule_goes_to_the_triggers_that_can_hold():
    found = rule(rule_with("metric: up, threshold: > 1", **{"for": "10m"}))
    assert (
        found.trigger.conditions[0].input.expr
        == "min_over_time(sum(up)[10m:1m]) and count_over_time(sum(up)[10m:1m]) >= 10"
    )
    since = rule(rule_with("object: pod, since: object.status.startTime", **{"for": "10m"}))
    assert since.trigger.conditions[0].hold == 600


def test_text_in_two_languages():
    found = rule(rule_with("metric: up, text: {en: ' a ', zh: 二}", title="x"))
    assert (found.title.en, found.title.zh) == ("x", "")
    assert (found.trigger.conditions[0].text.en, found.trigger.conditions[0].text.zh) == ("a", "二")


CAUSES = """\
- id: x.full
  title: {en: "{entity} is full", zh: "{entity} 已满"}
  explanation: why
  remedy: {text: do, commands: ["kubectl delete {name}", {en: a, zh: b}]}
  check: {text: look}
  docs: https://kubernetes.io/docs/
  refs: [K8S-001, C3]
  severity: critical
  role: symptom
  explains: [{what: x.small, via: [owner, node], direction: dependencies}]
- {id: x.small, title: t}
"""


def test_causes():
    contents = parsed(CAUSES, FileKind.CAUSES)
    assert contents.problems == []
    full, small = contents.causes.values()
    assert (full.role, full.severity, full.refs) == (Role.SYMPTOM, "critical", ("K8S-001", "C3"))
    assert [c.en for c in full.remedy.commands] == ["kubectl delete {name}", "a"]
    assert full.explains[0].via == {"owner", "node"}
    assert (small.role, small.severity, small.explains) == (Role.CAUSE, "warning", ())


PACK = """\
name: example
analyzers:
  - name: look
    version: 1
    run: a.b:run
    names: [x.full]
    inputs: [{query: "objects:pods", fields: [status.phase, "spec.containers[].name"]}]
"""


def test_packs():
    contents = parsed(PACK, FileKind.PACK)
    (analyzer,) = contents.analyzers.values()
    assert (contents.name, analyzer.name, analyzer.version, analyzer.contained) == ("example", "look", "1", True)
    assert analyzer.inputs[0].fields == ("status.phase", "spec.containers[].name")
    wrong = PACK.replace("objects:pods", "object:pods").replace("a.b:run", "a.b")
    assert [p.split(": ", 1)[0] for p in problems(wrong, FileKind.PACK)] == ["rules.yaml:5:10", "rules.yaml:7:22"]


def test_explain_says_all_defaults():
    text = rule_with("event: Failed, message: 'x'").replace(
        "]\n",
        ", {object: pod, each: container, related: {nodes: {via: node, kind: node}}, "
        "where: 'size(related.nodes) == 0'}, {log: p}, {log: q, tail: 50, last: 20}, {change: config}, {fact: f}, "
        "{not: {metric: up}}]\n",
    )
    lines = list(explain(rule(text)))
    for line in (
        "    on: any kind; within: 1h; seen at least: 1",
        "    related.nodes: node via node (dependencies), reads: nothing but their names",
        "    previous: any; tail: 200",
        "    previous: any; tail: 50; in the last 20 of them",
        "    of: containers that wait, ended with an error or restarted",
        "    cel: true",
        "  not:",
    ):
        assert line in lines
