"""`kubectl describe` of what makes pods: deployments, replica sets, stateful sets, daemon sets, jobs.

kubectl, pkg/describe/describe.go: describeDeployment, describeReplicaSet, describeStatefulSet, describeDaemonSet,
describeJob. A job's conditions are not printed: whether it failed for good is told by its events alone.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from diagflow.bundle.foreign.ages import time_of
from diagflow.bundle.foreign.columns import rows
from diagflow.bundle.foreign.metadata import metadata_of, pod_spec
from diagflow.bundle.foreign.outline import Entry
from diagflow.bundle.foreign.values import annotations_of, filled, labels_of, number, selector_of

_COUNT: Final = re.compile(r"(\d{1,9}) (\w+)(?: \((\d{1,9}) Ready\))?")
_DAEMON: Final = {
    "Desired Number of Nodes Scheduled": "desiredNumberScheduled",
    "Current Number of Nodes Scheduled": "currentNumberScheduled",
    "Number of Nodes Scheduled with Up-to-date Pods": "updatedNumberScheduled",
    "Number of Nodes Scheduled with Available Pods": "numberAvailable",
    "Number of Nodes Misscheduled": "numberMisscheduled",
}


def workload_of(kind: str, root: Entry) -> dict[str, Any] | None:
    """Return the workload of a kind that is known here, else None."""
    read = _KINDS.get(kind)
    if read is None:
        return None
    version, spec, status = read(root)
    template = root.get("Pod Template")
    labels = {
        "labels": labels_of(template.get("Labels").lines()),
        "annotations": annotations_of(template.get("Annotations")),
    }
    spec = {
        **filled(spec),
        **filled({"selector": selector_of(root.get("Selector").value)}),
        "template": filled({"metadata": filled(labels), "spec": pod_spec(template)}),
    }
    conditions = [_condition(row) for row in rows([line.text for line in root.get("Conditions").below])]
    status = {**filled(status), **filled({"conditions": conditions})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata_of(root), "spec": spec, "status": status}


def _condition(row: dict[str, str]) -> dict[str, Any]:
    return filled({"type": row.get("Type"), "status": row.get("Status"), "reason": row.get("Reason")})


def _counts(text: str) -> dict[str, int]:
    """Return the numbers of `1 desired | 1 updated` and of `0 Active (0 Ready) / 5 Failed`, by their word."""
    found = {word.lower(): int(count) for count, word, _ in _COUNT.findall(text)}
    ready = [int(count) for _, _, count in _COUNT.findall(text) if count]
    return {**found, "ready": ready[0]} if ready else found


def _deployment(root: Entry) -> tuple[str, dict[str, Any], dict[str, Any]]:
    counts = _counts(root.get("Replicas").value)
    status = {
        "replicas": counts.get("total"),
        "updatedReplicas": counts.get("updated"),
        "availableReplicas": counts.get("available"),
        "unavailableReplicas": counts.get("unavailable"),
    }
    strategy = filled({"type": root.get("StrategyType").value})
    return "apps/v1", {"replicas": counts.get("desired"), "strategy": strategy}, status


def _replica_set(root: Entry) -> tuple[str, dict[str, Any], dict[str, Any]]:
    counts = _counts(root.get("Replicas").value)
    return "apps/v1", {"replicas": counts.get("desired")}, {"replicas": counts.get("current")}


def _stateful_set(root: Entry) -> tuple[str, dict[str, Any], dict[str, Any]]:
    counts = _counts(root.get("Replicas").value)
    return "apps/v1", {"replicas": counts.get("desired")}, {"replicas": counts.get("total")}


def _daemon_set(root: Entry) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return "apps/v1", {}, {name: number(root.get(key).value) for key, name in _DAEMON.items()}


def _job(root: Entry) -> tuple[str, dict[str, Any], dict[str, Any]]:
    counts = _counts(root.get("Pods Statuses").value)
    suspend = root.get("Suspend").value
    spec = {
        "parallelism": number(root.get("Parallelism").value),
        "completions": number(root.get("Completions").value),
        "completionMode": root.get("Completion Mode").value,
        "suspend": suspend == "true" if suspend else None,
        "backoffLimit": number(root.get("Backoff Limit").value),
        "activeDeadlineSeconds": number(root.get("Active Deadline Seconds").value),
        "ttlSecondsAfterFinished": number(root.get("TTL Seconds After Finished").value),
    }
    status = {
        "startTime": time_of(root.get("Start Time").value),
        "completionTime": time_of(root.get("Completed At").value),
        **{key: counts.get(key) for key in ("active", "ready", "succeeded", "failed")},
    }
    return "batch/v1", spec, status


_KINDS: Final[dict[str, Callable[[Entry], tuple[str, dict[str, Any], dict[str, Any]]]]] = {
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Job": _job,
    "ReplicaSet": _replica_set,
    "StatefulSet": _stateful_set,
}
