"""What brings about what: roots and consequences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from diagflow.infer.weigh import Key, Weighed
from diagflow.model import Cause, Direction, Entity, Onset, Role, Topology
from diagflow.model.topology import CALLS, reach

APART: Final = timedelta(seconds=2)
"""How far times may be apart that tell no order: Kubernetes writes whole seconds (`metav1.Time`), and the clocks of two
machines of a cluster may differ by one (etcd complains from there on: `maxClockDifference` of its rafthttp)."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Who explains whom among the supported causes and symptoms.

    Attributes:
        parents: for each candidate, those that directly explain it, in order.
    """

    parents: Mapping[Key, tuple[Key, ...]]

    def causes_of(self, key: Key, causes: Mapping[str, Cause]) -> tuple[Key, ...]:
        """Return the nearest causes above `key`, through symptoms, in order."""
        found: set[Key] = set()
        seen = {key}
        todo = list(self.parents.get(key, ()))
        while todo:
            parent = todo.pop()
            if parent in seen:
                continue
            seen.add(parent)
            if is_symptom(causes, parent[0]):
                todo.extend(self.parents.get(parent, ()))
            else:
                found.add(parent)
        return tuple(sorted(found))

    def has_root(self, key: Key, causes: Mapping[str, Cause]) -> bool:
        """False where nothing but symptoms is at the top of it: nobody knows what brought it about."""
        above, todo = {key}, [key]
        while todo:
            found = set(self.parents.get(todo.pop(), ())) - above
            todo.extend(found)
            above |= found
        tops = [one for one in above if not self.parents.get(one)]
        return not tops or not all(is_symptom(causes, one[0]) for one in tops)  # none: they explain each other


def is_symptom(causes: Mapping[str, Cause], cause_id: str) -> bool:
    """True for what can never be a root."""
    known = causes.get(cause_id)
    return known is not None and known.role is Role.SYMPTOM


def explain(supported: Iterable[Weighed], causes: Mapping[str, Cause], topology: Topology) -> Explained:
    """Find, for each supported candidate, the supported candidates that explain it."""
    candidates = {w.key: w for w in supported}
    by_id: dict[str, dict[Entity, Weighed]] = {}
    for weighed in candidates.values():
        by_id.setdefault(weighed.id, {})[weighed.entity] = weighed
    parents: dict[Key, set[Key]] = {}
    called: set[tuple[Key, Key]] = set()
    for upstream in candidates.values():
        for effect, by_call in _effects(upstream, by_id, causes, topology):
            if effect.key != upstream.key and not_later(upstream.onset, effect.onset):
                parents.setdefault(effect.key, set()).add(upstream.key)
                if by_call:
                    called.add((effect.key, upstream.key))
    for effect_key, upstream_key in [pair for pair in called if _is_above(*pair, parents)]:
        parents[effect_key].discard(upstream_key)
    return Explained({key: tuple(sorted(found)) for key, found in sorted(parents.items())})


def _is_above(upper: Key, lower: Key, parents: Mapping[Key, Iterable[Key]]) -> bool:
    """True when one candidate explains another over any number of steps: callers in a circle explain nothing."""
    seen, todo = {lower}, [lower]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent == upper:
                return True
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return False


def _effects(
    upstream: Weighed, by_id: Mapping[str, Mapping[Entity, Weighed]], causes: Mapping[str, Cause], topology: Topology
) -> Iterable[tuple[Weighed, bool]]:
    """Yield what a candidate explains, and whether only because somebody calls somebody."""
    known = causes.get(upstream.id)
    for rule in known.explains if known else ():
        effects = by_id.get(rule.what)
        if effects:
            within = _reached(upstream.entity, rule.via, rule.direction, topology)
            if CALLS in rule.via:  # nobody waits for itself
                within = {entity: steps for entity, steps in within.items() if entity != upstream.entity}
            yield from ((effects[entity], CALLS in rule.via) for entity in effects.keys() & within.keys())


def _reached(entity: Entity, via: frozenset[str], direction: Direction, topology: Topology) -> Mapping[Entity, int]:
    return reach(topology, entity, via, direction) if via else {entity: 0}


def not_later(cause: Onset, effect: Onset) -> bool:
    """True unless the cause certainly began after its effect: unknown times allow everything."""
    return cause.earliest is None or effect.latest is None or cause.earliest <= effect.latest + APART
