"""What the pods that run already have to do with it: pod (anti-)affinity and topology spread.

As in the plugins InterPodAffinity and PodTopologySpread. Selectors over namespaces (`namespaceSelector`) need the
labels of namespaces, which are not read here: such a term is taken for the pod's own namespace only.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from diagflow.packs.kubernetes.scheduling.pending import Pending
from diagflow.packs.kubernetes.scheduling.selectors import Json, node_selected, selects, untolerated
from diagflow.packs.kubernetes.scheduling.world import Node, World, key, meta

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
Domain = tuple[str, str]
"""A topology key with its value."""


def terms(spec: Json, kind: str) -> list[Json]:
    """Return the required terms of `podAffinity` or `podAntiAffinity`."""
    return list(((spec.get("affinity") or {}).get(kind) or {}).get(_REQUIRED) or ())


def _matches(term: Json, owner_namespace: str, labels: Mapping[str, str], namespace: str) -> bool:
    spaces = term.get("namespaces") or [owner_namespace]
    return namespace in spaces and selects(term.get("labelSelector"), labels)


def _placed(world: World) -> Iterable[tuple[Node, Json]]:
    for name, node in world.nodes.items():
        for pod in world.loads[name].pods:
            yield node, pod


class Neighbourhood:
    """The domains in which affinity and anti-affinity of one pod find others; made once for all nodes."""

    __slots__ = ("_affinity", "_anti", "_first", "_forbidden", "_found", "_occupied")

    def __init__(self, pod: Pending, world: World) -> None:
        self._affinity = terms(pod.spec, "podAffinity")
        self._anti = terms(pod.spec, "podAntiAffinity")
        self._found: set[Domain] = set()
        self._occupied: set[Domain] = set()
        self._forbidden: set[Domain] = set()
        self._first = bool(self._affinity) and all(
            _matches(t, pod.namespace, pod.labels, pod.namespace) for t in self._affinity
        )
        if self._affinity or self._anti:
            for node, other in _placed(world):
                self._meet(pod, node, other)
        for name, other in world.loners:
            self._avoided(pod, world.nodes[name], other)

    def _meet(self, pod: Pending, node: Node, other: Json) -> None:
        labels, (namespace, _) = meta(other).get("labels") or {}, key(other)
        if self._affinity and all(_matches(t, pod.namespace, labels, namespace) for t in self._affinity):
            self._found |= _domains(self._affinity, node)
        met = [t for t in self._anti if _matches(t, pod.namespace, labels, namespace)]
        self._occupied |= _domains(met, node)

    def _avoided(self, pod: Pending, node: Node, other: Json) -> None:
        theirs = terms(other.get("spec") or {}, "podAntiAffinity")
        met = [t for t in theirs if _matches(t, key(other)[0], pod.labels, pod.namespace)]
        self._forbidden |= _domains(met, node)

    def refuses(self, node: Node) -> str:
        """Return what stands against a node: `affinity`, `anti-affinity`, or nothing (an empty string)."""
        if any(t.get("topologyKey") not in node.labels for t in self._affinity):
            return "affinity"
        own = _domains(self._affinity, node)
        if own and not own <= self._found and not (self._first and not self._found):
            return "affinity"
        if _domains(self._anti, node) & self._occupied:
            return "anti-affinity"
        return "anti-affinity" if any(node.labels.get(k) == v for k, v in self._forbidden) else ""


def _domains(some: Iterable[Json], node: Node) -> set[Domain]:
    keys = {str(t.get("topologyKey") or "") for t in some}
    return {(k, node.labels[k]) for k in keys if k in node.labels}


class Spread:
    """The hard topology spread constraints of one pod; made once for all nodes."""

    __slots__ = ("_constraints", "_counts")

    def __init__(self, pod: Pending, world: World) -> None:
        every = pod.spec.get("topologySpreadConstraints") or ()
        self._constraints = [c for c in every if c.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"]
        self._counts = [_count(c, pod, world) for c in self._constraints]

    def refuses(self, node: Node, pod: Pending) -> bool:
        """True when a pod more on this node would make a constraint's skew too large."""
        return any(_skewed(c, counts, node, pod) for c, counts in zip(self._constraints, self._counts, strict=True))


def _count(constraint: Json, pod: Pending, world: World) -> dict[str, int]:
    """Count the matching pods in each domain of the nodes that count for this pod."""
    name = str(constraint.get("topologyKey") or "")
    counts: dict[str, int] = {}
    for node in world.nodes.values():
        if name in node.labels and _eligible(constraint, pod, node):
            own = (p for p in world.loads[node.name].pods if _counted(p, constraint, pod))
            counts[node.labels[name]] = counts.get(node.labels[name], 0) + sum(1 for _ in own)
    return counts


def _eligible(constraint: Json, pod: Pending, node: Node) -> bool:
    if constraint.get("nodeAffinityPolicy", "Honor") == "Honor" and not node_selected(pod.spec, node.name, node.labels):
        return False
    honors_taints = constraint.get("nodeTaintsPolicy", "Ignore") == "Honor"
    return not (honors_taints and untolerated(node.taints, pod.spec.get("tolerations") or ()))


def _counted(other: Json, constraint: Json, pod: Pending) -> bool:
    own = meta(other)
    labels = own.get("labels") or {}
    return (
        own.get("namespace") == pod.namespace
        and not own.get("deletionTimestamp")
        and selects(constraint.get("labelSelector"), labels)
        and all(labels.get(k) == pod.labels[k] for k in constraint.get("matchLabelKeys") or () if k in pod.labels)
    )


def _skewed(constraint: Json, counts: Mapping[str, int], node: Node, pod: Pending) -> bool:
    name = str(constraint.get("topologyKey") or "")
    if name not in node.labels:
        return True
    fewest = min(counts.values(), default=0) if len(counts) >= int(constraint.get("minDomains") or 1) else 0
    itself = 1 if selects(constraint.get("labelSelector"), pod.labels) else 0
    return counts.get(node.labels[name], 0) + itself - fewest > int(constraint.get("maxSkew") or 1)
