"""The analyzer `check-scaled-to-zero`: a workload without replicas that something still sends to.

Scaling to zero is ordinary: a paused environment, KEDA and serverless, the other colour of a release. It is a fault
where an Ingress, a webhook or an aggregated API sends to a Service that has nobody else, and the rest of the namespace
runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.model import CLUSTER, Entity, Outcome, Query, Strength, Text
from diagflow.packs.kubernetes.controllers.lists import unreadable
from diagflow.packs.kubernetes.network.backends import senders
from diagflow.packs.kubernetes.scheduling.world import condition, key, meta, timestamp

Json = Mapping[str, Any]

ZERO: Final = "kubernetes.scaled-to-zero"

PATIENCE: Final = 300.0
"""Seconds for which an autoscaler has been off, after which nobody is just restarting the workload."""

SERVICES: Final = "objects:services"
AUTOSCALERS: Final = "objects:horizontalpodautoscalers.autoscaling"
WORKLOADS: Final = {"deployment": "objects:deployments.apps", "statefulset": "objects:statefulsets.apps"}

_SCALES_TO_ZERO: Final = ("keda.sh", "knative.dev", "sablier", "kube-downscaler", "downscaler/")
"""What stands in labels or annotations of workloads that something scales to zero and back by itself."""


@dataclass(frozen=True, slots=True)
class _Workload:
    entity: Entity
    labels: Mapping[str, str]
    replicas: int
    by_design: bool


def run(case: Case) -> list[Finding]:
    """Say which workloads lack replicas that somebody needs."""
    readings = {kind: case.read(query) for kind, query in WORKLOADS.items()}
    services, scalers = case.read(SERVICES), case.read(AUTOSCALERS)
    if unread := unreadable(*readings.values(), services):
        return [unread]
    workloads = [_workload(kind, obj) for kind, reading in readings.items() for obj in reading.data or ()]
    needed = _needed(services.data or (), senders(case))
    asked = set(case.entities)
    found = [
        finding
        for workload in workloads
        if workload.entity in asked and workload.replicas == 0 and not workload.by_design
        for finding in _missed(workload, workloads, needed, scalers.data or (), case)
    ]
    return found or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="nothing needs what was scaled to zero")]


def _workload(kind: str, obj: Json) -> _Workload:
    space, name = key(obj)
    spec = obj.get("spec") or {}
    labels = meta(spec.get("template") or {}).get("labels") or {}
    marks = [*(meta(obj).get("labels") or {}), *(meta(obj).get("annotations") or {})]
    by_design = any(word in mark for mark in marks for word in _SCALES_TO_ZERO)
    return _Workload(Entity(kind, name, space), labels, spec.get("replicas", 1), by_design)


def _needed(services: Sequence[Json], sends: Mapping[Entity, Entity]) -> Sequence[tuple[Entity, Json, Entity]]:
    """Return the Services that something sends to: each with its selector and one that sends."""
    return [
        (service, selector, sends[service])
        for obj in services
        if (service := Entity("service", key(obj)[1], key(obj)[0])) in sends
        and (selector := (obj.get("spec") or {}).get("selector"))
    ]


def _missed(
    workload: _Workload,
    workloads: Sequence[_Workload],
    needed: Sequence[tuple[Entity, Json, Entity]],
    scalers: Sequence[Json],
    case: Case,
) -> Iterator[Finding]:
    around = [w for w in workloads if w.entity.namespace == workload.entity.namespace and w.replicas > 0]
    for service, selector, sender in needed:
        if service.namespace != workload.entity.namespace or not selector.items() <= workload.labels.items():
            continue
        if around and not any(selector.items() <= w.labels.items() for w in around):
            yield _finding(workload, service, sender, _turned_off(workload, scalers, case))
            return


def _turned_off(workload: _Workload, scalers: Sequence[Json], case: Case) -> str | None:
    """Return an autoscaler of the workload that wants at least one replica, and has been off for a while."""
    for scaler in scalers:
        spec = scaler.get("spec") or {}
        target = spec.get("scaleTargetRef") or {}
        said = condition(scaler, "ScalingActive")
        since = timestamp(said.get("lastTransitionTime"))
        if (
            key(scaler)[0] == workload.entity.namespace
            and str(target.get("kind", "")).lower() == workload.entity.kind
            and target.get("name") == workload.entity.name
            and spec.get("minReplicas", 1) > 0
            and said.get("reason") == "ScalingDisabled"
            and since is not None
            and (case.now - since).total_seconds() >= PATIENCE
        ):
            return key(scaler)[1]
    return None


def _finding(workload: _Workload, service: Entity, sender: Entity, scaler: str | None) -> Finding:
    seen = [
        Observation(
            Query.parse(WORKLOADS[workload.entity.kind]),
            Text(
                f"it has 0 replicas, and {sender} sends to {service}, which has no other pods",
                f"其副本数为 0，而 {sender} 向 {service} 发送请求，后者没有其他 Pod",
            ),
            supports=Strength.STRONG,
        )
    ]
    if scaler:
        seen.append(
            Observation(
                Query.parse(AUTOSCALERS),
                Text(
                    f"the autoscaler {scaler} wants at least one replica, and has been off for five minutes",
                    f"自动扩缩器 {scaler} 要求至少一个副本，并已停用五分钟",
                ),
                supports=Strength.CONCLUSIVE,
            )
        )
    args = {"service": service.name, "sender": str(sender)}
    return Finding(workload.entity, ZERO, observations=tuple(seen), args=args)
