"""`kubectl describe node` as the node, and the pods that it lists on it."""

from datetime import datetime
from typing import Any

from diagflow.bundle.foreign.ages import age_of, before, time_of
from diagflow.bundle.foreign.columns import rows
from diagflow.bundle.foreign.metadata import metadata_of
from diagflow.bundle.foreign.outline import Entry
from diagflow.bundle.foreign.values import filled, quantities_of, taints_of

_INFO = {
    "Machine ID": "machineID",
    "System UUID": "systemUUID",
    "Boot ID": "bootID",
    "Kernel Version": "kernelVersion",
    "OS Image": "osImage",
    "Operating System": "operatingSystem",
    "Architecture": "architecture",
    "Container Runtime Version": "containerRuntimeVersion",
    "Kubelet Version": "kubeletVersion",
    "Kube-Proxy Version": "kubeProxyVersion",
}


def node_of(root: Entry) -> dict[str, Any]:
    """Return the node."""
    unschedulable = {"unschedulable": True} if root.get("Unschedulable").value == "true" else {}
    spec = {
        "taints": taints_of(root.get("Taints").lines()),
        "podCIDR": root.get("PodCIDR").value,
        "providerID": root.get("ProviderID").value,
    }
    info = root.get("System Info")
    status = {
        "conditions": [_condition(row) for row in _table(root.get("Conditions"))],
        "addresses": [{"type": one.key, "address": one.value} for one in root.get("Addresses").below if one.value],
        "capacity": quantities_of(root.get("Capacity")),
        "allocatable": quantities_of(root.get("Allocatable")),
        "nodeInfo": filled({name: info.get(key).value for key, name in _INFO.items()}),
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata_of(root),
        "spec": {**filled(spec), **unschedulable},
        "status": filled(status),
    }


def pods_on(root: Entry, now: datetime | None) -> list[dict[str, Any]]:
    """Return the pods that are listed on a node: where and how old; of their containers there are sums alone."""
    node = root.get("Name").value
    return [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": filled(
                {
                    "name": row.get("Name"),
                    "namespace": row.get("Namespace"),
                    "creationTimestamp": before(now, age_of(row.get("Age", ""))),
                }
            ),
            "spec": {"nodeName": node},
            "status": {},
        }
        for row in _table(root.get("Non-terminated Pods"))
        if row.get("Name") and row.get("Namespace")
    ]


def _table(entry: Entry) -> list[dict[str, str]]:
    return list(rows([line.text for line in entry.below]))


def _condition(row: dict[str, str]) -> dict[str, Any]:
    return filled(
        {
            "type": row.get("Type"),
            "status": row.get("Status"),
            "reason": row.get("Reason"),
            "message": row.get("Message"),
            "lastHeartbeatTime": time_of(row.get("LastHeartbeatTime", "")),
            "lastTransitionTime": time_of(row.get("LastTransitionTime", "")),
        }
    )
