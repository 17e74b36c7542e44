"""Which pods are behind a Service, as the EndpointSlice controller decides it.

https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/endpointslice/utils.go (FindPort and others)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from diagflow.analyze.narrow import rows
from diagflow.packs.kubernetes.scheduling.world import condition, meta, timestamp

Json = Mapping[str, Any]

_ENDED: Final = ("Succeeded", "Failed")


@dataclass(frozen=True, slots=True)
class Pods:
    """All pods that have not ended, by namespace and by each of their labels."""

    by_label: Mapping[tuple[str, str, str], Sequence[Json]] = field(default_factory=dict)

    def selected(self, namespace: str, selector: Mapping[str, str]) -> Sequence[Json]:
        """Return the pods that a Service's selector selects; none for an empty one."""
        lists = [self.by_label.get((namespace, name, str(value)), ()) for name, value in selector.items()]
        shortest = min(lists, key=len, default=())
        return [pod for pod in shortest if _has(meta(pod).get("labels") or {}, selector)]


def gather(pods: Sequence[Json]) -> Pods:
    """Put the pods in order."""
    found: dict[tuple[str, str, str], list[Json]] = {}
    wanted = ("metadata.namespace", "metadata.labels", "status.phase")
    for number, (space, labels, phase) in enumerate(rows(pods, *wanted)):
        if phase not in _ENDED:
            for name, value in (labels or {}).items():
                found.setdefault((str(space or ""), name, str(value)), []).append(pods[number])
    return Pods(found)


def _has(labels: Mapping[str, str], selector: Mapping[str, str]) -> bool:
    return all(labels.get(name) == value for name, value in selector.items())


def unready_since(pod: Json) -> datetime | None:
    """Return since when a pod gets no traffic; None for one that does.

    One that was ready to the end gets none since it has been leaving; one that was not, since it has not been ready.
    """
    leaving = timestamp(meta(pod).get("deletionTimestamp"))
    ready = condition(pod, "Ready")
    if ready.get("status") == "True":
        return leaving
    unready = timestamp(ready.get("lastTransitionTime")) or timestamp(meta(pod).get("creationTimestamp"))
    return min((moment for moment in (leaving, unready) if moment is not None), default=None)


def has_port(pod: Json, name: str, protocol: str) -> bool:
    """Tell whether a container, or a sidecar, of the pod has a port of that name (`FindPort`)."""
    return any(p.get("name") == name and (p.get("protocol") or "TCP") == protocol for p in ports(pod))


def ports(pod: Json) -> Iterator[Json]:
    """Yield the ports that the containers of a pod declare."""
    spec = pod.get("spec") or {}
    sidecars = (c for c in spec.get("initContainers") or () if c.get("restartPolicy") == "Always")
    for container in (*(spec.get("containers") or ()), *sidecars):
        yield from container.get("ports") or ()


def written(declared: Iterable[Json], number: str) -> str:
    """Return ports as people write them, `http=80, 9090`; their number is in the field `number`."""
    texts = (f"{p['name']}={p.get(number)}" if p.get("name") else str(p.get(number)) for p in declared)
    return ", ".join(sorted(set(texts))) or "none"
