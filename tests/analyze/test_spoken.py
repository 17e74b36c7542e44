from typing import Any

import pytest

from diagflow.analyze.spoken import spoken_of
from diagflow.model import Outcome
from diagflow.rules import MetricInput
from tests.analyze.make import matched, only, outcome, pod, verdicts

BY_DEPLOYMENT = "max by (namespace, deployment) (load)"
CART = {"kind": "Deployment", "namespace": "shop", "name": "cart", "status": {"replicas": 1}}
LOST = {"namespace": "shop", "value": 9}


@pytest.mark.parametrize(
    ("expr", "seen", "kinds"),
    [
        (BY_DEPLOYMENT, "", "deployment"),
        (BY_DEPLOYMENT, "namespace", "deployment"),
        (BY_DEPLOYMENT, "namespace cluster deployment", "deployment"),
        ("max by (namespace, deployment, statefulset) (load)", "namespace", "deployment statefulset"),
        ("max by (namespace, pod, node) (load)", "node", "pod"),
        ("max by (namespace, node) (load)", "namespace", "node"),
        ("max by (exported_namespace, exported_pod) (load)", "namespace", "pod"),
        ("max by (namespace, service) (load)", "namespace", "service"),
        ("max by (namespace, reason) (load)", "namespace", "namespace"),
        ("sum(load)", "cluster", "cluster"),
        ("sum by (instance) (load)", "cluster", "cluster"),
        ("load", "namespace", "namespace"),
        ("load", "namespace pod cluster", "pod"),
        ("load", "namespace node persistentvolume", "node persistentvolume"),
        ("load", "", ""),
    ],
)
def test_an_answer_is_about_the_finest_kinds_that_anything_names(expr: str, seen: str, kinds: str):
    assert sorted(spoken_of(MetricInput(expr), seen.split())) == kinds.split()


def test_what_the_labels_of_a_rule_say_decides():
    wanted = MetricInput("sum by (namespace, pod, volume) (load)", labels={"volume": "persistentvolumeclaim"})
    assert spoken_of(wanted, ["pod"]) == {"persistentvolumeclaim"}
    wanted = MetricInput("load", labels={"dest": "gateway.networking.istio.io", "instance": "node"})
    assert spoken_of(wanted, []) == {"gateway"}


def test_the_name_of_a_metric_goes_before_its_other_labels():
    expr = "max by (node, pod) (kube_node_status_condition)"
    assert spoken_of(MetricInput(expr, metric="kube_node_status_condition"), ["node"]) == {"node"}
    assert spoken_of(MetricInput(expr), ["node"]) == {"pod"}


def rule(expr: str, *, kind: str = "deployment", more: str = "") -> str:
    return f"""
- id: T-X-001
  cause: t.x
  triggers:
    - {{promql: "{expr}", threshold: "> 5", supports: conclusive{more}}}
    - {{object: {kind}, where: 'object.status.replicas > 0 || object.status.phase == "Pending"'}}
"""


def found(text: str, *samples: dict[str, Any], expr: str = BY_DEPLOYMENT, objects: Any = (CART,)) -> list[str]:
    return matched(verdicts(text, {"objects": list(objects), "answers": {expr: list(samples)}}))


def test_a_sample_that_lost_its_label_is_not_about_everything_in_the_namespace():
    text = rule(BY_DEPLOYMENT)
    assert found(text, {**LOST, "deployment": "cart"}) == ["deployment/shop/cart"]
    assert found(text, LOST) == []
    assert found(text, {**LOST, "deployment": ""}) == []
    assert found(text, LOST, {**LOST, "deployment": "pay"}) == []
    assert found(text, LOST, {**LOST, "deployment": "cart", "value": 1}) == []


def test_nor_is_one_that_lost_all_of_them_about_everything():
    expr = "max by (deployment) (load)"
    text = rule(expr)
    assert found(text, {"value": 9}, expr=expr) == []
    assert found(text, {"value": 9}, {"namespace": "shop", "deployment": "cart", "value": 1}, expr=expr) == []


def test_the_samples_tell_where_the_expression_names_nothing():
    text = rule("load")
    assert found(text, LOST, expr="load") == ["deployment/shop/cart"]
    assert found(text, LOST, {"namespace": "mon", "deployment": "grafana", "value": 1}, expr="load") == []


def test_what_the_labels_of_a_rule_name_may_be_lost_too():
    text = rule("load", more=", labels: {app: deployment}")
    assert found(text, {**LOST, "app": "cart"}, expr="load") == ["deployment/shop/cart"]
    assert found(text, LOST, expr="load") == []


def test_what_is_about_namespaces_on_purpose_is_about_what_is_in_them():
    expr = "sum by (namespace) (load)"
    other = {**CART, "namespace": "mon"}
    assert found(rule(expr), LOST, expr=expr, objects=[CART, other]) == ["deployment/shop/cart"]


def test_what_is_about_nodes_is_about_the_pods_on_them():
    expr = "max by (node) (load)"
    pods = [
        pod(name, spec={"nodeName": node}, status={"phase": "Pending"}) for name, node in (("a", "n1"), ("b", "n2"))
    ]
    text = rule(expr, kind="pod")
    assert found(text, {"node": "n1", "value": 9}, expr=expr, objects=pods) == ["pod/shop/a"]
    expr = "max by (node, namespace, pod) (load)"
    text = rule(expr, kind="pod")
    assert found(text, {"node": "n1", "value": 9}, expr=expr, objects=pods) == []


def test_what_is_about_a_workload_is_about_its_pods():
    owned = pod("cart-0", owner="deployment/shop/cart", status={"phase": "Pending"})
    text = rule(BY_DEPLOYMENT, kind="pod")
    assert found(text, {**LOST, "deployment": "cart"}, LOST, objects=[owned]) == ["pod/shop/cart-0"]
    assert found(text, LOST, objects=[owned]) == []


def test_what_lost_its_label_still_is_about_its_namespace():
    text = f'- id: T-X-001\n  cause: t.x\n  triggers: [{{promql: "{BY_DEPLOYMENT}", threshold: "> 5"}}]\n'
    match = only(text, {"answers": {BY_DEPLOYMENT: [LOST]}})
    assert (match.outcome, str(match.entity)) == (Outcome.MATCH, "namespace/shop")
    assert match.evidence[0].text.en == f"{BY_DEPLOYMENT} of namespace/shop is 9 (> 5)"


def test_no_number_of_what_lost_its_label_hides_nothing():
    text = rule(BY_DEPLOYMENT)
    given = {"objects": [CART], "answers": {BY_DEPLOYMENT: [{**LOST, "value": "NaN"}]}}
    assert outcome(text, given) is Outcome.NO_MATCH


DEPENDENT = f"""
- id: T-X-001
  cause: t.x
  triggers: [{{object: deployment, where: object.status.replicas > 0}}]
  dependencies: [{{promql: "{BY_DEPLOYMENT}", threshold: "> 5", WEIGHT: conclusive}}]
"""


@pytest.mark.parametrize("weight", ["supports", "refutes"])
def test_a_dependency_weighs_nothing_by_a_sample_that_lost_its_label(weight: str):
    text = DEPENDENT.replace("WEIGHT", weight)
    samples: list[dict[str, Any]] = [LOST]
    given = {"objects": [CART], "answers": {BY_DEPLOYMENT: samples}}
    assert [e.origin for e in only(text, given).evidence] == ["state@deployment/shop/cart"]
    samples.append({**LOST, "deployment": "cart"})
    assert [e.origin for e in only(text, given).evidence] == [
        "state@deployment/shop/cart",
        "metric@deployment/shop/cart",
    ]


def test_a_dependency_of_a_workload_still_looks_at_its_pods():
    expr = "max by (namespace, pod) (load)"
    text = DEPENDENT.replace("WEIGHT", "supports").replace(BY_DEPLOYMENT, expr)
    text = text.replace("dependencies: [", "dependencies: [{object: pod, where: object.metadata.name != ''}, ")
    given = {
        "objects": [CART, pod("cart-0", owner="deployment/shop/cart")],
        "answers": {expr: [{**LOST, "pod": "cart-0"}, {**LOST, "value": 8}]},
    }
    assert [e.value for e in only(text, given).evidence if e.query.kind == "promql"] == [9.0]


def test_a_pod_whose_name_does_not_match_is_no_evidence_about_a_deployment():
    text = """
- id: T-X-001
  cause: t.x
  triggers:
    - promql: >-
        max by (namespace, deployment) (label_replace(load, "deployment", "$1", "pod", "(.+)-[0-9a-f]+-[0-9a-z]{5}"))
      threshold: > 5
      for: 10m
    - {object: deployment, where: object.status.replicas > 0}
"""

    def matches(*pods: str) -> list[str]:
        series = [{"series": f'load{{namespace="shop",pod="{name}"}}', "values": "9x30"} for name in pods]
        return matched(verdicts(text, {"objects": [CART], "series": {"input_series": series}}))

    assert matches("cart-7d9f8b6c5d-abcde", "db-0") == ["deployment/shop/cart"]
    assert matches("db-0") == []
    assert matches("db-0", "pay-7d9f8b6c5d-abcde") == []
