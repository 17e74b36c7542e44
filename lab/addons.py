"""What runs in a lab's cluster as it does in anybody's: the cluster's DNS.

Its image is made of a program that the lab builds; its manifest, under `addons/`, is the one that kubeadm applies.
"""

from typing import Any

import yaml

from lab import images, net
from lab.kubectl import Kubectl
from lab.paths import SOURCE
from lab.wait import until

NAMESPACE = "kube-system"
ALL = ("coredns",)
_FOLDER = SOURCE / "addons"


def objects(name: str, node: str) -> list[dict[str, Any]]:
    """Returns the objects of one add-on, for the real node called `node`."""
    values = {"node": node, "dns": net.DNS_SERVICE, "coredns": images.COREDNS}
    text = (_FOLDER / f"{name}.yaml").read_text()
    for word, value in values.items():
        text = text.replace("{{" + word + "}}", value)
    return list(yaml.safe_load_all(text))


def apply(kubectl: Kubectl, node: str) -> None:
    """Applies all add-ons; also puts right what a fault has changed of them."""
    kubectl.apply([item for name in ALL for item in objects(name, node)], NAMESPACE)


def await_dns(kubectl: Kubectl) -> None:
    """Waits until names are resolved.

    Raises:
        LabError: the cluster's DNS does not become available.
    """
    until(lambda: "coredns" in _available(kubectl), "the cluster's DNS to be available", 60)


def _available(kubectl: Kubectl) -> set[str]:
    found = kubectl.items("deployments", NAMESPACE)
    return {one["metadata"]["name"] for one in found if one["status"].get("availableReplicas")}
