"""The nodes with what runs on them, the way the scheduler's cache holds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from diagflow.packs.kubernetes.scheduling.quantity import amount
from diagflow.packs.kubernetes.scheduling.requests import Amounts, Port, host_ports, pod_requests
from diagflow.packs.kubernetes.scheduling.selectors import Json, Taint

_OVER: Final = ("Succeeded", "Failed")
"""Phases in which a pod holds nothing of its node any more."""


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


@dataclass(slots=True)
class Load:
    """What the pods of one node hold."""

    requested: Amounts = field(default_factory=dict)
    pods: list[Json] = field(default_factory=list)
    ports: set[Port] = field(default_factory=set)

    def add(self, pod: Json, spec: Json) -> None:
        """Count one pod."""
        requested = self.requested
        for name, value in pod_requests(spec).items():
            requested[name] = requested.get(name, 0) + value
        if ports := host_ports(spec):
            self.ports |= ports
        self.pods.append(pod)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that the scheduler decides on.

    Attributes:
        nodes: by name.
        loads: what runs on each node, by its name.
        loners: pods that run with an anti-affinity of their own, with the names of their nodes.
        complete: all nodes and pods were read; without them only the scheduler's message tells.
        clocked: its time is that of a live cluster. A dump without nodes is a snippet that somebody cut out because of
            a fault, its last timestamp is all there is of a clock: how young something is cannot be told from it.
        claims: persistentvolumeclaims by (namespace, name); None when they could not be read.
        volumes: persistentvolumes by name; None when they could not be read.
        classes: storage classes by name; None when they could not be read.
    """

    nodes: Mapping[str, Node]
    loads: Mapping[str, Load]
    loners: tuple[tuple[str, Json], ...] = ()
    complete: bool = True
    clocked: bool = True
    claims: Mapping[tuple[str, str], Json] | None = None
    volumes: Mapping[str, Json] | None = None
    classes: Mapping[str, Json] | None = None

    def free(self, node: Node, resource: str) -> int:
        """Return how much of a resource a node has left; `pods` counts pods."""
        load = self.loads[node.name]
        used = len(load.pods) if resource == "pods" else load.requested.get(resource, 0)
        return node.allocatable.get(resource, 0) - used


def meta(obj: Json) -> Json:
    """Return the metadata of an object."""
    return obj.get("metadata") or {}


def key(obj: Json) -> tuple[str, str]:
    """Return namespace and name of an object."""
    return str(meta(obj).get("namespace") or ""), str(meta(obj).get("name") or "")


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


def node_of(obj: Json) -> Node:
    """Read one node."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    taints = (
        Taint(str(t.get("key") or ""), str(t.get("value") or ""), str(t.get("effect") or ""))
        for t in spec.get("taints") or ()
    )
    return Node(
        name=str(meta(obj).get("name") or ""),
        labels=meta(obj).get("labels") or {},
        cordoned=bool(spec.get("unschedulable")),
        taints=tuple(taints),
        allocatable={k: amount(k, v) for k, v in (status.get("allocatable") or {}).items()},
        conditions={str(c.get("type")): str(c.get("status")) for c in status.get("conditions") or ()},
    )


def build(
    nodes: Iterable[Json],
    pods: Iterable[Json],
    *,
    complete: bool = True,
    clocked: bool = True,
    claims: Sequence[Json] | None = None,
    volumes: Sequence[Json] | None = None,
    classes: Sequence[Json] | None = None,
) -> World:
    """Put the objects together; pods that are over hold nothing, pods without a node stand nowhere."""
    known = {node.name: node for node in map(node_of, nodes)}
    loads = {name: Load() for name in known}
    loners = []
    for pod in pods:
        spec = pod.get("spec") or {}
        load = loads.get(spec.get("nodeName") or "")
        if load is not None and (pod.get("status") or {}).get("phase") not in _OVER:
            load.add(pod, spec)
            if (spec.get("affinity") or {}).get("podAntiAffinity"):
                loners.append((str(spec["nodeName"]), pod))
    return World(
        nodes=known,
        loads=loads,
        loners=tuple(loners),
        complete=complete,
        clocked=clocked,
        claims=None if claims is None else {key(c): c for c in claims},
        volumes=None if volumes is None else {key(v)[1]: v for v in volumes},
        classes=None if classes is None else {key(c)[1]: c for c in classes},
    )
