"""Which fields of which kind say how things hang together; one line a relation (`diagflow.model.topology`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_CONTAINERS: Final = ("spec.containers[]", "spec.initContainers[]")
_TEMPLATED: Final = ("replicaset", "statefulset", "daemonset", "job")
"""What makes pods of a template: where the API server takes none of them, there is no pod that names anything."""


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
    *(Link("account", kind, "serviceaccount", ("spec.template.spec.serviceAccountName",)) for kind in _TEMPLATED),
    Link(
        "backend",
        "ingress",
        "service",
        ("spec.defaultBackend.service.name", "spec.rules[].http.paths[].backend.service.name"),
    ),
    Link("secret", "ingress", "secret", ("spec.tls[].secretName",)),
    Link("secret", "serviceaccount", "secret", ("imagePullSecrets[].name",)),
    Link("driver", "persistentvolume", "csidriver", ("spec.csi.driver",)),
    Link("driver", "storageclass", "csidriver", ("provisioner",)),
    Link("volume", "volumeattachment", "persistentvolume", ("spec.source.persistentVolumeName",)),
    Link("node", "volumeattachment", "node", ("spec.nodeName",)),
)
"""Relations that are a name in a field."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`source` names other objects by references, each with `name`, in `path`.

    Their kind and group are what the reference says, or `target`; their namespace what it says, or the source's own.
    """

    relation: str
    source: str
    path: str
    target: str = ""


REFERENCES: Final = (
    Reference("scales", "horizontalpodautoscaler", "spec.scaleTargetRef"),
    Reference("backend", "validatingwebhookconfiguration", "webhooks[].clientConfig.service", "service"),
    Reference("backend", "mutatingwebhookconfiguration", "webhooks[].clientConfig.service", "service"),
    Reference("backend", "apiservice", "spec.service", "service"),
    Reference("backend", "customresourcedefinition", "spec.conversion.webhook.clientConfig.service", "service"),
    Reference("role", "rolebinding", "roleRef"),
    Reference("role", "clusterrolebinding", "roleRef"),
    Reference("account", "rolebinding", "subjects[]"),
    Reference("account", "clusterrolebinding", "subjects[]"),
)
"""Relations that are a reference with a kind or a namespace of its own."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Where a kind says by labels which pods of its namespace it is about.

    `selects_all` tells what an empty selector means: all pods (a NetworkPolicy, a PodDisruptionBudget of policy/v1), or
    none (a Service, whose endpoints somebody else writes then).
    """

    path: str
    selects_all: bool = False


SELECTORS: Final = {
    "service": Selector("spec.selector"),
    "poddisruptionbudget": Selector("spec.selector", selects_all=True),
    "networkpolicy": Selector("spec.podSelector", selects_all=True),
}
"""Kinds that select pods by labels."""

_CLUSTER_WIDE_TARGETS: Final = frozenset({"node", "persistentvolume", "storageclass", "ingressclass", "csidriver"})


def target_namespace(link: Link, namespace: str) -> str:
    """Return the namespace of what an object in `namespace` names."""
    return "" if link.target in _CLUSTER_WIDE_TARGETS else namespace


def link_fields(kind: str, relations: frozenset[str]) -> frozenset[str]:
    """Return what must be kept of a kind, for `relations` to be found."""
    found = {path for link in NAMED if link.source == kind and link.relation in relations for path in link.paths}
    if "selects" in relations and kind in SELECTORS:
        found.add(SELECTORS[kind].path)
    found.update(ref.path for ref in REFERENCES if ref.source == kind and ref.relation in relations)
    return frozenset(found)
