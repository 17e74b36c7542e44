"""The pods that the scheduler has turned down: not those it has yet to look at, and not those that are gated."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from diagflow.analyze.events import Event
from diagflow.model import Entity
from diagflow.packs.kubernetes.scheduling.message import parse
from diagflow.packs.kubernetes.scheduling.patience import age
from diagflow.packs.kubernetes.scheduling.pending import Pending, pending_of
from diagflow.packs.kubernetes.scheduling.selectors import Json
from diagflow.packs.kubernetes.scheduling.world import condition, key, meta, timestamp

REASONS: Final = ("Unschedulable", "SchedulerError")
"""Reasons of the condition PodScheduled that are a no; SchedulingGated is none."""

STALE: Final = 2160.0
"""Seconds after which an event says nothing about a pod that waits: the scheduler tries again every 5 min at the latest
(podMaxInUnschedulablePodsDuration), but what it repeats is written down only every 30 min, and when it ends 6 min later
(client-go, tools/events/event_broadcaster.go: refreshTime, finishTime)."""

UNSEEN: Final = 360.0
"""The same of a pod that cannot be read: it may have been deleted since, of which no event tells."""


def turned_down(waiting: Iterable[Json], events: Sequence[Event], now: datetime) -> list[Pending]:
    """Return, of the pods that wait for a node, those that were turned down, by name."""
    refusals = _refusals(events, now, STALE)
    found = [w for p in waiting if (w := _waiting(p, refusals)) is not None]
    return sorted(found, key=lambda w: w.entity)


def _waiting(pod: Json, refusals: Mapping[Entity, Event]) -> Pending | None:
    told = condition(pod, "PodScheduled")
    if told.get("reason") in REASONS and told.get("status") == "False":
        since = timestamp(told.get("lastTransitionTime")) or timestamp(meta(pod).get("creationTimestamp"))
        return pending_of(pod, parse(str(told.get("message") or "")), since, "objects:pods")
    namespace, name = key(pod)
    event = refusals.get(Entity("pod", name, namespace))
    if event is None or told.get("status") == "True":
        return None
    return pending_of(pod, parse(event.message), event.first, "objects:events")


def _refusals(events: Sequence[Event], now: datetime, within: float) -> dict[Entity, Event]:
    """Return the latest recent refusal of each pod, unless it was scheduled after that."""
    latest: dict[Entity, Event] = {}
    for event in events:
        if event.reason in ("FailedScheduling", "Scheduled") and event.last is not None:
            known = latest.get(event.entity)
            if known is None or (known.last is not None and known.last <= event.last):
                latest[event.entity] = event
    return {
        entity: event
        for entity, event in latest.items()
        if event.reason == "FailedScheduling" and event.last is not None and age(event.last, now) < within
    }


def told_by_events(events: Sequence[Event], now: datetime) -> list[Pending]:
    """Return what events say about pods where the pods themselves cannot be read."""
    found = [
        pending_of(
            {"metadata": {"name": entity.name, "namespace": entity.namespace}},
            parse(event.message),
            event.first,
            "objects:events",
        )
        for entity, event in _refusals(events, now, UNSEEN).items()
    ]
    return sorted(found, key=lambda w: w.entity)
