from typing import Any

import pytest

from diagflow.model import Outcome
from tests.analyze.make import matched, only, outcome, pod, verdicts, waiting, with_status
from tests.nats import CONCLUSIVE, WEAK

HEAD = "- id: T-X-001\n  symptom: t.x\n  triggers:\n"
PENDING: dict[str, Any] = {"status": {"phase": "Pending"}}


def event(on: str, reason: str = "Failed") -> dict[str, Any]:
    return {"reason": reason, "on": on, "message": "m"}


BOTH = HEAD + "    - {object: pod, when: {status.phase: Pending}}\n    - event: Failed\n"
EITHER = HEAD + "    - any:\n        - {object: pod, when: {status.phase: Pending}}\n        - event: Failed\n"
WITHOUT = HEAD + "    - {object: pod, when: {status.phase: Pending}}\n    - not: {event: Failed}\n"


def test_all_is_about_the_same_entity():
    given = {"objects": [pod("a", **PENDING), pod("b", **PENDING)], "events": [event("pod/shop/b")]}
    assert matched(verdicts(BOTH, given)) == ["pod/shop/b"]
    assert matched(verdicts(EITHER, given)) == ["pod/shop/a", "pod/shop/b"]
    assert matched(verdicts(WITHOUT, given)) == ["pod/shop/a"]


def test_evidence_of_all_parts_is_kept():
    found = only(BOTH, {"objects": [pod(**PENDING)], "events": [event("pod/shop/cart-0")]})
    assert [str(e.query) for e in found.evidence] == ["objects:pods", "objects:events"]


def test_an_event_about_what_the_pod_hangs_on_counts_for_the_pod():
    given = {"objects": [pod(spec={"nodeName": "n1"}, **PENDING)], "events": [event("node/n1")]}
    assert matched(verdicts(BOTH, given)) == ["pod/shop/cart-0"]
    assert matched(verdicts(BOTH, {**given, "events": [event("node/n2")]})) == []


def test_what_is_seen_at_the_node_is_said_about_the_pod_that_was_asked_about():
    given = {"objects": [pod(spec={"nodeName": "n1"}, **PENDING)], "events": [event("node/n1")]}
    found = {str(v.entity): len(v.evidence) for v in verdicts(EITHER, given) if v.outcome is Outcome.MATCH}
    assert found == {"node/n1": 1, "pod/shop/cart-0": 2}


def test_not_is_no_match_as_long_as_it_cannot_be_told():
    given = {"objects": [pod(**PENDING)], "states": {"objects:events": "forbidden"}}
    assert outcome(WITHOUT, given) is Outcome.INCONCLUSIVE
    assert outcome(BOTH, given) is Outcome.INCONCLUSIVE
    assert [v.outcome for v in verdicts(EITHER, given)] == [Outcome.INCONCLUSIVE, Outcome.MATCH]


def test_all_fails_where_one_part_certainly_fails():
    assert outcome(BOTH, {"states": {"objects:events": "forbidden"}}) is Outcome.NO_MATCH


def test_a_metric_of_the_whole_cluster_holds_for_every_entity():
    rule = HEAD + "    - {metric: up, threshold: '< 1'}\n    - {object: pod, when: {status.phase: Pending}}\n"
    given = {"answers": {"sum(up)": 0}, "objects": [pod(**PENDING)]}
    assert matched(verdicts(rule, given)) == ["pod/shop/cart-0"]
    assert matched(verdicts(rule, {**given, "objects": []})) == []
    assert matched(verdicts(rule, {**given, "answers": {"sum(up)": 1}})) == []


SAME_CONTAINER = (
    HEAD
    + """\
    - {object: pod, each: container, when: {container.state.waiting.reason: CrashLoopBackOff}}
    - {object: pod, each: container, when: {container.lastState.terminated.exitCode: 137}}
"""
)


def test_two_conditions_on_containers_hold_in_the_same_one():
    killed = {**waiting("CrashLoopBackOff"), "lastState": {"terminated": {"exitCode": 137}}}
    other = {"name": "b", "lastState": {"terminated": {"exitCode": 137}}}
    assert outcome(SAME_CONTAINER, {"objects": [with_status(killed)]}) is Outcome.MATCH
    assert outcome(SAME_CONTAINER, {"objects": [with_status(waiting("CrashLoopBackOff"), other)]}) is Outcome.NO_MATCH


WEIGHED = (
    HEAD
    + "    - any: [{object: pod, when: {status.phase: Pending}}, {event: Failed}]\n"
    + "      supports: conclusive\n"
)


def test_a_combination_with_a_weight_weighs_once():
    found = only(WEIGHED, {"objects": [pod(**PENDING)], "events": [event("pod/shop/cart-0")]})
    assert sorted(e.nats for e in found.evidence) == [0.0, 0.0, CONCLUSIVE]
    assert [e.conclusive for e in found.evidence if e.nats] == [True]


def test_a_weighed_not_is_evidence_of_what_is_not_there():
    rule = HEAD + (
        "    - {object: pod, when: {status.phase: Pending}}\n"
        "    - {not: {event: Failed}, supports: weak, text: nobody complained}\n"
    )
    found = only(rule, {"objects": [pod(**PENDING)]})
    assert [(e.nats, e.text.en) for e in found.evidence if str(e.query) == "objects:events"] == [
        (WEAK, "nobody complained")
    ]


TEMPLATED = (
    HEAD
    + """\
    - object: pod
      each: container
      when: {container.state.waiting.reason: CreateContainerConfigError}
      extract: {wanted: container.state.waiting.message}
    - {object: configmap, when: {data.kind: bad}, entity: "configmap/{namespace}/{wanted}"}
"""
)


def config(name: str, kind: str) -> dict[str, Any]:
    return {"kind": "ConfigMap", "namespace": "shop", "name": name, "data": {"kind": kind}}


def test_a_condition_about_another_entity_is_asked_with_the_arguments_of_each_container():
    pair = with_status(
        waiting("CreateContainerConfigError", "one"), waiting("CreateContainerConfigError", "two", name="b")
    )
    found = only(TEMPLATED, {"objects": [pair, config("one", "good"), config("two", "bad")]})
    assert (found.outcome, str(found.entity), found.args["container"]) == (Outcome.MATCH, "pod/shop/cart-0", "b")
    assert outcome(TEMPLATED, {"objects": [pair, config("one", "good")]}) is Outcome.NO_MATCH


@pytest.mark.parametrize("hostile", ["../../x", "a/b/c", "", "{namespace}", "x" * 300])
def test_hostile_arguments_name_no_entity_and_break_nothing(hostile: str):
    given = {"objects": [with_status(waiting("CreateContainerConfigError", hostile)), config("one", "bad")]}
    assert outcome(TEMPLATED, given) is Outcome.NO_MATCH


def test_nested_combinations():
    rule = HEAD + (
        "    - all:\n"
        "        - {object: pod, when: {status.phase: Pending}}\n"
        "        - any: [{event: A}, {all: [{event: B}, {not: {event: C}}]}]\n"
    )

    def given(*reasons: str) -> dict[str, Any]:
        return {"objects": [pod(**PENDING)], "events": [event("pod/shop/cart-0", r) for r in reasons]}

    assert [str(outcome(rule, given(*r))) for r in (["A"], ["B"], ["B", "C"], ["C"], ["A", "C"])] == [
        "match", "match", "no_match", "no_match", "match",
    ]  # fmt: skip
