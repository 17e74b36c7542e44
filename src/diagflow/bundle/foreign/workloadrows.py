"""Rows of `kubectl get` about what makes pods, and about claims.

kubernetes, pkg/printers/internalversion/printers.go: printDeployment, printReplicaSet, printStatefulSet,
printDaemonSet, printJob, printPersistentVolumeClaim. With `-o wide`, they also name the containers of the template.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from diagflow.bundle.foreign.values import filled, selector_of

_Row = Mapping[str, str]
_JOB_ENDS: Final = frozenset({"Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"})
_CLAIM_PHASES: Final = frozenset({"Pending", "Bound", "Lost"})
_OF: Final = re.compile(r"(\d{1,9})/(\d{1,9})")
_MODES: Final = {
    "RWO": "ReadWriteOnce",
    "ROX": "ReadOnlyMany",
    "RWX": "ReadWriteMany",
    "RWOP": "ReadWriteOncePod",
}


def workload_row(kind: str, row: _Row, metadata: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a row says; None for a kind that is not known here."""
    read = _KINDS.get(kind)
    if read is None:
        return None
    version, spec, status = read(row)
    spec = {**filled(spec), **_template(row)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec, "status": filled(status)}


def _number(row: _Row, column: str) -> int | None:
    text = row.get(column, "")
    return int(text) if text.isdecimal() and text.isascii() else None


def _part(row: _Row, column: str) -> tuple[int | None, int | None]:
    """Return both numbers of `1/3`."""
    found = _OF.fullmatch(row.get(column, ""))
    return (int(found[1]), int(found[2])) if found else (None, None)


def _template(row: _Row) -> dict[str, Any]:
    names, images = (row.get(column, "").split(",") for column in ("CONTAINERS", "IMAGES"))
    if names == [""] or len(names) != len(images):
        return {}
    containers = [{"name": name, "image": image} for name, image in zip(names, images, strict=True)]
    template = {"template": {"spec": {"containers": containers}}}
    return {**filled({"selector": selector_of(row.get("SELECTOR", ""))}), **template}


def _deployment(row: _Row) -> tuple[str, dict[str, Any], dict[str, Any]]:
    ready, wanted = _part(row, "READY")
    counts = {"updatedReplicas": _number(row, "UP-TO-DATE"), "availableReplicas": _number(row, "AVAILABLE")}
    return "apps/v1", {"replicas": wanted}, {"readyReplicas": ready, **counts}


def _replica_set(row: _Row) -> tuple[str, dict[str, Any], dict[str, Any]]:
    counts = {"replicas": _number(row, "CURRENT"), "readyReplicas": _number(row, "READY")}
    return "apps/v1", {"replicas": _number(row, "DESIRED")}, counts


def _stateful_set(row: _Row) -> tuple[str, dict[str, Any], dict[str, Any]]:
    ready, wanted = _part(row, "READY")
    return "apps/v1", {"replicas": wanted}, {"readyReplicas": ready}


def _daemon_set(row: _Row) -> tuple[str, dict[str, Any], dict[str, Any]]:
    counts = {
        "desiredNumberScheduled": _number(row, "DESIRED"),
        "currentNumberScheduled": _number(row, "CURRENT"),
        "numberReady": _number(row, "READY"),
        "updatedNumberScheduled": _number(row, "UP-TO-DATE"),
        "numberAvailable": _number(row, "AVAILABLE"),
    }
    return "apps/v1", {}, counts


def _job(row: _Row) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return a job; STATUS is the type of a condition that is true (kubectl 1.30), or nothing of the kind."""
    succeeded, wanted = _part(row, "COMPLETIONS")
    said = row.get("STATUS", "")
    conditions = [{"type": said, "status": "True"}] if said in _JOB_ENDS else []
    return "batch/v1", {"completions": wanted}, {"succeeded": succeeded, "conditions": conditions}


def _claim(row: _Row) -> tuple[str, dict[str, Any], dict[str, Any]]:
    said = row.get("STATUS", "")
    modes = [_MODES[mode] for mode in row.get("ACCESS MODES", "").split(",") if mode in _MODES]
    spec = {"volumeName": row.get("VOLUME"), "storageClassName": row.get("STORAGECLASS")}
    status = {
        "phase": said if said in _CLAIM_PHASES else "",
        "capacity": filled({"storage": row.get("CAPACITY")}),
        "accessModes": modes,
    }
    return "v1", spec, status


_KINDS: Final[dict[str, Callable[[_Row], tuple[str, dict[str, Any], dict[str, Any]]]]] = {
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Job": _job,
    "PersistentVolumeClaim": _claim,
    "ReplicaSet": _replica_set,
    "StatefulSet": _stateful_set,
}
