"""A crowd: thousands of pods on nodes of kwok, a few of them ill, each so that it is known what must be named.

The control plane is real: Deployments make the pods, the scheduler places them or says why not. What a kubelet would
write of a container that cannot run is kwok's, by the stage in `stages.yaml`.
"""

import json
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from lab import names, nodes
from lab.cluster import Cluster
from lab.life import deployment
from lab.wait import until

SEED = 1
POOL = {"pool": "crowd"}
LEASE = 600
"""Seconds that nodes are alive without a word: 1,000 that renew theirs every ten seconds keep a small machine busy."""
_HANDS = 4
"""Clients that create at once: more would only wait for each other where the machine is small."""
_ARMFUL = 20
_NAMESPACES = 40
_REPLICAS = 40
_REPLICAS_ILL = 5
_IMAGE = "registry.internal:5000/team/service:1.0.0"
_STAGE = "lab.diagflow/ill"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be ill."""

    cause: str
    """What must be named for it."""
    status: dict[str, Any] = field(default_factory=dict)
    """What the kubelet writes; nothing where the pod has none."""
    container: dict[str, Any] = field(default_factory=dict)
    pod: dict[str, Any] = field(default_factory=dict)


def _waiting(reason: str, message: str) -> dict[str, Any]:
    return {"phase": "Pending", "state": {"waiting": {"reason": reason, "message": message}}}


def _pull(rest: str) -> dict[str, Any]:
    unpack, resolve = f'failed to pull and unpack image "{_IMAGE}"', f'failed to resolve reference "{_IMAGE}"'
    return _waiting("ErrImagePull", f"{unpack}: {resolve}: {rest}")


def _ended(**how: Any) -> dict[str, Any]:
    """What stands in a status between two starts of a container that ends each time."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    back_off = _waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container=app")
    ended = {"startedAt": now, "finishedAt": now, **how}
    return {**back_off, "phase": "Running", "restartCount": 7, "lastState": {"terminated": ended}}


_NO_PROGRAM = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    'unable to start container process: exec: "/usr/bin/serve": stat /usr/bin/serve: no such file or directory: unknown'
)
_NO_LOGIN = "pulling from host registry.internal:5000 failed with status code [manifests 1.0.0]: 401 Unauthorized"


def ways() -> tuple[Way, ...]:
    """Returns the ways to be ill; the statuses are those that a kubelet wrote for the lab's faults."""
    return (
        Way("kubernetes.image-not-found", _pull(f"{_IMAGE}: not found")),
        Way("kubernetes.registry-unauthorized", _pull(_NO_LOGIN)),
        Way(
            "kubernetes.config-map-missing",
            _waiting("CreateContainerConfigError", 'configmap "settings" not found'),
            {"envFrom": [{"configMapRef": {"name": "settings"}}]},
        ),
        Way(
            "kubernetes.invalid-command",
            _ended(exitCode=128, reason="StartError", message=_NO_PROGRAM),
            {"command": ["/usr/bin/serve"]},
        ),
        Way("kubernetes.container-oom-killed", _ended(exitCode=137, reason="OOMKilled")),
        # the scheduler's own: nothing is made up
        Way("kubernetes.insufficient-cpu", container={"resources": {"requests": {"cpu": "900"}}}),
        Way("kubernetes.node-affinity-unmatched", pod={"nodeSelector": {**POOL, "disk": "fast"}}),
    )


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are."""

    nodes: int = 1_000
    pods: int = 10_000
    ill: int = 200


def entities(size: Size) -> dict[str, int]:
    """Returns for how many entities each cause must be named: pods, but the one object that many pods miss."""
    missing = {item["metadata"]["namespace"] for item in _ill(size) if "envFrom" in json.dumps(item)}
    return {**expected(size), "kubernetes.config-map-missing": len(missing)}


def expected(size: Size) -> dict[str, int]:
    """Returns how many pods are ill of each cause: as alike as whole Deployments allow."""
    groups, kinds = size.ill // _REPLICAS_ILL, ways()
    each = [groups // len(kinds) + (number < groups % len(kinds)) for number in range(len(kinds))]
    return {way.cause: count * _REPLICAS_ILL for way, count in zip(kinds, each, strict=True)}


def _ill(size: Size) -> Iterator[dict[str, Any]]:
    for way in ways():
        for number in range(expected(size)[way.cause] // _REPLICAS_ILL):
            yield _deployment(f"{way.cause} {number}", _REPLICAS_ILL, way)


def _healthy(size: Size) -> Iterator[dict[str, Any]]:
    left = size.pods - size.ill
    for number, done in enumerate(range(0, left, _REPLICAS)):
        yield _deployment(f"well {number}", min(_REPLICAS, left - done), Way(""))


_LIFELIKE: dict[str, Any] = {
    "name": "app",
    "image": _IMAGE,
    "ports": [{"containerPort": 8080}],
    "env": [{"name": f"VARIABLE_{number}", "value": f"value-{number}"} for number in range(8)],
    "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
    "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
}


def _deployment(role: str, replicas: int, way: Way) -> dict[str, Any]:
    pod = {"nodeSelector": POOL, "containers": [{**_LIFELIKE, **way.container}], **way.pod}
    made = deployment(names.name(SEED, "crowd", role), replicas, pod)
    if way.status:
        made["spec"]["template"]["metadata"]["annotations"] = {_STAGE: json.dumps(way.status)}
    made["metadata"]["namespace"] = namespace(zlib.crc32(role.encode()))
    return made


def namespace(number: int) -> str:
    """Returns the name of one of the crowd's namespaces."""
    return names.name(SEED, "crowd", f"namespace {number % _NAMESPACES}")


def gather(cluster: Cluster, size: Size) -> None:
    """Makes the crowd, the ill first, and waits until all are what they are meant to be.

    The caller has joined the lab's network.

    Raises:
        LabError: not all came within an hour.
    """
    make_nodes(cluster, size)
    fill(cluster, size)


def make_nodes(cluster: Cluster, size: Size) -> None:
    """Makes the namespaces and the nodes of the crowd."""
    spaces = [namespace(number) for number in range(_NAMESPACES)]
    cluster.kubectl.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in spaces])
    room = {"cpu": 16, "memory": "64Gi", "labels": POOL}
    by_hands([{"name": f"worker-{n:04d}", **room} for n in range(size.nodes)], lambda some: nodes.make(cluster, some))


def fill(cluster: Cluster, size: Size) -> None:
    """Makes the pods of the crowd, and waits for those that are to be well. Raises as `gather`."""
    by_hands([*_ill(size), *_healthy(size)], cluster.kubectl.apply)
    wanted = size.pods - size.ill
    until(lambda: ready(cluster) >= wanted, f"{wanted:,} pods to be ready", 3600, every=10)


def ready(cluster: Cluster) -> int:
    """Returns how many pods of Deployments are ready, as the Deployments say."""
    return sum(item.get("status", {}).get("readyReplicas", 0) for item in cluster.kubectl.items("deployments"))


def by_hands(objects: list[dict[str, Any]], make: Callable[[list[dict[str, Any]]], None]) -> None:
    """Makes many objects, an armful at once by each hand."""
    some = [objects[start : start + _ARMFUL] for start in range(0, len(objects), _ARMFUL)]
    with ThreadPoolExecutor(_HANDS) as pool:
        for _ in pool.map(make, some):
            pass
