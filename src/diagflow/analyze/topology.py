"""Relations between entities, looked up in the lists that were read, and only when somebody asks.

Nothing is wanted for their sake: a list that no rule reads has no part in the topology.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, Final

from diagflow.analyze.links import NAMED, REFERENCES, SELECTORS, Link, Reference, Selector, target_namespace
from diagflow.analyze.lookup import Lookup
from diagflow.analyze.paths import values_at
from diagflow.analyze.references import owners_of, referred
from diagflow.analyze.scan import every
from diagflow.analyze.table import Table
from diagflow.model import CLUSTER, HOST, Direction, Edge, Entity
from diagflow.model.topology import Edges, steps_in_order
from diagflow.rules.functions import selects

Step = tuple[str, Entity]

_OWNERS = values_at("metadata.ownerReferences")
_LABELS = values_at("metadata.labels")

_OWNED: Final = (
    "pod", "replicaset", "deployment", "statefulset", "daemonset", "job", "cronjob", "replicationcontroller",
    "endpointslice", "persistentvolumeclaim",
)  # fmt: skip
"""Kinds whose owners are followed, where their lists were read."""

_HASH: Final = re.compile(r"(.+)-[bcdfghjklmnpqrstvwxz2456789]{5,10}")
"""Name of a Deployment's ReplicaSet: Kubernetes writes hashes with these letters only."""


class ReadTopology:
    """The topology that a bundle's lists tell, together with `edges` that analyzers or a topology file gave.

    What rules `found` is there, in its namespace, whether its list was read or not: an event that names it proves it.
    """

    __slots__ = ("_against", "_along", "_edges", "_found", "_lookup", "_owned", "_reverse")

    def __init__(self, lookup: Lookup, edges: Iterable[Edge] = (), found: Iterable[Entity] = ()) -> None:
        self._lookup = lookup
        self._edges = Edges(edges)
        self._found: dict[tuple[str, str], set[Entity]] = {}
        for entity in found:
            self._found.setdefault((full_kind(entity), entity.namespace), set()).add(entity)
        self._along: dict[Entity, list[Step]] = {}
        self._against: dict[Entity, list[Step]] = {}
        self._reverse: dict[Link | Reference, Mapping[Entity, list[Entity]]] = {}
        self._owned: list[Mapping[Entity, list[Entity]]] | None = None

    def neighbours(self, entity: Entity, direction: Direction) -> Iterable[Step]:
        """Yield (relation, entity) one step along or against the edges, in order."""
        along = direction is Direction.DEPENDENCIES
        cache = self._along if along else self._against
        found = cache.get(entity)
        if found is None:
            steps = {*self._edges.neighbours(entity, direction)}
            if entity not in (CLUSTER, HOST):
                steps.update(self._dependencies(entity) if along else self._dependents(entity))
            found = cache[entity] = sorted(steps, key=steps_in_order)
        return found

    def _dependencies(self, entity: Entity) -> Iterator[Step]:
        if entity.namespace:
            yield "namespace", Entity("namespace", entity.namespace)
        if entity.kind == "namespace":
            yield from (("quota", e) for e in self._in_namespace("resourcequota", entity.name))
        table, row = self._row(entity)
        if table is None or row is None:
            yield from _guessed_owner(entity)
            return
        item = table.rows[row]
        yield from (("owner", owner) for owner in owners_of(item, entity.namespace))
        yield from _named(item, entity)
        if entity.kind in SELECTORS:
            yield from (("selects", pod) for pod in self._selected(item, entity))
        for reference in REFERENCES:
            if reference.source == entity.kind:
                yield from ((reference.relation, other) for other in referred(reference, item, entity.namespace))

    def _dependents(self, entity: Entity) -> Iterator[Step]:
        if entity.kind == "resourcequota":
            yield "quota", Entity("namespace", entity.namespace)
        if entity.kind == "namespace":
            yield from (("namespace", e) for kind in _OWNED for e in self._in_namespace(kind, entity.name))
        yield from (("owner", e) for e in self._owned_by(entity))
        for link in NAMED:
            if link.target == entity.kind:
                yield from ((link.relation, e) for e in self._naming(link).get(entity, ()))
        if entity.kind == "pod":
            yield from (("selects", e) for e in self._selecting(entity))
        for reference in REFERENCES:
            yield from ((reference.relation, e) for e in self._referring(reference).get(entity, ()))

    def _row(self, entity: Entity) -> tuple[Table | None, int | None]:
        table = self._lookup.peek(full_kind(entity))
        return table, table.row_of(entity) if table is not None else None

    def _in_namespace(self, kind: str, namespace: str) -> Iterator[Entity]:
        table = self._lookup.peek(kind)
        yield from (e for e in (table.entities if table else ()) if e.namespace == namespace)
        found = self._found.get((kind, namespace), ())
        yield from (e for e in found if table is None or table.row_of(e) is None)

    def _selected(self, item: Any, entity: Entity) -> Iterator[Entity]:
        pods = self._lookup.peek("pod")
        how = SELECTORS[entity.kind]
        selector = next(iter(values_at(how.path)(item)), None)
        for pod in self._in_namespace("pod", entity.namespace):
            row = pods.row_of(pod) if pods else None
            if pods and row is not None and _picks(how, selector, _labels(pods.rows[row])):
                yield pod

    def _selecting(self, pod: Entity) -> Iterator[Entity]:
        table, row = self._row(pod)
        if table is None or row is None:
            return
        labels = _labels(table.rows[row])
        for kind, how in SELECTORS.items():
            for selecting, item in self._items(kind):
                meant = values_at(how.path)(item) if selecting.namespace == pod.namespace else ()
                if any(_picks(how, selector, labels) for selector in meant):
                    yield selecting

    def _referring(self, reference: Reference) -> Mapping[Entity, list[Entity]]:
        found = self._reverse.get(reference)
        if found is None:
            make = partial(self._by_reference, reference)
            found = self._reverse[reference] = self._remembered(reference, reference.source, make)
        return found

    def _by_reference(self, reference: Reference) -> dict[Entity, list[Entity]]:
        found: dict[Entity, list[Entity]] = {}
        for source, item in self._items(reference.source):
            for target in referred(reference, item, source.namespace):
                found.setdefault(target, []).append(source)
        return found

    def _items(self, kind: str) -> Iterator[tuple[Entity, Any]]:
        table = self._lookup.peek(kind)
        return zip(table.entities, table.rows, strict=True) if table else iter(())

    def _owned_by(self, entity: Entity) -> Iterable[Entity]:
        if self._owned is None:
            self._owned = [self._remembered("owner", kind, partial(self._by_owner, kind)) for kind in _OWNED]
        return chain.from_iterable(of_kind.get(entity, ()) for of_kind in self._owned)

    def _by_owner(self, kind: str) -> dict[Entity, list[Entity]]:
        found: dict[Entity, list[Entity]] = {}
        for owned, item in self._items(kind):
            for owner in owners_of(item, owned.namespace):
                found.setdefault(owner, []).append(owned)
        return found

    def _naming(self, link: Link) -> Mapping[Entity, list[Entity]]:
        found = self._reverse.get(link)
        if found is None:
            found = self._reverse[link] = self._remembered(link, link.source, partial(self._by_name, link))
        return found

    def _by_name(self, link: Link) -> dict[Entity, list[Entity]]:
        reverse: dict[Entity, list[Entity]] = {}
        table = self._lookup.peek(link.source)
        if table is None:
            return reverse
        for name, rows in every(table.rows.items, link.paths).items():
            for source in map(table.entity, rows):
                target = Entity(link.target, name, target_namespace(link, source.namespace))
                reverse.setdefault(target, []).append(source)
        return reverse

    def _remembered(
        self, what: Hashable, kind: str, make: Callable[[], dict[Entity, list[Entity]]]
    ) -> Mapping[Entity, list[Entity]]:
        """Make it once for the same list: rounds and topologies of one run share it."""
        table = self._lookup.peek(kind)
        # The memo keeps the table, and so its data, alive: no other data gets this id.
        key = (what, kind, id(table.reading.data) if table is not None else 0)
        known = self._lookup.memo.reverse
        if key not in known:
            known[key] = make()
        return known[key]


def _picks(how: Selector, selector: Any, labels: Mapping[str, Any]) -> bool:
    """A missing selector picks nothing, a hostile one neither; what an empty one picks depends on the kind."""
    try:
        return isinstance(selector, dict) and (bool(selector) or how.selects_all) and selects(selector, labels)
    except (TypeError, ValueError):
        return False


def full_kind(entity: Entity) -> str:
    """Return the kind with its group, as rules write it."""
    return f"{entity.kind}.{entity.group}" if entity.group else entity.kind


def _labels(item: Any) -> Mapping[str, Any]:
    found = _LABELS(item)
    return found[0] if found and isinstance(found[0], dict) else {}


def _guessed_owner(entity: Entity) -> Iterator[Step]:
    """A ReplicaSet whose list was not read: its name tells the Deployment."""
    match = _HASH.fullmatch(entity.name) if entity.kind == "replicaset" else None
    if match:
        yield "owner", Entity("deployment", match.group(1), entity.namespace)


def _named(item: Any, entity: Entity) -> Iterator[Step]:
    for link in NAMED:
        if link.source == entity.kind:
            for path in link.paths:
                for name in values_at(path)(item):
                    if isinstance(name, str) and name:
                        yield link.relation, Entity(link.target, name, target_namespace(link, entity.namespace))
