"""What runs in a lab's cluster as it does in anybody's: the cluster's DNS and, if asked for, the metrics of pods.

Their images are made of programs that the lab builds; their manifests, under `addons/`, are those that kubeadm and the
release of metrics-server apply.
"""

import json
from typing import Any

import yaml

from lab import images, net
from lab.kubectl import Kubectl
from lab.paths import SOURCE
from lab.wait import until

NAMESPACE = "kube-system"
DNS, METRICS = "coredns", "metrics-server"
_FOLDER = SOURCE / "addons"


def objects(name: str, node: str) -> list[dict[str, Any]]:
    """Returns the objects of one add-on, for the real node called `node`."""
    values = {"node": node, "dns": net.DNS_SERVICE, DNS: images.COREDNS, METRICS: images.METRICS_SERVER}
    text = (_FOLDER / f"{name}.yaml").read_text()
    for word, value in values.items():
        text = text.replace("{{" + word + "}}", value)
    return list(yaml.safe_load_all(text))


def apply(kubectl: Kubectl, node: str, name: str = DNS) -> None:
    """Applies an add-on; also puts right what a fault has changed of it."""
    kubectl.apply(objects(name, node), NAMESPACE)


def remove(kubectl: Kubectl, node: str, name: str) -> None:
    """Removes an add-on, its API first: one that nobody serves any more keeps namespaces from ending."""
    items = objects(name, node)[::-1]
    bundle = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    kubectl("delete", "--ignore-not-found", "--wait=false", "-f", "-", stdin=bundle)


def await_dns(kubectl: Kubectl) -> None:
    """Waits until names are resolved.

    Raises:
        LabError: the cluster's DNS does not become available.
    """
    until(lambda: DNS in _available(kubectl), "the cluster's DNS to be available", 60)


def _available(kubectl: Kubectl) -> set[str]:
    found = kubectl.items("deployments", NAMESPACE)
    return {one["metadata"]["name"] for one in found if one["status"].get("availableReplicas")}
