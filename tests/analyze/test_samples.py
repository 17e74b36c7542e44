from typing import Any

from diagflow.analyze.explain import explain_on
from diagflow.engine import diagnose
from diagflow.harness.world import World
from tests.analyze.make import ruleset
from tests.analyze.test_spoken import BY_DEPLOYMENT, CART, LOST, rule

BY_NAMESPACE = "sum by (namespace) (load)"
HERE = {**LOST, "deployment": "cart"}


def why(text: str, given: dict[str, Any]) -> list[str]:
    """What `rules test` and `rules explain --bundle` print."""
    rules, world = ruleset(text, "- {id: t.x, title: x}"), World(given)
    bundle = diagnose(rules, world, world.incident, bundle=world.bundle()).bundle
    return [line.strip() for line in explain_on(rules.rules[0], bundle)]


def said(expr: str, *samples: dict[str, Any]) -> list[str]:
    return why(rule(expr), {"objects": [CART], "answers": {expr: list(samples)}})


def test_the_sample_that_made_it_hold_is_told_and_what_it_is_about():
    lines = said(BY_NAMESPACE, LOST, {"namespace": "mon", "value": 8})
    about = lines.index("about deployment/shop/cart:")
    assert lines[about + 2] == f"{BY_NAMESPACE} > 5: holds: 9 at namespace=shop, about namespace/shop"
    assert said("sum(load)", {"value": 9})[2:4] == [
        "all: does not hold",
        "sum(load) > 5: holds: 9, about cluster/local",
    ]


def test_of_several_samples_only_those_that_pass_are_told():
    expr = "max by (namespace, deployment, container) (load)"
    samples = [{**HERE, "container": c, "value": value} for c, value in (("a", 9), ("b", 5), ("c", 7))]
    assert said(expr, *samples)[3] == (
        f"{expr} > 5: holds: 9 at container=a, deployment=cart, namespace=shop, about deployment/shop/cart; "
        "7 at container=c, deployment=cart, namespace=shop, about deployment/shop/cart"
    )
    many = [{**HERE, "container": str(n), "value": 9} for n in range(5)]
    assert said(expr, *many)[3].endswith("about deployment/shop/cart; and 2 more")


def test_a_sample_that_lost_its_label_is_told_to_be_about_its_namespace_alone():
    lines = said(BY_DEPLOYMENT, LOST)
    about = lines.index("about deployment/shop/cart:")
    assert lines[about + 2 : about + 4] == [
        f"{BY_DEPLOYMENT} > 5: does not hold",
        "value 9 at namespace=shop, about namespace/shop and nothing in it: the condition is about deployment",
    ]


def test_the_samples_of_the_entity_come_first():
    others = [{**LOST, "deployment": f"a{n}", "value": 1} for n in range(5)]
    lines = said(BY_DEPLOYMENT, *others, {**HERE, "value": 2}, LOST)
    assert lines[lines.index("about deployment/shop/cart:") + 3 :][:3] == [
        "value 2 at deployment=cart, namespace=shop, about deployment/shop/cart",
        "value 1 at deployment=a0, namespace=shop, about deployment/shop/a0",
        "value 1 at deployment=a1, namespace=shop, about deployment/shop/a1",
    ]


def test_without_samples_the_state_of_the_answer_is_told():
    assert "the answer is empty" in said(BY_DEPLOYMENT)


def test_where_no_sample_passes_the_nearest_one_says_about_what():
    far, near = {**HERE, "deployment": "far", "value": 1}, {**HERE, "deployment": "near", "value": 4}
    lines = said(BY_DEPLOYMENT, far, near)
    assert [line for line in lines if line.startswith("about ")] == ["about deployment/shop/near:"]
    assert "value 4 at deployment=near, namespace=shop, about deployment/shop/near" in lines


def test_without_any_sample_it_is_about_nothing_in_particular():
    lines = said(BY_DEPLOYMENT)
    assert lines[0].startswith("no_match")
    assert "about nothing in particular:" in lines
    assert not [line for line in lines if "cluster/local" in line]


def test_objects_are_counted_in_words():
    pods = "- {id: T-X-001, cause: t.x, triggers: [{object: pod, when: {status.phase: Failed}}]}\n"
    one = {"kind": "Pod", "namespace": "shop", "name": "a"}
    assert "1 object of kind pod" in why(pods, {"objects": [one]})
    assert "2 objects of kind pod" in why(pods, {"objects": [one, {**one, "name": "b"}]})


def test_an_expression_that_cannot_be_evaluated_says_why():
    series = [{"series": f'{name}{{a="x",b="{b}"}}', "values": "9"} for name in ("f", "g") for b in "12"]
    text = "- {id: T-X-001, cause: t.x, triggers: [{promql: 'f / on (a) g', threshold: '> 5'}]}\n"
    (reason,) = [line for line in why(text, {"series": {"input_series": series}}) if line.startswith("cannot")]
    assert reason.startswith("cannot be evaluated: found duplicate series for the match group")


def test_a_sample_about_what_a_topology_file_connects_is_told_as_it_was_judged():
    by_node = "max by (node) (load)"
    edge = {"from": "deployment/shop/cart", "relation": "node", "to": "node/n1"}
    answers = {by_node: [{"node": "n1", "value": 9}]}
    lines = why(rule(by_node), {"objects": [CART], "answers": answers, "topology": [edge]})
    assert lines[0] == "match about deployment/shop/cart"
    assert f"{by_node} > 5: holds: 9 at node=n1, about node/n1" in lines[lines.index("about deployment/shop/cart:") :]
