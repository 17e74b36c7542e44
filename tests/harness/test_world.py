from typing import Any

import pytest

from diagflow.harness.world import World, whole
from diagflow.model import BadInput, Query, Reading, State, Want
from diagflow.model.projection import ObjectList


def ask(given: dict[str, Any], query: str, *fields: str) -> Reading:
    return next(World(given).read([Want(Query.parse(query), frozenset(fields))], deadline=0))


SHORT = {"kind": "deployment", "namespace": "shop", "name": "cart", "spec": {"replicas": 2}}


def test_an_object_may_be_written_short():
    assert whole(SHORT) == {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {"name": "cart", "namespace": "shop", "uid": "deployment-shop-cart"},
        "spec": {"replicas": 2},
    }
    owned = whole({"kind": "Pod", "name": "p", "namespace": "shop", "owner": "replicaset/shop/r", "created": "t"})
    assert owned["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet"
    assert owned["metadata"]["creationTimestamp"] == "t"
    assert whole({"kind": "gateway.networking.istio.io", "name": "g"})["apiVersion"] == "networking.istio.io/v1"


def test_an_object_may_be_written_as_kubectl_prints_it():
    printed = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "uid": "u"}, "status": {"phase": "Running"}}
    assert whole(printed) == printed
    listed = {"kind": "List", "items": [printed]}
    assert ask({"objects": [listed]}, "objects:pods", "status.phase").data.plain(0)["status"] == {"phase": "Running"}


@pytest.mark.parametrize("broken", [{"name": "x"}, {"kind": "Pod"}])
def test_an_object_needs_kind_and_name(broken: dict[str, Any]):
    with pytest.raises(BadInput, match="write `"):
        World({"objects": [broken]})


def test_only_the_wanted_fields_are_there_as_in_a_cluster():
    reading = ask({"objects": [SHORT | {"status": {"ready": 1}}]}, "objects:deployments.apps", "status.ready")
    assert isinstance(reading.data, ObjectList)
    assert reading.data.plain(0) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "cart", "namespace": "shop", "uid": "deployment-shop-cart"},
        "status": {"ready": 1},
    }


def test_a_kind_that_is_not_given_is_complete_and_empty():
    reading = ask({}, "objects:nodes")
    assert (reading.state, reading.answered) == (State.EMPTY, True)


def test_lists_of_one_namespace():
    given = {"objects": [SHORT, {**SHORT, "namespace": "other"}]}
    assert len(ask(given, "objects:deployments.apps#namespace=other").data) == 1


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ("promql:up", State.ABSENT),
        ("fact:x", State.ABSENT),
        ("log:a/b/c", State.EMPTY),
        ("change:config", State.EMPTY),
        ("nonsense:x", State.ABSENT),
    ],
)
def test_what_is_not_given(query: str, state: State):
    assert ask({}, query).state is state


@pytest.mark.parametrize("state", ["forbidden", "error", "absent", "empty"])
def test_states_hold_for_all_namespaces(state: str):
    given = {"objects": [SHORT], "states": {"objects:deployments.apps": state}}
    for query in ("objects:deployments.apps", "objects:deployments.apps#namespace=shop"):
        assert ask(given, query).state == state


def test_a_list_can_be_cut_off():
    reading = ask({"objects": [SHORT], "states": {"objects:deployments.apps": "cut-off"}}, "objects:deployments.apps")
    assert (reading.readable, reading.answered, len(reading.data)) == (True, False, 1)


def test_a_state_that_is_none_is_said():
    with pytest.raises(BadInput, match="is no state"):
        World({"states": {"objects:pods": "closed"}})


@pytest.mark.parametrize(
    ("answer", "samples"),
    [
        (16, [({}, 16.0)]),
        ([{"node": "a", "value": 1}], [({"node": "a"}, 1.0)]),
        ([{"labels": {"value": "x"}, "value": 2}], [({"value": "x"}, 2.0)]),
        ([], []),
    ],
)
def test_answers_of_prometheus(answer: Any, samples: list[Any]):
    found = ask({"answers": {"sum( up )": answer}}, "promql:sum( up )").data
    assert [(s["labels"], s["value"]) for s in found] == samples


def test_an_answer_that_nobody_asked_for_is_told():
    world = World({"answers": {"up": 1, "down": 2}})
    list(world.read([Want(Query.of("promql", "up"))], deadline=0))
    assert world.unasked() == ["down"]


def test_logs_are_cut_to_the_lines_that_were_asked_for():
    logs = {"shop/a/app": "1\n2\n3\n", "shop/a/app.previous": "old"}
    assert ask({"logs": logs}, "log:shop/a/app#tail=2").data == "2\n3\n"
    assert ask({"logs": logs}, "log:shop/a/app#previous=true&tail=2").data == "old"


def test_events_know_the_object_that_they_are_about():
    given = {
        "objects": [{"kind": "Pod", "namespace": "shop", "name": "a", "uid": "u"}],
        "events": [{"reason": "X", "on": "pod/shop/a"}],
    }
    plain = ask(given, "objects:events", "involvedObject", "reason", "lastTimestamp").data.plain(0)
    assert plain["involvedObject"] == {"kind": "Pod", "apiVersion": "v1", "namespace": "shop", "name": "a", "uid": "u"}
    assert plain["lastTimestamp"] == "2026-01-01T00:00:00Z"
    with pytest.raises(BadInput, match="is about nothing"):
        World({"events": [{"reason": "X"}]})


@pytest.mark.parametrize("given", [{"now": "yesterday"}, {"entities": ["nothing"]}])
def test_an_incident_that_is_none(given: dict[str, Any]):
    with pytest.raises(BadInput):
        World(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"objects": [{"kind": "Deploymnt", "name": "a"}]}, "did you mean `deployment`?"),
        ({"states": {"objects:pod": "forbidden"}}, "write the plural, did you mean `pods`?"),
        ({"states": {"object:pods": "forbidden"}}, "did you mean `objects`?"),
        ({"events": [{"reason": "X", "on": "pod/shop/a", "lst": "2026-01-01T00:00:00Z"}]}, "did you mean `last`?"),
    ],
)
def test_what_nobody_would_ever_read_is_a_mistake(given: dict[str, Any], said: str):
    with pytest.raises(BadInput, match=said.replace("?", r"\?")):
        World(given)


@pytest.mark.parametrize("sample", [{"pod": 5, "value": 1}, {"labels": "pod", "value": 1}])
def test_labels_of_an_answer_are_texts(sample: dict[str, Any]):
    with pytest.raises(BadInput, match="numbers in quotes"):
        ask({"answers": {"up": [sample]}}, "promql:up")


def test_the_status_of_a_condition_is_no_boolean_in_a_cluster():
    pod = {"kind": "Pod", "name": "a", "status": {"conditions": [{"type": "Ready", "status": False}]}}
    with pytest.raises(BadInput, match='condition Ready is text: write `status: "False"`'):
        World({"objects": [pod]})
