"""Events, of both API groups, in one form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from diagflow.analyze.times import parsed
from diagflow.model import Entity
from diagflow.model.projection import entity_of

EVENT_FIELDS: Final = frozenset(
    {
        "action",
        "count",
        "deprecatedCount",
        "deprecatedFirstTimestamp",
        "deprecatedLastTimestamp",
        "deprecatedSource",
        "eventTime",
        "firstTimestamp",
        "involvedObject",
        "lastTimestamp",
        "message",
        "note",
        "reason",
        "regarding",
        "related",
        "reportingComponent",
        "reportingController",
        "series",
        "source",
        "type",
    }
)
"""What is kept of events: core/v1 and events.k8s.io/v1 name the same things differently."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        reason: such as `FailedScheduling`.
        message: what it says.
        entity: what it is about.
        uid: of what it is about; empty if it does not say.
        container: the container it is about, if it says so.
        count: how often it was seen.
        first: when it was first seen (UTC).
        last: when it was last seen (UTC).
        plain: the event as CEL sees it: as the API server has it, and under the names of core/v1.
    """

    reason: str
    message: str
    entity: Entity
    uid: str
    container: str
    count: int
    first: datetime | None
    last: datetime | None
    plain: Mapping[str, Any]


def event_of(obj: Mapping[str, Any]) -> Event:
    """Return an event object in one form."""
    about = _mapping(obj.get("involvedObject")) or _mapping(obj.get("regarding"))
    series = _mapping(obj.get("series"))
    count = series.get("count") or obj.get("count") or obj.get("deprecatedCount") or 1
    last = _first_time(series.get("lastObservedTime"), *_last_times(obj))
    message = str(obj.get("message") or obj.get("note") or "")
    first = _first_time(obj.get("firstTimestamp"), obj.get("deprecatedFirstTimestamp"), obj.get("eventTime")) or last
    return Event(
        reason=str(obj.get("reason") or ""),
        message=message,
        entity=_entity(about),
        uid=str(about.get("uid") or ""),
        container=_container(str(about.get("fieldPath") or "")),
        count=count if isinstance(count, int) else 1,
        first=first,
        last=last,
        plain={**obj, "message": message, "involvedObject": about, "count": count},
    )


def _last_times(obj: Mapping[str, Any]) -> tuple[Any, ...]:
    meta = _mapping(obj.get("metadata"))
    names = ("lastTimestamp", "deprecatedLastTimestamp", "eventTime", "firstTimestamp", "deprecatedFirstTimestamp")
    return (*(obj.get(name) for name in names), meta.get("creationTimestamp"))


def _first_time(*values: Any) -> datetime | None:
    return next((time for time in map(parsed, values) if time is not None), None)


def _entity(about: Mapping[str, Any]) -> Entity:
    meta = {"name": about.get("name"), "namespace": about.get("namespace")}
    return entity_of({"kind": about.get("kind"), "apiVersion": about.get("apiVersion"), "metadata": meta})


def _container(path: str) -> str:
    """Read `spec.containers{app}`."""
    _, brace, rest = path.partition("{")
    return rest.rstrip("}") if brace else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
