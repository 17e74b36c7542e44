"""The scheduler's filters on one node, all of them, from the objects.

The scheduler stops at the first plugin that refuses a node, and its message only counts. Here every filter is asked
about every node, so that we know which node was refused for what, and what would still refuse it if that were mended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from diagflow.packs.kubernetes.scheduling.claims import unbindable_claims, unreachable_volumes
from diagflow.packs.kubernetes.scheduling.neighbours import Neighbourhood, Spread
from diagflow.packs.kubernetes.scheduling.pending import Pending
from diagflow.packs.kubernetes.scheduling.reasons import CONDITION_TAINTS, CORDON_TAINT, Kind
from diagflow.packs.kubernetes.scheduling.requests import ports_conflict
from diagflow.packs.kubernetes.scheduling.selectors import Taint, node_selected, untolerated
from diagflow.packs.kubernetes.scheduling.world import Node, World

_CORDON: Final = Taint(CORDON_TAINT, "", "NoSchedule")

ORDER: Final[Mapping[Kind, int]] = {
    Kind.CORDON: 0,
    Kind.NODE_NAME: 1,
    Kind.TAINT: 2,
    Kind.CONDITION: 2,
    Kind.AFFINITY: 3,
    Kind.PORTS: 4,
    Kind.PODS: 5,
    Kind.CPU: 5,
    Kind.MEMORY: 5,
    Kind.RESOURCE: 5,
    Kind.VOLUME_IN_USE: 6,
    Kind.VOLUME_LIMIT: 7,
    Kind.VOLUME_NONE: 8,
    Kind.VOLUME_NODE: 8,
    Kind.SPREAD: 10,
    Kind.POD_AFFINITY: 11,
}
"""The order in which the default plugins speak (`getDefaultPlugins` in pkg/scheduler/apis/config/v1)."""

ROOM: Final = frozenset({Kind.PODS, Kind.CPU, Kind.MEMORY, Kind.RESOURCE})
"""What the plugin NodeResourcesFit says; it says all of it at once."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """One filter's no to one node.

    Attributes:
        kind: what stands against it.
        detail: the taint, resource, claim or rule.
        wanted: of a resource, what the pod asks for.
        free: of a resource, what is left.
        capacity: of a resource, what there is for pods at all.
    """

    kind: Kind
    detail: str = ""
    wanted: int = 0
    free: int = 0
    capacity: int = 0

    @property
    def resource(self) -> str:
        """The resource that it is about; empty for other filters."""
        return {Kind.CPU: "cpu", Kind.MEMORY: "memory", Kind.PODS: "pods"}.get(self.kind, self.detail)


Table = Mapping[str, tuple[Rejection, ...]]
"""All rejections by node name, in the order of the plugins; a node without any could take the pod."""


def evaluate(pod: Pending, world: World) -> Table:
    """Ask every filter about every node."""
    near, spread = Neighbourhood(pod, world), Spread(pod, world)
    return {
        name: tuple(sorted(_rejections(pod, node, world, near, spread), key=lambda r: ORDER[r.kind]))
        for name, node in sorted(world.nodes.items())
    }


def _rejections(pod: Pending, node: Node, world: World, near: Neighbourhood, spread: Spread) -> Iterable[Rejection]:
    yield from _taints(pod, node)
    if not node_selected(pod.spec, node.name, node.labels):
        yield Rejection(Kind.AFFINITY)
    if conflict := ports_conflict(sorted(pod.ports), world.loads[node.name].ports):
        yield Rejection(Kind.PORTS, f"{conflict[0][2]}/{conflict[0][1]}")
    yield from _room(pod, node, world)
    yield from (Rejection(Kind.VOLUME_NONE, claim) for claim in unbindable_claims(pod, node, world))
    yield from (Rejection(Kind.VOLUME_NODE, claim) for claim in unreachable_volumes(pod, node, world))
    if spread.refuses(node, pod):
        yield Rejection(Kind.SPREAD)
    if rule := near.refuses(node):
        yield Rejection(Kind.POD_AFFINITY, rule)


def _taints(pod: Pending, node: Node) -> Iterable[Rejection]:
    tolerations = pod.spec.get("tolerations") or ()
    if node.cordoned and untolerated([_CORDON], tolerations):
        yield Rejection(Kind.CORDON)
    for taint in untolerated(node.taints, tolerations):
        if taint.key == CORDON_TAINT:
            if not node.cordoned:  # the node controller takes it away in a moment
                yield Rejection(Kind.CORDON)
        else:
            yield Rejection(Kind.CONDITION if taint.key in CONDITION_TAINTS else Kind.TAINT, str(taint))


def _room(pod: Pending, node: Node, world: World) -> Iterable[Rejection]:
    slots = (("pods", 1),) if "pods" in node.allocatable else ()  # every kubelet says how many it takes
    for resource, wanted in (*slots, *sorted(pod.requests.items())):
        free = world.free(node, resource)
        if wanted > free:
            kind = {"pods": Kind.PODS, "cpu": Kind.CPU, "memory": Kind.MEMORY}.get(resource, Kind.RESOURCE)
            detail = resource if kind is Kind.RESOURCE else ""
            yield Rejection(kind, detail, wanted, free, node.allocatable.get(resource, 0))


def spoken(rejections: tuple[Rejection, ...]) -> tuple[Rejection, ...]:
    """Return what the scheduler says about a node: the first plugin's no, and all of it where that is about room."""
    if not rejections:
        return ()
    first = ORDER[rejections[0].kind]
    same = tuple(r for r in rejections if ORDER[r.kind] == first)
    return same if rejections[0].kind in ROOM else same[:1]


def asked_about_room(rejections: tuple[Rejection, ...]) -> bool:
    """True when the scheduler came as far as asking a node about its resources."""
    return not rejections or ORDER[rejections[0].kind] >= ORDER[Kind.CPU]


def expected_counts(table: Table) -> dict[Kind, int]:
    """Return how many nodes the scheduler should report for each kind."""
    counts: dict[Kind, int] = {}
    for rejections in table.values():
        for kind in {r.kind for r in spoken(rejections)}:
            extra = sum(1 for r in spoken(rejections) if r.kind is kind) if kind is Kind.RESOURCE else 1
            counts[kind] = counts.get(kind, 0) + extra
    return counts
