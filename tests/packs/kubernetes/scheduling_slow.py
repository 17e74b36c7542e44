"""The scheduler's filters, one node and one pod that runs after the other: what the sets of nodes are held to.

Written from the plugins' point of view, with nothing in common with `filters` but single selectors, taints and ports.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from diagflow.packs.kubernetes.scheduling.filters import ORDER
from diagflow.packs.kubernetes.scheduling.pending import Pending, claim_names
from diagflow.packs.kubernetes.scheduling.quantity import amount
from diagflow.packs.kubernetes.scheduling.reasons import CONDITION_TAINTS, CORDON_TAINT, Kind
from diagflow.packs.kubernetes.scheduling.requests import host_ports, pod_requests, ports_conflict
from diagflow.packs.kubernetes.scheduling.selectors import Taint, requirement_holds, selects, untolerated
from diagflow.packs.kubernetes.scheduling.table import Rejection

Json = Mapping[str, Any]
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
NO_CLASS: Json = {}


def slow_table(
    pod: Pending,
    nodes: Sequence[Json],
    pods: Sequence[Json],
    claims: Sequence[Json] = (),
    volumes: Sequence[Json] = (),
    classes: Sequence[Json] = (),
) -> dict[str, tuple[Rejection, ...]]:
    return {n["metadata"]["name"]: Slow(pod, n, nodes, pods, claims, volumes, classes).rejections() for n in nodes}


def labels_of(obj: Json) -> Mapping[str, str]:
    labels: Mapping[str, str] = obj["metadata"].get("labels") or {}
    return labels


def name_of(obj: Json) -> str:
    return str(obj["metadata"]["name"])


def running_on(node: Json, pods: Iterable[Json]) -> list[Json]:
    here = [p for p in pods if p["spec"].get("nodeName") == name_of(node)]
    return [p for p in here if (p.get("status") or {}).get("phase") not in ("Succeeded", "Failed")]


def node_selected(spec: Json, name: str, labels: Mapping[str, str]) -> bool:
    if any(labels.get(k) != v for k, v in (spec.get("nodeSelector") or {}).items()):
        return False
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(REQUIRED)
    return required is None or in_terms(required, name, labels)


def in_terms(selector: Json, name: str, labels: Mapping[str, str]) -> bool:
    for term in selector.get("nodeSelectorTerms") or ():
        wanted = [(labels, r) for r in term.get("matchExpressions") or ()]
        wanted += [({"metadata.name": name}, r) for r in term.get("matchFields") or ()]
        if wanted and all(requirement_holds(own, r) for own, r in wanted):
            return True
    return False


def terms(spec: Json, kind: str) -> list[Json]:
    return list(((spec.get("affinity") or {}).get(kind) or {}).get(REQUIRED) or ())


def meant(term: Json, owner_namespace: str, other: Json) -> bool:
    spaces = term.get("namespaces") or [owner_namespace]
    return other["metadata"]["namespace"] in spaces and selects(term.get("labelSelector"), labels_of(other))


class Slow:
    """One pod and one node."""

    def __init__(
        self,
        pod: Pending,
        node: Json,
        nodes: Sequence[Json],
        pods: Sequence[Json],
        claims: Sequence[Json],
        volumes: Sequence[Json],
        classes: Sequence[Json],
    ) -> None:
        self.pod, self.node, self.nodes, self.pods = pod, node, nodes, pods
        self.itself = {"metadata": {"namespace": pod.namespace, "labels": pod.labels}}
        self.claims = {name_of(c): c for c in claims if c["metadata"]["namespace"] == pod.namespace}
        self.volumes = {name_of(v): v for v in volumes}
        self.classes = {name_of(c): c for c in classes}

    def rejections(self) -> tuple[Rejection, ...]:
        found = [*self.taints(), *self.place(), *self.port(), *self.room(), *self.volume(), *self.uneven()]
        return tuple(sorted([*found, *self.neighbours()], key=lambda r: ORDER[r.kind]))

    def taints(self) -> Iterator[Rejection]:
        tolerations = self.pod.spec.get("tolerations") or ()
        cordoned = self.node["spec"].get("unschedulable")
        if cordoned and untolerated([Taint(CORDON_TAINT, "", "NoSchedule")], tolerations):
            yield Rejection(Kind.CORDON)
        every = [Taint(t["key"], t["value"], t["effect"]) for t in self.node["spec"].get("taints") or ()]
        for taint in untolerated(every, tolerations):
            if taint.key != CORDON_TAINT:
                yield Rejection(Kind.CONDITION if taint.key in CONDITION_TAINTS else Kind.TAINT, str(taint))
            elif not cordoned:
                yield Rejection(Kind.CORDON)

    def place(self) -> Iterator[Rejection]:
        if not node_selected(self.pod.spec, name_of(self.node), labels_of(self.node)):
            yield Rejection(Kind.AFFINITY)

    def port(self) -> Iterator[Rejection]:
        taken = {p for other in running_on(self.node, self.pods) for p in host_ports(other["spec"])}
        if conflict := ports_conflict(sorted(self.pod.ports), taken):
            yield Rejection(Kind.PORTS, f"{conflict[0][2]}/{conflict[0][1]}")

    def room(self) -> Iterator[Rejection]:
        here = running_on(self.node, self.pods)
        has = self.node["status"]["allocatable"]
        if "pods" in has and len(here) + 1 > amount("pods", has["pods"]):
            yield Rejection(Kind.PODS)
        for resource, wanted in sorted(self.pod.requests.items()):
            held = sum(pod_requests(p["spec"]).get(resource, 0) for p in here)
            if held + wanted > amount(resource, has.get(resource, 0)):
                kind = {"cpu": Kind.CPU, "memory": Kind.MEMORY}.get(resource, Kind.RESOURCE)
                yield Rejection(kind, resource if kind is Kind.RESOURCE else "")

    def volume(self) -> Iterator[Rejection]:
        names = claim_names(self.pod.entity.name, self.pod.spec)
        mine = {name: self.claims[name] for name in names if name in self.claims}
        for name, claim in mine.items():
            if claim["status"]["phase"] == "Pending" and not self.bindable(claim):
                yield Rejection(Kind.VOLUME_NONE, name)
        for name, claim in mine.items():
            volume = self.volumes.get(claim["spec"].get("volumeName", ""))
            if volume is not None and not (self.reaches(volume) and self.same_zone(volume)):
                yield Rejection(Kind.VOLUME_NODE, name)

    def bindable(self, claim: Json) -> bool:
        known = self.classes.get(claim["spec"].get("storageClassName", ""), NO_CLASS)
        if known.get("volumeBindingMode") != "WaitForFirstConsumer":
            return True
        if known["provisioner"] == "kubernetes.io/no-provisioner":
            return any(self.fits(v, claim) and self.reaches(v) for v in self.volumes.values())
        allowed = known.get("allowedTopologies") or ()
        own = labels_of(self.node)
        return not allowed or any(
            all(own.get(e["key"]) in e["values"] for e in t["matchLabelExpressions"]) for t in allowed
        )

    def fits(self, volume: Json, claim: Json) -> bool:
        same = volume["spec"].get("storageClassName", "") == claim["spec"].get("storageClassName", "")
        size = amount("storage", volume["spec"].get("capacity", {}).get("storage", 0))
        asked = amount("storage", claim["spec"].get("resources", {}).get("requests", {}).get("storage", 0))
        return same and size >= asked and volume["status"]["phase"] == "Available"

    def reaches(self, volume: Json) -> bool:
        required = (volume["spec"].get("nodeAffinity") or {}).get("required")
        return required is None or in_terms(required, name_of(self.node), labels_of(self.node))

    def same_zone(self, volume: Json) -> bool:
        zone, own = "topology.kubernetes.io/zone", labels_of(self.node)
        theirs = labels_of(volume)
        return zone not in own or zone not in theirs or own[zone] in theirs[zone].split("__")

    def uneven(self) -> Iterator[Rejection]:
        every = self.pod.spec.get("topologySpreadConstraints") or ()
        if any(self.skewed(c) for c in every if c.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"):
            yield Rejection(Kind.SPREAD)

    def skewed(self, constraint: Json) -> bool:
        key, own = constraint["topologyKey"], labels_of(self.node)
        if key not in own:
            return True
        counts: dict[str, int] = {}
        for node in self.nodes:
            if key in labels_of(node) and self.counts_for(constraint, node):
                there = sum(1 for p in running_on(node, self.pods) if self.counted(constraint, p))
                counts[labels_of(node)[key]] = counts.get(labels_of(node)[key], 0) + there
        fewest = min(counts.values(), default=0) if len(counts) >= constraint.get("minDomains", 1) else 0
        itself = int(selects(constraint.get("labelSelector"), self.pod.labels))
        return counts.get(own[key], 0) + itself - fewest > int(constraint["maxSkew"])

    def counts_for(self, constraint: Json, node: Json) -> bool:
        if constraint.get("nodeTaintsPolicy") == "Honor":
            every = [Taint(t["key"], t["value"], t["effect"]) for t in node["spec"].get("taints") or ()]
            if untolerated(every, self.pod.spec.get("tolerations") or ()):
                return False
        ignores = constraint.get("nodeAffinityPolicy") == "Ignore"
        return ignores or node_selected(self.pod.spec, name_of(node), labels_of(node))

    def counted(self, constraint: Json, other: Json) -> bool:
        own, theirs = self.pod.labels, labels_of(other)
        if other["metadata"]["namespace"] != self.pod.namespace or other["metadata"].get("deletionTimestamp"):
            return False
        same = all(theirs.get(k) == own[k] for k in constraint.get("matchLabelKeys") or () if k in own)
        return same and selects(constraint.get("labelSelector"), theirs)

    def neighbours(self) -> Iterator[Rejection]:
        if self.friendless():
            yield Rejection(Kind.POD_AFFINITY, "affinity")
        elif self.crowded():
            yield Rejection(Kind.POD_AFFINITY, "anti-affinity")

    def domain(self, term: Json) -> list[Json]:
        """Return the pods that run in the node's domain of a term; nobody where the node has no such label."""
        key, own = term["topologyKey"], labels_of(self.node)
        same = [n for n in self.nodes if key in own and labels_of(n).get(key) == own[key]]
        return [p for n in same for p in running_on(n, self.pods)]

    def friendless(self) -> bool:
        wanted = terms(self.pod.spec, "podAffinity")

        def friend(other: Json) -> bool:
            return all(meant(t, self.pod.namespace, other) for t in wanted)

        if any(t["topologyKey"] not in labels_of(self.node) for t in wanted):
            return True
        if all(any(friend(p) for p in self.domain(t)) for t in wanted):
            return False
        keys = [t["topologyKey"] for t in wanted]
        placed = [n for n in self.nodes if any(k in labels_of(n) for k in keys)]
        anywhere = any(friend(p) for n in placed for p in running_on(n, self.pods))
        return anywhere or not friend(self.itself)

    def crowded(self) -> bool:
        own = terms(self.pod.spec, "podAntiAffinity")
        if any(meant(t, self.pod.namespace, other) for t in own for other in self.domain(t)):
            return True
        return any(
            meant(t, other["metadata"]["namespace"], self.itself) and any(o is other for o in self.domain(t))
            for other in self.pods
            for t in terms(other["spec"], "podAntiAffinity")
        )
