"""Why no node is added for a pod that waits: what cluster-autoscaler and Karpenter say of it.

cluster-autoscaler tells each pod what kept it from growing a node group, while it lasts in each of its rounds (10 s):
`processors/status/eventing_scale_up_processor.go`, with the reasons of `core/scaleup/orchestrator/skippedreasons.go`.
A group that the cloud refused is left alone for 5 to 30 minutes; what the cloud said stands in an event of its status
ConfigMap (`clusterstate/clusterstate.go`, `core/scaleup/orchestrator/executor.go`). Karpenter (1.15) tells the pod
itself: `pkg/controllers/nodeclaim/lifecycle/events.go`, `pkg/controllers/provisioning/scheduling/scheduler.go`.

It explains a lack of room only: whether a group that was never asked would suit a pod's affinity, nobody knows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from diagflow.analyze.events import Event
from diagflow.model import Entity
from diagflow.packs.kubernetes.scheduling.patience import SCALE_UP, age

FAILING: Final = "kubernetes.scale-up-failing"
LIMITED: Final = "kubernetes.scale-up-limited"

CLOUD: Final = ("ScaleUpFailed", "FailedToScaleUpGroup", "ScaleUpTimedOut")
"""Reasons of events of cluster-autoscaler's status ConfigMap that say what became of a scale-up."""

REFUSALS: Final = ("NotTriggerScaleUp", "InsufficientCapacityError")
"""Reasons of events about a pod for which no node is added."""

_FRESH: Final = 360.0
"""Seconds for which a refusal counts: both say it again while it lasts, Karpenter every 5 minutes."""

_REMEMBERED: Final = 1800.0
"""Seconds for which the cloud's answer counts: the longest back-off (--max-node-group-backoff-duration)."""

_BACKED_OFF: Final = "in backoff after failed scale-up"
_AT_LIMIT: Final = re.compile(
    "max node group size reached|max total nodes in cluster reached|max cluster .{1,200} limit reached"
    "|exceed limits for nodepool"
)
_PREFIX: Final = re.compile(r"^.{0,40}?pod didn't trigger scale-up: ")


@dataclass(frozen=True, slots=True)
class Growth:
    """Why no node is added for a pod.

    Attributes:
        cause: `FAILING` or `LIMITED`.
        said: the autoscaler's words about the pod.
        why: what the cloud said, as far as it is known; else the autoscaler's words.
        since: when it was first said.
    """

    cause: str
    said: str
    why: str
    since: datetime | None


def refused_growth(events: Iterable[Event], now: datetime) -> Mapping[Entity, Growth]:
    """Return, of the pods for which no node is added, why; the autoscaler's latest word about each counts."""
    told = [e for e in events if e.last is not None]
    latest: dict[Entity, Event] = {}
    for event in (e for e in told if _speaks_of_growth(e)):
        known = latest.get(event.entity)
        if known is None or _last(known) <= _last(event):
            latest[event.entity] = event
    found = {pod: growth for pod, event in latest.items() if (growth := _growth(event, now))}
    return _with_cloud(found, told, now)


def _speaks_of_growth(event: Event) -> bool:
    return event.entity.kind == "pod" and (
        event.reason in (*REFUSALS, *SCALE_UP) or (event.reason == "FailedScheduling" and _is_karpenter(event))
    )


def _is_karpenter(event: Event) -> bool:
    return event.message.startswith("Failed to schedule pod, ")


def _growth(event: Event, now: datetime) -> Growth | None:
    if event.reason in SCALE_UP or event.last is None or age(event.last, now) >= _FRESH:
        return None
    said = _PREFIX.sub("", event.message)
    if event.reason == "InsufficientCapacityError" or _BACKED_OFF in said:
        return Growth(FAILING, said, said, event.first)
    return Growth(LIMITED, said, said, event.first) if _AT_LIMIT.search(said) else None


def _with_cloud(found: Mapping[Entity, Growth], told: Iterable[Event], now: datetime) -> Mapping[Entity, Growth]:
    """Add what the cloud said last to growth that failed, where cluster-autoscaler has written it down."""
    said = [e for e in told if e.reason in CLOUD and e.entity.kind == "configmap" and age(_last(e), now) < _REMEMBERED]
    if not said:
        return found
    why = max(said, key=lambda e: (_last(e), e.message)).message
    return {pod: replace(g, why=why) if _BACKED_OFF in g.said else g for pod, g in found.items()}


def _last(event: Event) -> datetime:
    assert event.last is not None  # noqa: S101  # only events with a time get here
    return event.last
