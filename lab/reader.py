"""Who scans a lab: an account that has the role that `diagflow rules role` prints, and may do nothing else."""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from lab import cluster as clusters
from lab.cluster import Cluster
from lab.sh import run

NAME, NAMESPACE = "diagflow", "default"
_LASTS = "24h"


def objects(role: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the account, the role, and what gives it to the account everywhere."""
    rbac = "rbac.authorization.k8s.io"
    account = {"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}
    given = {"apiGroup": rbac, "kind": role["kind"], "name": role["metadata"]["name"]}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME, "namespace": NAMESPACE}},
        role,
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": NAME},
            "roleRef": given,
            "subjects": [account],
        },
    ]


def environment(cluster: Cluster) -> dict[str, str]:
    """Makes the account; returns what a program needs to find the lab as this account.

    The caller has joined the lab's network.

    Raises:
        LabError: the API server refused, or there is no `diagflow` beside this Python.
    """
    printed = run([Path(sys.executable).with_name("diagflow"), "rules", "role", "--name", NAME])
    cluster.kubectl.apply(objects(yaml.safe_load(printed)))
    token = cluster.kubectl("create", "token", NAME, f"--namespace={NAMESPACE}", f"--duration={_LASTS}").strip()
    path = cluster.lab.config / f"{NAME}.kubeconfig"
    path.touch(mode=0o600)
    path.write_text(json.dumps(as_account(yaml.safe_load(cluster.lab.kubeconfig.read_text()), token)))
    return {**clusters.environment(cluster), "KUBECONFIG": str(path)}


def as_account(config: dict[str, Any], token: str) -> dict[str, Any]:
    """Returns a kubeconfig with the account in place of its user."""
    (context,) = config["contexts"]
    mine = {**context, "context": {**context["context"], "user": NAME}}
    return {**config, "users": [{"name": NAME, "user": {"token": token}}], "contexts": [mine]}
