"""A crowd in which fifty things are broken in twenty-five ways, so that it is known of each what must be named.

The ways are in `motley.yaml`. The control plane is real; what a kubelet would write of a container that cannot run is
`lab.kubelet`'s, and `look_again` renews it: a kubelet tells of what lasts for as long as it lasts.
"""

import ipaddress
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import yaml

from lab import crowd, fault, images, kubelet, names, net, nodes
from lab.cluster import Cluster
from lab.errors import LabError
from lab.life import deployment
from lab.paths import SOURCE
from lab.wait import until

WAYS, COPIES = 25, 2
COUNT = WAYS * COPIES
LASTING = 660
"""Seconds after which each is a fault and no start: a Deployment gives its pods ten minutes to be ready."""
_FILE = SOURCE / "motley.yaml"
_OURS = {"lab.diagflow/told": ""}
"""Marks a pod of which kwok says nothing: `lab.kubelet` does."""
_KINDS_OF_ALL = ("IngressClass",)
_ROOM = {"requests": {"cpu": "50m", "memory": "16Mi"}}


@dataclass(frozen=True, slots=True)
class Ill:
    """One thing that is broken."""

    cause: str
    """What must be named for it."""
    entity: str
    """For which object: a pattern."""
    says: str
    """Pattern of what a message must say to count as naming the cause."""
    namespace: str
    web: str
    """Name of its Deployment."""
    about: frozenset[str]
    """Names of the objects at which a finding must point."""
    objects: tuple[dict[str, Any], ...]
    nodes: tuple[dict[str, Any], ...]
    kubelet: dict[str, Any] = field(default_factory=dict)

    def is_named(self, cause: str, entity: str) -> bool:
        """Tells whether this is what must be named."""
        return cause == self.cause and fnmatchcase(entity, self.entity)

    def concerns(self, namespace: str, name: str) -> bool:
        """Tells whether an object is what is broken, or belongs to it: its pods and ReplicaSets have longer names."""
        known = name in self.about or any(name.startswith(f"{one}-") for one in self.about)
        return namespace in (self.namespace, "") and known


@cache
def everything() -> tuple[Ill, ...]:
    """Returns all that is broken."""
    return tuple(_ill(way, copy) for way in range(WAYS) for copy in range(COPIES))


def _ill(way: int, copy: int) -> Ill:
    """Reads one way with names of its own."""
    role = f"motley {way} {copy}"
    namespace = crowd.namespace(way * COPIES + copy)
    text = _FILE.read_text().replace("{{namespace}}", namespace)
    one = yaml.safe_load(fault.fill(text, seed=crowd.SEED, fault=role, real_node="", where=_FILE))[way]
    web = names.name(crowd.SEED, role, "web")
    about = {names.name(crowd.SEED, role, each) for each in one.get("about", ["web"])}
    about |= {node["name"] for node in one.get("nodes", [])}
    objects = (_deployment(web, one), *one.get("objects", []))
    for item in objects:
        if item["kind"] not in _KINDS_OF_ALL:
            item["metadata"]["namespace"] = namespace
    return Ill(
        cause=one["cause"],
        entity=one["entity"],
        says=one["says"],
        namespace=namespace,
        web=web,
        about=frozenset(about),
        objects=objects,
        nodes=tuple(one.get("nodes", [])),
        kubelet=one.get("kubelet", {}),
    )


def _deployment(web: str, one: dict[str, Any]) -> dict[str, Any]:
    port = {"name": "http", "containerPort": 8080}
    plain = {"name": "app", "image": images.BUSYBOX, "ports": [port], "resources": _ROOM}
    pod = {"nodeSelector": crowd.POOL, "containers": [{**plain, **one.get("container", {})}], **one.get("pod", {})}
    made = deployment(web, one.get("replicas", 1), pod)
    if "kubelet" in one:
        made["spec"]["template"]["metadata"]["annotations"] = _OURS
    return made


def gather(cluster: Cluster, size: crowd.Size) -> None:
    """Makes the crowd with all that is broken in it, and waits until each is what it is meant to be.

    The caller has joined the lab's network.

    Raises:
        LabError: not all came within an hour.
    """
    ills = everything()
    crowd.make_nodes(cluster, size)
    nodes.make(cluster, [{"cpu": 16, "memory": "64Gi", **node} for ill in ills for node in ill.nodes])
    cluster.kubectl.apply([item for ill in ills for item in ill.objects])
    crowd.fill(cluster, crowd.Size(size.nodes, size.pods - len(ills), ill=0))
    broken = {(ill.namespace, ill.web) for ill in ills}
    until(lambda: not _unready(cluster) - broken, "all that is well to be ready", 600, every=5)
    look_again(cluster)


def _unready(cluster: Cluster) -> set[tuple[str, str]]:
    return {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in cluster.kubectl.items("deployments")
        if item.get("status", {}).get("readyReplicas", 0) < item["spec"]["replicas"]
    }


def look_again(cluster: Cluster) -> None:
    """Writes what kubelets say now of the pods that are ill.

    Raises:
        LabError: a pod that must have a node has none.
    """
    ways = {(ill.namespace, ill.web): ill.kubelet for ill in everything() if ill.kubelet}
    until(lambda: len(_placed(cluster, ways)) == len(ways), "the pods that are ill to have nodes", 120)
    now = datetime.now(UTC)
    told: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    for number, pod in enumerate(_placed(cluster, ways)):
        one = kubelet.tell(pod, ways[_owner(pod)], _address(number), now)
        told.append({**pod, "metadata": _meta(pod), "status": one.status})
        said.extend(kubelet.events(pod, one, now))
    crowd.by_hands(told, lambda some: _replace_status(cluster, some))
    crowd.by_hands(said, cluster.kubectl.apply)


def _replace_status(cluster: Cluster, pods: list[dict[str, Any]]) -> None:
    bundle = {"apiVersion": "v1", "kind": "List", "items": pods}
    cluster.kubectl("replace", "--subresource=status", "-f", "-", stdin=json.dumps(bundle), timeout=300)


def await_faults(cluster: Cluster) -> None:
    """Waits until all that is broken has been so for as long as it takes to be called so.

    Raises:
        LabError: nothing of it is there.
    """
    mine = {(ill.namespace, ill.web) for ill in everything()}
    made = [item["metadata"] for item in cluster.kubectl.items("deployments")]
    times = [meta["creationTimestamp"] for meta in made if (meta["namespace"], meta["name"]) in mine]
    if not times:
        raise LabError("none of the broken things is there: gather them first")
    over = datetime.fromisoformat(max(times)) + timedelta(seconds=LASTING)
    until(lambda: datetime.now(UTC) > over, "the faults to last", LASTING + 60, every=5)


def _placed(cluster: Cluster, ways: dict[tuple[str, str], Any]) -> list[dict[str, Any]]:
    found = json.loads(cluster.kubectl("get", "pods", "-A", "--field-selector=status.phase!=Succeeded", "-o", "json"))
    mine = [pod for pod in found["items"] if _owner(pod) in ways and pod["spec"].get("nodeName")]
    return sorted(mine, key=lambda pod: str(pod["metadata"]["name"]))


def _owner(pod: dict[str, Any]) -> tuple[str, str]:
    meta = pod["metadata"]
    return meta["namespace"], meta.get("labels", {}).get("app", "")


def _meta(pod: dict[str, Any]) -> dict[str, Any]:
    """Returns metadata without the version: who wrote in between is no matter."""
    return {key: value for key, value in pod["metadata"].items() if key not in ("resourceVersion", "managedFields")}


def _address(number: int) -> str:
    """Returns one of the last addresses of kwok's pods, which begin at the other end."""
    return str(ipaddress.ip_network(net.KWOK_PODS)[-2 - number])
