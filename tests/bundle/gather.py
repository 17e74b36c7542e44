"""A must-gather, as `oc adm must-gather` writes it, in YAML.

openshift/oc, pkg/cli/admin/inspect/: util.go (dirPathForInfo, filenameForInfo: where), namespace.go
(gatherNamespaceData: which), pod.go (gatherPodData, gatherContainerLogs: pods and their logs), writer.go (a file is
made before it is known whether there is anything to write); pkg/cli/admin/mustgather/mustgather.go (copyFilesFromPod:
the folder's name, logTimestamp: `timestamp`, newPrefixWriter: `must-gather.logs`); openshift/must-gather,
collection-scripts/gather and gather_admission_webhooks.
"""

from typing import Any

import yaml

ROOT = "quay-io-openshift-release-dev-ocp-v4-0-art-dev-sha256-4f688c549604a1ca3b0afdfe5adc26d525a1ba6a16c23b7a7445212"
NS = "openshift-image-registry"
TIMESTAMP = (
    "2026-01-01 12:50:00.123456789 +0100 CET m=+0.123456789\n2026-01-01 13:00:00.123456789 +0100 CET m=+600.123456789\n"
)
BEGAN = "2026-01-01T11:50:00Z"
LATEST = "2026-01-01T11:58:00Z"
MANAGED = [{"manager": "kubelet", "operation": "Update", "time": LATEST, "fieldsV1": {"f:status": {"f:phase": {}}}}]


def pod(name: str = "registry-0", **status: Any) -> dict[str, Any]:
    """A pod; without more it runs and is ready."""
    container = {"name": "registry", "image": "example.org/registry:4", "resources": {"limits": {"memory": "64Mi"}}}
    state = {
        "name": "registry",
        "image": "example.org/registry:4",
        "ready": True,
        "restartCount": 0,
        "state": {"running": {"startedAt": "2026-01-01T08:00:05Z"}},
        **status,
    }
    ready = "True" if state["ready"] else "False"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": NS,
            "creationTimestamp": "2026-01-01T08:00:00Z",
            "managedFields": MANAGED,
            "resourceVersion": "100",
        },
        "spec": {"nodeName": "master-0", "containers": [container]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": "2026-01-01T08:00:10Z"}],
            "containerStatuses": [state],
        },
    }


def killed() -> dict[str, Any]:
    """A pod that is killed for its memory again and again."""
    end = {
        "reason": "OOMKilled",
        "exitCode": 137,
        "startedAt": "2026-01-01T11:40:00Z",
        "finishedAt": "2026-01-01T11:47:00Z",
    }
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}
    return pod(ready=False, restartCount=7, state={"waiting": waiting}, lastState={"terminated": end})


def listed(kind: str, items: list[Any], version: str = "v1") -> str:
    """A list as the API server gives it."""
    made = {"apiVersion": version, "kind": kind, "metadata": {"resourceVersion": "123"}, "items": items}
    return yaml.safe_dump(made, sort_keys=True)


def node(name: str) -> str:
    """A node that is ready."""
    ready = {
        "type": "Ready",
        "status": "True",
        "lastHeartbeatTime": LATEST,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    made = {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Node", "metadata": made, "status": {"conditions": [ready]}})


def must_gather(*pods: dict[str, Any], top: str = "must-gather.local.7079684121838056125/") -> dict[str, Any]:
    """The files, by path."""
    root = f"{top}{ROOT}"
    space = f"{root}/namespaces/{NS}"
    first = yaml.safe_dump({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NS}})
    files: dict[str, Any] = {
        f"{top}timestamp": TIMESTAMP,
        f"{top}must-gather.logs": "[must-gather      ] OUT 2026-01-01T11:49:59Z Using must-gather plug-in image\n",
        f"{top}event-filter.html": "<html></html>",
        f"{root}/version": "openshift/must-gather\n4.18.1\n",
        f"{root}/timestamp": "",
        f"{root}/gather.logs": "2026-01-01T11:50:01.000000000Z Gathering data for ns/default...\n",
        f"{root}/cluster-scoped-resources/core/nodes/master-0.yaml": node("master-0"),
        f"{root}/cluster-scoped-resources/config.openshift.io/proxies.yaml": listed(
            "ProxyList", [], "config.openshift.io/v1"
        ),
        f"{root}/web_hooks/validatingwebhookconfigurations.yaml": "apiVersion: v1\nitems: []\nkind: List\n",
        f"{root}/host_service_logs/masters/kubelet_service.log": "Jan 01 11:00:00 master-0 kubelet[1]: started\n",
        f"{root}/etcd_info/endpoint_health.json": [{"endpoint": "https://10.0.0.1:2379", "health": True}],
        f"{space}/{NS}.yaml": first,
        f"{space}/core/pods.yaml": listed("PodList", list(pods)),
        f"{space}/core/events.yaml": listed("EventList", []),
        f"{space}/core/secrets.yaml": listed("SecretList", []),
        f"{space}/apps/deployments.yaml": listed("DeploymentList", [], "apps/v1"),
    }
    for one in pods:
        name = one["metadata"]["name"]
        logs = f"{space}/pods/{name}/registry/registry/logs"
        files[f"{space}/pods/{name}/{name}.yaml"] = yaml.safe_dump(one)
        files[f"{logs}/current.log"] = ""
        files[f"{logs}/current.insecure.log"] = ""
        files[f"{logs}/previous.log"] = (
            "2026-01-01T11:40:00.123456789Z starting\n"
            "2026-01-01T11:46:59.000000001Z 2026-01-01T11:46:59Z 61 MiB in use\n"
        )
        files[f"{logs}/rotated/0.log.20260101-072641.gz"] = b"\x1f\x8b"
    return files
