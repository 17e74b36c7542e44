"""The analyzer check-replicas: ill, or just being rolled out."""

from typing import Any

import pytest

from diagflow.model import Entity, Outcome, State, Strength
from diagflow.packs.kubernetes.workloads.replicas import run
from tests.packs.kubernetes.scheduling_make import DoubleCase, Json, ago

WEB = Entity("deployment", "web", "shop")


def deployment(ready: int = 0, seconds: float = 2000, status: str = "False") -> Json:
    condition = {"type": "Available", "status": status, "lastTransitionTime": ago(seconds)}
    return {
        "metadata": {"namespace": "shop", "name": "web"},
        "spec": {"replicas": 2},
        "status": {"availableReplicas": ready, "conditions": [condition]},
    }


def owned(kind: str, name: str, seconds: float | None, **meta: Any) -> Json:
    """A pod of `kind/name` that has not been ready for so long; None: it is ready."""
    ready = {"type": "Ready", "status": "True"}
    if seconds is not None:
        ready = {"type": "Ready", "status": "False", "lastTransitionTime": ago(seconds)}
    owners = [{"kind": kind, "name": name, "controller": True}]
    return {
        "metadata": {"namespace": "shop", "name": f"{name}-x", "ownerReferences": owners, **meta},
        "status": {"phase": "Running", "conditions": [ready]},
    }


def of_web(seconds: float | None, **meta: Any) -> Json:
    return owned("ReplicaSet", "web-7f", seconds, labels={"pod-template-hash": "7f"}, **meta)


def strengths(case: DoubleCase) -> list[Strength | None]:
    return [f.observations[0].supports for f in run(case) if f.names]


@pytest.mark.parametrize("replicas", ["many", [3], {"a": 1}, 3.5, None])
def test_a_number_that_is_none_stops_no_other_workload(replicas: Any) -> None:
    broken = deployment()
    broken["metadata"] = {**broken["metadata"], "name": "broken"}
    broken["spec"] = {"replicas": replicas}
    both = [WEB, Entity("deployment", "broken", "shop")]
    assert [
        f.entity for f in run(DoubleCase(entities=both, deployments=[broken, deployment()], pods=[])) if f.names
    ] == [WEB]


@pytest.mark.parametrize(
    ("seconds", "strength"),
    [
        (59, Strength.MODERATE),
        (60, Strength.STRONG),
        (899, Strength.STRONG),
        (900, Strength.CONCLUSIVE),
    ],
)
def test_the_pods_say_since_when(seconds: float, strength: Strength) -> None:
    case = DoubleCase(entities=[WEB], deployments=[deployment(seconds=5)], pods=[of_web(None), of_web(seconds)])
    assert strengths(case) == [strength]


def test_a_pod_that_never_was_ready_counts_from_its_creation() -> None:
    fresh = of_web(0, creationTimestamp=ago(1000))
    fresh["status"]["conditions"] = []
    assert strengths(DoubleCase(entities=[WEB], deployments=[deployment(seconds=5)], pods=[fresh])) == [
        Strength.CONCLUSIVE
    ]


@pytest.mark.parametrize("change", [{"deletionTimestamp": ago(1)}, {"namespace": "elsewhere"}])
def test_pods_that_do_not_count(change: Json) -> None:
    case = DoubleCase(entities=[WEB], deployments=[deployment(seconds=5)], pods=[of_web(2000, **change)])
    assert strengths(case) == [Strength.MODERATE]


def test_pods_that_are_over_do_not_count() -> None:
    over = of_web(2000)
    over["status"]["phase"] = "Failed"
    case = DoubleCase(entities=[WEB], deployments=[deployment(seconds=5)], pods=[over])
    assert strengths(case) == [Strength.MODERATE]


def test_without_pods_of_its_own_the_deployment_says_since_when() -> None:
    assert strengths(DoubleCase(entities=[WEB], deployments=[deployment(seconds=900)])) == [Strength.CONCLUSIVE]
    assert strengths(DoubleCase(entities=[WEB], deployments=[deployment(seconds=899)])) == [Strength.STRONG]


def test_a_scale_up_has_just_begun() -> None:
    case = DoubleCase(entities=[WEB], deployments=[deployment(1, status="True")], pods=[of_web(None)])
    assert strengths(case) == [Strength.MODERATE]


def test_all_replicas_are_there() -> None:
    (finding,) = run(DoubleCase(entities=[WEB], deployments=[deployment(2)]))
    assert (finding.outcome, finding.names) == (Outcome.NO_MATCH, "")


def test_only_workloads_in_question() -> None:
    (finding,) = run(DoubleCase(entities=[Entity("deployment", "other", "shop")], deployments=[deployment()]))
    assert finding.outcome is Outcome.NO_MATCH


@pytest.mark.parametrize("state", [State.ABSENT, State.FORBIDDEN])
def test_where_pods_cannot_be_read_the_workload_is_believed(state: State) -> None:
    case = DoubleCase(entities=[WEB], deployments=[deployment(seconds=5)], states={"pods": state})
    assert strengths(case) == [Strength.CONCLUSIVE]


@pytest.mark.parametrize(
    ("kind", "plural", "obj"),
    [
        ("StatefulSet", "statefulsets", {"spec": {"replicas": 3}, "status": {"readyReplicas": 2}}),
        ("DaemonSet", "daemonsets", {"spec": {}, "status": {"desiredNumberScheduled": 3, "numberAvailable": 2}}),
        ("ReplicaSet", "replicasets", {"spec": {"replicas": 3}, "status": {"readyReplicas": 2}}),
    ],
)
def test_the_other_kinds(kind: str, plural: str, obj: Json) -> None:
    entity = Entity(kind.lower(), "web", "shop")
    whole = {"metadata": {"namespace": "shop", "name": "web"}, **obj}
    lists: Any = {plural: [whole], "pods": [owned(kind, "web", 1000)]}
    (finding,) = run(DoubleCase(entities=[entity], **lists))
    assert finding.entity == entity
    assert finding.observations[0].supports is Strength.CONCLUSIVE
    assert finding.args == {"wanted": 3, "ready": 2}


def test_a_replicaset_is_spoken_for_by_its_deployment() -> None:
    entity = Entity("replicaset", "web-7f", "shop")
    owners = [{"kind": "Deployment", "name": "web"}]
    one = {
        "metadata": {"namespace": "shop", "name": "web-7f", "ownerReferences": owners},
        "spec": {"replicas": 1},
        "status": {},
    }
    hidden = {"pods": State.ABSENT}
    there = DoubleCase(entities=[entity], replicasets=[one], deployments=[deployment()], states=hidden)
    assert strengths(there) == []
    assert strengths(DoubleCase(entities=[entity], replicasets=[one], states=hidden)) == [Strength.CONCLUSIVE]
