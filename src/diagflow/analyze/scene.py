"""What all conditions of one analysis share: readings, time, topology, and values bound for CEL once an object."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from diagflow.analyze.lookup import Lookup
from diagflow.analyze.subject import Subject
from diagflow.analyze.table import Table
from diagflow.model import Entity, Incident, Topology
from diagflow.rules.cel import Activation, shared


class Scene:
    """One analysis.

    Attributes:
        lookup: the readings.
        incident: what is diagnosed.
        topology: relations that the readings tell.
    """

    __slots__ = ("_bound", "_subjects", "incident", "lookup", "topology")

    def __init__(self, lookup: Lookup, topology: Topology) -> None:
        self.lookup = lookup
        self.incident: Incident = lookup.bundle.incident
        self.topology = topology
        self._bound = lookup.memo.bound
        self._subjects: dict[tuple[int, int, int], Subject] = {}

    @property
    def now(self) -> datetime:
        """The moment for which the diagnosis is made (UTC)."""
        return self.incident.now

    def bind(self, **values: Any) -> Activation:
        """Return values bound for CEL, `now` among them."""
        return shared().activation(now=self.now, **values)

    def subject(self, **values: Any) -> Subject:
        """Return values to judge, `now` among them."""
        return Subject(values, lambda: self.bind(**values))

    def subject_of(self, table: Table, row: int, container: int) -> Subject:
        """Return one object (and one container of it, from 0; -1 for none); bound for CEL once, for all rules."""
        # The memo keeps the data alive, so no other data gets this id; tables of one list may come and go.
        key = (id(table.reading.data), row, container)
        found = self._subjects.get(key)
        if found is None:
            values = values_of(table, row, container)
            of_object = self.subject_of(table, row, -1) if container >= 0 else None
            # Nothing of it names the scene: in a circle, all readings would wait for the collector.
            bind = partial(_bound_of, self._bound, key, values, self.now)
            found = self._subjects[key] = Subject(values, bind, of_object)
        return found

    def in_scope(self, entity: Entity) -> bool:
        """True unless the incident is narrowed to another namespace."""
        space = self.incident.namespace
        own = entity.name if entity.kind == "namespace" else entity.namespace
        return not space or not own or own == space


def _bound_of(
    known: dict[tuple[int, int, int], Activation], key: tuple[int, int, int], values: Mapping[str, Any], now: datetime
) -> Activation:
    found = known.get(key)
    if found is None:
        found = known[key] = shared().activation(now=now, **values)
    return found


def values_of(table: Table, row: int, container: int) -> dict[str, Any]:
    """Return `object` and, where it is about one, `container`."""
    values: dict[str, Any] = {"object": table.plain(row)}
    if container >= 0:
        values["container"] = table.containers(row)[container]
    return values
