import pytest

from diagflow.analyze.labels import entity_of_labels
from diagflow.analyze.metrics import passes, shown
from diagflow.model import Outcome
from diagflow.rules import MetricInput, Threshold
from tests.analyze.make import condition, matched, only, outcome, rounds, ruleset, verdicts

PENDING = condition('metric: kube_pod_status_phase\nfilter: phase="Pending"\nwindow: 5m\nthreshold: "> 15"')
EXPR = 'sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m]))'


@pytest.mark.parametrize(
    ("op", "below", "equal", "above"),
    [
        (">", False, False, True),
        (">=", False, True, True),
        ("<", True, False, False),
        ("<=", True, True, False),
        ("==", False, True, False),
        ("!=", True, False, True),
    ],
)
def test_comparisons(op: str, below: bool, equal: bool, above: bool):  # noqa: FBT001
    limit = Threshold(op, 15)
    assert (passes(14.9, limit), passes(15, limit), passes(15.1, limit)) == (below, equal, above)


@pytest.mark.parametrize("op", [">", ">=", "<", "<=", "==", "!="])
def test_what_is_no_number_never_passes(op: str):
    assert not passes(float("nan"), Threshold(op, 15))
    assert not passes(float("nan"), None)


def test_the_value_is_evidence_and_the_cluster_is_the_entity():
    found = only(PENDING, {"answers": {EXPR: 16}})
    assert (found.outcome, str(found.entity)) == (Outcome.MATCH, "cluster/local")
    assert found.evidence[0].value == 16.0
    assert found.evidence[0].text.en == f"{EXPR} is 16 (> 15)"
    assert outcome(PENDING, {"answers": {EXPR: 15}}) is Outcome.NO_MATCH


def test_what_has_held_is_said_as_it_was_written():
    held = condition('promql: "queue_length"\nthreshold: "> 500"\nfor: 10m')
    asked = "min_over_time((queue_length)[10m:1m]) and count_over_time((queue_length)[10m:1m]) >= 10"
    found = only(held, {"answers": {asked: [{"pod": "p", "namespace": "s", "value": 700}]}})
    assert found.evidence[0].text.en == "queue_length of pod/s/p is 700 (> 500 for 10m)"


def test_a_maximum_above_a_bound_has_not_held():
    highest = condition('promql: "max_over_time(queue_length[1m:])"\nthreshold: "> 5"')
    found = only(highest, {"answers": {"max_over_time(queue_length[1m:])": 7}})
    assert found.evidence[0].text.en == "max_over_time(queue_length[1m:]) is 7 (> 5)"


def test_no_series_is_no_match_and_no_answer_is_skipped():
    assert outcome(PENDING, {"answers": {EXPR: []}}) is Outcome.NO_MATCH
    assert outcome(PENDING, {}) is Outcome.SKIPPED
    assert outcome(PENDING, {"states": {f"promql:{EXPR}": "error"}}) is Outcome.INCONCLUSIVE


def test_nan_can_not_be_told():
    found = only(PENDING, {"answers": {EXPR: "NaN"}})
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "not a number" in found.detail


BY_NODE = condition('metric: node_load1\naggregate: "max by (node)"\nthreshold: "> 5"')
NODES = [{"node": "a", "value": 9}, {"node": "b", "value": 2}, {"node": "c", "value": 7}]


def test_each_sample_above_the_threshold_is_an_entity():
    found = verdicts(BY_NODE, {"answers": {"max by (node) (node_load1)": NODES}})
    assert matched(found) == ["node/a", "node/c"]
    assert [v.evidence[0].value for v in found] == [9.0, 7.0]


def test_one_sample_that_is_no_number_hides_no_other():
    answer = [{"node": "a", "value": "NaN"}, {"node": "c", "value": 7}]
    found = verdicts(BY_NODE, {"answers": {"max by (node) (node_load1)": answer}})
    assert [(str(v.outcome), str(v.entity)) for v in found] == [("inconclusive", "node/a"), ("match", "node/c")]


@pytest.mark.parametrize(
    ("labels", "metric", "entity"),
    [
        ({"node": "n"}, "", "node/n"),
        ({"namespace": "s", "pod": "p"}, "", "pod/s/p"),
        ({"namespace": "s", "pod": "p", "node": "n"}, "", "pod/s/p"),
        ({"namespace": "s", "pod": "p", "node": "n"}, "kube_node_status_condition", "node/n"),
        ({"namespace": "mon", "pod": "ksm", "exported_namespace": "s", "exported_pod": "p"}, "", "pod/s/p"),
        (
            {"namespace": "mon", "pod": "ksm", "exported_namespace": "s", "deployment": "d"},
            "kube_deployment_x",
            "deployment/s/d",
        ),
        ({"namespace": "s", "service": "scraped"}, "", "namespace/s"),
        ({"namespace": "s", "service": "web"}, "kube_service_info", "service/s/web"),
        ({"namespace": "s", "job_name": "j"}, "", "job/s/j"),
        ({"namespace": "s"}, "", "namespace/s"),
        ({"namespace": "s", "persistentvolume": "v"}, "", "persistentvolume/v"),
        ({"instance": "10.0.0.1:9090", "job": "x"}, "", "cluster/local"),
        ({}, "", "cluster/local"),
    ],
)
def test_labels_name_the_entity(labels: dict[str, str], metric: str, entity: str):
    assert str(entity_of_labels(labels, MetricInput("x", metric=metric))) == entity


def test_a_rule_may_say_which_label_names_what():
    wanted = MetricInput("x", labels={"instance": "node", "dest": "gateway.networking.istio.io"})
    assert str(entity_of_labels({"instance": "n", "pod": "p"}, wanted)) == "node/n"
    assert str(entity_of_labels({"dest": "g", "namespace": "s"}, wanted)) == "gateway.networking.istio.io/s/g"


@pytest.mark.parametrize(
    ("value", "text"), [(16.0, "16"), (0.25, "0.25"), (12345678.0, "12345678"), (float("inf"), "inf")]
)
def test_numbers_for_people(value: float, text: str):
    assert shown(value) == text


def test_one_expression_of_two_rules_is_asked_once():
    two = PENDING + PENDING.replace("T-X-001", "T-X-002").replace("15", "20")
    analysis, world = rounds(ruleset(two), {"answers": {EXPR: 16}})
    assert [str(v.outcome) for v in analysis.verdicts] == ["match", "no_match"]
    assert [str(q) for q in world.asked] == [f"promql:{EXPR}"]
