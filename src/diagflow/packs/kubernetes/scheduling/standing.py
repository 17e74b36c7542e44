"""The pods that stand on nodes: what they hold there, and what of them matters to others."""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from diagflow.analyze.narrow import rows
from diagflow.packs.kubernetes.scheduling.requests import Amounts, Port, host_ports, pod_requests
from diagflow.packs.kubernetes.scheduling.selectors import Json, terms

_OVER: Final = ("Succeeded", "Failed")
"""Phases in which a pod holds nothing of its node any more."""

_NEW: Final = (None, "Pending")
_CALLED: Final = (
    "spec.nodeName",
    "status.phase",
    "spec.schedulingGates",
    "metadata.deletionTimestamp",
    "metadata.namespace",
    "spec.affinity",
    "spec.containers[].resources",
    "spec.initContainers[].resources",
    "spec.initContainers[].restartPolicy",
    "spec.resources",
    "spec.overhead",
)


@dataclass(slots=True)
class Load:
    """What the pods of one node hold.

    Attributes:
        requested: the sum of what they ask for.
        pods: how many they are.
    """

    requested: Amounts = field(default_factory=dict)
    pods: int = 0

    def add(self, asked: Mapping[str, int], pods: int = 1) -> None:
        """Count pods that ask for the same."""
        requested = self.requested
        for name, value in asked.items():
            requested[name] = requested.get(name, 0) + value * pods
        self.pods += pods

    def held(self, resource: str) -> int:
        """Return how much of a resource they hold; of `pods`, how many they are."""
        return self.pods if resource == "pods" else self.requested.get(resource, 0)


@dataclass(frozen=True, slots=True)
class Kin:
    """Pods of one namespace with the same labels.

    Attributes:
        namespace: theirs, as their objects have it.
        labels: theirs.
        ending: they are being deleted.
        nodes: the node of each.
    """

    namespace: Any
    labels: Mapping[str, str]
    ending: bool
    nodes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loners:
    """Pods of one namespace that run with the same required anti-affinity.

    Attributes:
        namespace: theirs.
        terms: what they want nobody near of.
        nodes: their nodes.
    """

    namespace: str
    terms: Sequence[Json]
    nodes: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Roll:
    """All pods, as those see them that look for a node.

    Attributes:
        waiting: those that want a node and have none.
        loads: what is held of each node where pods stand; pods that are over hold nothing.
        loners: those that stand somewhere and want nobody of some kind near them.
    """

    waiting: Sequence[Json] = ()
    loads: Mapping[str, Load] = field(default_factory=dict)
    loners: Sequence[Loners] = ()


def call(pods: Sequence[Json]) -> Roll:
    """Read all pods, once: there may be many thousands."""
    waiting: list[Json] = []
    alike: dict[tuple[str, bytes], int] = {}  # (node, what is asked for) → pods: most have a twin
    known: dict[bytes, Mapping[str, int]] = {}
    loners: dict[tuple[str, bytes], Loners] = {}
    for position, (name, phase, gates, deleted, namespace, affinity, *asks) in enumerate(rows(pods, *_CALLED)):
        if not name and phase in _NEW and not gates and not deleted:
            waiting.append(pods[position])
        if not name or phase in _OVER:
            continue
        same = msgspec.json.encode(asks)
        if same not in known:
            known[same] = _asked(*asks)
        alike[name, same] = alike.get((name, same), 0) + 1
        if affinity and (theirs := terms({"affinity": affinity}, "podAntiAffinity")):
            like = str(namespace or ""), msgspec.json.encode(theirs)
            loners.setdefault(like, Loners(like[0], theirs)).nodes.add(name)
    loads: dict[str, Load] = defaultdict(Load)
    for (name, same), pods_alike in alike.items():
        loads[name].add(known[same], pods_alike)
    return Roll(waiting, dict(loads), tuple(loners.values()))


def _asked(containers: Any, inits: Any, policies: Any, whole: Any, overhead: Any) -> Amounts:
    each = [{"resources": r, "restartPolicy": p} for r, p in zip(inits or (), policies or (), strict=True)]
    plain = [{"resources": r} for r in containers or ()]
    return pod_requests({"containers": plain, "initContainers": each, "resources": whole, "overhead": overhead})


def _standing(pods: Sequence[Json], nodes: Container[str], *paths: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the node of each pod that stands on one and is not over, and the values at some paths."""
    for name, phase, *values in rows(pods, "spec.nodeName", "status.phase", *paths):
        if name in nodes and phase not in _OVER:
            yield name, values


def ports(pods: Sequence[Json], nodes: Container[str]) -> dict[str, set[Port]]:
    """Return the host ports that are taken, by node; nodes where none is are not in there."""
    found: dict[str, set[Port]] = {}
    for name, (containers,) in _standing(pods, nodes, "spec.containers[].ports"):
        if containers and any(containers):
            taken = host_ports({"containers": [{"ports": p} for p in containers]})
            if taken:
                found.setdefault(name, set()).update(taken)
    return found


def kin(pods: Sequence[Json], nodes: Container[str]) -> list[Kin]:
    """Return the pods in groups of those that no selector can tell apart."""
    found: dict[tuple[Any, bytes, bool], Kin] = {}
    paths = ("metadata.namespace", "metadata.labels", "metadata.deletionTimestamp")
    for name, (namespace, labels, deleted) in _standing(pods, nodes, *paths):
        alike = namespace, msgspec.json.encode(labels), bool(deleted)
        if alike not in found:
            found[alike] = Kin(namespace, labels or {}, bool(deleted))
        found[alike].nodes.append(name)
    return list(found.values())
