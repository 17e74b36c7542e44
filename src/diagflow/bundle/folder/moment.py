"""When an incident folder is about: the alert's time, else the latest time that its objects name."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from diagflow.model.projection import reader_of

_EPOCH: Final = datetime(1971, 1, 1, tzinfo=UTC)
"""Alertmanager and Kubernetes write times long before it for "not yet"."""

_SKEW: Final = timedelta(days=1)
_LONGEST: Final = timedelta(hours=1)
"""That a must-gather takes; it gives up after ten minutes, unless told otherwise."""

_GO_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})\b")
"""`time.Time.String` of Go."""

_PATHS: Final = (
    "metadata.creationTimestamp",
    "metadata.managedFields[].time",
    "status.conditions[].lastTransitionTime",
    "status.conditions[].lastHeartbeatTime",
    "status.conditions[].lastProbeTime",
    "status.conditions[].lastUpdateTime",
    "status.startTime",
    "status.completionTime",
    "status.lastScheduleTime",
    "spec.renewTime",
    "firstTimestamp",
    "lastTimestamp",
    "eventTime",
    "deprecatedFirstTimestamp",
    "deprecatedLastTimestamp",
    "series.lastObservedTime",
    *(
        f"status.{containers}[].{state}"
        for containers in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
        for state in (
            "state.running.startedAt",
            "state.terminated.startedAt",
            "state.terminated.finishedAt",
            "lastState.terminated.startedAt",
            "lastState.terminated.finishedAt",
        )
    ),
)
"""Where Kubernetes writes what has happened; not what is to happen, as the end of a certificate."""


def parse(text: Any) -> datetime | None:
    """Return a moment in UTC, None for what is none or stands for "not yet"."""
    if not isinstance(text, str) or not 10 < len(text) < 40:  # noqa: PLR2004  # quick: no RFC 3339 time
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo and time > _EPOCH else None
    except (ValueError, OverflowError, TypeError):
        return None


def of_labels(labels: Any) -> datetime | None:
    """Return the moment that a recording says it is about: it is looked at some time after an alert began."""
    return parse(labels.get("time")) if isinstance(labels, dict) else None


def of_alert(alert: dict[str, Any] | None) -> datetime | None:
    """Return the latest start or end of an alert or a group of alerts."""
    return max(_alert_times(alert, ("startsAt", "endsAt")), default=None)


def onset_of(alert: dict[str, Any] | None) -> datetime | None:
    """Return when the first alert of a group began."""
    return min(_alert_times(alert, ("startsAt",)), default=None)


def of_gathering(stamps: str, latest: datetime | None) -> datetime | None:
    """Return the moment that a must-gather is about: when it began.

    It takes minutes, and each object is as it was when its turn came. At its end, what was seen in its first minute
    would look minutes older than it was: a pod that starts would have hung. When it began is the first line of its
    file `timestamp`, by the clock of who gathered (openshift/oc, pkg/cli/admin/mustgather/mustgather.go:
    logTimestamp); where that clock cannot be right, the latest time of the objects counts.
    """
    found = _GO_TIME.match(stamps)
    began = parse(f"{found[1]}T{found[2]}{found[3]}") if found else None
    if began is None or latest is None:
        return latest or began
    return began if latest - _LONGEST <= began <= latest else latest


def _alert_times(alert: dict[str, Any] | None, names: tuple[str, ...]) -> Iterator[datetime]:
    alerts = alert.get("alerts") if alert else None
    for one in alerts if isinstance(alerts, list) else ():
        found = (parse(one.get(name)) for name in names)
        yield from (time for time in found if time)


def times_of(objects: Iterable[Any]) -> set[datetime]:
    """Return the times at which something happened to any object."""
    readers = [reader_of(path) for path in _PATHS]
    texts = {text for item in objects for read in readers for text in read(item) if isinstance(text, str)}
    return {time for time in map(parse, texts) if time}


def latest(times: Iterable[datetime], clock: datetime) -> tuple[datetime | None, list[datetime]]:
    """Return the latest time, and those that cannot be: of a machine whose clock is wrong.

    One node that is a year ahead would make every pod a year older, and every rollout look stuck. Nothing can have
    happened after `clock`, when this is read; a day is let pass for clocks that differ.
    """
    known = sorted(times)
    wrong = [time for time in known if time > clock + _SKEW]
    return max((time for time in known if time <= clock + _SKEW), default=None), wrong
