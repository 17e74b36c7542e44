"""The analyzer check-scheduler-config as a whole."""

from collections.abc import Sequence
from typing import Any

import pytest

from diagflow.analyze.api import Finding
from diagflow.model import Entity, Outcome, State, Strength
from diagflow.packs.kubernetes.scheduling.analyzer import run
from tests.packs.kubernetes.scheduling_make import DoubleCase, Json, ago, node, pod, refused

LACKS_CPU = "0/1 nodes are available: 1 Insufficient cpu."
BY_NAME = dict[str, list[Finding]]


def judged(**world: Any) -> BY_NAME:
    found: BY_NAME = {}
    for finding in run(DoubleCase(**world)):
        found.setdefault(finding.names.removeprefix("kubernetes."), []).append(finding)
    return found


def support(finding: Finding) -> Strength | None:
    return next((o.supports for o in finding.observations if o.supports), None)


def against(finding: Finding) -> Strength | None:
    return next((o.refutes for o in finding.observations if o.refutes), None)


def test_pods_that_the_scheduler_has_yet_to_look_at_are_no_fault() -> None:
    findings = run(DoubleCase(pods=[pod(f"web-{i}", cpu="1") for i in range(20)], nodes=[node()]))
    assert [(str(f.entity), f.names, f.outcome) for f in findings] == [("cluster/local", "", Outcome.NO_MATCH)]
    assert "20 wait" in findings[0].detail


@pytest.mark.parametrize(
    "change",
    [
        {"status": {"phase": "Running"}},
        {"spec": {"nodeName": "worker-1"}},
        {"spec": {"schedulingGates": [{"name": "a"}]}},
        {"metadata": {"namespace": "shop", "name": "web", "deletionTimestamp": ago(1)}},
    ],
)
def test_pods_that_do_not_wait_for_a_node(change: Json) -> None:
    waiting = {**refused(pod("web", cpu="64"), LACKS_CPU), **change}
    if "status" not in change:
        waiting["status"] = refused(pod("web"), LACKS_CPU)["status"]
    assert [f.outcome for f in run(DoubleCase(pods=[waiting], nodes=[node()]))] == [Outcome.NO_MATCH]


def test_only_the_pods_in_question() -> None:
    pods = [refused(pod("a", cpu="64"), LACKS_CPU), refused(pod("b", cpu="64"), LACKS_CPU)]
    found = judged(pods=pods, nodes=[node()], entities=[Entity("pod", "b", "shop")])
    assert [f.entity.name for f in found["insufficient-cpu"]] == ["b"]


def test_old_and_agreed_is_conclusive() -> None:
    found = judged(pods=[refused(pod("web", cpu="2"), LACKS_CPU)], nodes=[node(cpu="1")])
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE
    assert support(found["pods-pending"][0]) is Strength.CONCLUSIVE
    assert against(found["insufficient-memory"][0]) is Strength.CONCLUSIVE
    assert set(found) == {"pods-pending", "insufficient-cpu", "insufficient-memory"}


@pytest.mark.parametrize(("seconds", "strength"), [(59, Strength.STRONG), (60, Strength.CONCLUSIVE)])
def test_what_is_young_may_pass(seconds: float, strength: Strength) -> None:
    busy = pod("x", "worker-1", cpu="3")
    found = judged(pods=[busy, refused(pod("web", cpu="2"), LACKS_CPU, seconds)], nodes=[node()])
    assert support(found["insufficient-cpu"][0]) is strength
    assert support(found["pods-pending"][0]) is strength


def test_what_nothing_can_help_is_conclusive_at_once() -> None:
    found = judged(pods=[refused(pod("web", cpu="64"), LACKS_CPU, 1)], nodes=[node()])
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE


def event(reason: str, on: str = "pod/shop/web", seconds: float = 30, message: str = "") -> Json:
    kind, namespace, name = on.split("/")
    return {
        "reason": reason,
        "message": message,
        "involvedObject": {"kind": kind, "namespace": namespace, "name": name},
        "firstTimestamp": ago(seconds + 300),
        "lastTimestamp": ago(seconds),
    }


@pytest.mark.parametrize(
    ("reason", "seconds", "strength"),
    [
        ("TriggeredScaleUp", 300, Strength.STRONG),
        ("Nominated", 300, Strength.STRONG),
        ("TriggeredScaleUp", 901, Strength.CONCLUSIVE),
        ("NotTriggerScaleUp", 300, Strength.CONCLUSIVE),
    ],
)
def test_a_node_that_is_on_its_way_is_waited_for(reason: str, seconds: float, strength: Strength) -> None:
    pods = [refused(pod("web", cpu="64"), LACKS_CPU)]
    found = judged(pods=pods, nodes=[node()], events=[event(reason, seconds=seconds)])
    assert support(found["insufficient-cpu"][0]) is strength


def test_pods_that_are_being_preempted_are_waited_for() -> None:
    waiting = refused(pod("web", cpu="2"), LACKS_CPU, 200)
    waiting["status"]["nominatedNodeName"] = "worker-1"
    found = judged(pods=[pod("x", "worker-1", cpu="3"), waiting], nodes=[node()])
    assert support(found["insufficient-cpu"][0]) is Strength.STRONG


def test_pods_that_keep_room_for_others_may_wait_by_design() -> None:
    found = judged(pods=[refused(pod("balloon", cpu="64", spec={"priority": -10}), LACKS_CPU)], nodes=[node()])
    assert support(found["insufficient-cpu"][0]) is Strength.STRONG
    assert support(found["pods-pending"][0]) is Strength.STRONG


def test_message_and_objects_that_disagree_are_said_and_less_sure() -> None:
    found = judged(pods=[refused(pod("web", cpu="64"), LACKS_CPU)], nodes=[node("a"), node("b")])
    cause = found["insufficient-cpu"][0]
    assert support(cause) is Strength.STRONG
    assert any("the scheduler saw 1 nodes, now there are 2" in o.text.en for o in cause.observations)
    assert against(found["insufficient-memory"][0]) is Strength.STRONG


def test_counts_that_do_not_add_up_are_said() -> None:
    message = "0/3 nodes are available: 1 Insufficient cpu."
    found = judged(pods=[refused(pod("web", cpu="64"), message)], nodes=[node()])
    assert any("do not add up" in o.text.en for o in found["pods-pending"][0].observations)


def test_a_filter_that_is_not_ours_makes_it_a_guess() -> None:
    message = "0/2 nodes are available: 1 Insufficient cpu, 1 a plugin of our own says no."
    nodes = [node("a", cpu="1"), node("b", cordoned=True)]
    found = judged(pods=[refused(pod("web", cpu="2"), message)], nodes=nodes)
    assert support(found["insufficient-cpu"][0]) is Strength.MODERATE


def test_a_node_that_would_take_it_now_is_an_open_question() -> None:
    found = judged(pods=[refused(pod("web", cpu="1"), LACKS_CPU)], nodes=[node()])
    assert set(found) == {"pods-pending", ""}
    assert found[""][0].outcome is Outcome.INCONCLUSIVE


def test_no_open_question_about_a_young_pod_in_a_scan() -> None:
    found = judged(pods=[refused(pod("web", cpu="1"), LACKS_CPU, 5)], nodes=[node()], near=False)
    assert set(found) == {"pods-pending"}


# --- the incident behind the article --------------------------------------------------------------------------------


def crowded() -> dict[str, Sequence[Json]]:
    message = (
        "0/4 nodes are available: 1 Insufficient cpu, 1 Too many pods, 1 node(s) had untolerated taint(s), "
        "1 node(s) were unschedulable. preemption: 0/4 nodes are available: 4 Preemption is not helpful."
    )
    nodes = [
        node("a", pods="1"),
        node("b"),
        node("c", cordoned=True),
        node("d", taints=["dedicated=team:NoSchedule"]),
    ]
    running = [pod("x", "a", cpu="100m"), pod("y", "b", cpu="3950m")]
    waiting = [refused(pod(f"web-{i:02}", cpu="60m", memory="16Mi"), message) for i in range(19)]
    return {"nodes": nodes, "pods": [*running, *waiting]}


def test_one_node_that_takes_one_pod() -> None:
    found = judged(**crowded())
    (cause,) = found["node-pod-capacity"]
    assert (str(cause.entity), support(cause)) == ("node/a", Strength.CONCLUSIVE)
    assert (cause.args["waiting"], cause.args["capacity"], cause.args["running"]) == (19, 1, 1)
    assert len(found["pods-pending"]) == 19
    for name in ("insufficient-cpu", "insufficient-memory"):
        assert {against(f) for f in found[name]} == {Strength.CONCLUSIVE}
        assert len(found[name]) == 19
    assert set(found) == {"pods-pending", "node-pod-capacity", "insufficient-cpu", "insufficient-memory"}


def test_every_node_is_a_candidate_of_each_pod() -> None:
    symptom = judged(**crowded())["pods-pending"][0]
    assert {(e.relation, str(e.target)) for e in symptom.edges} == {("candidate", f"node/{n}") for n in "abcd"}


def test_candidates_that_matter_come_first_where_there_are_many() -> None:
    nodes = [node(f"worker-{i:03}", cpu="1") for i in range(200)]
    ill = node("zz-ill", cpu="1")
    ill["status"]["conditions"] = [{"type": "DiskPressure", "status": "True"}]
    message = "0/201 nodes are available: 201 Insufficient cpu."
    symptom = judged(pods=[refused(pod("web", cpu="2"), message)], nodes=[*nodes, ill])["pods-pending"][0]
    assert len(symptom.edges) == 32
    assert "node/zz-ill" in {str(e.target) for e in symptom.edges}


def test_without_nodes_it_stays_open_which_node_is_full() -> None:
    found = judged(**crowded(), states={"nodes": State.FORBIDDEN})
    (question,) = {(f.names, f.outcome) for f in found["node-pod-capacity"]}
    assert question == ("kubernetes.node-pod-capacity", Outcome.INCONCLUSIVE)
    assert not {support(f) for f in found["node-pod-capacity"]} - {None}


# --- readings that are missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [{"states": {"nodes": State.FORBIDDEN}}, {"cut": ["nodes"]}, {"cut": ["pods"]}])
def test_the_message_alone_still_proves_something(missing: dict[str, Any]) -> None:
    found = judged(pods=[refused(pod("web", cpu="2"), LACKS_CPU)], nodes=[node(cpu="1")], **missing)
    (cause,) = found["insufficient-cpu"]
    assert (support(cause), cause.args["requested"], cause.args["freest"]) == (Strength.CONCLUSIVE, "2", "?")
    assert set(found) == {"pods-pending", "insufficient-cpu"}


def test_a_snippet_has_no_clock() -> None:
    found = judged(pods=[refused(pod("web", cpu="2"), LACKS_CPU, 0)], states={"nodes": State.ABSENT})
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE


def test_without_pods_the_events_speak() -> None:
    events = [event("FailedScheduling", message=LACKS_CPU)]
    found = judged(states={"pods": State.FORBIDDEN}, nodes=[node(cpu="1")], events=events)
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE
    assert str(found["pods-pending"][0].observations[0].query) == "objects:events"


@pytest.mark.parametrize(
    "events",
    [
        [],
        [event("FailedScheduling", message=LACKS_CPU, seconds=361)],
        [event("FailedScheduling", message=LACKS_CPU, seconds=20), event("Scheduled", seconds=10)],
    ],
)
def test_without_pods_and_without_fresh_events_it_cannot_be_told(events: list[Json]) -> None:
    (finding,) = run(DoubleCase(states={"pods": State.FORBIDDEN}, nodes=[node()], events=events))
    assert (finding.outcome, finding.names) == (Outcome.INCONCLUSIVE, "")
    assert "pods could not be read" in finding.detail


def test_a_pod_without_a_condition_is_known_by_its_event() -> None:
    found = judged(
        pods=[pod("web", cpu="2")], nodes=[node(cpu="1")], events=[event("FailedScheduling", message=LACKS_CPU)]
    )
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE


# --- claims ---------------------------------------------------------------------------------------------------------

CLAIM = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}
UNBOUND = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"
MISSING = '0/1 nodes are available: persistentvolumeclaim "data" not found. not found'


def claim(phase: str = "Pending", deletionTimestamp: str | None = None, **spec: Any) -> Json:  # noqa: N803 - as in objects
    metadata = {"namespace": "shop", "name": "data", "deletionTimestamp": deletionTimestamp}
    return {"metadata": metadata, "spec": spec, "status": {"phase": phase}}


def storage_class(name: str = "fast", mode: str = "Immediate", **annotations: str) -> Json:
    return {
        "metadata": {"name": name, "annotations": annotations},
        "provisioner": "csi.example.com",
        "volumeBindingMode": mode,
    }


def claims(message: str, seconds: float = 600, **lists: Any) -> BY_NAME:
    return judged(pods=[refused(pod("db", spec=CLAIM), message, seconds)], nodes=[node()], **lists)


def volume(**spec: Any) -> Json:
    return {"metadata": {"name": "pv-1", "annotations": {}}, "spec": spec, "status": {"phase": "Released"}}


def by_hand(name: str = "local") -> Json:
    return {**storage_class(name), "provisioner": "kubernetes.io/no-provisioner"}


def only(found: BY_NAME, name: str) -> Finding:
    """Return the one finding about a claim, which is of this name."""
    (one,) = [f for of_a_name in ("claim-unbound", "claim-waiting") for f in found.get(of_a_name, ())]
    assert one.names == f"kubernetes.{name}"
    assert str(one.entity) == "persistentvolumeclaim/shop/data"
    return one


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        ({}, "does not exist"),
        ({"persistentvolumeclaims": [claim(deletionTimestamp="2026-01-01T00:00:00Z")]}, "is being deleted"),
        ({"persistentvolumeclaims": [claim()]}, "names no storage class"),
        (
            {"persistentvolumeclaims": [claim(storageClassName="")], "storageclasses": [storage_class()]},
            "names no storage",
        ),
        (
            {"persistentvolumeclaims": [claim(storageClassName="local")], "storageclasses": [by_hand()]},
            "no free volume that fits the claim data",
        ),
        (
            {
                "persistentvolumeclaims": [claim(storageClassName="")],
                "persistentvolumes": [volume(storageClassName="x")],
            },
            "names no storage",
        ),
    ],
)
def test_a_claim_is_a_root_where_nothing_else_owes_it_a_volume(lists: dict[str, Any], words: str) -> None:
    cause = only(claims(UNBOUND if lists else MISSING, **lists), "claim-unbound")
    assert words in cause.observations[0].text.en
    assert support(cause) is Strength.CONCLUSIVE


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        ({"persistentvolumeclaims": [claim("Lost")]}, "has lost its volume"),
        ({"persistentvolumeclaims": [claim(storageClassName="fats")]}, "storage class fats, which does not exist"),
        (
            {"persistentvolumeclaims": [claim(storageClassName="fast")], "storageclasses": [storage_class()]},
            "has got no volume yet",
        ),
        (
            {
                "persistentvolumeclaims": [claim(storageClassName="local")],
                "storageclasses": [by_hand()],
                "persistentvolumes": [volume(storageClassName="local")],
            },
            "bound to none of those that are there",
        ),
        (
            {
                "persistentvolumeclaims": [claim(storageClassName="", volumeName="pv-1")],
                "persistentvolumes": [volume(storageClassName="x")],
            },
            "bound to none of those that are there",
        ),
    ],
)
def test_a_claim_that_something_else_owes_a_volume_is_no_root(lists: dict[str, Any], words: str) -> None:
    symptom = only(claims(UNBOUND, **lists), "claim-waiting")
    assert words in symptom.observations[0].text.en
    assert support(symptom) is Strength.CONCLUSIVE


def test_a_volume_that_a_provisioner_made_for_another_claim_is_none_for_this_one() -> None:
    made = volume(storageClassName="local")
    made["metadata"]["annotations"] = {"pv.kubernetes.io/provisioned-by": "csi.example.com"}
    lists: dict[str, Any] = {"persistentvolumeclaims": [claim(storageClassName="local")], "storageclasses": [by_hand()]}
    only(claims(UNBOUND, **lists, persistentvolumes=[made]), "claim-unbound")


def test_whether_there_are_volumes_cannot_be_told_without_their_list() -> None:
    lists: dict[str, Any] = {"persistentvolumeclaims": [claim(storageClassName="local")], "storageclasses": [by_hand()]}
    only(claims(UNBOUND, **lists, states={"persistentvolumes": State.FORBIDDEN}), "claim-waiting")


def test_a_default_class_fills_in() -> None:
    default = storage_class(**{"storageclass.kubernetes.io/is-default-class": "true"})
    (cause,) = claims(UNBOUND, persistentvolumeclaims=[claim()], storageclasses=[default])["claim-waiting"]
    assert "has got no volume yet" in cause.observations[0].text.en


@pytest.mark.parametrize(("seconds", "strength"), [(299, Strength.STRONG), (300, Strength.CONCLUSIVE)])
def test_a_provisioner_is_given_time(seconds: float, strength: Strength) -> None:
    lists = {"persistentvolumeclaims": [claim(storageClassName="fast")], "storageclasses": [storage_class()]}
    assert support(claims(UNBOUND, seconds, **lists)["claim-waiting"][0]) is strength


def test_a_provisioner_that_fails_says_so() -> None:
    failed = event("ProvisioningFailed", "persistentvolumeclaim/shop/data", message="no capacity left")
    lists = {"persistentvolumeclaims": [claim(storageClassName="fast")], "storageclasses": [storage_class()]}
    (cause,) = claims(UNBOUND, 100, events=[failed], **lists)["claim-waiting"]
    assert support(cause) is Strength.CONCLUSIVE
    assert cause.observations[0].text.en.endswith("no capacity left")


def test_waiting_for_the_pod_is_no_fault() -> None:
    waits = storage_class(mode="WaitForFirstConsumer")
    busy = pod("x", "worker-1", cpu="4")
    waiting = refused(pod("db", spec=CLAIM, cpu="1"), LACKS_CPU)
    found = judged(
        pods=[busy, waiting],
        nodes=[node()],
        persistentvolumeclaims=[claim(storageClassName="fast")],
        storageclasses=[waits],
        persistentvolumes=[],
    )
    assert not {"claim-unbound", "claim-waiting"} & found.keys()
    assert support(found["insufficient-cpu"][0]) is Strength.CONCLUSIVE


def test_a_volume_that_is_not_made_once_the_node_is_found() -> None:
    message = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
    found = judged(
        pods=[refused(pod("db", spec=CLAIM), message, reason="SchedulerError")],
        nodes=[node()],
        persistentvolumeclaims=[claim(storageClassName="fast")],
        storageclasses=[storage_class(mode="WaitForFirstConsumer")],
        events=[event("ProvisioningFailed", "persistentvolumeclaim/shop/data", message="quota of the array")],
    )
    (cause,) = found["claim-waiting"]
    assert cause.observations[0].text.en == "the claim data has got no volume yet: quota of the array"
    assert support(cause) is Strength.CONCLUSIVE


def test_a_claim_that_was_mended_since_is_no_root() -> None:
    found = claims(MISSING, persistentvolumeclaims=[claim("Bound", volumeName="pv-1")], near=False)
    assert not {"claim-unbound", "claim-waiting"} & found.keys()
    assert found[""][0].outcome is Outcome.INCONCLUSIVE


def test_claims_that_cannot_be_read_are_known_by_the_message() -> None:
    hidden = {"persistentvolumeclaims": State.FORBIDDEN}
    only(claims(MISSING, states=hidden), "claim-unbound")
    only(claims(UNBOUND, states=hidden), "claim-waiting")


def test_claims_are_only_read_where_a_pod_has_one() -> None:
    case = DoubleCase(pods=[refused(pod("web", cpu="64"), LACKS_CPU)], nodes=[node()])
    run(case)
    assert not [q for q in case.asked if "persistentvolume" in q]


def test_a_volume_that_no_open_node_reaches() -> None:
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["gone"]}]}
    volume = {
        "metadata": {"name": "pv-1"},
        "spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}},
        "status": {"phase": "Bound"},
    }
    message = "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity."
    found = claims(
        message,
        persistentvolumeclaims=[claim("Bound", volumeName="pv-1")],
        persistentvolumes=[volume],
        storageclasses=[],
    )
    (cause,) = found["volume-out-of-reach"]
    assert str(cause.entity) == "persistentvolumeclaim/shop/data"


# --- nodes ----------------------------------------------------------------------------------------------------------


def test_cordoned_nodes_are_named_each() -> None:
    message = "0/2 nodes are available: 2 node(s) were unschedulable."
    found = judged(pods=[refused(pod("web"), message)], nodes=[node("a", cordoned=True), node("b", cordoned=True)])
    assert [str(f.entity) for f in found["nodes-cordoned"]] == ["node/a", "node/b"]


def test_a_cordoned_node_with_room_is_pointed_out() -> None:
    message = "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable."
    nodes = [node("a", cordoned=True), node("b", cpu="1"), node("c", cordoned=True, cpu="1")]
    found = judged(pods=[refused(pod("web", cpu="2"), message)], nodes=nodes)
    assert "nodes-cordoned" not in found
    [cause] = found["insufficient-cpu"]
    texts = [o.text.en for o in cause.observations]
    assert "only a cordon keeps the pod from a: if the maintenance is over, kubectl uncordon a" in texts


def test_a_cordoned_node_without_room_is_not() -> None:
    message = "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable."
    nodes = [node("a", cordoned=True, cpu="1"), node("b", cpu="1")]
    found = judged(pods=[refused(pod("web", cpu="2"), message)], nodes=nodes)
    assert not any("cordon keeps" in o.text.en for o in found["insufficient-cpu"][0].observations)


def test_a_node_that_is_not_well_names_no_cause_of_ours() -> None:
    message = "0/1 nodes are available: 1 node(s) had untolerated taint(s)."
    found = judged(
        pods=[refused(pod("web"), message)], nodes=[node(taints=["node.kubernetes.io/disk-pressure:NoSchedule"])]
    )
    assert set(found) == {"pods-pending"}
    assert [str(e.target) for e in found["pods-pending"][0].edges] == ["node/worker-1"]


def test_an_untolerated_taint_is_named_from_the_nodes() -> None:
    message = "0/1 nodes are available: 1 node(s) had untolerated taint(s)."
    found = judged(pods=[refused(pod("web"), message)], nodes=[node(taints=["dedicated=team:NoSchedule"])])
    (cause,) = found["untolerated-taint"]
    assert cause.args["taints"] == "dedicated=team:NoSchedule"
    assert {"insufficient-cpu", "insufficient-memory"}.isdisjoint(found)


@pytest.mark.parametrize("pods", [200])
def test_pods_that_are_alike_are_looked_at_once(pods: int) -> None:
    """200 pods of one ReplicaSet and 1,000 nodes: a question of milliseconds, not of minutes."""
    message = "0/1000 nodes are available: 1000 Insufficient cpu."
    waiting = [refused(pod(f"web-{i}", cpu="64"), message) for i in range(pods)]
    found = judged(pods=waiting, nodes=[node(f"worker-{i}") for i in range(1000)])
    assert len(found["insufficient-cpu"]) == pods
