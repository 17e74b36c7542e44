"""Which causes are in question, and where: only about these may a rule that refutes say something."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from diagflow.model import Cause, Direction, Entity, Outcome, Topology, Verdict
from diagflow.model.cause import Explains
from diagflow.model.entity import in_order
from diagflow.model.topology import reach

MOST_ENTITIES: Final = 5000
"""Entities at which one cause is in question; in a cluster where everything is ill, enough is enough."""

Way = tuple[frozenset[str], Direction]
"""From an effect to where its cause can be: relations, and in which direction."""


def questions(verdicts: Iterable[Verdict], causes: Mapping[str, Cause], topology: Topology) -> "Questions":
    """Return the supported causes, and for each supported cause or symptom all that could explain it.

    Args:
        verdicts: so far; those that match count.
        causes: by id.
        topology: leads from an effect back to the entities where its cause can be.
    """
    at: dict[str, list[Entity]] = {}
    matches = {(v.names, v.entity) for v in verdicts if v.outcome is Outcome.MATCH and v.names}
    for name, entity in sorted(matches, key=lambda match: (match[0], in_order(match[1]))):
        at.setdefault(name, []).append(entity)
    return Questions(at, causes, topology)


class Questions:
    """Where causes are in question; looked up when somebody asks, for few causes have a rule that refutes them."""

    __slots__ = ("_at", "_causes", "_reached", "_topology")

    def __init__(self, at: Mapping[str, Sequence[Entity]], causes: Mapping[str, Cause], topology: Topology) -> None:
        self._at = at
        self._causes = causes
        self._topology = topology
        self._reached: dict[Way, dict[Entity, Collection[Entity]]] = {}

    def get(self, cause: str) -> frozenset[Entity]:
        """Return the entities where a cause is in question; none where it is not."""
        known = self._causes.get(cause)
        explained = [e for e in known.explains if e.what in self._at] if known else []
        found: set[Entity] = set()
        for name in sorted({cause, *(e.what for e in explained)} & self._at.keys()):
            self._add(found, name, [e for e in explained if e.what == name], itself=name == cause)
        return frozenset(found)

    def _add(self, found: set[Entity], name: str, explained: Collection[Explains], *, itself: bool) -> None:
        reached = [self._ways(e) for e in explained]
        for entity in self._at[name]:
            if itself:
                found.add(entity)
            for way, known in reached:
                if len(found) < MOST_ENTITIES:
                    found.update(known.get(entity) or self._walked(entity, way))

    def _ways(self, explained: Explains) -> tuple[Way, dict[Entity, Collection[Entity]]]:
        """Return the way from an effect back to its cause, and where it was found to lead."""
        back = Direction.DEPENDENCIES if explained.direction is Direction.DEPENDENTS else Direction.DEPENDENTS
        way = explained.via, back
        return way, self._reached.setdefault(way, {})

    def _walked(self, entity: Entity, way: Way) -> Collection[Entity]:
        """Walk; without relations to follow, the cause can only be where its effect is."""
        found = self._reached[way][entity] = reach(self._topology, entity, *way) if way[0] else (entity,)
        return found
