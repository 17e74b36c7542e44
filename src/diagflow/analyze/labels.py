"""From the labels of a sample to the entity that it is about."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

from diagflow.analyze.plan import resource
from diagflow.bundle.resources import has_namespace
from diagflow.model import CLUSTER, Entity
from diagflow.rules.rule import MetricInput

# `service`, `job` and `endpoint` are what Prometheus calls the target it scraped, rarely what the sample is about:
# they count only in metrics of that very kind (kube_service_...), or where a rule says so.
BY_NAME: Final = (
    ("pod", "pod"),
    ("deployment", "deployment"),
    ("statefulset", "statefulset"),
    ("daemonset", "daemonset"),
    ("replicaset", "replicaset"),
    ("job_name", "job"),
    ("cronjob", "cronjob"),
    ("horizontalpodautoscaler", "horizontalpodautoscaler"),
    ("poddisruptionbudget", "poddisruptionbudget"),
    ("persistentvolumeclaim", "persistentvolumeclaim"),
    ("persistentvolume", "persistentvolume"),
    ("resourcequota", "resourcequota"),
    ("ingress", "ingress"),
    ("storageclass", "storageclass"),
    ("node", "node"),
    ("namespace", "namespace"),
)
_OF_KUBE: Final = (*BY_NAME, ("service", "service"), ("configmap", "configmap"), ("secret", "secret"))


def entity_of_labels(labels: Mapping[str, str], wanted: MetricInput) -> Entity:
    """Return the entity that a sample is about, `cluster/local` when its labels name none.

    In this order: what the rule's `labels` say; the kind in the name of a kube-state-metrics series (`kube_node_...` is
    about the node, though the scraped pod may be among its labels); `exported_*` labels; the other labels by name.
    """
    for label, kind in wanted.labels.items():
        if labels.get(label):
            return _entity(kind, labels[label], labels)
    own = _own_kind(wanted.metric)
    for label, kind in _OF_KUBE:
        if own == kind and _value(labels, label):
            return _entity(kind, _value(labels, label), labels)
    for prefix in ("exported_", ""):
        for label, kind in BY_NAME:
            if labels.get(prefix + label) and not (prefix and kind == "namespace"):
                return _entity(kind, labels[prefix + label], labels)
    return CLUSTER


def kinds_of_labels(names: Collection[str], metric: str = "") -> frozenset[str]:
    """Return the kinds that labels of these names may name; for a kube-state-metrics series its own kind, if it is one.

    A `service` counts here: an expression that groups by it is not about the namespace, though no sample of it is
    about a service unless the rule's `labels` say so.
    """
    bare = {name.removeprefix("exported_") for name in names}
    kinds = frozenset(kind for label, kind in _OF_KUBE if label in bare)
    own = _own_kind(metric)
    return frozenset({own}) if own in kinds else kinds


def _own_kind(metric: str) -> str:
    parts = metric.split("_")
    return parts[1] if parts[0] == "kube" and len(parts) > 1 else ""


def _value(labels: Mapping[str, str], label: str) -> str:
    return labels.get(f"exported_{label}") or labels.get(label) or ""


def _entity(kind: str, name: str, labels: Mapping[str, str]) -> Entity:
    bare, _, group = kind.partition(".")
    if bare == "namespace" or not namespaced(bare):
        return Entity(bare, name, group=group)
    return Entity(bare, name, _value(labels, "namespace"), group)


@lru_cache(maxsize=256)
def namespaced(kind: str) -> bool:
    """Return whether objects of a kind are in a namespace."""
    return has_namespace(resource(kind))
