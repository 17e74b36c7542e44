"""Where the things are that an alert names without their namespace: looked up in what was recorded."""

import itertools
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from diagflow.bundle import Bundle
from diagflow.bundle.resources import plural_of
from diagflow.collect.alertlabels import entities_of
from diagflow.model import BadInput, Entity
from diagflow.model.projection import ObjectList, reader_of
from diagflow.model.series import SeriesBlock

_SHOWN: Final = 3
_NAME: Final = reader_of("metadata.name")


class Places:
    """What a bundle holds by kind and name: objects, ends of relations, and what series are labelled with.

    Attributes:
        notes: why a name leads to nothing, a line each.
    """

    def __init__(self, bundle: Bundle, namespace: str = "") -> None:
        """Prepare; nothing is read yet.

        Args:
            bundle: what was recorded.
            namespace: the one that is looked at; empty for all.
        """
        self.notes: list[str] = []
        self._bundle = bundle
        self._namespace = namespace
        self._found: dict[tuple[str, str], tuple[Entity, ...]] = {}

    def find(self, kind: str, name: str) -> tuple[Entity, ...]:
        """Return the one thing of a kind that has a name; nothing, and a note, where it could be several or is none.

        Series and relations that know no namespace may call it by its name alone: then it is both.
        """
        if (kind, name) not in self._found:  # a group of alerts names one thing many times
            self._found[kind, name] = self._one(kind, name)
        return self._found[kind, name]

    def _one(self, kind: str, name: str) -> tuple[Entity, ...]:
        found = sorted(e for e in self._all(kind, name) if not self._namespace or e.namespace in ("", self._namespace))
        placed = [entity for entity in found if entity.namespace]
        if found and len(placed) <= 1:
            return tuple(found)
        self.notes.append(_note(Entity(kind, name), placed, self._namespace))
        return ()

    def _all(self, kind: str, name: str) -> set[Entity]:
        recorded = (one for entry in self._bundle.entries() for one in _of(entry.reading.query.kind, kind, name, entry))
        every = itertools.chain(self._ends, recorded)
        return {one for one in every if (one.kind, one.name, one.group) == (kind, name, "")}

    @cached_property
    def _ends(self) -> frozenset[Entity]:
        entries = (entry for entry in self._bundle.entries() if entry.reading.query.kind == "topology")
        return frozenset(one for entry in entries for one in _ends(entry.opened().data))


def _note(wanted: Entity, placed: list[Entity], namespace: str) -> str:
    what = "give the alert a label `namespace`"
    if placed:
        shown = ", ".join(map(str, placed[:_SHOWN])) + (", ..." if len(placed) > _SHOWN else "")
        why = f"there are {len(placed)} of that name ({shown})"
        what += ", or diagnose it with --namespace"
    elif namespace:
        why = f"nothing recorded of the namespace {namespace} is called so"
    else:
        why = "nothing recorded is called so"
    return f"the alert names {wanted} without its namespace, and {why}, so that does not tell what it is about: {what}"


def _of(source: str, kind: str, name: str, entry: Any) -> Iterator[Entity]:
    """Yield what one reading knows by that name, or more."""
    if source == "objects" and entry.reading.query.target.partition(".")[0] == plural_of(kind):
        yield from _objects(entry.opened().data, name)
    elif source == "series":
        yield from _labelled(entry.opened().data, name)


def _objects(data: Any, name: str) -> Iterator[Entity]:
    if isinstance(data, ObjectList):
        yield from (data.entity(i) for i, one in enumerate(data) if _NAME(one) == [name])


def _ends(data: Any) -> Iterator[Entity]:
    for edge in data if isinstance(data, list) else ():
        for end in ("from", "to"):
            try:
                yield Entity.parse(str(edge[end]))
            except (BadInput, KeyError, TypeError):  # a line that a person wrote wrongly
                continue


def _labelled(data: Any, name: str) -> Iterator[Entity]:
    every: Iterable[Any] = data.labels if isinstance(data, SeriesBlock) else ()
    for labels in every:
        if name in labels.values():
            yield from entities_of(labels, lambda other, called: (Entity(other, called),))
