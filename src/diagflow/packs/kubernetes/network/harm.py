"""Pods that are unready to somebody's harm: who needs their Service gets no answer.

Unready pods alone are no symptom in a scan for a quarter of an hour, for a rollout may take that long; where somebody
fails because of them, they are one after their first minute.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from diagflow.analyze.api import Finding, Observation
from diagflow.model import Entity, Query, Strength, Text
from diagflow.packs.kubernetes.network.endpoints import unready_since
from diagflow.packs.kubernetes.scheduling.world import condition, key

Json = Mapping[str, Any]

NO_ENDPOINTS: Final = "kubernetes.service-without-endpoints"
NOT_READY: Final = "kubernetes.pod-not-ready"

YOUNG: Final = 60.0
"""Seconds in which a pod may be unready, as in K8S-RUN-001."""
_PHASES: Final = ("Pending", "Running")


def unready(service: Entity, pods: Sequence[Json], harm: Text, now: datetime) -> Iterator[Finding]:
    """Yield a Service that has pods and no ready one, and those that have a node; `harm` says who suffers."""
    since = [unready_since(pod) for pod in pods]
    known = [moment for moment in since if moment is not None]
    if not pods or len(known) < len(pods) or (now - max(known)).total_seconds() <= YOUNG:
        return
    count = len(pods)
    text = Text(f"it selects {count} pods, none is ready, and {harm.en}", f"选中 {count} 个 Pod，无一就绪，{harm.zh}")
    yield Finding(service, NO_ENDPOINTS, observations=(_seen(text),), args={"pods": count})
    for pod in pods:
        if (pod.get("status") or {}).get("phase") in _PHASES and condition(pod, "PodScheduled").get("status") == "True":
            yield Finding(_entity(pod), NOT_READY, observations=(_seen(_of_pod(service, harm)),))


def _of_pod(service: Entity, harm: Text) -> Text:
    return Text(
        f"it is not ready, no pod of service {service.name} is, and {harm.en}",
        f"它未就绪，Service {service.name} 的 Pod 均未就绪，{harm.zh}",
    )


def _seen(text: Text) -> Observation:
    return Observation(Query.parse("objects:pods"), text, supports=Strength.CONCLUSIVE, origin="harm")


def _entity(pod: Json) -> Entity:
    namespace, name = key(pod)
    return Entity("pod", name, namespace)
