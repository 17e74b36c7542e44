"""What an author is told of why a rule matched or not: in words and JSON, and where parts hold in different places."""

import json
from typing import Any

from tests.analyze.test_samples import why

APP = {"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "restartCount": 5}
PROXY = {"name": "proxy", "state": {"running": {}}, "restartCount": 0}
POD = {
    "kind": "Pod",
    "namespace": "shop",
    "name": "cart-0",
    "labels": {"app": "cart", "länge": "3"},
    "spec": {"nodeName": "n1", "containers": [{"name": "app"}, {"name": "proxy"}], "hostNetwork": True},
    "status": {"containerStatuses": [APP, PROXY]},
}


def told(*triggers: str, dependencies: str = "", given: dict[str, Any] | None = None) -> list[str]:
    rule = "- id: A-B-001\n  cause: t.x\n  triggers:\n" + "".join(f"    - {one}\n" for one in triggers)
    return why(rule + dependencies, {"objects": [POD], **(given or {})})


def test_values_are_json():
    lines = told(
        "{object: pod, when: {spec.nodeName: n1}, "
        "where: 'object.metadata.labels == {} || object.spec.hostNetwork == false'}"
    )
    (labels,) = (line for line in lines if line.startswith("object.metadata.labels = "))
    assert json.loads(labels.removeprefix("object.metadata.labels = ")) == POD["labels"]
    assert "länge" in labels
    assert "object.spec.hostNetwork = true" in lines


def test_values_of_several_containers_have_their_names():
    lines = told("{object: pod, each: container, when: {spec.nodeName: n1}, where: container.restartCount > 9}")
    assert "container.restartCount = 5 of app, 0 of proxy" in lines


def test_parts_that_hold_in_different_containers_are_told_apart():
    crash = "{object: pod, each: container, when: {container.state.waiting.reason: CrashLoopBackOff}}"
    still = "{object: pod, each: container, when: {container.name: proxy}}"
    assert told(crash, still)[2] == (
        "all: does not hold: each part holds, but not of one container: "
        "`object pod, each container` of app; `object pod, each container` of proxy"
    )
    assert (
        told(crash, crash.replace("container.state.waiting.reason: CrashLoopBackOff", "container.name: app"))[2]
        == "all: holds"
    )


def test_a_part_that_does_not_hold_is_reason_enough():
    lines = told("{object: pod, when: {spec.nodeName: n1}}", "{object: pod, when: {spec.nodeName: n2}}")
    assert "all: does not hold" in lines


def test_values_that_are_there_but_of_different_containers_are_told_for_each():
    both = "container.state.waiting.reason: CrashLoopBackOff, container.name: proxy"
    lines = told(f"{{object: pod, each: container, when: {{{both}}}}}")
    assert "container app: container.name should be proxy, and is app" in lines
    assert "container proxy: container.state.waiting.reason should be CrashLoopBackOff, and is nothing" in lines


def test_values_that_are_there_but_of_different_objects_are_told_for_each():
    other = {**POD, "name": "cart-1", "spec": {"nodeName": "n2"}, "status": {"phase": "Failed"}}
    lines = told("{object: pod, when: {spec.nodeName: n1, status.phase: Failed}}", given={"objects": [POD, other]})
    assert "pod/shop/cart-0: status.phase should be Failed, and is nothing" in lines
    assert "pod/shop/cart-1: spec.nodeName should be n1, and is n2" in lines


def test_a_dependency_about_another_entity_is_asked_with_what_the_triggers_gave():
    node = {"kind": "Node", "name": "n1", "spec": {"unschedulable": True}}
    lines = told(
        "{object: pod, when: {spec.hostNetwork: true}, extract: {on: object.spec.nodeName}}",
        dependencies="  dependencies:\n    - {object: node, when: {spec.unschedulable: true}, entity: 'node/{on}'}\n",
        given={"objects": [POD, node]},
    )
    assert lines[-1] == "object node: holds"
