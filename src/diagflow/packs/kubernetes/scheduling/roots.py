"""The one root of a pod that waits: what would have to change so that a node takes it.

The nodes are narrowed down the way a person would do it. Nodes that the pod itself does not want are no candidates;
of the rest, ordinary restrictions (a control plane's taint, a node full as nodes are) explain nothing while another
node is held back by something out of the ordinary. So one root comes out, and what else the message says is told apart
from it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from diagflow.model import Strength
from diagflow.packs.kubernetes.scheduling.filters import ROOM
from diagflow.packs.kubernetes.scheduling.pending import Pending
from diagflow.packs.kubernetes.scheduling.quantity import show
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.table import Alike, Table, details, nodes_of
from diagflow.packs.kubernetes.scheduling.world import World

CONSTRAINTS: Final = (Kind.VOLUME_NODE, Kind.VOLUME_NONE, Kind.POD_AFFINITY, Kind.SPREAD, Kind.PORTS)
"""What ties a pod to some nodes beside its own node affinity, the most binding first."""

_OFF_LIMITS: Final = frozenset({Kind.TAINT, Kind.CONDITION, Kind.CORDON})
_UNWANTED: Final = frozenset({Kind.AFFINITY, Kind.NODE_NAME})


@dataclass(frozen=True, slots=True)
class Root:
    """What keeps one pod from every node.

    Attributes:
        kind: what it is.
        nodes: the nodes that it is about, in order.
        resource: of a lack of room, of what.
        strength: how sure, before age and agreement are weighed.
        lasting: no pod that ends and no rollout that goes on would mend it.
        args: values for the texts of the cause.
    """

    kind: Kind
    nodes: tuple[str, ...]
    resource: str = ""
    strength: Strength = Strength.CONCLUSIVE
    lasting: bool = False
    args: Mapping[str, Any] = field(default_factory=dict)


_Holds = Callable[[frozenset[Kind]], bool]


def _where(groups: Sequence[Alike], holds: _Holds) -> list[Alike]:
    return [alike for alike in groups if holds(alike.kinds)]


def find_root(pod: Pending, table: Table, world: World) -> Root | None:
    """Return the root, or None where some node could take the pod as far as these filters go."""
    wanted = _where(table.groups, lambda k: not k & _UNWANTED)
    if not wanted:
        return Root(Kind.AFFINITY, nodes_of(table.groups), lasting=True) if table.groups else None
    open_nodes = _where(wanted, lambda k: not k & _OFF_LIMITS)
    if not open_nodes:
        return _closed(wanted)
    usable = _where(open_nodes, lambda k: not k & frozenset(CONSTRAINTS))
    if usable:
        return _no_room(pod, usable, wanted, world)
    return _constrained(open_nodes)


def _closed(wanted: Sequence[Alike]) -> Root:
    """Every node that the pod wants is cordoned, tainted or not well."""
    untainted = _where(wanted, lambda k: Kind.TAINT not in k)
    if not untainted:
        return Root(Kind.TAINT, nodes_of(wanted), lasting=True, args=_taints(wanted, Kind.TAINT))
    cordoned = _where(untainted, lambda k: Kind.CORDON in k and Kind.CONDITION not in k)
    unwell = [alike for alike in untainted if alike not in cordoned]
    if not cordoned:
        return Root(Kind.CONDITION, nodes_of(unwell), args=_taints(unwell, Kind.CONDITION))
    useful = _where(cordoned, lambda k: k == {Kind.CORDON})
    strength = Strength.MODERATE if unwell else Strength.CONCLUSIVE if useful else Strength.STRONG
    return Root(Kind.CORDON, nodes_of(useful or cordoned), strength=strength)


def _taints(groups: Sequence[Alike], kind: Kind) -> dict[str, Any]:
    return {"taints": ", ".join(details(groups, kind))}


def _no_room(pod: Pending, usable: Sequence[Alike], wanted: Sequence[Alike], world: World) -> Root | None:
    if any(not alike.rejections for alike in usable):
        return None
    crowded = nodes_of(_where(usable, lambda k: k == {Kind.PODS}))
    if crowded:
        return Root(Kind.PODS, crowded, "pods", args=_capacity_args(crowded[0], world))
    resource = _scarcest(pod, usable, world)
    lacking = nodes_of([alike for alike in usable if any(r.resource == resource for r in alike.rejections)])
    unwell = _where(wanted, lambda k: k == {Kind.CONDITION})
    return _scarce(pod, resource, lacking, nodes_of(wanted), world, sure=not unwell)


def _capacity_args(name: str, world: World) -> dict[str, Any]:
    return {
        "capacity": world.nodes[name].allocatable.get("pods", 0),
        "running": world.loads[name].pods,
        "free_cpu": show("cpu", world.room("cpu")[name]),
        "free_memory": show("memory", world.room("memory")[name]),
    }


def _scarcest(pod: Pending, usable: Sequence[Alike], world: World) -> str:
    """Return the resource whose lack alone shuts most nodes; in doubt the one that most nodes lack, then by share."""
    lacks = [({r.resource for r in a.rejections if r.kind is not Kind.PODS}, a.nodes) for a in usable]

    def scarcity(resource: str) -> tuple[int, int, float]:
        alone = sum(len(nodes) for found, nodes in lacks if found == {resource})
        among = [name for found, nodes in lacks if resource in found for name in nodes]
        most = max(map(world.room(resource).__getitem__, among))
        return alone, len(among), pod.requests[resource] / max(most, 1)

    names = sorted({resource for found, _ in lacks for resource in found})
    return max(names, key=scarcity) if len(names) > 1 else names[0]


def _scarce(
    pod: Pending, resource: str, lacking: Sequence[str], wanted: Iterable[str], world: World, *, sure: bool
) -> Root:
    """A lack of room; less sure where a node that is not well would have had it: then that node is the trouble."""
    kind = {"cpu": Kind.CPU, "memory": Kind.MEMORY}.get(resource, Kind.RESOURCE)
    asked, room = pod.requests.get(resource, 0), world.room(resource)
    free = max(map(room.__getitem__, lacking))
    best = next(name for name in reversed(lacking) if room[name] == free)
    largest = max(map(world.allocatable(resource).__getitem__, wanted))
    args = {
        "resource": resource,
        "requested": show(resource, asked),
        "free": show(resource, max(0, free)),
        "freest": best,
        "largest": show(resource, largest),
    }
    strength = Strength.CONCLUSIVE if sure else Strength.STRONG
    return Root(kind, tuple(lacking), resource, strength, lasting=asked > largest, args=args)


def _constrained(open_nodes: Sequence[Alike]) -> Root:
    """Nodes are open, but volumes, ports, spread or (anti-)affinity forbid each of them."""
    roomy = _where(open_nodes, lambda k: not k & ROOM)
    groups = roomy or open_nodes

    def forbidden(kind: Kind) -> list[Alike]:
        return _where(groups, lambda k: kind in k)

    kind = max(CONSTRAINTS, key=lambda k: (sum(len(a.nodes) for a in forbidden(k)), -CONSTRAINTS.index(k)))
    found = forbidden(kind)
    strength = Strength.CONCLUSIVE if roomy and len(found) == len(groups) else Strength.STRONG
    return Root(kind, nodes_of(found), strength=strength, args={"rule": ", ".join(details(found, kind))})
