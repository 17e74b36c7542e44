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
ENDED_AGAIN: Final = 2
"""Restarts after which a container that has ended no longer starts, as in K8S-RUN-002."""
_PHASES: Final = ("Pending", "Running")


def unready(service: Entity, pods: Sequence[Json], harm: Text, now: datetime) -> Iterator[Finding]:
    """Yield a Service that has pods and no ready one, and those that have a node; `harm` says who suffers.

    Pods that have no node yet answer nobody; how long there has been no answer is for those to tell that have one.
    """
    count = len(pods)
    placed = [pod for pod in pods if _has_node(pod)]
    if not count or not all(_lasts(pod, now) for pod in placed or pods):
        return
    text = Text(f"it selects {count} pods, none is ready, and {harm.en}", f"选中 {count} 个 Pod，无一就绪，{harm.zh}")
    yield Finding(service, NO_ENDPOINTS, observations=(_seen(text),), args={"pods": count})
    for pod in placed:
        if (pod.get("status") or {}).get("phase") in _PHASES:
            yield Finding(_entity(pod), NOT_READY, observations=(_seen(_of_pod(service, harm)),))


def _has_node(pod: Json) -> bool:
    return condition(pod, "PodScheduled").get("status") == "True"


def _lasts(pod: Json, now: datetime) -> bool:
    """Tells whether a pod is unready, and no longer starts: who ends again and again is ready for moments between."""
    since = unready_since(pod)
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    ended_again = any((status.get("restartCount") or 0) >= ENDED_AGAIN for status in statuses)
    return since is not None and (ended_again or (now - since).total_seconds() > YOUNG)


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
