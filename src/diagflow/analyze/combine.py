"""`all`, `any` and `not` over conditions, about one entity at a time.

What is cheap is asked first, and a log is not read where something else has said no already.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from diagflow.analyze.changes import ChangeSource
from diagflow.analyze.facts import FactSource
from diagflow.analyze.hostlog import HostLogSource
from diagflow.analyze.judgement import NO, Hit, Judgement, every, joined, some
from diagflow.analyze.logs import LogSource
from diagflow.analyze.metrics import MetricSource
from diagflow.analyze.nodelog import NodeLogSource
from diagflow.analyze.objects import ObjectSource
from diagflow.analyze.observe import about as named
from diagflow.analyze.observe import concluded
from diagflow.analyze.reports import EventIndex, EventSource
from diagflow.analyze.scene import Scene
from diagflow.analyze.source import Source
from diagflow.analyze.terms import LOG, Node, Term
from diagflow.model import CLUSTER, HOST, BadInput, Direction, Entity, Outcome, Query, Text
from diagflow.rules.rule import (
    ChangeInput,
    Combination,
    Condition,
    EventInput,
    FactInput,
    HostLogInput,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
)

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
        self._sources: dict[Term, Source] = {}

    def source(self, leaf: Term) -> Source:
        """Return what answers a condition."""
        found = self._sources.get(leaf)
        if found is None:
            found = self._sources[leaf] = self._new(leaf.node)
        return found

    def _new(self, node: Node) -> Source:
        if not isinstance(node, Condition):
            raise TypeError(node)
        match node.input:
            case ObjectInput() as wanted:
                return ObjectSource(self._scene, node, wanted)
            case MetricInput() as wanted:
                return MetricSource(self._scene, node, wanted)
            case EventInput() as wanted:
                return EventSource(self._scene, node, wanted, self._events)
            case LogInput() as wanted:
                return LogSource(self._scene, node, wanted)
            case HostLogInput() as wanted:
                return HostLogSource(self._scene, node, wanted)
            case NodeLogInput() as wanted:
                return NodeLogSource(self._scene, node, wanted)
            case ChangeInput() as wanted:
                return ChangeSource(self._scene, node, wanted)
            case FactInput() as wanted:
                return FactSource(self._scene, node, wanted)

    def _first(self, term: Term) -> tuple[Query, str]:
        """Return the first reading that a term looks at, and who made the observation."""
        while term.parts:
            term = term.parts[0]
        query = self.source(term).queries[0]
        return query, (term.node.origin if isinstance(term.node, Condition) else "") or query.kind

    def candidates(self, term: Term, among: Collection[Entity] | None = None) -> Sequence[Entity]:
        """Return the entities about which a term may hold; `not` names none.

        Args:
            term: a condition or combination.
            among: only these are asked for; None for all.
        """
        if not term.op:
            return tuple(self.source(term).candidates(among))
        if term.op == "not":
            return ()
        parts = term.naming if term.op == "all" else term.parts
        found = []
        for part in parts:
            entities = self.candidates(part, among)
            if term.op == "all" and len(parts) > 1 and not entities and self.rest(part).fails:
                return ()  # it holds nowhere, so the whole does not
            found.append(entities)
        narrower = found
        if term.op == "all" and among is None:
            limits = list(self._limits(term))
            if not all(limits):
                return ()  # a log that must say something is of no pod
            narrower = [*found, *limits]
        if term.op == "all" and len(narrower) > 1 and _one_kind(narrower):
            return min(narrower, key=len)
        return found[0] if len(found) == 1 else tuple(dict.fromkeys(e for entities in found for e in entities))

    def _limits(self, term: Term) -> Iterator[Sequence[Entity]]:
        """Yield the pods that conditions on logs leave, where something else names the entities: fewer to look at."""
        for part in term.parts:
            own = not (part.op or part.templated or part in term.naming)
            source = self.source(part) if own else None
            limits = source.limits() if isinstance(source, LogSource) else None
            if limits is not None:
                yield tuple(limits)

    def judged(self, term: Term, among: Collection[Entity] | None = None) -> Iterable[tuple[Entity, Judgement]]:
        """Yield the candidates (see `candidates`), each with what a term says about it."""
        core = term.core or term
        if not core.op and not core.templated:
            source = self.source(core)
            if isinstance(source, ObjectSource):
                return source.judged(among)
        return ((entity, self.about(term, Hit(entity))) for entity in self.candidates(term, among))

    def about(self, term: Term, hit: Hit, *, wide: bool = False) -> Judgement:
        """Say whether a term holds about the entity of `hit`.

        Args:
            term: a condition or combination.
            hit: the entity, and the arguments that templates of other entities are filled with.
            wide: follow relations in both directions, as dependencies do.
        """
        core = term.core or term
        if not core.op:
            return self._condition(core, hit, wide=wide)
        if term.op == "not":
            judged = self._negated(term, hit, wide=wide)
        elif term.op == "any":
            judged = some([self.about(part, hit, wide=wide) for part in term.parts])
        else:
            judged = self._all(term, hit, wide=wide)
        return self._weighed(term, judged)

    def rest(self, term: Term) -> Judgement:
        """Say what a term says about what is not among its candidates."""
        if not term.op:
            return self.source(term).rest()
        if len(term.parts) == 1 and term.op != "not":
            return self.rest(term.parts[0])
        parts = [self.rest(part) for part in term.parts]
        if term.op == "not":
            return NO if parts[0].holds else Judgement(Outcome.MATCH) if parts[0].fails else parts[0]
        return some(parts) if term.op == "any" else every(parts)

    def _all(self, term: Term, hit: Hit, *, wide: bool) -> Judgement:
        so_far: tuple[Hit, ...] = (hit,)
        told: list[Judgement] = []
        for part in term.by_cost:
            if told and part.cost >= LOG:
                break  # it cannot hold any more: do not read logs for it
            judged = self._about_each(part, so_far, wide=wide)
            if judged.fails:
                return NO
            if judged.holds:
                so_far = judged.hits if part.templated else joined(so_far, judged.hits)
                if not so_far:
                    return NO
            else:
                told.append(judged)
        return every(told) if told else Judgement(Outcome.MATCH, so_far)

    def _about_each(self, part: Term, hits: Sequence[Hit], *, wide: bool) -> Judgement:
        """A condition about another entity is asked for each hit, whose arguments say which entity that is."""
        if not part.templated:
            return self.about(part, hits[0], wide=wide)
        judged = [self.about(part, hit, wide=wide) for hit in hits]
        pairs = zip(hits, judged, strict=True)
        return some([replace(j, hits=joined((hit,), j.hits)) if j.holds else j for hit, j in pairs])

    def _negated(self, term: Term, hit: Hit, *, wide: bool) -> Judgement:
        judged = self.about(term.parts[0], hit, wide=wide)
        if judged.holds:
            return NO
        return Judgement(Outcome.MATCH, (Hit(hit.entity),)) if judged.fails else judged

    def _condition(self, term: Term, hit: Hit, *, wide: bool) -> Judgement:
        source, entity = self.source(term), hit.entity
        template = term.node.entity if isinstance(term.node, Condition) else ""
        if template:
            target = filled(template, hit)
            return NO if target is None else source.about(target)
        if source.speaks_of(entity):
            return source.about(entity)
        parts = [source.about(e) for e in self._others(source, entity, wide=wide)[:MOST_CONNECTED]]
        return _seen_for(entity, some(parts) if parts else source.about(entity))

    def _others(self, source: Source, entity: Entity, *, wide: bool) -> Sequence[Entity]:
        """Return the entities connected to one, of which a source speaks; to the whole cluster everything is."""
        if entity in (CLUSTER, HOST):
            return tuple(source.candidates()) if wide else ()
        speaks = source.stands if isinstance(source, MetricSource) else source.speaks_of
        return [e for e in connected(self._scene, entity, both=wide) if speaks(e)]

    def _weighed(self, term: Term, judged: Judgement) -> Judgement:
        """Add what the whole weighs; its parts were compiled to context, unless they say otherwise."""
        node = term.node
        if not judged.holds or not isinstance(node, Combination) or not node.weight.sign:
            return judged
        query, origin = self._first(term)
        return replace(judged, hits=tuple(_once(node, hit, query, origin) for hit in judged.hits))


def _seen_for(entity: Entity, judged: Judgement) -> Judgement:
    """What was seen at something connected, or of the whole cluster, is said about the entity that was asked about."""
    return replace(judged, hits=tuple(replace(hit, entity=entity) for hit in judged.hits)) if judged.hits else judged


def _one_kind(found: Sequence[Sequence[Entity]]) -> bool:
    """True when all lists are about one and the same kind, so that the shortest will do."""
    return all(found) and len({(e.kind, e.group) for entities in found for e in entities}) == 1


_WHOLES: Final = {
    "all": ("all of it holds", "条件全部成立"),
    "any": ("one of it holds", "其中之一成立"),
    "not": ("nothing of it is there", "未见该情况"),
}


def _once(node: Combination, hit: Hit, query: Query, origin: str) -> Hit:
    own = concluded(node, hit, query, origin, Text(*_WHOLES[node.op]))
    return replace(hit, evidence=(own, *hit.evidence))


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
