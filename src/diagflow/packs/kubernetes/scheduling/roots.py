"""The one root of a pod that waits: what would have to change so that a node takes it.

The nodes are narrowed down the way a person would do it. Nodes that the pod itself does not want are no candidates;
of the rest, ordinary restrictions (a control plane's taint, a node full as nodes are) explain nothing while another
node is held back by something out of the ordinary. So one root comes out, and what else the message says is told apart
from it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from diagflow.model import Strength
from diagflow.packs.kubernetes.scheduling.filters import ROOM, Rejection, Table
from diagflow.packs.kubernetes.scheduling.pending import Pending
from diagflow.packs.kubernetes.scheduling.quantity import show
from diagflow.packs.kubernetes.scheduling.reasons import Kind
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


def _kinds(rejections: Iterable[Rejection]) -> frozenset[Kind]:
    return frozenset(r.kind for r in rejections)


def _where(table: Table, names: Iterable[str], holds: Callable[[frozenset[Kind]], bool]) -> list[str]:
    return [n for n in names if holds(_kinds(table[n]))]


def find_root(pod: Pending, table: Table, world: World) -> Root | None:
    """Return the root, or None where some node could take the pod as far as these filters go."""
    wanted = _where(table, table, lambda k: not k & _UNWANTED)
    if not wanted:
        return Root(Kind.AFFINITY, tuple(table), lasting=True) if table else None
    open_nodes = _where(table, wanted, lambda k: not k & _OFF_LIMITS)
    if not open_nodes:
        return _closed(table, wanted)
    usable = _where(table, open_nodes, lambda k: not k & frozenset(CONSTRAINTS))
    if usable:
        return _no_room(pod, table, usable, wanted, world)
    return _constrained(table, open_nodes)


def _closed(table: Table, wanted: list[str]) -> Root:
    """Every node that the pod wants is cordoned, tainted or not well."""
    untainted = _where(table, wanted, lambda k: Kind.TAINT not in k)
    if not untainted:
        return _tainted(table, wanted)
    cordoned = _where(table, untainted, lambda k: Kind.CORDON in k and Kind.CONDITION not in k)
    unwell = [n for n in untainted if n not in cordoned]
    if not cordoned:
        return Root(Kind.CONDITION, tuple(unwell), args={"taints": _details(table, unwell, Kind.CONDITION)})
    useful = _where(table, cordoned, lambda k: k == {Kind.CORDON})
    strength = Strength.MODERATE if unwell else Strength.CONCLUSIVE if useful else Strength.STRONG
    return Root(Kind.CORDON, tuple(useful or cordoned), strength=strength)


def _tainted(table: Table, wanted: list[str]) -> Root:
    return Root(Kind.TAINT, tuple(wanted), lasting=True, args={"taints": _details(table, wanted, Kind.TAINT)})


def _details(table: Table, names: Iterable[str], kind: Kind) -> str:
    return ", ".join(sorted({r.detail for n in names for r in table[n] if r.kind is kind}))


def _no_room(pod: Pending, table: Table, usable: list[str], wanted: list[str], world: World) -> Root | None:
    if any(not table[n] for n in usable):
        return None
    crowded = _where(table, usable, lambda k: k == {Kind.PODS})
    if crowded:
        return Root(Kind.PODS, tuple(crowded), "pods", args=_capacity_args(crowded[0], world))
    resource = _scarcest(table, usable)
    lacking = [n for n in usable if any(r.resource == resource for r in table[n])]
    unwell = _where(table, wanted, lambda k: k == {Kind.CONDITION})
    return _scarce(pod, resource, lacking, wanted, unwell, world)


def _capacity_args(name: str, world: World) -> dict[str, Any]:
    node = world.nodes[name]
    return {
        "capacity": node.allocatable.get("pods", 0),
        "running": len(world.loads[name].pods),
        "free_cpu": show("cpu", world.free(node, "cpu")),
        "free_memory": show("memory", world.free(node, "memory")),
    }


def _scarcest(table: Table, usable: list[str]) -> str:
    """Return the resource whose lack alone shuts most nodes; in doubt the one that most nodes lack, then by share."""
    lacks = {n: {r.resource: r for r in table[n] if r.kind is not Kind.PODS} for n in usable}
    names = sorted({resource for found in lacks.values() for resource in found})
    return max(names, key=lambda r: _scarcity(r, list(lacks.values())))


def _scarcity(resource: str, lacks: list[dict[str, Rejection]]) -> tuple[int, int, float]:
    alone = sum(1 for found in lacks if set(found) == {resource})
    among = [found[resource] for found in lacks if resource in found]
    return alone, len(among), min((r.wanted / max(r.free, 1) for r in among), default=0.0)


def _scarce(
    pod: Pending, resource: str, lacking: list[str], wanted: list[str], unwell: list[str], world: World
) -> Root:
    """A lack of room; less sure where a node that is not well would have had it: then that node is the trouble."""
    kind = {"cpu": Kind.CPU, "memory": Kind.MEMORY}.get(resource, Kind.RESOURCE)
    asked = pod.requests.get(resource, 0)
    best = max(lacking, key=lambda n: (world.free(world.nodes[n], resource), n))
    largest = max(world.nodes[n].allocatable.get(resource, 0) for n in wanted)
    args = {
        "resource": resource,
        "requested": show(resource, asked),
        "free": show(resource, max(0, world.free(world.nodes[best], resource))),
        "freest": best,
        "largest": show(resource, largest),
    }
    strength = Strength.STRONG if unwell else Strength.CONCLUSIVE
    return Root(kind, tuple(lacking), resource, strength, lasting=asked > largest, args=args)


def _constrained(table: Table, open_nodes: list[str]) -> Root:
    """Nodes are open, but volumes, ports, spread or (anti-)affinity forbid each of them."""
    roomy = _where(table, open_nodes, lambda k: not k & ROOM)
    names = roomy or open_nodes
    kind = max(CONSTRAINTS, key=lambda k: (len(_where(table, names, lambda s: k in s)), -CONSTRAINTS.index(k)))
    nodes = _where(table, names, lambda s: kind in s)
    strength = Strength.CONCLUSIVE if roomy and len(nodes) == len(names) else Strength.STRONG
    args = {"rule": _details(table, nodes, kind)}
    return Root(kind, tuple(nodes), strength=strength, args=args)
