"""The analyzer `check-drains`: which disruption budget keeps a node from being drained.

An eviction that a budget forbids is answered with 429, to the client that drains and to nobody else: no object and no
event tells (pkg/registry/core/pod/storage/eviction.go, v1.37.2). What shows is the node: cordoned, all that may be
evicted has gone, and what is left stands under a budget that demands every one of its pods.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.model import CLUSTER, Edge, Entity, Outcome, Query, Strength, Text
from diagflow.packs.kubernetes.controllers.lists import unreadable
from diagflow.packs.kubernetes.scheduling.selectors import selects
from diagflow.packs.kubernetes.scheduling.world import key, meta, timestamp

Json = Mapping[str, Any]

BLOCKS: Final = "kubernetes.pdb-blocks-drain"

PATIENCE: Final = 600.0
"""Seconds after which a drain that goes on is none that just takes its time: longer than usual grace periods."""

NODES: Final = "objects:nodes"
PODS: Final = "objects:pods"
BUDGETS: Final = "objects:poddisruptionbudgets.policy"

_CORDON: Final = "node.kubernetes.io/unschedulable"
_DRAINED_BY: Final = frozenset(
    {"ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted", "karpenter.sh/disruption", "karpenter.sh/termination"}
)
"""Taints of autoscalers that are about to remove a node: they drain it themselves."""


@dataclass(frozen=True, slots=True)
class _Budget:
    """A budget that forbids the eviction of any of its pods, although all of them are well."""

    entity: Entity
    selector: Json
    demanded: int


def run(case: Case) -> list[Finding]:
    """Say which budgets hold up the drain of a node."""
    nodes, pods, budgets = case.read(NODES), case.read(PODS), case.read(BUDGETS)
    if unread := unreadable(nodes, pods, budgets):
        return [unread]
    strict = [b for budget in budgets.data or () if (b := _strict(budget)) is not None]
    asked = {node.name for node in case.entities}
    cordoned = [n for n in nodes.data or () if key(n)[1] in asked and _is_over(n, case.now)]
    found = [f for node in cordoned for f in _held_up(node, pods.data or (), strict)]
    once = {f.entity: f for f in reversed(found)}
    return list(once.values()) or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="no budget holds up a drain")]


def _strict(budget: Json) -> _Budget | None:
    """A budget that demands as many healthy pods as there are; one that lacks some just waits for them."""
    status = budget.get("status") or {}
    demanded, there = status.get("desiredHealthy") or 0, status.get("expectedPods") or 0
    if status.get("disruptionsAllowed") != 0 or not 0 < there <= demanded or status.get("currentHealthy") != there:
        return None
    space, name = key(budget)
    selector = (budget.get("spec") or {}).get("selector") or {}
    return _Budget(Entity("poddisruptionbudget", name, space), selector, demanded)


def _taints(node: Json) -> Sequence[Json]:
    return (node.get("spec") or {}).get("taints") or ()


def _is_over(node: Json, now: datetime) -> bool:
    since = _cordoned_since(node)
    return since is not None and (now - since).total_seconds() >= PATIENCE


def _cordoned_since(node: Json) -> datetime | None:
    times = (timestamp(taint.get("timeAdded")) for taint in _taints(node) if taint.get("key") == _CORDON)
    return next(times, None)


def _held_up(node: Json, pods: Sequence[Json], strict: Sequence[_Budget]) -> Iterator[Finding]:
    name = key(node)[1]
    left = [pod for pod in pods if (pod.get("spec") or {}).get("nodeName") == name and _is_evicted(pod)]
    holders = [next((b for b in strict if _covers(b, pod)), None) for pod in left]
    for pod, budget in zip(left, holders, strict=True):
        if budget is not None and None not in holders:
            yield _finding(node, pod, budget)


def _is_evicted(pod: Json) -> bool:
    """True for what a drain waits for: no pods of DaemonSets, no static pods, nothing that has ended."""
    owners = {owner.get("kind") for owner in meta(pod).get("ownerReferences") or ()}
    ended = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    return not ended and not owners & {"DaemonSet", "Node"}


def _covers(budget: _Budget, pod: Json) -> bool:
    space, _ = key(pod)
    return (
        space == budget.entity.namespace
        and not meta(pod).get("deletionTimestamp")
        and selects(budget.selector, meta(pod).get("labels") or {})
    )


def _finding(node: Json, pod: Json, budget: _Budget) -> Finding:
    name = key(node)[1]
    seen = [
        Observation(
            Query.parse(NODES),
            Text(
                f"node {name} is cordoned, and only pods that must not be evicted are left on it",
                f"节点 {name} 已被封锁，其上只剩不允许驱逐的 Pod",
            ),
            supports=Strength.STRONG,
        )
    ]
    drainer = next((t["key"] for t in _taints(node) if t.get("key") in _DRAINED_BY), None)
    if drainer or meta(node).get("deletionTimestamp"):
        what = f"the taint {drainer}" if drainer else "its deletion"
        told = f"污点 {drainer}" if drainer else "它正被删除"
        seen.append(
            Observation(
                Query.parse(NODES),
                Text(f"an autoscaler wants the node gone: {what}", f"自动扩缩器要移除该节点：{told}"),
                supports=Strength.CONCLUSIVE,
                origin="drain",
            )
        )
    args = {"node": name, "pod": key(pod)[1], "demanded": budget.demanded}
    asks = Edge(Entity("node", name), "calls", budget.entity)
    return Finding(
        budget.entity, BLOCKS, observations=tuple(seen), args=args, edges=(asks,), since=_cordoned_since(node)
    )
