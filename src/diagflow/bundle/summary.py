"""What is in a bundle, for somebody who is about to send it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from diagflow.bundle.disk import Opened
from diagflow.bundle.manifest import write_time
from diagflow.bundle.memory import Entry
from diagflow.model import State
from diagflow.model.projection import ObjectList
from diagflow.model.series import SeriesBlock

_TOKEN: Final = re.compile(r"\*\*[a-z2-7]{4,}")


@dataclass(frozen=True, slots=True)
class Line:
    """One reading.

    Attributes:
        query: canonical.
        state: what became of it.
        count: objects, series, changes or lines; None without data.
        size: bytes as stored, unpacked.
        complete: False when the answer was cut off.
        source: who answered, with product and version.
        time: when (UTC).
        detail: why there is no data, or what was left out.
        fields: how many fields of each object were kept; None for all.
        redacted: how often something was taken out.
    """

    query: str
    state: State
    count: int | None
    size: int
    complete: bool
    source: str
    time: str
    detail: str
    fields: int | None
    redacted: int


@dataclass(slots=True)
class Group:
    """All readings of one source."""

    source: str
    states: Counter[State] = field(default_factory=Counter)
    size: int = 0
    cut_off: int = 0


def lines(opened: Opened) -> list[Line]:
    """Return one line for each reading, in order."""
    return [_line(entry) for entry in opened.bundle.entries()]


def groups(found: Iterable[Line]) -> list[Group]:
    """Return the readings counted by source."""
    by_source: dict[str, Group] = {}
    for line in found:
        group = by_source.setdefault(line.source, Group(line.source))
        group.states[line.state] += 1
        group.size += line.size
        group.cut_off += not line.complete
    return [by_source[source] for source in sorted(by_source)]


def as_json(opened: Opened, found: Iterable[Line]) -> dict[str, Any]:
    """Return everything as plain values."""
    bundle, incident = opened.bundle, opened.bundle.incident
    return {
        "kind": opened.kind,
        "digest": bundle.digest(),
        "engine": bundle.engine,
        "now": write_time(incident.now),
        "entities": [str(e) for e in incident.entities],
        "namespace": incident.namespace,
        "alerts": alert_names(opened),
        "diagnosis": opened.diagnosis is not None,
        "labels": opened.labels is not None,
        "problems": list(opened.problems),
        "notes": list(opened.notes),
        "readings": [_plain(line) for line in found],
    }


def alert_names(opened: Opened) -> list[str]:
    """Return the names of the alerts that the incident is about, each once."""
    alerts = (opened.bundle.incident.alert or {}).get("alerts")
    labels = [a.get("labels") for a in alerts if isinstance(a, dict)] if isinstance(alerts, list) else []
    return sorted({str(found["alertname"]) for found in labels if isinstance(found, dict) and "alertname" in found})


def _plain(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in sorted(Line.__slots__)}


def _line(entry: Entry) -> Line:
    blob, reading = entry.described(), entry.opened()
    return Line(
        query=str(reading.query),
        state=reading.state,
        count=_count(reading.data),
        size=blob.size if blob else 0,
        complete=reading.coverage.complete,
        source=reading.product or reading.source or "unknown",
        time=write_time(reading.time),
        detail=reading.detail,
        fields=len(reading.fields) if isinstance(reading.data, ObjectList) and reading.fields is not None else None,
        redacted=len(_TOKEN.findall(entry.packed().decode(errors="replace"))),
    )


def _count(data: Any) -> int | None:
    if isinstance(data, str):
        return len(data.splitlines())
    if isinstance(data, ObjectList | SeriesBlock | list | dict):
        return len(data)
    return None if data is None else 1
