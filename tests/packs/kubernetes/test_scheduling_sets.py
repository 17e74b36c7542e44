"""The filters work on sets of nodes; they say what asking one node after the other says."""

from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.analyze.narrow import PlainObjects
from diagflow.model.projection import ObjectList, projection
from diagflow.packs.kubernetes.scheduling.filters import evaluate
from diagflow.packs.kubernetes.scheduling.places import Places
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.table import Rejection, details, nodes_of, table_of
from diagflow.packs.kubernetes.scheduling.world import build
from diagflow.rules import load_packs
from tests.packs.kubernetes.scheduling_make import Json, node, pending, pod
from tests.packs.kubernetes.scheduling_slow import REQUIRED, node_selected, slow_table

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
NAMES = ["a", "b", "c", "d"]


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def maybe(one: st.SearchStrategy[Any], most: int = 1) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=most)


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(fields)


labels = st.fixed_dictionaries({}, optional={"app": some("web", "db"), "tier": some("1", "2"), "rev": some("x", "y")})
requirements = record(
    key=some("disk", ZONE, "cores", HOST),
    operator=some("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Like"),
    values=st.lists(some("ssd", "z1", "8", "a", "b"), max_size=2),
)
fields = record(
    key=some("metadata.name", "other"), operator=some("In", "NotIn"), values=st.lists(some(*NAMES), max_size=2)
)
node_terms = st.fixed_dictionaries(
    {}, optional={"matchExpressions": st.lists(requirements, max_size=2), "matchFields": maybe(fields)}
)
node_selectors = record(nodeSelectorTerms=st.lists(node_terms, max_size=2))
selectors = st.one_of(
    st.none(),
    record(matchLabels=labels),
    record(
        matchExpressions=maybe(record(key=some("app"), operator=some("In", "Exists", "NotIn"), values=st.just(["web"])))
    ),
)
pod_terms = st.fixed_dictionaries(
    {"topologyKey": some(ZONE, HOST, "disk"), "labelSelector": selectors},
    optional={"namespaces": st.just(["elsewhere", "shop"])},
)
constraints = st.fixed_dictionaries(
    {"maxSkew": some(1, 2), "topologyKey": some(ZONE, HOST, "disk"), "labelSelector": selectors},
    optional={
        "minDomains": some(1, 2, 3),
        "whenUnsatisfiable": some("DoNotSchedule", "ScheduleAnyway"),
        "nodeAffinityPolicy": some("Honor", "Ignore"),
        "nodeTaintsPolicy": some("Honor", "Ignore"),
        "matchLabelKeys": st.just(["rev"]),
    },
)
tolerations = st.fixed_dictionaries(
    {"operator": some("Exists", "Equal")},
    optional={
        "key": some("pool", "node.kubernetes.io/unschedulable"),
        "value": some("x"),
        "effect": some("NoSchedule"),
    },
)
ports = st.fixed_dictionaries(
    {"hostPort": some(80, 443)}, optional={"protocol": some("UDP"), "hostIP": some("10.0.0.1")}
)
amounts = st.fixed_dictionaries({}, optional={"cpu": some("1", "1500m"), "memory": some("1Gi"), "gpu": some("1")})
containers = record(resources=record(requests=amounts), ports=maybe(ports))
affinities = st.fixed_dictionaries(
    {},
    optional={
        "podAffinity": record(**{REQUIRED: maybe(pod_terms, 2)}),
        "podAntiAffinity": record(**{REQUIRED: maybe(pod_terms, 2)}),
        "nodeAffinity": record(**{REQUIRED: node_selectors}),
    },
)
taints = some(
    "pool=x:NoSchedule",
    "pool=y:NoExecute",
    "node.kubernetes.io/not-ready:NoExecute",
    "node.kubernetes.io/unschedulable:NoSchedule",
    "soft:PreferNoSchedule",
)


@st.composite
def nodes_of_a_cluster(draw: st.DrawFn) -> list[Json]:
    found = []
    for name in draw(st.permutations(NAMES))[: draw(st.integers(1, 4))]:
        room = draw(
            st.fixed_dictionaries({"cpu": some("1", "2", "3"), "memory": some("1Gi", "2Gi"), "pods": some("1", "9")})
        )
        one = node(name, cordoned=draw(st.booleans()), taints=draw(maybe(taints, 2)), **room)
        more = st.fixed_dictionaries(
            {}, optional={ZONE: some("z1", "z2"), "disk": some("ssd", "hdd"), "cores": some("4", "16")}
        )
        one["metadata"]["labels"] = draw(more) | ({HOST: name} if draw(st.booleans()) else {})
        if draw(some(False, False, True)):
            del one["status"]["allocatable"]["pods"]
        found.append(one)
    return found


@st.composite
def a_pod(draw: st.DrawFn, name: str, *, runs: bool) -> Json:
    spec = draw(
        st.fixed_dictionaries(
            {"containers": st.lists(containers, min_size=1, max_size=2)},
            optional={
                "affinity": affinities,
                "tolerations": maybe(tolerations, 2),
                "nodeSelector": st.fixed_dictionaries({}, optional={"disk": some("ssd"), ZONE: some("z1")}),
                "topologySpreadConstraints": maybe(constraints, 2),
                "initContainers": maybe(record(resources=record(requests=amounts))),
                "overhead": record(cpu=some("1")),
            },
        )
    )
    made = pod(name, draw(some(*NAMES, "gone")) if runs else "", labels=draw(labels), spec=spec)
    made["metadata"]["namespace"] = draw(some("shop", "shop", "elsewhere"))
    if runs:
        made["status"]["phase"] = draw(some("Running", "Running", "Running", "Succeeded"))
        if draw(some(False, False, True)):
            made["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return made


@st.composite
def volumes_of_a_cluster(draw: st.DrawFn) -> dict[str, Any]:
    of = some("", "later", "local", "none")
    claim = st.fixed_dictionaries({"storageClassName": of}, optional={"volumeName": some("v0", "v1", "v2")})
    volume = st.fixed_dictionaries({"storageClassName": of}, optional={"nodeAffinity": record(required=node_selectors)})
    zones = st.fixed_dictionaries({}, optional={ZONE: some("z1", "z1__z2", "z3")})
    topology = record(
        matchLabelExpressions=maybe(record(key=some(ZONE, "disk"), values=some(["z1"], ["ssd", "z2"])), 2)
    )
    waits = {"volumeBindingMode": "WaitForFirstConsumer"}
    return {
        "claims": [
            {
                "metadata": {"namespace": "shop", "name": n},
                "spec": draw(claim),
                "status": {"phase": draw(some("Bound", "Pending"))},
            }
            for n in ("c0", "c1")
        ],
        "volumes": [
            {
                "metadata": {"name": n, "labels": draw(zones)},
                "spec": draw(volume),
                "status": {"phase": draw(some("Bound", "Available"))},
            }
            for n in ("v0", "v1")
        ],
        "classes": [
            {
                "metadata": {"name": "later"},
                "provisioner": "csi",
                "allowedTopologies": draw(maybe(topology, 2)),
                **waits,
            },
            {"metadata": {"name": "local"}, "provisioner": "kubernetes.io/no-provisioner", **waits},
        ],
    }


clusters = st.tuples(
    nodes_of_a_cluster(),
    st.lists(a_pod("x", runs=True), max_size=6),
    a_pod("waits", runs=False),
    volumes_of_a_cluster(),
)


def decoded(kind: str, objects: list[Json]) -> PlainObjects:
    """The objects as an analyzer gets them: structs behind, with just the declared fields."""
    analyzer = load_packs(["kubernetes"]).analyzers["check-scheduler-config"]
    declared = frozenset(next(i.fields for i in analyzer.inputs if i.query == f"objects:{kind}"))
    decode = projection(declared).decode_item
    return PlainObjects(ObjectList([decode(msgspec.json.encode(o)) for o in objects], declared), declared)


@settings(deadline=None, max_examples=150)
@given(clusters, st.booleans())
def test_sets_say_what_one_node_after_the_other_says(
    cluster: tuple[list[Json], list[Json], Json, dict[str, Any]],
    claims: bool,  # noqa: FBT001
) -> None:
    nodes, pods, waiting, storage = cluster
    if claims:
        waiting["spec"]["volumes"] = [{"name": n, "persistentVolumeClaim": {"claimName": n}} for n in ("c1", "c0")]
    one = pending(waiting)
    wanted = slow_table(one, nodes, pods, **storage)
    assert dict(evaluate(one, build(nodes, pods, **storage))) == wanted
    structs = build(decoded("nodes", nodes), decoded("pods", pods), **storage)
    assert dict(evaluate(one, structs)) == wanted


@settings(deadline=None)
@given(
    nodes_of_a_cluster(), node_selectors, st.fixed_dictionaries({}, optional={"disk": some("ssd"), ZONE: some("z1")})
)
def test_selected_nodes_are_those_that_are_selected_one_by_one(nodes: list[Json], terms: Json, plain: Json) -> None:
    spec = {"nodeSelector": plain, "affinity": {"nodeAffinity": {REQUIRED: terms}}}
    own: Mapping[str, Any] = {n["metadata"]["name"]: n["metadata"]["labels"] for n in nodes}
    assert Places(own).selected(spec) == {name for name in own if node_selected(spec, name, own[name])}


# --- putting nodes together -----------------------------------------------------------------------------------------

CPU, TAINT = Rejection(Kind.CPU), Rejection(Kind.TAINT, "a")


def test_nodes_of_which_the_same_is_said_are_together() -> None:
    table = table_of(["a", "b", "c", "d"], [((TAINT,), ["c", "b"]), ((CPU,), ["a", "b", "c"])])
    assert [(g.rejections, tuple(g.nodes)) for g in table.groups] == [
        ((CPU,), ("a",)),
        ((TAINT, CPU), ("b", "c")),
        ((), ("d",)),
    ]
    assert dict(table) == {"a": (CPU,), "b": (TAINT, CPU), "c": (TAINT, CPU), "d": ()}
    assert (len(table), list(table)) == (4, ["a", "b", "c", "d"])


def test_what_groups_have_in_common() -> None:
    table = table_of(["a", "b", "c"], [((TAINT,), ["b"]), ((CPU,), ["a", "c"])])
    assert nodes_of(table.groups) == ("a", "b", "c")
    assert details(table.groups, Kind.TAINT) == ["a"]
    assert {g.rejections for g in table.said_of(["c", "b"])} == {(CPU,), (TAINT,)}
    assert {g.rejections for g in table.said_of(["c"])} == {(CPU,)}
