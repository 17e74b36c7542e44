"""Small nodes, pods and cases for the tests of the scheduling knowledge."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from diagflow.model import CLUSTER, Coverage, Entity, Query, Reading, State
from diagflow.packs.kubernetes.scheduling.message import parse
from diagflow.packs.kubernetes.scheduling.pending import Pending, pending_of
from diagflow.packs.kubernetes.scheduling.world import World, build

NOW = datetime(2026, 1, 1, 0, 10, tzinfo=UTC)
Json = dict[str, Any]


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def node(
    name: str = "worker-1",
    *,
    cordoned: bool = False,
    taints: Iterable[str] = (),
    devices: Mapping[str, str] | None = None,
    **amounts: str,
) -> Json:
    """A node; taints as `key=value:Effect`; amounts such as `cpu="4"`, devices such as `{"nvidia.com/gpu": "1"}`."""
    room = {"cpu": "4", "memory": "8Gi", "pods": "110", **amounts, **(devices or {})}
    return {
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {"unschedulable": cordoned, "taints": [_taint(t) for t in taints]},
        "status": {"allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]},
    }


def _taint(text: str) -> Json:
    key, _, effect = text.partition(":")
    name, _, value = key.partition("=")
    return {"key": name, "value": value, "effect": effect}


def pod(
    name: str,
    on: str = "",
    *,
    labels: Mapping[str, str] | None = None,
    spec: Mapping[str, Any] | None = None,
    devices: Mapping[str, str] | None = None,
    **asks: str,
) -> Json:
    """A pod with one container that asks for `asks` and `devices`; bound to node `on` if given."""
    container = {"name": "app", "resources": {"requests": {**asks, **(devices or {})}}}
    bound = {"nodeName": on} if on else {}
    return {
        "kind": "Pod",
        "metadata": {"namespace": "shop", "name": name, "labels": dict(labels or {})},
        "spec": {"containers": [container], **bound, **(spec or {})},
        "status": {"phase": "Running" if on else "Pending"},
    }


def refused(waiting: Json, message: str, seconds: float = 600, reason: str = "Unschedulable") -> Json:
    """The pod with the scheduler's refusal."""
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": reason,
        "message": message,
        "lastTransitionTime": ago(seconds),
    }
    return {**waiting, "status": {"phase": "Pending", "conditions": [condition]}}


def pending(waiting: Json, message: str = "") -> Pending:
    return pending_of(waiting, parse(message), NOW - timedelta(seconds=600), "objects:pods")


def world(nodes: Sequence[Json], pods: Sequence[Json] = (), **more: Any) -> World:
    return build(nodes, pods, **more)


class DoubleCase:
    """A `Case` that answers from dicts; a list in `states` that is no data has that state."""

    def __init__(
        self,
        *,
        near: bool = True,
        entities: Sequence[Entity] = (CLUSTER,),
        states: Mapping[str, State] | None = None,
        cut: Iterable[str] = (),
        **lists: Sequence[Json],
    ) -> None:
        self.now = NOW
        self.near = near
        self.entities = entities
        self.args: Mapping[str, str] = {"nodes": "affected"}
        self.asked: list[str] = []
        self._states = states or {}
        self._cut = tuple(cut)
        self._lists = lists

    def read(self, query: Query | str) -> Reading:
        wanted = Query.parse(query) if isinstance(query, str) else query
        name = wanted.target.partition(".")[0]
        self.asked.append(str(wanted))
        items = list(self._lists.get(name, ()))
        state = self._states.get(name, State.DATA if items else State.EMPTY)
        data = items if state in (State.DATA, State.EMPTY) else None
        return Reading(wanted, state, NOW, data, coverage=Coverage(complete=name not in self._cut))
