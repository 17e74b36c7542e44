"""Which one thing keeps a pod from every node."""

import pytest

from diagflow.model import Strength
from diagflow.packs.kubernetes.scheduling.filters import evaluate
from diagflow.packs.kubernetes.scheduling.hearsay import Undecided, root_of
from diagflow.packs.kubernetes.scheduling.message import parse
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.roots import Root, find_root
from tests.packs.kubernetes.scheduling_make import Json, node, pending, pod, world

WEB = {"app": "web"}
TERM = {"labelSelector": {"matchLabels": WEB}, "topologyKey": "kubernetes.io/hostname"}
ALONE = {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [TERM]}}}
TAINTED = ["dedicated=team:NoSchedule"]
CONTROL_PLANE = ["node-role.kubernetes.io/control-plane:NoSchedule"]
NOT_READY = ["node.kubernetes.io/not-ready:NoSchedule"]


def root(waiting: Json, nodes: list[Json], pods: list[Json] | None = None) -> Root | None:
    there = world(nodes, pods or [])
    one = pending(waiting)
    return find_root(one, evaluate(one, there), there)


def test_no_node_is_wanted() -> None:
    found = root(pod("web", cpu="1", spec={"nodeSelector": {"disk": "ssd"}}), [node("a"), node("b", taints=TAINTED)])
    assert found is not None
    assert (found.kind, found.nodes, found.lasting) == (Kind.AFFINITY, ("a", "b"), True)


def test_a_cluster_without_nodes_has_no_root() -> None:
    assert root(pod("web"), []) is None


def test_some_node_would_take_it() -> None:
    assert root(pod("web", cpu="1"), [node("a"), node("b", cpu="0")]) is None


def test_every_wanted_node_is_tainted() -> None:
    found = root(pod("web"), [node("a", taints=TAINTED), node("b", taints=[*TAINTED, *NOT_READY])])
    assert found is not None
    assert (found.kind, found.nodes, found.args["taints"]) == (Kind.TAINT, ("a", "b"), "dedicated=team:NoSchedule")


def test_a_control_planes_taint_is_ordinary_where_workers_are_cordoned() -> None:
    nodes = [node("control", taints=CONTROL_PLANE), node("a", cordoned=True), node("b", cordoned=True, cpu="0")]
    found = root(pod("web", cpu="1"), nodes)
    assert found is not None
    assert (found.kind, found.nodes, found.strength) == (Kind.CORDON, ("a",), Strength.CONCLUSIVE)


def test_uncordoning_a_full_node_may_not_help() -> None:
    found = root(pod("web", cpu="1"), [node("a", cordoned=True, cpu="0")])
    assert found is not None
    assert (found.kind, found.nodes, found.strength) == (Kind.CORDON, ("a",), Strength.STRONG)


def test_a_node_that_is_not_well_is_no_missing_toleration() -> None:
    found = root(pod("web"), [node("a", taints=NOT_READY), node("b", taints=TAINTED)])
    assert found is not None
    assert (found.kind, found.nodes) == (Kind.CONDITION, ("a",))


def test_cordoned_beside_not_well_is_a_guess() -> None:
    found = root(pod("web"), [node("a", taints=NOT_READY), node("b", cordoned=True)])
    assert found is not None
    assert (found.kind, found.nodes, found.strength) == (Kind.CORDON, ("b",), Strength.MODERATE)


def test_pod_slots_where_there_is_room_otherwise() -> None:
    """The incident behind the article: the rest is full, cordoned or tainted as nodes are."""
    nodes = [node("a", pods="1"), node("b"), node("c", cordoned=True), node("d", taints=TAINTED)]
    running = [pod("x", "a", cpu="100m"), pod("y", "b", cpu="3950m")]
    found = root(pod("web", cpu="60m", memory="16Mi"), nodes, running)
    assert found is not None
    assert (found.kind, found.nodes, found.strength) == (Kind.PODS, ("a",), Strength.CONCLUSIVE)
    assert found.args == {"capacity": 1, "running": 1, "free_cpu": "3900m", "free_memory": "8Gi"}


def test_a_node_without_slots_and_without_cpu_is_just_full() -> None:
    found = root(pod("web", cpu="1"), [node("a", pods="0", cpu="500m"), node("b", cpu="200m")])
    assert found is not None
    assert (found.kind, found.nodes) == (Kind.CPU, ("a", "b"))


@pytest.mark.parametrize(
    ("nodes", "kind"),
    [
        ([node("a", cpu="1"), node("b", cpu="1")], Kind.CPU),
        ([node("a", memory="1Gi"), node("b", memory="1Gi")], Kind.MEMORY),
        ([node("a", cpu="1", memory="1Gi"), node("b", memory="1Gi")], Kind.MEMORY),
        ([node("a", cpu="1", memory="1Gi"), node("b", cpu="1")], Kind.CPU),
        ([node("a", cpu="1900m", memory="1Mi")], Kind.MEMORY),
        ([node("a", cpu="1m", memory="1900Mi")], Kind.CPU),
    ],
)
def test_the_scarcest_resource(nodes: list[Json], kind: Kind) -> None:
    found = root(pod("web", cpu="2", memory="2Gi"), nodes)
    assert found is not None
    assert found.kind is kind


def test_how_much_is_asked_and_free() -> None:
    busy = [pod("x", "a", cpu="3"), pod("y", "b", cpu="3500m")]
    found = root(pod("web", cpu="2"), [node("a"), node("b")], busy)
    assert found is not None
    assert not found.lasting
    assert found.args == {"resource": "cpu", "requested": "2", "free": "1", "freest": "a", "largest": "4"}


def test_more_than_the_largest_node_has_is_never_met() -> None:
    found = root(pod("web", cpu="64"), [node("a"), node("b", cpu="32", taints=TAINTED)])
    assert found is not None
    assert (found.lasting, found.args["largest"]) == (True, "32")


def test_a_device_that_nobody_offers() -> None:
    found = root(pod("train", devices={"nvidia.com/gpu": "1"}), [node("a"), node("b")])
    assert found is not None
    assert (found.kind, found.resource, found.lasting, found.args["largest"]) == (
        Kind.RESOURCE,
        "nvidia.com/gpu",
        True,
        "0",
    )


def test_a_lack_of_cpu_is_less_sure_beside_a_node_that_is_not_well() -> None:
    found = root(pod("web", cpu="2"), [node("a", cpu="1"), node("b", taints=NOT_READY)])
    assert found is not None
    assert (found.kind, found.strength) == (Kind.CPU, Strength.STRONG)
    full = root(pod("web", cpu="2"), [node("a", cpu="1"), node("b", cpu="1", taints=NOT_READY)])
    assert full is not None
    assert full.strength is Strength.CONCLUSIVE


def test_anti_affinity_where_all_have_room() -> None:
    running = [pod("web-1", "a", labels=WEB), pod("web-2", "b", labels=WEB)]
    found = root(pod("web-3", labels=WEB, spec=ALONE, cpu="1"), [node("a"), node("b")], running)
    assert found is not None
    assert (found.kind, found.nodes, found.strength) == (Kind.POD_AFFINITY, ("a", "b"), Strength.CONCLUSIVE)


def test_the_node_that_anti_affinity_leaves_lacks_cpu() -> None:
    running = [pod("web-1", "a", labels=WEB)]
    found = root(pod("web-2", labels=WEB, spec=ALONE, cpu="1"), [node("a"), node("b", cpu="500m")], running)
    assert found is not None
    assert (found.kind, found.nodes) == (Kind.CPU, ("b",))


def test_anti_affinity_on_full_nodes_is_less_sure() -> None:
    running = [pod("web-1", "a", labels=WEB, cpu="4")]
    found = root(pod("web-2", labels=WEB, spec=ALONE, cpu="1"), [node("a")], running)
    assert found is not None
    assert (found.kind, found.strength) == (Kind.POD_AFFINITY, Strength.STRONG)


# --- from the message alone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kind", "strength"),
    [
        ("0/1 nodes are available: 1 Insufficient cpu.", Kind.CPU, Strength.CONCLUSIVE),
        ("0/1 nodes are available: 1 Insufficient memory.", Kind.MEMORY, Strength.CONCLUSIVE),
        ("0/1 nodes are available: 1 Insufficient nvidia.com/gpu.", Kind.RESOURCE, Strength.CONCLUSIVE),
        ("0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.", Kind.CPU, Strength.CONCLUSIVE),
        ("0/3 nodes are available: 2 Insufficient cpu, 3 Insufficient memory.", Kind.MEMORY, Strength.STRONG),
        ("0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.", Kind.CPU, Strength.STRONG),
        (
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod anti-affinity rules.",
            Kind.CPU,
            Strength.STRONG,
        ),
        (
            "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
            Kind.POD_AFFINITY,
            Strength.CONCLUSIVE,
        ),
        ("0/1 nodes are available: 1 node(s) had untolerated taint {a: b}.", Kind.TAINT, Strength.CONCLUSIVE),
        (
            "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.",
            Kind.CONDITION,
            Strength.CONCLUSIVE,
        ),
        (
            "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
            Kind.AFFINITY,
            Strength.CONCLUSIVE,
        ),
        (
            "0/2 nodes are available: 1 node(s) didn't match node selector, 1 node(s) had untolerated taint {a: b}.",
            Kind.TAINT,
            Strength.CONCLUSIVE,
        ),
    ],
)
def test_what_the_message_proves(raw: str, kind: Kind, strength: Strength) -> None:
    found = root_of(parse(raw))
    assert isinstance(found, Root)
    assert (found.kind, found.strength) == (kind, strength)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.", Kind.PODS),
        ("0/2 nodes are available: 2 node(s) were unschedulable.", Kind.CORDON),
        ("0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) had untolerated taint(s).", Kind.CORDON),
        ("0/2 nodes are available: 2 node(s) had untolerated taint(s).", Kind.TAINT),
    ],
)
def test_what_only_the_nodes_could_tell(raw: str, kind: Kind) -> None:
    assert root_of(parse(raw)) == Undecided(kind)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no nodes available to schedule pods",
        "0/2 nodes are available: 1 Insufficient cpu.",
        "0/2 nodes are available: 1 Insufficient cpu, 1 a plugin of our own says no.",
        "0/900 nodes are available: 900 Insufficient cpu, 3 node(s) had ...",
        "0/2 nodes are available: 2 cannot allocate all claims.",
    ],
)
def test_where_the_message_proves_nothing(raw: str) -> None:
    assert root_of(parse(raw)) is None


def test_taints_read_from_the_message() -> None:
    found = root_of(parse("0/1 nodes are available: 1 node(s) had untolerated taint {pool: gpu}."))
    assert isinstance(found, Root)
    assert found.args["taints"] == "pool=gpu"
