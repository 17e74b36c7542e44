"""Every filter asked about every node, and the message that the scheduler would make of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.packs.kubernetes.scheduling.agreement import differences
from diagflow.packs.kubernetes.scheduling.filters import (
    ROOM,
    asked_about_room,
    evaluate,
    expected_counts,
    spoken,
)
from diagflow.packs.kubernetes.scheduling.message import parse
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.table import Rejection
from tests.packs.kubernetes.scheduling_make import Json, node, pending, pod, world

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def kinds(waiting: Json, nodes: list[Json], pods: list[Json] | None = None, **more: Any) -> list[Kind]:
    table = evaluate(pending(waiting), world(nodes, pods or [], **more))
    return [r.kind for r in table[nodes[0]["metadata"]["name"]]]


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (node(), []),
        (node(cordoned=True), [Kind.CORDON]),
        (node(taints=["node.kubernetes.io/unschedulable:NoSchedule"]), [Kind.CORDON]),
        (node(cordoned=True, taints=["node.kubernetes.io/unschedulable:NoSchedule"]), [Kind.CORDON]),
        (node(taints=["dedicated=gpu:NoSchedule"]), [Kind.TAINT]),
        (node(taints=["dedicated=gpu:PreferNoSchedule"]), []),
        (node(taints=["node.kubernetes.io/disk-pressure:NoSchedule"]), [Kind.CONDITION]),
        (node(cpu="50m"), [Kind.CPU]),
        (node(memory="1Ki"), [Kind.MEMORY]),
        (node(pods="0"), [Kind.PODS]),
        (node(pods="0", cpu="0", memory="0"), [Kind.PODS, Kind.CPU, Kind.MEMORY]),
        (node(cordoned=True, cpu="0"), [Kind.CORDON, Kind.CPU]),
    ],
)
def test_what_stands_against_a_node(there: Json, wanted: list[Kind]) -> None:
    assert kinds(pod("web", cpu="100m", memory="16Mi"), [there]) == wanted


def test_a_node_that_does_not_say_how_many_pods_it_takes() -> None:
    there = node()
    del there["status"]["allocatable"]["pods"]
    assert kinds(pod("web", cpu="100m"), [there]) == []


def test_what_runs_there_takes_room_and_what_is_over_does_not() -> None:
    busy = pod("busy", "worker-1", cpu="3950m")
    assert kinds(pod("web", cpu="100m"), [node()], [busy]) == [Kind.CPU]
    over = {**busy, "status": {"phase": "Succeeded"}}
    assert kinds(pod("web", cpu="100m"), [node()], [over]) == []
    elsewhere = pod("busy", "worker-2", cpu="3950m")
    assert kinds(pod("web", cpu="100m"), [node()], [elsewhere]) == []


def test_a_toleration_for_a_cordon_as_daemonsets_have_it() -> None:
    spec = {"tolerations": [{"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"}]}
    assert kinds(pod("agent", spec=spec), [node(cordoned=True)]) == []


def test_an_extended_resource() -> None:
    there = world([node(devices={"nvidia.com/gpu": "1"})])
    table = evaluate(pending(pod("train", devices={"nvidia.com/gpu": "2"})), there)
    assert table["worker-1"] == (Rejection(Kind.RESOURCE, "nvidia.com/gpu"),)
    assert there.room("nvidia.com/gpu") == {"worker-1": 1}


def test_a_host_port_that_is_taken() -> None:
    ports = {"containers": [{"ports": [{"hostPort": 80}]}]}
    assert kinds(pod("web", spec=ports), [node()], [pod("other", "worker-1", spec=ports)]) == [Kind.PORTS]
    assert kinds(pod("web", spec=ports), [node()], [pod("other", "worker-1")]) == []


def anti(app: str, key: str = "kubernetes.io/hostname") -> Json:
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key}
    return {"affinity": {"podAntiAffinity": {REQUIRED: [term]}}}


def beside(app: str) -> Json:
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": "kubernetes.io/hostname"}
    return {"affinity": {"podAffinity": {REQUIRED: [term]}}}


def test_anti_affinity_of_the_pod_and_of_those_that_run() -> None:
    web = {"app": "web"}
    waiting = pod("web-2", labels=web, spec=anti("web"))
    assert kinds(waiting, [node()], [pod("web-1", "worker-1", labels=web)]) == [Kind.POD_AFFINITY]
    assert kinds(waiting, [node()], [pod("db-1", "worker-1", labels={"app": "db"})]) == []
    loner = pod("db-1", "worker-1", labels={"app": "db"}, spec=anti("web"))
    assert kinds(pod("web-2", labels=web), [node()], [loner]) == [Kind.POD_AFFINITY]
    assert kinds(pod("web-2", labels=web), [node("worker-2")], [loner]) == []


def test_anti_affinity_ends_at_the_namespace() -> None:
    other = pod("web-1", "worker-1", labels={"app": "web"})
    other["metadata"]["namespace"] = "elsewhere"
    assert kinds(pod("web-2", labels={"app": "web"}, spec=anti("web")), [node()], [other]) == []


def test_affinity_needs_its_friend() -> None:
    waiting = pod("web", spec=beside("db"))
    friend = pod("db-1", "worker-1", labels={"app": "db"})
    assert kinds(waiting, [node()], [friend]) == []
    assert kinds(waiting, [node("worker-2"), node()], [friend]) == [Kind.POD_AFFINITY]


def test_the_first_of_its_kind_may_go_anywhere() -> None:
    assert kinds(pod("web", labels={"app": "web"}, spec=beside("web")), [node()]) == []


def test_affinity_needs_the_topology_key() -> None:
    bare = node()
    bare["metadata"]["labels"] = {}
    assert kinds(pod("web", labels={"app": "web"}, spec=beside("web")), [bare]) == [Kind.POD_AFFINITY]


def spread(skew: int = 1) -> Json:
    constraint = {
        "maxSkew": skew,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    return {"topologySpreadConstraints": [constraint]}


@pytest.mark.parametrize(("skew", "wanted"), [(1, [Kind.SPREAD]), (2, [])])
def test_topology_spread(skew: int, wanted: list[Kind]) -> None:
    web = {"app": "web"}
    waiting = pod("web-2", labels=web, spec=spread(skew))
    running = [pod("web-1", "worker-1", labels=web)]
    assert kinds(waiting, [node("worker-1"), node("worker-2")], running) == wanted
    assert kinds(waiting, [node("worker-2"), node("worker-1")], running) == []


def test_a_preferred_spread_forbids_nothing() -> None:
    spec = spread()
    spec["topologySpreadConstraints"][0]["whenUnsatisfiable"] = "ScheduleAnyway"
    running = [pod("web-1", "worker-1", labels={"app": "web"})]
    assert kinds(pod("web-2", labels={"app": "web"}, spec=spec), [node(), node("worker-2")], running) == []


def test_pods_of_another_revision_do_not_count() -> None:
    spec = spread()
    spec["topologySpreadConstraints"][0]["matchLabelKeys"] = ["pod-template-hash"]
    running = [pod("web-1", "worker-1", labels={"app": "web", "pod-template-hash": "old"})]
    waiting = pod("web-2", labels={"app": "web", "pod-template-hash": "new"}, spec=spec)
    assert kinds(waiting, [node(), node("worker-2")], running) == []


CLAIM = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}


def claim(phase: str = "Bound", **spec: Any) -> Json:
    return {"metadata": {"namespace": "shop", "name": "data"}, "spec": spec, "status": {"phase": phase}}


def volume(name: str = "pv-1", host: str = "worker-1", phase: str = "Bound", **spec: Any) -> Json:
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [host]}]}
    affinity = {"required": {"nodeSelectorTerms": [term]}}
    return {"metadata": {"name": name}, "spec": {"nodeAffinity": affinity, **spec}, "status": {"phase": phase}}


def test_a_bound_volume_ties_a_pod_to_its_node() -> None:
    lists: dict[str, Any] = {"claims": [claim(volumeName="pv-1")], "volumes": [volume()], "classes": []}
    assert kinds(pod("db", spec=CLAIM), [node("worker-1")], **lists) == []
    assert kinds(pod("db", spec=CLAIM), [node("worker-2")], **lists) == [Kind.VOLUME_NODE]


def test_zones_of_old_volumes_stand_in_labels() -> None:
    there = node()
    there["metadata"]["labels"]["topology.kubernetes.io/zone"] = "a"
    old = {"metadata": {"name": "pv-1", "labels": {"topology.kubernetes.io/zone": "b__c"}}, "spec": {}}
    lists: dict[str, Any] = {"claims": [claim(volumeName="pv-1")], "volumes": [old], "classes": []}
    assert kinds(pod("db", spec=CLAIM), [there], **lists) == [Kind.VOLUME_NODE]
    old["metadata"]["labels"]["topology.kubernetes.io/zone"] = "a__c"  # type: ignore[index]
    assert kinds(pod("db", spec=CLAIM), [there], **lists) == []


LOCAL = {
    "metadata": {"name": "local"},
    "provisioner": "kubernetes.io/no-provisioner",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def free_volume(size: str = "10Gi", host: str = "worker-1") -> Json:
    return volume(
        "pv-2",
        host,
        "Available",
        storageClassName="local",
        capacity={"storage": size},
        accessModes=["ReadWriteOnce"],
    )


@pytest.mark.parametrize(
    ("free", "wanted"),
    [
        ([free_volume()], []),
        ([free_volume(size="1Gi")], [Kind.VOLUME_NONE]),
        ([free_volume(host="worker-2")], [Kind.VOLUME_NONE]),
        ([], [Kind.VOLUME_NONE]),
    ],
)
def test_a_claim_that_waits_for_its_pod_needs_a_free_volume_there(free: list[Json], wanted: list[Kind]) -> None:
    asked = claim(
        "Pending",
        storageClassName="local",
        accessModes=["ReadWriteOnce"],
        resources={"requests": {"storage": "8Gi"}},
    )
    assert kinds(pod("db", spec=CLAIM), [node()], claims=[asked], volumes=free, classes=[LOCAL]) == wanted


def test_a_provisioner_makes_volumes_where_its_topology_allows() -> None:
    terms = [{"matchLabelExpressions": [{"key": "kubernetes.io/hostname", "values": ["worker-1"]}]}]
    made = {**LOCAL, "provisioner": "csi.example.com", "allowedTopologies": terms}
    lists: dict[str, Any] = {"claims": [claim("Pending", storageClassName="local")], "volumes": [], "classes": [made]}
    assert kinds(pod("db", spec=CLAIM), [node("worker-1")], **lists) == []
    assert kinds(pod("db", spec=CLAIM), [node("worker-2")], **lists) == [Kind.VOLUME_NONE]


def test_the_first_plugin_speaks_and_room_says_everything() -> None:
    room = (Rejection(Kind.PODS), Rejection(Kind.CPU), Rejection(Kind.POD_AFFINITY, "anti-affinity"))
    assert [r.kind for r in spoken(room)] == [Kind.PODS, Kind.CPU]
    assert [r.kind for r in spoken((Rejection(Kind.TAINT, "a"), Rejection(Kind.CPU)))] == [Kind.TAINT]
    assert spoken(()) == ()
    assert asked_about_room(room)
    assert not asked_about_room((Rejection(Kind.TAINT, "a"), Rejection(Kind.CPU)))
    assert asked_about_room(())


# --- the objects and the message that the scheduler would make of them ----------------------------------------------

WORDS = {
    Kind.CORDON: "node(s) were unschedulable",
    Kind.TAINT: "node(s) had untolerated taint(s)",
    Kind.CONDITION: "node(s) had untolerated taint(s)",
    Kind.AFFINITY: "node(s) didn't match Pod's node affinity/selector",
    Kind.PODS: "Too many pods",
    Kind.CPU: "Insufficient cpu",
    Kind.MEMORY: "Insufficient memory",
}

a_node = st.builds(
    lambda cordoned, taints, cpu, memory, pods: (cordoned, taints, cpu, memory, pods),
    st.booleans(),
    st.lists(st.sampled_from(["a=b:NoSchedule", "node.kubernetes.io/not-ready:NoSchedule"]), max_size=2, unique=True),
    st.sampled_from(["0", "1", "4"]),
    st.sampled_from(["0", "1Gi"]),
    st.sampled_from(["0", "110"]),
)


def cluster(rows: list[Any]) -> list[Json]:
    return [
        node(f"worker-{i}", cordoned=cordoned, taints=taints, cpu=cpu, memory=memory, pods=pods)
        for i, (cordoned, taints, cpu, memory, pods) in enumerate(rows)
    ]


def said(table: Any) -> str:
    counts: dict[str, int] = {}
    for rejections in table.values():
        for rejection in spoken(rejections):
            counts[WORDS[rejection.kind]] = counts.get(WORDS[rejection.kind], 0) + 1
    parts = sorted(f"{count} {words}" for words, count in counts.items())
    return f"0/{len(table)} nodes are available: {', '.join(parts)}."


@settings(deadline=None)
@given(st.lists(a_node, min_size=1, max_size=8))
def test_objects_and_their_own_message_agree(rows: list[Any]) -> None:
    table = evaluate(pending(pod("web", cpu="2", memory="16Mi")), world(cluster(rows)))
    message = parse(said(table))
    assert not differences(message, table)
    assert message.adds_up() or not all(table.values())


@settings(deadline=None)
@given(st.lists(a_node, min_size=2, max_size=8))
def test_a_node_that_came_later_is_noticed(rows: list[Any]) -> None:
    waiting = pending(pod("web", cpu="2", memory="16Mi"))
    before = evaluate(waiting, world(cluster(rows[:-1])))
    after = evaluate(waiting, world(cluster(rows)))
    assert differences(parse(said(before)), after)


def test_what_is_not_evaluated_here_is_not_held_against_the_objects() -> None:
    table = evaluate(pending(pod("web", cpu="2")), world([node("a"), node("b", cpu="1")]))
    assert not differences(parse("0/2 nodes are available: 1 Insufficient cpu, 1 no such luck."), table)
    assert differences(parse("0/2 nodes are available: 2 Insufficient cpu."), table)


def test_a_refusal_of_the_pod_as_such_says_nothing_about_nodes() -> None:
    table = evaluate(pending(pod("web")), world([node("a")]))
    assert not differences(parse('0/7 nodes are available: persistentvolumeclaim "x" not found.'), table)


def test_two_extended_resources_are_two_reasons() -> None:
    waiting = pending(pod("train", devices={"a.com/x": "1", "b.com/y": "1"}))
    assert expected_counts(evaluate(waiting, world([node()]))) == {Kind.RESOURCE: 2}


def test_all_kinds_of_room_are_known() -> None:
    assert {Kind.PODS, Kind.CPU, Kind.MEMORY, Kind.RESOURCE} == ROOM
