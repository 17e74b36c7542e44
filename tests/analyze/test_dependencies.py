import pytest

from diagflow.model import Outcome
from tests.analyze.make import only, pod, rounds, ruleset
from tests.nats import CONCLUSIVE, MODERATE, STRONG

HEAD = """
- id: T-X-001
  cause: t.x
  triggers: [{object: pod, when: {status.phase: Pending}}]
  dependencies:
"""
ILL = pod(status={"phase": "Pending"}, spec={"nodeName": "n1"})
NODE = {
    "kind": "Node",
    "name": "n1",
    "status": {"conditions": [{"type": "DiskPressure", "status": "True", "reason": "Full"}]},
}


def test_a_dependency_about_the_node_of_the_pod_adds_evidence():
    rule = HEAD + "    - {object: node, when: {'status.conditions[].reason': Full}, supports: moderate}\n"
    found = only(rule, {"objects": [ILL, NODE]})
    assert [(e.origin, e.nats) for e in found.evidence] == [
        ("state@pod/shop/cart-0", STRONG),
        ("state@node/n1", MODERATE),
    ]


def test_a_dependency_that_speaks_against():
    rule = HEAD + "    - {event: Scheduled, refutes: conclusive}\n"
    found = only(rule, {"objects": [ILL], "events": [{"reason": "Scheduled", "on": "pod/shop/cart-0"}]})
    assert [(e.nats, e.conclusive) for e in found.evidence] == [(STRONG, False), (-CONCLUSIVE, True)]


def test_context_is_shown_and_weighs_nothing():
    rule = HEAD + "    - {metric: node_load1}\n"
    found = only(
        rule, {"objects": [ILL], "answers": {"node_load1": [{"node": "n1", "value": 3}, {"node": "n2", "value": 9}]}}
    )
    assert [(e.value, e.nats) for e in found.evidence[1:]] == [(3.0, 0.0)]
    nothing = only(rule, {"objects": [ILL], "answers": {"node_load1": []}})
    assert [(e.text.en, e.nats) for e in nothing.evidence[1:]] == [
        ("node_load1: the metric is there, but no series has these labels", 0.0)
    ]


def test_absent_context_makes_nothing_inconclusive():
    found = only(HEAD + "    - {metric: node_load1}\n", {"objects": [ILL]})
    assert found.outcome is Outcome.MATCH
    assert [(str(n.query), n.required) for n in found.needs] == [("promql:node_load1", False)]


@pytest.mark.parametrize(
    ("state", "expected"), [("forbidden", "inconclusive"), ("absent", "inconclusive"), ("empty", "match")]
)
def test_a_match_whose_required_evidence_could_not_be_read(state: str, expected: str):
    rule = HEAD + "    - {event: X, required: true, supports: weak}\n"
    found = only(rule, {"objects": [ILL], "states": {"objects:events": state}})
    assert (found.outcome, found.names) == (expected, "t.x")
    assert [n.required for n in found.needs] == ([] if state == "empty" else [True])


def test_evidence_fades():
    rule = HEAD + "    - {event: X, supports: strong, half-life: 4m}\n"
    event = {"reason": "X", "on": "pod/shop/cart-0", "last": "2026-01-01T00:01:00Z"}
    assert only(rule, {"objects": [ILL], "events": [event]}).evidence[1].nats == STRONG / 2
    event["last"] = "2026-01-01T00:09:00Z"  # a clock that runs ahead is no reason to count more
    assert only(rule, {"objects": [ILL], "events": [event]}).evidence[1].nats == STRONG


def test_dependencies_are_read_only_where_a_trigger_matched():
    rule = ruleset(HEAD + "    - {metric: node_load1}\n")
    assert [q for q in rounds(rule, {"objects": []})[1].asked if q.kind == "promql"] == []
    assert [str(q) for q in rounds(rule, {"objects": [ILL]})[1].asked if q.kind == "promql"] == ["promql:node_load1"]


def test_a_cluster_wide_match_shows_the_context_of_everything():
    rule = """
- id: T-X-001
  action: look
  triggers: [{metric: kube_pod_status_phase, filter: 'phase="Pending"', window: 5m, threshold: "> 15"}]
  dependencies: [{metric: kube_node_status_condition, filter: 'condition="DiskPressure",status="True"'}]
"""
    answers = {
        'sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m]))': 16,
        'kube_node_status_condition{condition="DiskPressure",status="True"}': [
            {"node": "a", "value": 0},
            {"node": "b", "value": 1},
        ],
    }
    found = only(rule, {"answers": answers})
    assert [(e.origin, e.value, e.nats) for e in found.evidence] == [
        ("state@cluster/local", 16.0, 0.0),
        ("state@node/a", 0.0, 0.0),
        ("state@node/b", 1.0, 0.0),
    ]
    assert found.names == ""
