"""What `kubectl describe` prints of every kind: name, labels, annotations, owner; and the spec of pods."""

from typing import Any

from diagflow.bundle.foreign.ages import time_of
from diagflow.bundle.foreign.containers import containers_of
from diagflow.bundle.foreign.outline import Entry
from diagflow.bundle.foreign.values import annotations_of, filled, labels_of, number, tolerations_of
from diagflow.bundle.foreign.volumes import volumes_of


def metadata_of(root: Entry) -> dict[str, Any]:
    """Return the metadata of a described object; the uid is not printed."""
    kind, slash, name = root.get("Controlled By").value.partition("/")
    return filled(
        {
            "name": root.get("Name").value,
            "namespace": root.get("Namespace").value,
            "labels": labels_of(root.get("Labels").lines()),
            "annotations": annotations_of(root.get("Annotations")),
            "creationTimestamp": time_of(root.get("CreationTimestamp").value),
            "ownerReferences": [{"kind": kind, "name": name, "controller": True}] if slash else [],
        }
    )


def pod_spec(entry: Entry) -> dict[str, Any]:
    """Return the spec of a pod or of a pod template; affinity and pull secrets are not printed."""
    return filled(
        {
            "serviceAccountName": entry.get("Service Account").value,
            "priority": number(entry.get("Priority").value),
            "priorityClassName": entry.get("Priority Class Name").value,
            "initContainers": containers_of(entry.get("Init Containers")),
            "containers": containers_of(entry.get("Containers")),
            "volumes": volumes_of(entry.get("Volumes")),
            "nodeSelector": labels_of(entry.get("Node-Selectors").lines()),
            "tolerations": tolerations_of(entry.get("Tolerations").lines()),
        }
    )
