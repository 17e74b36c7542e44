"""Nodes of a fault: kwok's, made for it, and the real one, changed for it."""

import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lab import cluster as clusters
from lab import configs
from lab.cluster import Cluster
from lab.errors import LabError
from lab.wait import DEAF, until

_STAYS = "lab.diagflow/stays"
_SPEC: tuple[str, ...] = ("unschedulable", "taints")


def kwok_node(spec: dict[str, Any]) -> dict[str, Any]:
    """Returns the Node object for one entry of a fault's `nodes`."""
    name = spec["name"]
    resources = {"cpu": str(spec.get("cpu", 4)), "memory": str(spec.get("memory", "16Gi"))}
    room = {**resources, "pods": str(spec.get("pods", 110)), "ephemeral-storage": "64Gi"}
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    rest = {key: spec[key] for key in _SPEC if key in spec}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0"},
            "labels": {**labels, **spec.get("labels", {})},
        },
        "spec": rest,
        "status": {"allocatable": room, "capacity": room},
    }


def make(cluster: Cluster, specs: list[dict[str, Any]]) -> None:
    """Makes kwok nodes and waits until the scheduler may use them."""
    if not specs:
        return
    objects = [kwok_node(spec) for spec in specs]
    # server-side apply would leave the status out, which kwok then fills with its own numbers
    cluster.kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    names = {spec["name"] for spec in specs}
    until(lambda: names <= _ready(cluster), "kwok's nodes to be ready", 60 + DEAF)
    for spec in specs:
        _say(cluster, spec["name"], spec.get("conditions", []))


def _say(cluster: Cluster, node: str, conditions: list[dict[str, str]]) -> None:
    """Writes into a node's status what others than its kubelet say of it: a route controller, node-problem-detector."""
    if conditions:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        stamped = [{**one, "lastTransitionTime": now, "lastHeartbeatTime": now} for one in conditions]
        cluster.kubectl.write_status("node", node, {"conditions": stamped}, how="strategic")


def remove(cluster: Cluster, specs: list[dict[str, Any]]) -> None:
    """Removes kwok nodes; the pods on them go with their namespace."""
    if specs:
        cluster.kubectl("delete", "nodes", "--ignore-not-found", "--wait=false", *(spec["name"] for spec in specs))


def dismantle(cluster: Cluster, namespace: str, specs: list[dict[str, Any]]) -> None:
    """Removes a namespace with its pods, then the kwok nodes; does not wait for the namespace's own end.

    kwok ends the pods of its nodes, so that the nodes must outlive them. Owners leave their pods behind: the garbage
    collector would give them 30 seconds, and a kubelet that has begun to wait so long hears of nothing shorter.
    """
    kubectl, where = cluster.kubectl, f"--namespace={namespace}"
    owners = "deployments,statefulsets,daemonsets,cronjobs,jobs,replicasets"
    kubectl("delete", owners, "--all", where, "--wait=false", "--cascade=orphan")
    kubectl("delete", "pods", "--all", where, "--grace-period=1", "--wait=false")
    kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")
    _let_go(cluster, namespace)
    until(lambda: not kubectl.items("pods", namespace), f"the pods of {namespace} to end", 60 + DEAF)
    remove(cluster, specs)


def _let_go(cluster: Cluster, namespace: str) -> None:
    """Takes away what keeps a fault's pods: finalizers, whose controller is not there, and our own annotation."""
    for pod in cluster.kubectl.items("pods", namespace):
        if pod["metadata"].get("finalizers") or _STAYS in pod["metadata"].get("annotations", {}):
            patch = json.dumps({"metadata": {"finalizers": None, "annotations": {_STAYS: None}}})
            name = pod["metadata"]["name"]
            with contextlib.suppress(LabError):  # it may be gone by now
                cluster.kubectl("patch", "pod", name, f"--namespace={namespace}", "--type=merge", "-p", patch)


def _ready(cluster: Cluster) -> set[str]:
    return {node["metadata"]["name"] for node in cluster.kubectl.items("nodes") if _is_ready(node)}


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = {c["type"]: c["status"] for c in node["status"].get("conditions", [])}
    waiting = [taint for taint in node["spec"].get("taints", []) if "not-ready" in taint["key"]]
    return conditions.get("Ready") == "True" and not waiting


def change_real(cluster: Cluster, change: dict[str, Any]) -> None:
    """Cordons, taints or restarts the real node as a fault says, or makes it look as if it had been started again."""
    if "kubelet" in change:
        clusters.restart_kubelet(cluster, change["kubelet"])
    if "pod_range" in change:
        configs.small_network(cluster.lab, change["pod_range"])
    if "boot_id" in change:
        cluster.kubectl.write_status("node", cluster.real_node, {"nodeInfo": {"bootID": change["boot_id"]}})
    spec = {key: change[key] for key in _SPEC if key in change}
    if spec:
        _patch(cluster, spec)


def restore_real(cluster: Cluster, change: dict[str, Any]) -> None:
    """Undoes `change_real`."""
    spec = dict.fromkeys((key for key in _SPEC if key in change), None)
    if spec:
        _patch(cluster, spec)
    if "kubelet" in change:
        clusters.restart_kubelet(cluster, {})


def restore_network(cluster: Cluster) -> None:
    """Undoes a change of `pod_range`, after its pods are gone: their addresses go back to the network they are from."""
    configs.usual_network(cluster.lab)


def _patch(cluster: Cluster, spec: Mapping[str, Any]) -> None:
    patch = json.dumps({"spec": spec})
    cluster.kubectl("patch", "node", cluster.real_node, "--type=merge", f"--patch={patch}")
