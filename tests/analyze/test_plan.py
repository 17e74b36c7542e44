from diagflow.analyze import Runner, analyze
from diagflow.analyze.lookup import names_of_kind
from diagflow.analyze.plan import plan_for
from diagflow.bundle import Bundle
from diagflow.harness.world import World
from diagflow.model import Query, Want
from diagflow.rules import Analyzer
from diagflow.rules.analyzer import Input
from tests.analyze.make import NOW, pod, rounds, ruleset

RULES = """
- id: T-X-001
  symptom: t.a
  triggers: [{object: pod, when: {status.phase: Pending}}]
- id: T-X-002
  symptom: t.b
  triggers: [{object: pod, when: {status.reason: Evicted}, where: size(object.status.message) > 0}]
- id: T-X-003
  symptom: t.c
  triggers: [{event: [BackOff, Failed]}]
- id: T-X-004
  action: look --hard=yes
  triggers: [{event: Killing}]
"""
LOOK = Analyzer(
    "look", "1", "x:y", (Input("objects:pods", ("spec.priority",)), Input("objects:nodes", ("spec.taints",)))
)


def test_a_list_is_wanted_once_with_what_anybody_needs_of_it():
    rules = ruleset(RULES, analyzers=[LOOK])
    bundle = Bundle(World({"now": NOW}).incident)
    wants = {str(w.query): w.fields for w in analyze(rules, bundle, Runner(rules)).wants}
    assert sorted(wants) == ["objects:events", "objects:pods"]
    assert {"status.phase", "status.reason", "status.message", "spec.priority", "spec.nodeName"} <= wants[
        "objects:pods"
    ]
    assert "status.conditions" not in wants["objects:pods"]


def test_the_values_that_rules_name_are_indexed_together():
    plan = plan_for(ruleset(RULES))
    assert plan.wanted("pod") == {"status.phase": {"Pending"}, "status.reason": {"Evicted"}}
    assert plan.wanted("event") == {"reason": {"BackOff", "Failed", "Killing"}}


def test_the_plan_of_a_rule_set_is_made_once():
    rules = ruleset(RULES)
    assert plan_for(rules) is plan_for(rules)


def test_in_one_namespace_only_its_lists_are_asked_for():
    rules = ruleset(
        RULES + "- {id: T-X-005, symptom: t.d, triggers: [{object: node, when: {spec.unschedulable: true}}]}\n"
    )
    bundle = Bundle(World({"now": NOW, "namespace": "shop"}).incident)
    wants = {str(w.query) for w in analyze(rules, bundle, Runner(rules)).wants}
    assert wants == {"objects:pods#namespace=shop", "objects:events#namespace=shop", "objects:nodes"}


def test_what_was_looked_at_is_told():
    analysis, _ = rounds(ruleset(RULES), {})
    assert {str(q) for q in analysis.consulted} == {"objects:pods", "objects:events"}
    assert analysis.wants == ()


def test_a_list_without_a_field_that_one_rule_needs_serves_the_others():
    rules = ruleset(RULES)
    world = World({"now": NOW, "objects": [pod(status={"phase": "Pending", "reason": "Evicted"})]})
    bundle = Bundle(world.incident)
    for reading in world.read([Want(Query("objects", "pods"), frozenset({"status.phase"}))], deadline=0):
        bundle.add(reading)
    found = {v.rule: v for v in analyze(rules, bundle, Runner(rules)).verdicts}
    assert found["T-X-001"].outcome == "match"
    assert found["T-X-002"].outcome == "skipped"
    assert "status.message" in found["T-X-002"].needs[0].detail


def test_names_of_a_kind_are_known_only_from_a_complete_list():
    _, world = rounds(ruleset(RULES), {"objects": [pod("a"), pod("b")]})
    bundle = Bundle(world.incident)
    assert names_of_kind(bundle, "pod") is None
    for reading in world.read([Want(Query("objects", "pods"))], deadline=0):
        bundle.add(reading)
    assert sorted(map(str, names_of_kind(bundle, "pod") or ())) == ["pod/shop/a", "pod/shop/b"]
