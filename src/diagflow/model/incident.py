"""What is diagnosed at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from diagflow.model.entity import Entity


@dataclass(frozen=True, slots=True)
class Incident:
    """An alert (or a group of alerts), its entities and its time; a scan is an incident without an alert.

    Attributes:
        now: the moment for which the diagnosis is made (UTC).
        entities: what the alert or the user named; empty for a scan. `cluster/local` when an alert names nothing
            smaller.
        alert: the Alertmanager webhook body, None without an alert.
        namespace: narrows the scope to one namespace; empty for all.
        since: how far back events and changes count, in seconds; 0 is as each rule says.
        onset: the alert's `startsAt` (UTC): bounds when the trouble began.
    """

    now: datetime
    entities: tuple[Entity, ...] = ()
    alert: Mapping[str, Any] | None = None
    namespace: str = ""
    onset: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    since: float = 0.0

    def window(self, within: float) -> float:
        """Return how far back to look, in seconds, where a rule says `within`."""
        return self.since or within

    @property
    def near(self) -> bool:
        """True when somebody pointed at something: an alert or a named entity."""
        return self.alert is not None or bool(self.entities)
