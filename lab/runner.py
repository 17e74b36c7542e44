"""Puts a fault in place, waits until an alert reports it, and takes it away again."""

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from diagflow.bundle.resources import has_namespace, plural_of
from lab import addons, conditions, fault, nodes, outage, podmetrics, sh, webhooks
from lab.cluster import Cluster
from lab.errors import LabError
from lab.fault import Fault
from lab.wait import DEAF, until

_OF_NODES: Final = "default"
"""The namespace of events about what is in none."""


@dataclass(frozen=True, slots=True)
class Run:
    """A fault that is in place."""

    fault: Fault
    alert: Path | None
    """The webhook body that reported it, None for a fault that raises none."""
    seconds: float


def run(cluster: Cluster, name: str, seed: int) -> Run:
    """Puts a fault in place and waits for its alert; the caller has joined the lab's network.

    Raises:
        LabError: no such fault, it is in place already, or what it waits for did not come.
    """
    began = time.monotonic()
    broken = fault.load(name, seed, cluster.real_node)
    after = webhooks.newest_number(cluster.lab.alerts)
    place(cluster, broken, seed)
    alert = _await_alert(cluster, broken, after)
    return Run(broken, alert, time.monotonic() - began)


def place(cluster: Cluster, broken: Fault, seed: int) -> float:
    """Puts a fault in place and waits for its conditions, not for its alert. Raises as `run`.

    Returns the moment of the last change, on the monotonic clock.
    """
    _note(cluster, broken, seed)
    _prepare(cluster, broken)
    return _break(cluster, broken)


def _record_of(cluster: Cluster, broken: Fault) -> Path:
    return cluster.lab.runs / f"{broken.name.replace('/', '.')}.json"


def _note(cluster: Cluster, broken: Fault, seed: int) -> None:
    record = _record_of(cluster, broken)
    if record.exists():
        raise LabError(f"{broken.name} is in place; take it away with `python -m lab fault clean {broken.name}`")
    record.parent.mkdir(exist_ok=True)
    record.write_text(json.dumps({"name": broken.name, "seed": seed}))


def _prepare(cluster: Cluster, broken: Fault) -> None:
    kubectl = cluster.kubectl
    kubectl("create", "namespace", broken.namespace)
    if broken.pod_metrics:
        podmetrics.begin(cluster)
    nodes.make(cluster, broken.nodes)
    kubectl.apply(broken.before, broken.namespace)
    conditions.await_all(kubectl, broken.namespace, broken.settled)
    nodes.change_real(cluster, broken.real_node)
    for rule in broken.firewall:
        sh.run(["iptables", "-A", *rule.split()])
    for name, how in broken.components.items():
        outage.begin(cluster, name, how)
    _await_account(cluster, broken.namespace)


def _await_account(cluster: Cluster, namespace: str) -> None:
    """Pods cannot be made before the namespace has its default account."""
    until(
        lambda: any(a["metadata"]["name"] == "default" for a in cluster.kubectl.items("serviceaccounts", namespace)),
        f"the default account of {namespace}",
        30 + DEAF,
    )


def _break(cluster: Cluster, broken: Fault) -> float:
    changed = 0.0
    for objects, statuses, wait in ((broken.objects, broken.statuses, broken.wait), (broken.then, [], [])):
        cluster.kubectl.apply(objects, broken.namespace)
        for one in statuses:
            cluster.kubectl.write_status(one["kind"], one["name"], one["status"], broken.namespace)
        changed = time.monotonic() if objects else changed
        conditions.await_all(cluster.kubectl, broken.namespace, wait)
    for one in broken.delete:
        where = f"--namespace={one.get('namespace', broken.namespace)}"
        cluster.kubectl("delete", one["kind"], one["name"], where, "--wait=false")
        changed = time.monotonic()
    conditions.await_all(cluster.kubectl, broken.namespace, broken.wait_then)
    return changed


def _await_alert(cluster: Cluster, broken: Fault, after: int) -> Path | None:
    wanted = broken.alert
    if wanted is None:
        return None
    folder = cluster.lab.alerts
    until(lambda: webhooks.find(folder, wanted, after) is not None, f"the alert {wanted.name}", 90 + DEAF)
    return webhooks.find(folder, wanted, after)


def clean(cluster: Cluster, name: str) -> None:
    """Takes a fault away, also one that was put in place half; does not wait for its namespace to end.

    Raises:
        LabError: no such fault.
    """
    shape = fault.load(name, 0, cluster.real_node)
    record = _record_of(cluster, shape)
    seed = json.loads(record.read_text())["seed"] if record.exists() else 0
    broken = fault.load(name, seed, cluster.real_node)
    for component, how in broken.components.items():
        outage.undo(cluster, component, how)
    _remove_cluster_wide(cluster, broken)
    _take_finalizers(cluster, broken)
    if any(item["metadata"].get("namespace") == addons.NAMESPACE for item in (*broken.objects, *broken.then)):
        addons.apply(cluster.kubectl, cluster.real_node)
    for rule in broken.firewall:
        with contextlib.suppress(LabError):  # it may have failed before the rule was made
            sh.run(["iptables", "-D", *rule.split()])
    nodes.restore_real(cluster, broken.real_node)
    if broken.is_felt_by_others:  # what was said of nodes outlives it, and would be taken for news
        cluster.kubectl("delete", "events", "--all", f"--namespace={_OF_NODES}", "--wait=false")
    nodes.dismantle(cluster, broken.namespace, broken.nodes)
    nodes.restore_network(cluster)
    if broken.pod_metrics:
        podmetrics.end(cluster)
    record.unlink(missing_ok=True)


def _remove_cluster_wide(cluster: Cluster, broken: Fault) -> None:
    made = {spec["name"] for spec in broken.nodes}  # kwok's nodes go last
    for item in (*broken.before, *broken.objects, *broken.then):
        name = item["metadata"]["name"]
        if not has_namespace(plural_of(item["kind"])) and name not in made:
            cluster.kubectl("delete", item["kind"], name, "--ignore-not-found", "--wait=false")


def _take_finalizers(cluster: Cluster, broken: Fault) -> None:
    """Of what a fault made in a namespace of its own: the controller that would take them is not there."""
    for item in broken.objects:
        meta = item["metadata"]
        if meta.get("finalizers") and meta.get("namespace"):
            where = f"--namespace={meta['namespace']}"
            patch = json.dumps({"metadata": {"finalizers": None}})
            with contextlib.suppress(LabError):  # it may be gone by now, or never have been there
                cluster.kubectl("patch", item["kind"], meta["name"], where, "--type=merge", f"--patch={patch}")


def in_place(cluster: Cluster) -> list[str]:
    """Returns the names of the faults that are in place."""
    records: list[dict[str, Any]] = [json.loads(path.read_text()) for path in cluster.lab.runs.glob("*.json")]
    return sorted(record["name"] for record in records)
