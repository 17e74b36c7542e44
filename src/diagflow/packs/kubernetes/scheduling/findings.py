"""From what was found out about each pod to findings: symptom, root, what it is not, and the candidate nodes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from diagflow.analyze.api import Finding, Observation
from diagflow.model import Edge, Entity, Outcome, Query, Strength
from diagflow.packs.kubernetes.scheduling.candidates import AT_NODES
from diagflow.packs.kubernetes.scheduling.growth import Growth
from diagflow.packs.kubernetes.scheduling.judge import Judged
from diagflow.packs.kubernetes.scheduling.quantity import show
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.roots import Root
from diagflow.packs.kubernetes.scheduling.selectors import node_wanted
from diagflow.packs.kubernetes.scheduling.table import nodes_of
from diagflow.packs.kubernetes.scheduling.texts import (
    claim_text,
    disagreement,
    few,
    growth_text,
    has_room,
    message_text,
    only_cordoned,
    root_text,
)
from diagflow.packs.kubernetes.scheduling.world import World

SYMPTOM: Final = "kubernetes.pods-pending"
CLAIM: Final = "kubernetes.claim-unbound"
WAITS: Final = "kubernetes.claim-waiting"
CAUSES: Final = {
    Kind.CPU: "kubernetes.insufficient-cpu",
    Kind.MEMORY: "kubernetes.insufficient-memory",
    Kind.RESOURCE: "kubernetes.insufficient-extended-resource",
    Kind.PODS: "kubernetes.node-pod-capacity",
    Kind.CORDON: "kubernetes.nodes-cordoned",
    Kind.TAINT: "kubernetes.untolerated-taint",
    Kind.AFFINITY: "kubernetes.node-affinity-unmatched",
    Kind.POD_AFFINITY: "kubernetes.pod-affinity-conflict",
    Kind.SPREAD: "kubernetes.topology-spread-unsatisfied",
    Kind.PORTS: "kubernetes.host-port-conflict",
    Kind.VOLUME_NODE: "kubernetes.volume-out-of-reach",
    Kind.VOLUME_NONE: CLAIM,
}
"""Which cause a root is; a node that is not well is no cause of its own: rules about nodes say what ails it."""

_KINDS: Final = {"cpu": Kind.CPU, "memory": Kind.MEMORY}
_UNKNOWN: Final = "?"

_NODES: Final = Query.of("objects", "nodes")
_CLAIMS: Final = Query.of("objects", "persistentvolumeclaims")
_EVENTS: Final = Query.of("objects", "events")


@dataclass(frozen=True, slots=True)
class _About:
    """One cause at one entity, as one pod shows it."""

    cause: str
    entity: Entity
    judged: Judged
    seen: Observation
    args: Mapping[str, Any]


def findings(judged: Sequence[Judged], world: World, *, near: bool) -> list[Finding]:
    """Return everything that is to be said, symptoms first; `near` when somebody pointed at something."""
    abouts: dict[tuple[str, Entity], list[_About]] = {}
    for one in judged:
        for about in _abouts(one):
            abouts.setdefault((about.cause, about.entity), []).append(about)
    return [
        *(_symptom(j) for j in judged),
        *(_cause(group) for _, group in sorted(abouts.items())),
        *(f for j in judged for f in _not_the_cause(j, world)),
        *(f for j in judged for f in _open_questions(j, near=near)),
    ]


def _symptom(judged: Judged) -> Finding:
    pod = judged.pod
    seen = Observation(
        Query.parse(pod.source),
        message_text(judged),
        supports=judged.seen,
        origin="scheduler",
        value=pod.message.raw,
        time=pod.since,
    )
    return Finding(
        pod.entity,
        SYMPTOM,
        observations=(seen, *_doubts(judged)),
        args={"said": pod.message.raw, "owner": pod.owner},
        edges=tuple(Edge(pod.entity, "candidate", Entity("node", name)) for name in judged.candidates),
        since=pod.since,
    )


def _doubts(judged: Judged) -> Iterable[Observation]:
    if judged.differences:
        yield Observation(_NODES, disagreement(judged.differences))
    if not judged.pod.message.adds_up():
        yield Observation(Query.parse(judged.pod.source), disagreement(["the counts of the message do not add up"]))


def _abouts(judged: Judged) -> Iterable[_About]:
    root = judged.root
    if root is None or root.kind is Kind.CONDITION:
        return
    if judged.claims:
        yield from _about_claims(judged, root)
    elif root.kind in AT_NODES:
        yield from _about_nodes(judged, root)
    elif root.kind in CAUSES and root.kind is not Kind.VOLUME_NONE:
        yield _about_pod(judged, root)
        if judged.growth and root.resource and root.nodes and not root.lasting:
            yield _about_growth(judged, root, judged.growth)


def _about_claims(judged: Judged, root: Root) -> Iterable[_About]:
    for claim in judged.claims:
        cause = CAUSES[root.kind] if root.kind is Kind.VOLUME_NODE else WAITS if claim.explained else CLAIM
        entity = Entity("persistentvolumeclaim", claim.name, claim.namespace)
        text = root_text(judged, root) if root.kind is Kind.VOLUME_NODE else claim_text(claim)
        seen = Observation(_CLAIMS, text, supports=judged.strength, time=judged.pod.since)
        yield _About(cause, entity, judged, seen, {})


def _about_nodes(judged: Judged, root: Root) -> Iterable[_About]:
    for name in root.nodes:
        text = root_text(judged, Root(root.kind, (name,), args=root.args))
        seen = Observation(_NODES, text, supports=judged.strength, value=name, time=judged.pod.since)
        yield _About(CAUSES[root.kind], Entity("node", name), judged, seen, root.args)


def _about_pod(judged: Judged, root: Root) -> _About:
    query = _NODES if root.nodes else Query.parse(judged.pod.source)
    seen = Observation(query, root_text(judged, root), supports=judged.strength, time=judged.pod.since)
    return _About(CAUSES[root.kind], judged.pod.entity, judged, seen, _pod_args(judged, root))


def _about_growth(judged: Judged, root: Root, growth: Growth) -> _About:
    """No node is added, and the pod would fit one like those that are there: a larger one is nobody's to promise."""
    args = {**_pod_args(judged, root), "why": growth.why, "growth": growth.said}
    seen = Observation(_EVENTS, growth_text(growth), supports=judged.strength, value=growth.said, time=growth.since)
    return _About(growth.cause, judged.pod.entity, judged, seen, args)


def _pod_args(judged: Judged, root: Root) -> dict[str, Any]:
    pod = judged.pod
    asked = show(root.resource, pod.requests[root.resource]) if root.resource in pod.requests else _UNKNOWN
    unknown = dict.fromkeys(("free", "freest", "largest", "taints", "rule"), _UNKNOWN)
    total = pod.message.total if pod.message.total is not None else _UNKNOWN
    return {
        **unknown,
        "resource": root.resource,
        "requested": asked,
        "wanted": node_wanted(pod.spec) or _UNKNOWN,
        "total": len(judged.table) or total,
        "nodes": few(root.nodes) or _UNKNOWN,
        **{k: v for k, v in root.args.items() if v != ""},
    }


def _cause(group: list[_About]) -> Finding:
    """One cause at one entity, with the pods that show it: the surest first."""
    first = max(group, key=lambda a: (_WEIGHT[a.judged.strength], str(a.judged.pod.entity)))
    pods = sorted({str(a.judged.pod.entity) for a in group})
    pod = first.judged.pod
    said = Observation(Query.parse(pod.source), message_text(first.judged), value=pod.message.raw, time=pod.since)
    return Finding(
        first.entity,
        first.cause,
        observations=(first.seen, said, *_only_cordoned(first.judged), *_doubts(first.judged)),
        args={
            **first.args,
            "owner": pod.owner,
            "pod": pod.entity.name,
            "pod_namespace": pod.namespace,
            "waiting": len(pods),
            "said": pod.message.raw,
        },
        since=_earliest(a.judged.pod.since for a in group),
    )


def _only_cordoned(judged: Judged) -> Iterable[Observation]:
    """Nodes that nothing but a cordon keeps from the pod: no cause while others are open, but the shortest way out."""
    names = nodes_of([alike for alike in judged.table.groups if alike.kinds == {Kind.CORDON}])
    if names and judged.root is not None and judged.root.kind is not Kind.CORDON:
        yield Observation(_NODES, only_cordoned(names))


_WEIGHT: Final = {Strength.WEAK: 0, Strength.MODERATE: 1, Strength.STRONG: 2, Strength.CONCLUSIVE: 3}


def _earliest(times: Iterable[datetime | None]) -> datetime | None:
    return min((t for t in times if t is not None), default=None)


def _not_the_cause(judged: Judged, world: World) -> Iterable[Finding]:
    """Rule out CPU and memory where a node that was asked about them has enough of them."""
    for resource, name in judged.enough.items():
        yield _refutation(judged, world, resource, name, CAUSES[_KINDS[resource]])


def _refutation(judged: Judged, world: World, resource: str, node: str, cause: str) -> Finding:
    free = show(resource, world.room(resource)[node])
    text = has_room(resource, node, free, show(resource, judged.pod.requests.get(resource, 0)))
    strength = Strength.STRONG if judged.differences else Strength.CONCLUSIVE
    seen = Observation(_NODES, text, refutes=strength)
    return Finding(judged.pod.entity, cause, observations=(seen,), args=_pod_args_for(judged, resource))


def _pod_args_for(judged: Judged, resource: str) -> dict[str, Any]:
    return {**_pod_args(judged, Root(Kind.OTHER, (), resource)), "owner": judged.pod.owner}


def _open_questions(judged: Judged, *, near: bool) -> Iterable[Finding]:
    """Say what could not be told, unless the pod has waited so little that there is nothing to tell yet."""
    if judged.root is not None or not (near or judged.seen is Strength.CONCLUSIVE):
        return
    names = CAUSES.get(judged.undecided.kind, "") if judged.undecided else ""
    detail = "the nodes could not be read" if judged.undecided else "no node refuses the pod, as far as we can tell"
    yield Finding(judged.pod.entity, names, outcome=Outcome.INCONCLUSIVE, detail=detail)
