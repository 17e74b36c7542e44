"""The nodes with what runs on them, the way the scheduler's cache holds them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from diagflow.analyze.narrow import rows
from diagflow.packs.kubernetes.scheduling.places import Places
from diagflow.packs.kubernetes.scheduling.quantity import amount
from diagflow.packs.kubernetes.scheduling.requests import Port
from diagflow.packs.kubernetes.scheduling.selectors import Json, Taint, looks_at
from diagflow.packs.kubernetes.scheduling.standing import Kin, Load, Roll, call, kin, ports


@dataclass(frozen=True, slots=True)
class Node:
    """One node.

    Attributes:
        name: of the node.
        labels: of the node.
        cordoned: `spec.unschedulable`.
        taints: in the node's order.
        allocatable: what pods may ask for in sum, `pods` included.
        conditions: type → status.
    """

    name: str
    labels: Mapping[str, str]
    cordoned: bool
    taints: tuple[Taint, ...]
    allocatable: Mapping[str, int]
    conditions: Mapping[str, str]

    @property
    def well(self) -> bool:
        """True when it is ready and under no pressure."""
        return all(status == ("True" if kind == "Ready" else "False") for kind, status in self.conditions.items())


@dataclass(frozen=True)
class World:
    """Everything that the scheduler decides on; what only some pods ask for is read when one does.

    Attributes:
        nodes: by name, in the order of their names.
        pods: all pods.
        roll: what was read of each of them.
        complete: all nodes and pods were read; without them only the scheduler's message tells.
        clocked: its time is that of a live cluster. A dump without nodes is a snippet that somebody cut out because of
            a fault, its last timestamp is all there is of a clock: how young something is cannot be told from it.
        claims: persistentvolumeclaims by (namespace, name); None when they could not be read.
        volumes: persistentvolumes by name; None when they could not be read.
        classes: storage classes by name; None when they could not be read.
    """

    nodes: Mapping[str, Node]
    pods: Sequence[Json] = ()
    roll: Roll = field(default_factory=Roll)
    complete: bool = True
    clocked: bool = True
    claims: Mapping[tuple[str, str], Json] | None = None
    volumes: Mapping[str, Json] | None = None
    classes: Mapping[str, Json] | None = None
    _allocatable: dict[str, Mapping[str, int]] = field(default_factory=dict, repr=False)
    _avoiders: dict[str, Sequence[tuple[Json, set[str]]]] = field(default_factory=dict, repr=False)
    _room: dict[str, Mapping[str, int]] = field(default_factory=dict, repr=False)
    _scarcest: dict[str, tuple[list[int], list[str]]] = field(default_factory=dict, repr=False)

    @cached_property
    def loads(self) -> Mapping[str, Load]:
        """What runs on each node, by its name."""
        return {name: self.roll.loads.get(name) or Load() for name in self.nodes}

    @cached_property
    def ports(self) -> Mapping[str, set[Port]]:
        """The host ports that are taken, by node."""
        return ports(self.pods, self.nodes)

    @cached_property
    def kin(self) -> Sequence[Kin]:
        """The pods that run, in groups of those that no selector can tell apart."""
        return kin(self.pods, self.nodes)

    def avoiders(self, namespace: str) -> Sequence[tuple[Json, set[str]]]:
        """Return the terms with which pods that run keep those of a namespace away, with the nodes of these pods."""
        found = self._avoiders.get(namespace)
        if found is None:
            every = ((t, loners) for loners in self.roll.loners for t in loners.terms)
            found = [(t, loners.nodes) for t, loners in every if looks_at(t, loners.namespace, namespace)]
            self._avoiders[namespace] = found
        return found

    @cached_property
    def places(self) -> Places:
        """The labels of the nodes."""
        return Places({name: node.labels for name, node in self.nodes.items()})

    @cached_property
    def tainted(self) -> Mapping[tuple[bool, tuple[Taint, ...]], Sequence[str]]:
        """The nodes by whether they are cordoned and by their taints."""
        found: dict[tuple[bool, tuple[Taint, ...]], list[str]] = {}
        for name, node in self.nodes.items():
            found.setdefault((node.cordoned, node.taints), []).append(name)
        return found

    @cached_property
    def unwell_first(self) -> Sequence[str]:
        """The names of the nodes, those that are not well before all others."""
        return sorted(self.nodes, key=lambda name: (self.nodes[name].well, name))

    def allocatable(self, resource: str) -> Mapping[str, int]:
        """Return how much of a resource each node has for pods at all."""
        found = self._allocatable.get(resource)
        if found is None:
            found = {name: node.allocatable.get(resource, 0) for name, node in self.nodes.items()}
            self._allocatable[resource] = found
        return found

    def room(self, resource: str) -> Mapping[str, int]:
        """Return how much of a resource each node has left; `pods` counts pods."""
        found = self._room.get(resource)
        if found is None:
            loads = self.loads
            found = {name: n - loads[name].held(resource) for name, n in self.allocatable(resource).items()}
            self._room[resource] = found
        return found

    def short_of(self, resource: str, wanted: int) -> Sequence[str]:
        """Return the nodes that have less than `wanted` left of a resource."""
        found = self._scarcest.get(resource)
        if found is None:
            by_room = sorted((free, name) for name, free in self.room(resource).items())
            found = self._scarcest[resource] = [free for free, _ in by_room], [name for _, name in by_room]
        amounts, names = found
        return names[: bisect_left(amounts, wanted)]


def meta(obj: Json) -> Json:
    """Return the metadata of an object."""
    return obj.get("metadata") or {}


def key(obj: Json) -> tuple[str, str]:
    """Return namespace and name of an object."""
    return str(meta(obj).get("namespace") or ""), str(meta(obj).get("name") or "")


def owner_names(obj: Json, kind: str) -> set[str]:
    """Return the names of an object's owners of one kind."""
    return {str(one.get("name")) for one in meta(obj).get("ownerReferences") or () if one.get("kind") == kind}


def condition(obj: Json, kind: str) -> Json:
    """Return one condition of an object's status; an empty one if it has none."""
    for one in (obj.get("status") or {}).get("conditions") or ():
        if one.get("type") == kind:
            return dict(one)
    return {}


def timestamp(text: Any) -> datetime | None:
    """Return a time as Kubernetes writes it; None for what is no time."""
    if isinstance(text, datetime):
        return text
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


_NODE = (
    "metadata.name",
    "metadata.labels",
    "spec.unschedulable",
    "spec.taints",
    "status.allocatable",
    "status.conditions",
)


def _nodes(objects: Sequence[Json]) -> Iterator[Node]:
    for name, labels, cordoned, taints, allocatable, conditions in rows(objects, *_NODE):
        yield Node(
            name=str(name or ""),
            labels=labels or {},
            cordoned=bool(cordoned),
            taints=tuple(_taint(t) for t in taints or ()),
            allocatable={k: amount(k, v) for k, v in (allocatable or {}).items()},
            conditions={str(c.get("type")): str(c.get("status")) for c in conditions or ()},
        )


def _taint(taint: Json) -> Taint:
    return Taint(str(taint.get("key") or ""), str(taint.get("value") or ""), str(taint.get("effect") or ""))


class _Named(Mapping[Any, Json]):
    """Objects by what names them, looked at when they are asked for; of two with the same name the last."""

    def __init__(self, objects: Sequence[Json], *paths: str) -> None:
        names = (tuple(str(v or "") for v in row) for row in rows(objects, *paths))
        self._objects = objects
        self._positions = {n if len(n) > 1 else n[0]: i for i, n in enumerate(names)}

    def __getitem__(self, name: Any) -> Json:
        return self._objects[self._positions[name]]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)


def build(
    nodes: Sequence[Json],
    pods: Sequence[Json],
    *,
    roll: Roll | None = None,
    complete: bool = True,
    clocked: bool = True,
    claims: Sequence[Json] | None = None,
    volumes: Sequence[Json] | None = None,
    classes: Sequence[Json] | None = None,
) -> World:
    """Put the objects together; `roll` is what was read of the pods already."""
    known = {node.name: node for node in _nodes(nodes)}
    return World(
        nodes={name: known[name] for name in sorted(known)},
        pods=pods,
        roll=call(pods) if roll is None else roll,
        complete=complete,
        clocked=clocked,
        claims=None if claims is None else _Named(claims, "metadata.namespace", "metadata.name"),
        volumes=None if volumes is None else _Named(volumes, "metadata.name"),
        classes=None if classes is None else _Named(classes, "metadata.name"),
    )
