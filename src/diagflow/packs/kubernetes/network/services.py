"""The analyzer `check-services`: whether a Service has somebody behind it, and why not.

A Service that selects nothing may be meant so: what it is for was scaled to nothing, a sidecar sets the label on a
leader, a preview waits for its next version. So a selector is called wrong only where no workload makes such pods, and
named in a scan only where something sends to the Service, or a workload of its very name makes other pods.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.model import CLUSTER, Edge, Entity, Outcome, Query, Reading, State, Strength, Text
from diagflow.packs.kubernetes.network.backends import senders
from diagflow.packs.kubernetes.network.endpoints import Pods, gather, has_port, ports, unready_since, written
from diagflow.packs.kubernetes.scheduling.world import key, meta, timestamp

Json = Mapping[str, Any]

SELECTOR: Final = "kubernetes.service-selector-mismatch"
PORT: Final = "kubernetes.service-target-port-mismatch"
UNREADY: Final = "kubernetes.service-without-endpoints"

YOUNG: Final = 60.0
"""Seconds in which a Service may wait for the pods that are applied with it."""

LASTING: Final = 900.0
"""Seconds after which a lack of ready pods is no rollout any more (as for `check-replicas`)."""

SERVICES: Final = "objects:services"
PODS: Final = "objects:pods"
_WORKLOADS: Final = {
    "deployment": "objects:deployments.apps",
    "statefulset": "objects:statefulsets.apps",
    "daemonset": "objects:daemonsets.apps",
    "replicaset": "objects:replicasets.apps",
    "job": "objects:jobs.batch",
    "cronjob": "objects:cronjobs.batch",
}


@dataclass(frozen=True, slots=True)
class _Workload:
    """What makes pods, with the labels that it gives them."""

    entity: Entity
    labels: Mapping[str, str]
    wanted: bool
    """It is not scaled to nothing."""


@dataclass(frozen=True, slots=True)
class _World:
    pods: Pods
    workloads: Mapping[str, Sequence[_Workload]]
    """By namespace."""
    complete: bool
    """All workloads could be read, so that who makes no pods of a kind is known."""
    senders: Mapping[Entity, Entity]


def run(case: Case) -> list[Finding]:
    """Say which Services have nobody behind them."""
    services, pods = case.read(SERVICES), case.read(PODS)
    if not pods.answered:
        told = pods.state is State.ABSENT
        outcome = Outcome.NO_MATCH if told else Outcome.INCONCLUSIVE
        return [Finding(CLUSTER, outcome=outcome, detail=f"the pods could not be read: {pods.state}")]
    workloads = [case.read(query) for query in _WORKLOADS.values()]
    world = _World(gather(pods.data or ()), _templates(workloads), all(w.answered for w in workloads), senders(case))
    asked = set(case.entities)
    found = [f for s in services.data or () if _entity(s) in asked for f in _judged(s, world, case.now)]
    return found or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="each Service has somebody behind it")]


def _entity(service: Json) -> Entity:
    return Entity("service", key(service)[1], key(service)[0])


def _templates(readings: Sequence[Reading]) -> Mapping[str, Sequence[_Workload]]:
    found: dict[str, list[_Workload]] = {}
    for kind, reading in zip(_WORKLOADS, readings, strict=True):
        for obj in reading.data or ():
            space, name = key(obj)
            spec = obj.get("spec") or {}
            inner = (spec.get("jobTemplate") or {}).get("spec") or spec
            labels = meta(inner.get("template") or {}).get("labels") or {}
            one = _Workload(Entity(kind, name, space), labels, spec.get("replicas") != 0)
            found.setdefault(space, []).append(one)
    return found


def _judged(service: Json, world: _World, now: datetime) -> Iterator[Finding]:
    selector = (service.get("spec") or {}).get("selector") or {}
    if not selector or (service.get("spec") or {}).get("type") == "ExternalName" or _is_young(service, now):
        return
    selected = world.pods.selected(key(service)[0], selector)
    if not selected:
        yield from _selects_nothing(service, selector, world)
        return
    staying = [pod for pod in selected if not meta(pod).get("deletionTimestamp")]
    yield from _wrong_ports(service, staying)
    if not (service.get("spec") or {}).get("publishNotReadyAddresses"):
        yield from _unready(service, selected, now)


def _is_young(service: Json, now: datetime) -> bool:
    made = timestamp(meta(service).get("creationTimestamp"))
    return made is not None and (now - made).total_seconds() < YOUNG


# --- the selector ---------------------------------------------------------------------------------------------------


def _selects_nothing(service: Json, selector: Mapping[str, str], world: _World) -> Iterator[Finding]:
    entity = _entity(service)
    around = world.workloads.get(entity.namespace, ())
    makers = [w.entity for w in around if selector.items() <= w.labels.items() and w.wanted]
    if makers:
        yield _waits_for(entity, makers)
    if not world.complete or any(selector.items() <= w.labels.items() for w in around):
        return
    namesake = next((w for w in around if w.entity.name == entity.name and w.wanted and w.labels), None)
    sender = world.senders.get(entity)
    wanted = ",".join(f"{name}={value}" for name, value in selector.items())
    seen = [
        Observation(
            Query.parse(PODS),
            Text(
                f"no pod of the namespace has the labels {wanted}, and no workload makes one",
                f"命名空间中没有带标签 {wanted} 的 Pod，也没有工作负载会创建这样的 Pod",
            ),
            supports=Strength.CONCLUSIVE if namesake or sender else Strength.STRONG,
            value=dict(selector),
        )
    ]
    if sender:
        seen.append(_context(Text(f"{sender} sends to it", f"{sender} 向其发送请求")))
    near = namesake or max(around, key=lambda w: len(selector.items() & w.labels.items()), default=None)
    args = {"selector": wanted}
    if near and (near is namesake or selector.items() & near.labels.items()):
        has = ",".join(f"{name}={value}" for name, value in sorted(near.labels.items()))
        seen.append(_context(Text(f"the pods of {near.entity} have {has}", f"{near.entity} 的 Pod 标签为 {has}")))
    yield Finding(entity, SELECTOR, observations=tuple(seen), args=args)


def _waits_for(service: Entity, makers: Sequence[Entity]) -> Finding:
    """Whoever asks about the Service is led to what should make its pods: there is none that could lead there."""
    edges = tuple(Edge(service, "selects", maker) for maker in sorted(makers))
    told = ", ".join(str(edge.target) for edge in edges)
    return Finding(service, outcome=Outcome.NO_MATCH, edges=edges, detail=f"its pods are to be made by {told}")


def _context(text: Text) -> Observation:
    return Observation(Query.parse(SERVICES), text)


# --- the ports ------------------------------------------------------------------------------------------------------


def _wrong_ports(service: Json, pods: Sequence[Json]) -> Iterator[Finding]:
    """A name that no container of any pod has is sure; a number need not be declared, so it is a hint only."""
    for port in (service.get("spec") or {}).get("ports") or ():
        target, protocol = port.get("targetPort", port.get("port")), port.get("protocol") or "TCP"
        if isinstance(target, str) and pods and not any(has_port(pod, target, protocol) for pod in pods):
            yield _port_finding(service, port, pods, Strength.CONCLUSIVE)
            return
    for port in (service.get("spec") or {}).get("ports") or ():
        target = port.get("targetPort", port.get("port"))
        if isinstance(target, int) and pods and all(_elsewhere(pod, target) for pod in pods):
            yield _port_finding(service, port, pods, Strength.MODERATE)
            return


def _elsewhere(pod: Json, number: int) -> bool:
    """True where the containers declare ports, and not this one."""
    declared = {p.get("containerPort") for p in ports(pod)}
    return bool(declared) and number not in declared


def _port_finding(service: Json, port: Json, pods: Sequence[Json], strength: Strength) -> Finding:
    target = port.get("targetPort", port.get("port"))
    there = written(ports(pods[0]), "containerPort")
    text = Text(
        f"port {port.get('port')} leads to {target}, which no container of its pods has (theirs: {there})",
        f"端口 {port.get('port')} 指向 {target}，但其 Pod 的容器都没有该端口（现有：{there}）",
    )
    seen = Observation(Query.parse(PODS), text, supports=strength, value=target)
    args = {"port": port.get("port"), "target": target, "ports": there}
    return Finding(_entity(service), PORT, observations=(seen,), args=args)


# --- readiness ------------------------------------------------------------------------------------------------------


def _unready(service: Json, pods: Sequence[Json], now: datetime) -> Iterator[Finding]:
    """None of its pods is ready: since the last of them became unready."""
    since = [unready_since(pod) for pod in pods]
    known = [moment for moment in since if moment is not None]
    if len(known) < len(pods):
        return
    last = min(max(known), now)
    waited = (now - last).total_seconds()
    if waited < YOUNG:
        return
    text = Text(f"it selects {len(pods)} pods, and none is ready", f"选中 {len(pods)} 个 Pod，无一就绪")
    strength = Strength.CONCLUSIVE if waited >= LASTING else Strength.STRONG
    seen = Observation(Query.parse(PODS), text, supports=strength, value=len(pods), time=last)
    yield Finding(_entity(service), UNREADY, observations=(seen,), args={"pods": len(pods)}, since=last)
