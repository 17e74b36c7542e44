"""A pod that the scheduler has turned down, with all of its spec that decides where it may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from diagflow.model import Entity
from diagflow.packs.kubernetes.scheduling.message import Message
from diagflow.packs.kubernetes.scheduling.requests import Amounts, Port, host_ports, pod_requests
from diagflow.packs.kubernetes.scheduling.selectors import Json
from diagflow.packs.kubernetes.scheduling.world import meta


@dataclass(frozen=True, slots=True)
class Pending:
    """One pod that waits for a node.

    Attributes:
        entity: the pod.
        spec: its spec.
        labels: its labels.
        message: what the scheduler said last.
        since: since when it says no (UTC), if known.
        source: `objects:pods` (its condition) or `objects:events`.
        requests: what it asks for.
        ports: the host ports that it wants.
        owner: `kind/name` of what created it, as kubectl takes it; the pod itself without one.
        nominated: a node where other pods are being preempted for it.
        spare: it has a priority below 0, as pods have that keep room free for others: it may wait by design.
    """

    entity: Entity
    spec: Json
    labels: Mapping[str, str]
    message: Message
    since: datetime | None
    source: str
    requests: Amounts
    ports: frozenset[Port]
    owner: str
    nominated: str = ""
    spare: bool = False

    @property
    def namespace(self) -> str:
        """Namespace of the pod."""
        return self.entity.namespace


def pending_of(pod: Json, message: Message, since: datetime | None, source: str) -> Pending:
    """Read one pod."""
    spec, own = pod.get("spec") or {}, meta(pod)
    return Pending(
        entity=Entity("pod", str(own.get("name") or ""), str(own.get("namespace") or "")),
        spec=spec,
        labels=own.get("labels") or {},
        message=message,
        since=since,
        source=source,
        requests=pod_requests(spec),
        ports=host_ports(spec),
        owner=owner_of(own),
        nominated=str((pod.get("status") or {}).get("nominatedNodeName") or ""),
        spare=int(spec.get("priority") or 0) < 0,
    )


def owner_of(own: Mapping[str, Any]) -> str:
    """Return what a person would edit: `deployment/web`, `statefulset/db`, `pod/x`.

    A ReplicaSet of a Deployment is named after it and the pod-template-hash that its pods carry.
    """
    owners = own.get("ownerReferences") or ()
    first = next((o for o in owners if o.get("controller")), owners[0] if owners else None)
    if first is None:
        return f"pod/{own.get('name')}"
    kind, name = str(first.get("kind") or "").lower(), str(first.get("name") or "")
    tail = "-" + str((own.get("labels") or {}).get("pod-template-hash") or "\0")
    return f"deployment/{name.removesuffix(tail)}" if kind == "replicaset" and name.endswith(tail) else f"{kind}/{name}"


def claim_names(name: str, spec: Json) -> dict[str, bool]:
    """Return the claims of a pod in order, with whether a controller creates them for it (ephemeral volumes)."""
    found: dict[str, bool] = {}
    for volume in spec.get("volumes") or ():
        if volume.get("persistentVolumeClaim"):
            found[str(volume["persistentVolumeClaim"].get("claimName") or "")] = False
        elif volume.get("ephemeral"):
            found[f"{name}-{volume.get('name')}"] = True
    return found
