"""Why no node is added for a pod that waits: the words of cluster-autoscaler and Karpenter."""

from datetime import timedelta

import pytest

from diagflow.analyze.events import Event, event_of
from diagflow.model import Entity, Strength
from diagflow.packs.kubernetes.scheduling.growth import FAILING, LIMITED, refused_growth
from tests.packs.kubernetes.scheduling_make import NOW, Json, ago, node, pod, refused
from tests.packs.kubernetes.test_scheduling_analyzer import LACKS_CPU, judged, support

WEB = Entity("pod", "web", "shop")
NOT = "pod didn't trigger scale-up: "
BACKED_OFF = f"{NOT}1 in backoff after failed scale-up"
AT_MAXIMUM = f"{NOT}2 max node group size reached"
CAPACITY = "NodeClaim default-7x2 nominated for this pod failed to launch: all requested instance types unavailable"
QUOTA = "Failed adding 1 nodes to group pool-a due to OutOfResourcesErrorClass.QUOTA_EXCEEDED; source errors: no more"


def event(reason: str, message: str = "", seconds: float = 30, kind: str = "Pod", name: str = "web") -> Json:
    return {
        "reason": reason,
        "message": message,
        "involvedObject": {"kind": kind, "namespace": "shop", "name": name},
        "firstTimestamp": ago(seconds + 120),
        "lastTimestamp": ago(seconds),
    }


def said(*told: Json) -> list[Event]:
    return [event_of(one) for one in told]


@pytest.mark.parametrize(
    ("reason", "message", "cause"),
    [
        ("NotTriggerScaleUp", BACKED_OFF, FAILING),
        ("NotTriggerScaleUp", f"{NOT}3 node(s) had untolerated taint(s), 1 in backoff after failed scale-up", FAILING),
        ("NotTriggerScaleUp", f"{BACKED_OFF}, 2 max node group size reached", FAILING),
        ("NotTriggerScaleUp", f"(combined from similar events): {BACKED_OFF}", FAILING),
        ("InsufficientCapacityError", CAPACITY, FAILING),
        ("NotTriggerScaleUp", AT_MAXIMUM, LIMITED),
        ("NotTriggerScaleUp", f"{NOT}max total nodes in cluster reached", LIMITED),
        ("NotTriggerScaleUp", f"{NOT}1 max cluster cpu, memory limit reached", LIMITED),
        (
            "FailedScheduling",
            'Failed to schedule pod, all available instance types exceed limits for nodepool: "a"',
            LIMITED,
        ),
        (
            "FailedScheduling",
            "Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=a)",
            LIMITED,
        ),
    ],
)
def test_no_node_is_added(reason: str, message: str, cause: str) -> None:
    found = refused_growth(said(event(reason, message)), NOW)
    assert {pod: growth.cause for pod, growth in found.items()} == {WEB: cause}


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("NotTriggerScaleUp", f"{NOT}1 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector"),
        ("NotTriggerScaleUp", f"{NOT}1 not ready for scale-up"),
        ("NotTriggerScaleUp", NOT),
        ("TriggeredScaleUp", "pod triggered scale-up: [{pool-a 1->2 (max: 3)}]"),
        ("Nominated", "Pod should schedule on: nodeclaim/default-7x2"),
        ("FailedScheduling", LACKS_CPU),
        (
            "FailedScheduling",
            'Failed to schedule pod, incompatible with nodepool "a", did not tolerate gpu=true:NoSchedule',
        ),
        ("FailedScheduling", "0/1 nodes are available: 1 exceed limits for nodepool."),
    ],
)
def test_nothing_is_refused(reason: str, message: str) -> None:
    assert refused_growth(said(event(reason, message)), NOW) == {}


def test_the_latest_word_counts() -> None:
    refusal = event("NotTriggerScaleUp", BACKED_OFF, 60)
    assert refused_growth(said(refusal, event("TriggeredScaleUp", seconds=20)), NOW) == {}
    assert refused_growth(said(event("TriggeredScaleUp", seconds=20), refusal), NOW) == {}
    assert set(refused_growth(said(refusal, event("TriggeredScaleUp", seconds=90)), NOW)) == {WEB}
    mended = event("NotTriggerScaleUp", f"{NOT}1 Insufficient cpu", 20)
    assert refused_growth(said(refusal, mended), NOW) == {}


@pytest.mark.parametrize(("seconds", "known"), [(359, True), (360, False)])
def test_an_old_word_says_nothing_about_now(seconds: float, known: bool) -> None:  # noqa: FBT001
    assert bool(refused_growth(said(event("NotTriggerScaleUp", AT_MAXIMUM, seconds)), NOW)) is known


def test_words_about_something_else_than_a_pod() -> None:
    assert refused_growth(said(event("NotTriggerScaleUp", BACKED_OFF, kind="Node")), NOW) == {}
    without = {**event("NotTriggerScaleUp", BACKED_OFF), "firstTimestamp": None, "lastTimestamp": None}
    assert refused_growth(said(without), NOW) == {}


def test_what_the_cloud_said_last_is_the_reason() -> None:
    refusal = event("NotTriggerScaleUp", BACKED_OFF)
    clouds = [
        event("ScaleUpTimedOut", "Nodes added to group pool-a failed to register within 15m3s", 900, "ConfigMap"),
        event("ScaleUpFailed", QUOTA, 300, "ConfigMap"),
    ]
    growth = refused_growth(said(refusal, *clouds), NOW)[WEB]
    assert (growth.said, growth.why) == ("1 in backoff after failed scale-up", QUOTA)
    assert growth.since == NOW - timedelta(seconds=150)


@pytest.mark.parametrize(
    "cloud",
    [
        event("ScaleUpFailed", QUOTA, 1800, "ConfigMap"),
        event("ScaleUpFailed", QUOTA, 300, "Job"),
        event("ScaledUpGroup", QUOTA, 300, "ConfigMap"),
    ],
)
def test_what_is_no_answer_of_the_cloud(cloud: Json) -> None:
    growth = refused_growth(said(event("NotTriggerScaleUp", BACKED_OFF), cloud), NOW)[WEB]
    assert growth.why == growth.said


def test_the_cloud_has_nothing_to_do_with_a_limit() -> None:
    cloud = event("ScaleUpFailed", QUOTA, 300, "ConfigMap")
    assert (
        refused_growth(said(event("NotTriggerScaleUp", AT_MAXIMUM), cloud), NOW)[WEB].why
        == "2 max node group size reached"
    )
    karpenter = refused_growth(said(event("InsufficientCapacityError", CAPACITY), cloud), NOW)[WEB]
    assert karpenter.why == CAPACITY


FULL = pod("x", "worker-1", cpu="3")


def test_a_pod_that_one_more_node_would_take() -> None:
    found = judged(
        pods=[FULL, refused(pod("web", cpu="2"), LACKS_CPU)],
        nodes=[node()],
        events=[event("NotTriggerScaleUp", BACKED_OFF)],
    )
    assert support(found["scale-up-failing"][0]) is Strength.CONCLUSIVE
    assert found["scale-up-failing"][0].args["why"] == "1 in backoff after failed scale-up"
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE


def test_a_pod_that_no_node_like_these_would_take() -> None:
    found = judged(
        pods=[refused(pod("web", cpu="64"), LACKS_CPU)], nodes=[node()], events=[event("NotTriggerScaleUp", AT_MAXIMUM)]
    )
    assert "scale-up-limited" not in found
    assert "insufficient-cpu" in found


def test_nodes_that_cannot_be_read() -> None:
    told = [event("NotTriggerScaleUp", BACKED_OFF)]
    found = judged(pods=[refused(pod("web", cpu="2"), LACKS_CPU)], nodes=[], events=told)
    assert "scale-up-failing" not in found


def test_what_no_machine_would_mend() -> None:
    tainted = node(taints=["gpu=true:NoSchedule"])
    message = "0/1 nodes are available: 1 node(s) had untolerated taint(s)."
    found = judged(
        pods=[refused(pod("web", cpu="2"), message)], nodes=[tainted], events=[event("NotTriggerScaleUp", BACKED_OFF)]
    )
    assert "untolerated-taint" in found
    assert "scale-up-failing" not in found


def test_an_autoscaler_that_gave_up_is_not_waited_for() -> None:
    told = [event("TriggeredScaleUp", seconds=400), event("NotTriggerScaleUp", BACKED_OFF)]
    found = judged(pods=[FULL, refused(pod("web", cpu="2"), LACKS_CPU)], nodes=[node()], events=told)
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE
