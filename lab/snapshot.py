"""An incident folder of the lab: what kubectl prints, and the logs of the containers that are not well.

The folder is what DiagFlow's documentation calls an incident folder: `objects/`, `logs/`, `alert.json`.
"""

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

from lab import net
from lab.cluster import Cluster, client_of
from lab.errors import LabError

KINDS = (
    "pods",
    "nodes",
    "events",
    "services",
    "endpointslices",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
    "persistentvolumeclaims",
    "persistentvolumes",
    "storageclasses",
    "resourcequotas",
    "limitranges",
    "configmaps",
    "serviceaccounts",
    "horizontalpodautoscalers",
    "poddisruptionbudgets",
    "namespaces",
    "priorityclasses",
    "ingresses",
    "ingressclasses",
    "networkpolicies",
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
    "apiservices",
    "customresourcedefinitions",
    "volumeattachments",
    "csidrivers",
    "csinodes",
    "leases",
)
_METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_IDS = ("machineID", "systemUUID", "bootID")
_NO_ID = "0" * 32


def take(cluster: Cluster, folder: Path, alert: Path | None = None) -> None:
    """Writes an incident folder; the caller has joined the lab's network.

    Raises:
        LabError: the folder holds something already, or the API server refused.
    """
    require_empty(folder)
    objects = folder / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (objects / f"{kind}.json").write_text(cluster.kubectl("get", kind, "--all-namespaces", "-o", "json"))
    for kind in _custom(cluster):
        with contextlib.suppress(LabError):  # its definition is being deleted
            (objects / f"{kind}.json").write_text(cluster.kubectl("get", kind, "--all-namespaces", "-o", "json"))
    forget_machine(objects / "nodes.json", objects / "events.json")
    (objects / "secrets.json").write_text(json.dumps(_secrets(cluster), indent=4) + "\n")
    for pod in json.loads((objects / "pods.json").read_text())["items"]:
        _logs(cluster, folder / "logs", pod)
    if alert:
        shutil.copy(alert, folder / "alert.json")


def forget_machine(nodes: Path, *others: Path) -> None:
    """Replaces the ids of the machine that the real node runs on: a recording is for others."""
    infos = [node.get("status", {}).get("nodeInfo", {}) for node in json.loads(nodes.read_text())["items"]]
    ids = {info[key] for info in infos for key in _IDS if info.get(key)}
    for path in (nodes, *others):
        text = path.read_text()
        for one in ids:
            text = text.replace(one, _NO_ID)
        path.write_text(text)


def require_empty(folder: Path) -> None:
    """Raises LabError if a folder holds something: a snapshot is of one moment."""
    if folder.exists() and any(folder.iterdir()):
        raise LabError(f"{folder} is not empty; name a new folder")


def _custom(cluster: Cluster) -> list[str]:
    """What definitions add, as `certificates.cert-manager.io`."""
    return sorted(item["metadata"]["name"] for item in cluster.kubectl.items("customresourcedefinitions"))


def _secrets(cluster: Cluster) -> dict[str, Any]:
    """Only names and labels of secrets: their data is never asked for."""
    with client_of(cluster.lab) as client:
        answer = client.get(f"{net.API_URL}/api/v1/secrets", headers={"Accept": _METADATA_ONLY})
    if not answer.is_success:
        raise LabError(f"the API server refused the secrets' metadata: {answer.status_code}")
    items = [{**item, "apiVersion": "v1", "kind": "Secret"} for item in answer.json()["items"] or []]
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}


def _logs(cluster: Cluster, folder: Path, pod: dict[str, Any]) -> None:
    status = pod.get("status", {})
    containers = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    for container in containers:
        if not _is_well(container):
            for previous in (False, True):
                _log(cluster, folder, pod["metadata"], container["name"], previous=previous)


def _is_well(container: dict[str, Any]) -> bool:
    ended = container.get("state", {}).get("terminated")
    done = ended is not None and ended.get("exitCode") == 0
    return not container.get("restartCount") and (done or bool(container.get("ready")))


def _log(cluster: Cluster, folder: Path, pod: dict[str, Any], container: str, *, previous: bool) -> None:
    where = [f"--namespace={pod['namespace']}", pod["name"], f"--container={container}", "--tail=500"]
    try:
        text = cluster.kubectl("logs", *where, *(["--previous"] if previous else []))
    except LabError:
        return  # it never ran, or its log is gone: then there is no file
    target = folder / pod["namespace"] / pod["name"] / f"{container}{'.previous' if previous else ''}.log"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
