"""Which entities the labels of an alert name.

A series carries labels of what it is about and of what it was scraped from, and often both say `pod` or `namespace`.
Prometheus then keeps the subject's as `exported_pod`; with `honorLabels`, the subject's wins where both have one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from diagflow.model import CLUSTER, Entity

Locate = Callable[[str, str], Iterable[Entity]]
"""Returns what a kind and a name mean where no namespace is said; nothing, where that is not known."""

_EXPORTED: Final = "exported_"

# Label -> kind. `job` is the scrape job, never a Job: kube-state-metrics calls that `job_name`.
_NAMESPACED: Final = {
    "pod": "pod",
    "deployment": "deployment",
    "statefulset": "statefulset",
    "daemonset": "daemonset",
    "replicaset": "replicaset",
    "job_name": "job",
    "cronjob": "cronjob",
    "persistentvolumeclaim": "persistentvolumeclaim",
    "resourcequota": "resourcequota",
    "horizontalpodautoscaler": "horizontalpodautoscaler",
    "poddisruptionbudget": "poddisruptionbudget",
    "ingress": "ingress",
    "service": "service",
}
_CLUSTER_WIDE: Final = {"node": "node", "persistentvolume": "persistentvolume"}

_TARGET: Final = frozenset({"namespace", "pod", "service", "container", "node"})
"""Labels that discovery of scrape targets adds."""

_EXPORTERS: Final = ("kube-state-metrics", "node-exporter")
"""What tells of others: a target whose name has one of these in it is not what its alerts are about."""


def nowhere(_kind: str, _name: str) -> tuple[Entity, ...]:
    """Return nothing: what has no namespace is not looked up."""
    return ()


def entities_of(labels: Mapping[str, str], locate: Locate = nowhere) -> tuple[Entity, ...]:
    """Return the entities that the labels name, sorted; else their namespace; else `cluster/local`.

    Args:
        labels: of an alert, or of a series.
        locate: where something is whose namespace the labels do not say.
    """
    subject = _subject(labels)
    found = set(_named(subject, locate))
    told = {entity for entity in found if not _tells_of_others(entity)}
    if told or found:
        return tuple(sorted(told or found))
    namespace = subject.get("namespace")
    return (Entity("namespace", namespace),) if namespace else (CLUSTER,)


def _subject(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of what the alert is about, under their plain names."""
    plain = {name: value for name, value in labels.items() if value and not name.startswith(_EXPORTED)}
    exported = {name.removeprefix(_EXPORTED): value for name, value in labels.items() if name.startswith(_EXPORTED)}
    exported = {name: value for name, value in exported.items() if value}
    if _TARGET & exported.keys():  # then whatever else discovery adds is the target's as well
        plain = {name: value for name, value in plain.items() if name not in _TARGET}
    return {**plain, **exported}


def _named(subject: Mapping[str, str], locate: Locate) -> Iterator[Entity]:
    for label, kind in _CLUSTER_WIDE.items():
        if label in subject:
            yield Entity(kind, subject[label])
    for label, kind in _NAMESPACED.items():
        if label in subject and subject.get("namespace"):
            yield Entity(kind, subject[label], subject["namespace"])
        elif label in subject:
            yield from locate(kind, subject[label])


def _tells_of_others(entity: Entity) -> bool:
    return entity.kind in ("pod", "service") and any(word in entity.name for word in _EXPORTERS)
