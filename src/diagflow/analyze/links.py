"""Which fields of which kind say how things hang together; one line a relation (`diagflow.model.topology`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_CONTAINERS: Final = ("spec.containers[]", "spec.initContainers[]")


@dataclass(frozen=True, slots=True)
class Link:
    """`source` names a `target` of its own namespace (or of none) in one of `paths`."""

    relation: str
    source: str
    target: str
    paths: tuple[str, ...]


def _of_containers(*tails: str) -> Iterable[str]:
    return (f"{head}.{tail}" for head in _CONTAINERS for tail in tails)


NAMED: Final = (
    Link("node", "pod", "node", ("spec.nodeName",)),
    Link("claim", "pod", "persistentvolumeclaim", ("spec.volumes[].persistentVolumeClaim.claimName",)),
    Link("volume", "persistentvolumeclaim", "persistentvolume", ("spec.volumeName",)),
    Link("class", "persistentvolumeclaim", "storageclass", ("spec.storageClassName",)),
    Link("class", "persistentvolume", "storageclass", ("spec.storageClassName",)),
    Link("class", "ingress", "ingressclass", ("spec.ingressClassName",)),
    Link(
        "config",
        "pod",
        "configmap",
        (
            "spec.volumes[].configMap.name",
            "spec.volumes[].projected.sources[].configMap.name",
            *_of_containers("envFrom[].configMapRef.name", "env[].valueFrom.configMapKeyRef.name"),
        ),
    ),
    Link(
        "secret",
        "pod",
        "secret",
        (
            "spec.imagePullSecrets[].name",
            "spec.volumes[].secret.secretName",
            "spec.volumes[].projected.sources[].secret.name",
            *_of_containers("envFrom[].secretRef.name", "env[].valueFrom.secretKeyRef.name"),
        ),
    ),
    Link("account", "pod", "serviceaccount", ("spec.serviceAccountName",)),
    Link(
        "backend",
        "ingress",
        "service",
        ("spec.defaultBackend.service.name", "spec.rules[].http.paths[].backend.service.name"),
    ),
)
"""Relations that are a name in a field."""

SELECTORS: Final = {"service": "spec.selector", "poddisruptionbudget": "spec.selector"}
"""Kinds that select pods by labels, and where the selector stands."""

SCALES: Final = "spec.scaleTargetRef"
"""Where a HorizontalPodAutoscaler names its target."""

_CLUSTER_WIDE_TARGETS: Final = frozenset({"node", "persistentvolume", "storageclass", "ingressclass"})


def target_namespace(link: Link, namespace: str) -> str:
    """Return the namespace of what an object in `namespace` names."""
    return "" if link.target in _CLUSTER_WIDE_TARGETS else namespace


def link_fields(kind: str, relations: frozenset[str]) -> frozenset[str]:
    """Return what must be kept of a kind, for `relations` to be found."""
    found = {path for link in NAMED if link.source == kind and link.relation in relations for path in link.paths}
    if "selects" in relations and kind in SELECTORS:
        found.add(SELECTORS[kind])
    if "scales" in relations and kind == "horizontalpodautoscaler":
        found.add(SCALES)
    return frozenset(found)
