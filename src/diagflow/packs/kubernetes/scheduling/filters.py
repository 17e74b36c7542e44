"""The scheduler's filters on one node, all of them, from the objects.

The scheduler stops at the first plugin that refuses a node, and its message only counts. Here every filter is asked
about every node, so that we know which node was refused for what, and what would still refuse it if that were mended.
Each filter gives the nodes that it refuses as a set: it looks at what it can tell nodes apart by, not at each node.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from diagflow.packs.kubernetes.scheduling.claims import unbindable_claims, unreachable_volumes
from diagflow.packs.kubernetes.scheduling.neighbours import crowded, friendless, uneven
from diagflow.packs.kubernetes.scheduling.pending import Pending
from diagflow.packs.kubernetes.scheduling.reasons import CONDITION_TAINTS, CORDON_TAINT, Kind
from diagflow.packs.kubernetes.scheduling.requests import ports_conflict
from diagflow.packs.kubernetes.scheduling.selectors import Json, Taint, untolerated
from diagflow.packs.kubernetes.scheduling.table import Refusal, Rejection, Rejections, Table, table_of
from diagflow.packs.kubernetes.scheduling.world import World

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


def evaluate(pod: Pending, world: World) -> Table:
    """Ask every filter about every node."""
    alone = friendless(pod, world)
    refusals = [
        *_taints(pod, world),
        _one(Kind.AFFINITY, "", world.places.every - world.places.selected(pod.spec)),
        *_ports(pod, world),
        *_room(pod, world),
        *(_one(Kind.VOLUME_NONE, claim, names) for claim, names in unbindable_claims(pod, world)),
        *(_one(Kind.VOLUME_NODE, claim, names) for claim, names in unreachable_volumes(pod, world)),
        _one(Kind.SPREAD, "", uneven(pod, world)),
        _one(Kind.POD_AFFINITY, "affinity", alone),
        _one(Kind.POD_AFFINITY, "anti-affinity", crowded(pod, world) - alone),
    ]
    return table_of(world.nodes, refusals)


def _one(kind: Kind, detail: str, nodes: Collection[str]) -> Refusal:
    return (Rejection(kind, detail),), nodes


def _taints(pod: Pending, world: World) -> Iterable[Refusal]:
    tolerations = pod.spec.get("tolerations") or ()
    for (cordoned, taints), names in world.tainted.items():
        said = sorted(_against(taints, tolerations, cordoned=cordoned), key=lambda r: ORDER[r.kind])
        if said:
            yield tuple(said), names


def _against(taints: Iterable[Taint], tolerations: Iterable[Json], *, cordoned: bool) -> Iterable[Rejection]:
    if cordoned and untolerated([_CORDON], tolerations):
        yield Rejection(Kind.CORDON)
    for taint in untolerated(taints, tolerations):
        if taint.key == CORDON_TAINT:
            if not cordoned:  # the node controller takes it away in a moment
                yield Rejection(Kind.CORDON)
        else:
            yield Rejection(Kind.CONDITION if taint.key in CONDITION_TAINTS else Kind.TAINT, str(taint))


def _ports(pod: Pending, world: World) -> Iterable[Refusal]:
    if not pod.ports:
        return
    wanted, found = sorted(pod.ports), dict[str, list[str]]()
    for name, taken in world.ports.items():
        if conflict := ports_conflict(wanted, taken):
            found.setdefault(f"{conflict[0][2]}/{conflict[0][1]}", []).append(name)
    yield from (_one(Kind.PORTS, detail, names) for detail, names in found.items())


def _room(pod: Pending, world: World) -> Iterable[Refusal]:
    full = world.short_of("pods", 1)
    yield _one(Kind.PODS, "", [n for n in full if "pods" in world.nodes[n].allocatable])  # every kubelet says it
    for resource, wanted in sorted(pod.requests.items()):
        kind = {"pods": Kind.PODS, "cpu": Kind.CPU, "memory": Kind.MEMORY}.get(resource, Kind.RESOURCE)
        yield _one(kind, resource if kind is Kind.RESOURCE else "", world.short_of(resource, wanted))


def spoken(rejections: Rejections) -> Rejections:
    """Return what the scheduler says about a node: the first plugin's no, and all of it where that is about room."""
    if not rejections:
        return ()
    first = ORDER[rejections[0].kind]
    same = tuple(r for r in rejections if ORDER[r.kind] == first)
    return same if rejections[0].kind in ROOM else same[:1]


def asked_about_room(rejections: Rejections) -> bool:
    """True when the scheduler came as far as asking a node about its resources."""
    return not rejections or ORDER[rejections[0].kind] >= ORDER[Kind.CPU]


def expected_counts(table: Table) -> dict[Kind, int]:
    """Return how many nodes the scheduler should report for each kind."""
    counts: dict[Kind, int] = {}
    for alike in table.groups:
        said = [r.kind for r in spoken(alike.rejections)]
        for kind in set(said):
            times = said.count(kind) if kind is Kind.RESOURCE else 1
            counts[kind] = counts.get(kind, 0) + times * len(alike.nodes)
    return counts
