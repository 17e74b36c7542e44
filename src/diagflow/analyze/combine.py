"""`all`, `any` and `not` over conditions, about one entity at a time.

What is cheap is asked first, and a log is not read where something else has said no already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from diagflow.analyze.changes import ChangeSource
from diagflow.analyze.facts import FactSource
from diagflow.analyze.judgement import NO, Hit, Judgement, every, joined, some
from diagflow.analyze.logs import LogSource
from diagflow.analyze.metrics import MetricSource
from diagflow.analyze.objects import ObjectSource
from diagflow.analyze.observe import about as named
from diagflow.analyze.observe import concluded
from diagflow.analyze.reports import EventIndex, EventSource
from diagflow.analyze.scene import Scene
from diagflow.analyze.source import Source
from diagflow.model import CLUSTER, HOST, BadInput, Direction, Entity, Outcome, Query, Text
from diagflow.rules.rule import (
    ChangeInput,
    Combination,
    Condition,
    EventInput,
    FactInput,
    LogInput,
    MetricInput,
    ObjectInput,
)

Node = Condition | Combination

MOST_OWNERS: Final = 3
"""Owners followed upwards: pod → ReplicaSet → Deployment → whatever made it."""

MOST_CONNECTED: Final = 256
"""Connected entities that a dependency looks at."""


class Conditions:
    """All conditions of one analysis; each is asked about each entity once."""

    __slots__ = ("_events", "_scene", "_sources")

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._events = EventIndex(scene)
        self._sources: dict[int, tuple[Condition, Source]] = {}

    def source(self, condition: Condition) -> Source:
        """Return what answers one condition."""
        found = self._sources.get(id(condition))
        if found is None:
            found = self._sources[id(condition)] = (condition, self._new(condition))
        return found[1]

    def _new(self, condition: Condition) -> Source:
        match condition.input:
            case ObjectInput() as wanted:
                return ObjectSource(self._scene, condition, wanted)
            case MetricInput() as wanted:
                return MetricSource(self._scene, condition, wanted)
            case EventInput() as wanted:
                return EventSource(self._scene, condition, wanted, self._events)
            case LogInput() as wanted:
                return LogSource(self._scene, condition, wanted)
            case ChangeInput() as wanted:
                return ChangeSource(self._scene, condition, wanted)
            case FactInput() as wanted:
                return FactSource(self._scene, condition, wanted)

    def queries(self, node: Node) -> Iterator[Query]:
        """Yield the readings that a node looks at."""
        if isinstance(node, Condition):
            yield from self.source(node).queries
            return
        for part in node.conditions:
            yield from self.queries(part)

    def candidates(self, node: Node) -> Sequence[Entity]:
        """Return the entities about which a node may hold; `not` names none, it only takes some away."""
        if isinstance(node, Condition):
            return tuple(self.source(node).candidates())
        if node.op == "not":
            return ()
        parts = _naming(node) if node.op == "all" else node.conditions
        found = [self.candidates(part) for part in parts]
        if node.op == "all" and len(found) > 1 and (one := _one_kind(found)):
            return min(one, key=len)
        return tuple(dict.fromkeys(e for entities in found for e in entities))

    def about(self, node: Node, hit: Hit, *, wide: bool = False) -> Judgement:
        """Say whether a node holds about the entity of `hit`.

        Args:
            node: a condition or combination.
            hit: the entity, and the arguments that templates of other entities are filled with.
            wide: follow relations in both directions, as dependencies do.
        """
        if isinstance(node, Condition):
            return self._condition(node, hit, wide=wide)
        if node.op == "not":
            return self._negated(node, hit, wide=wide)
        if node.op == "any":
            judged = some([self.about(part, hit, wide=wide) for part in node.conditions])
        else:
            judged = self._all(node, hit, wide=wide)
        return _weighed(node, judged, next(self.queries(node), Query("", "")))

    def _all(self, node: Combination, hit: Hit, *, wide: bool) -> Judgement:
        so_far: tuple[Hit, ...] = (hit,)
        told: list[Judgement] = []
        for part in sorted(node.conditions, key=_cost):
            if told and _cost(part) >= _LOG:
                break  # it cannot hold any more: do not read logs for it
            judged = _about_each(self, part, so_far, wide=wide)
            if judged.fails:
                return NO
            if judged.holds:
                so_far = joined(so_far, judged.hits)
                if not so_far:
                    return NO
            else:
                told.append(judged)
        return every(told) if told else Judgement(Outcome.MATCH, so_far)

    def _negated(self, node: Combination, hit: Hit, *, wide: bool) -> Judgement:
        judged = self.about(node.conditions[0], hit, wide=wide)
        if judged.holds:
            return NO
        if not judged.fails:
            return judged
        query = next(self.queries(node), Query("", ""))
        found = Judgement(Outcome.MATCH, (Hit(hit.entity),))
        return _weighed(node, found, query) if node.weight.sign else found

    def _condition(self, condition: Condition, hit: Hit, *, wide: bool) -> Judgement:
        source = self.source(condition)
        if condition.entity:
            target = filled(condition.entity, hit)
            return NO if target is None else source.about(target)
        if source.speaks_of(hit.entity):
            return source.about(hit.entity)
        if wide and hit.entity in (CLUSTER, HOST):
            others: Sequence[Entity] = [hit.entity, *source.candidates()]
        else:
            others = [e for e in connected(self._scene, hit.entity, both=wide) if source.speaks_of(e)]
        parts = [source.about(e) for e in others[:MOST_CONNECTED]]
        return some(parts) if parts else source.about(hit.entity)


def _about_each(conditions: Conditions, part: Node, hits: Sequence[Hit], *, wide: bool) -> Judgement:
    """A condition about another entity is asked for each hit, whose arguments say which entity that is."""
    if not _templated(part):
        return conditions.about(part, hits[0], wide=wide)
    judged = [conditions.about(part, hit, wide=wide) for hit in hits]
    kept = [replace(j, hits=joined((hit,), j.hits)) if j.holds else j for hit, j in zip(hits, judged, strict=True)]
    return some(kept)


_CHEAP: Final = 0
_TEMPLATED: Final = 1
_LOG: Final = 2


def _cost(node: Node) -> int:
    if isinstance(node, Combination):
        return max((_cost(part) for part in node.conditions), default=_CHEAP)
    if isinstance(node.input, LogInput):
        return _LOG
    return _TEMPLATED if _templated(node) else _CHEAP


def _templated(node: Node) -> bool:
    if isinstance(node, Combination):
        return any(_templated(part) for part in node.conditions)
    return bool(node.entity)


def _naming(node: Combination) -> Iterable[Node]:
    """Return the parts of an `all` that name its entities: logs and templates only where there is nothing else."""
    parts = [p for p in node.conditions if not (isinstance(p, Combination) and p.op == "not")]
    cheapest = min((_cost(p) for p in parts), default=_CHEAP)
    return [p for p in parts if _cost(p) == cheapest] if cheapest else [p for p in parts if _cost(p) == _CHEAP]


def _one_kind(found: Sequence[Sequence[Entity]]) -> Sequence[Sequence[Entity]]:
    """Return the lists when they are all about one and the same kind, so that the shortest will do."""
    kinds = {(e.kind, e.group) for entities in found for e in entities}
    return found if len(kinds) == 1 and all(found) else ()


def _weighed(node: Combination, judged: Judgement, query: Query) -> Judgement:
    """Add what the whole weighs; its parts were compiled to context, unless they say otherwise."""
    if not node.weight.sign or not judged.holds:
        return judged
    what = {
        "all": ("all of it holds", "条件全部成立"),
        "any": ("one of it holds", "其中之一成立"),
        "not": ("nothing of it is there", "未见该情况"),
    }
    text = Text(*what[node.op])
    return replace(judged, hits=tuple(_once(node, hit, query, text) for hit in judged.hits))


def _once(node: Combination, hit: Hit, query: Query, text: Text) -> Hit:
    query = hit.evidence[0].query if hit.evidence else query
    return replace(hit, evidence=(concluded(node, hit.entity, query, text, hit.args), *hit.evidence))


def connected(scene: Scene, entity: Entity, *, both: bool) -> list[Entity]:
    """Return what an entity hangs on directly, and its owners up to the top; with `both` also what hangs on it."""
    found: dict[Entity, None] = {}
    level = [entity]
    for _ in range(MOST_OWNERS):
        steps = [step for e in level for step in scene.topology.neighbours(e, Direction.DEPENDENCIES)]
        found.update(dict.fromkeys(other for relation, other in steps if relation == "owner" or entity in level))
        level = [other for relation, other in steps if relation == "owner"]
    if both:
        found.update(dict.fromkeys(other for _, other in scene.topology.neighbours(entity, Direction.DEPENDENTS)))
    return list(found)


def filled(template: str, hit: Hit) -> Entity | None:
    """Return the entity that a template gives; None when an argument is missing, or what comes out names nothing."""
    values: Mapping[str, Any] = named(hit.entity, hit.args)
    quoted = {name: quote(str(value), safe=":") for name, value in values.items() if name != "entity"}
    text = Text(template).fill({**quoted, "entity": str(hit.entity)}).en
    try:
        return None if "{" in text else Entity.parse(text)
    except BadInput:
        return None
