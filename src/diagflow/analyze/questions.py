"""Which causes are in question, and where: only about these may a rule that refutes say something."""

from collections.abc import Iterable, Mapping

from diagflow.model import Cause, Direction, Entity, Outcome, Topology, Verdict
from diagflow.model.topology import reach

MOST_ENTITIES = 5000
"""Entities at which one cause is in question; in a cluster where everything is ill, enough is enough."""

Questions = Mapping[str, frozenset[Entity]]
"""Cause id → entities."""


def questions(verdicts: Iterable[Verdict], causes: Mapping[str, Cause], topology: Topology) -> Questions:
    """Return the supported causes, and for each supported cause or symptom all that could explain it.

    Args:
        verdicts: so far; those that match count.
        causes: by id.
        topology: leads from an effect back to the entities where its cause can be.
    """
    found: dict[str, set[Entity]] = {}
    effects = _explaining(causes)
    reached: dict[tuple[Entity, frozenset[str], Direction], Iterable[Entity]] = {}
    for name, entity in sorted({(v.names, v.entity) for v in verdicts if v.outcome is Outcome.MATCH and v.names}):
        found.setdefault(name, set()).add(entity)
        for cause, via, direction in effects.get(name, ()):
            key = (entity, via, direction)
            if key not in reached:
                reached[key] = frozenset(reach(topology, entity, via, direction)) if via else (entity,)
            here = found.setdefault(cause, set())
            if len(here) < MOST_ENTITIES:
                here.update(reached[key])
    return {cause: frozenset(entities) for cause, entities in sorted(found.items())}


def _explaining(causes: Mapping[str, Cause]) -> dict[str, list[tuple[str, frozenset[str], Direction]]]:
    """Return, for each effect, its causes with the way from the effect to where they are."""
    found: dict[str, list[tuple[str, frozenset[str], Direction]]] = {}
    for cause in sorted(causes.values(), key=lambda c: c.id):
        for explained in cause.explains:
            found.setdefault(explained.what, []).append((cause.id, explained.via, _back(explained.direction)))
    return found


def _back(direction: Direction) -> Direction:
    return Direction.DEPENDENCIES if direction is Direction.DEPENDENTS else Direction.DEPENDENTS
