"""Why a rule matched or not on a bundle, condition by condition, in words for its author."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from diagflow.analyze.analyze import given_edges
from diagflow.analyze.combine import Conditions
from diagflow.analyze.containers import PREFIX, containers_of, is_container_path
from diagflow.analyze.judge import Judge
from diagflow.analyze.judgement import Hit, Judgement
from diagflow.analyze.lookup import Lookup
from diagflow.analyze.metrics import MetricSource, shown
from diagflow.analyze.paths import scalar, values_at
from diagflow.analyze.plan import objects_of, plan_for
from diagflow.analyze.samples import Samples
from diagflow.analyze.scene import Scene
from diagflow.analyze.table import Table
from diagflow.analyze.terms import Node, Term
from diagflow.analyze.topology import ReadTopology
from diagflow.bundle import Bundle
from diagflow.model import Entity, Outcome
from diagflow.rules import RuleSet
from diagflow.rules.promql import unheld
from diagflow.rules.reads import reads
from diagflow.rules.rule import (
    ChangeInput,
    Condition,
    EventInput,
    FactInput,
    HostLogInput,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Rule,
)

MOST_SHOWN: Final = 3
"""Entities, values and samples that are shown of many."""

_SAID: Final = {
    Outcome.MATCH: "holds",
    Outcome.NO_MATCH: "does not hold",
    Outcome.INCONCLUSIVE: "cannot be told",
    Outcome.SKIPPED: "cannot be told",
    Outcome.ERROR: "failed",
}


def explain_on(rule: Rule, bundle: Bundle) -> tuple[str, ...]:
    """Return lines that say, for a few candidates, which condition held and which did not, and what was seen.

    Args:
        rule: the rule; one that refutes is looked at as if its cause were in question everywhere.
        bundle: the readings; nothing else is read.
    """
    return tuple(_Explaining(rule, bundle).lines())


class _Explaining:
    def __init__(self, rule: Rule, bundle: Bundle) -> None:
        plan = plan_for(RuleSet((rule,)))
        self._prepared = plan.rules[0]
        self._lookup = Lookup(bundle, plan)
        self._scene = Scene(self._lookup, ReadTopology(self._lookup, given_edges(bundle)))
        self._conditions = Conditions(self._scene)

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        verdicts = Judge(self._scene, self._conditions).verdicts(self._prepared)
        for verdict in verdicts[:MOST_SHOWN]:
            detail = f": {verdict.detail}" if verdict.detail else ""
            # About what was not there, nothing says more than that it was not.
            about = f" about {verdict.entity}" if verdict.entity != self._prepared.whole or verdict.evidence else ""
            yield f"{verdict.outcome}{about}{detail}"
        if len(verdicts) > MOST_SHOWN:
            yield f"and {len(verdicts) - MOST_SHOWN} more"
        found = self._looked_at()
        for entity in found or (self._prepared.whole,):
            yield f"about {entity}:" if found else "about nothing in particular:"
            yield from self._term(self._prepared.trigger, Hit(entity), 1)
            hits = self._conditions.about(self._prepared.trigger, Hit(entity)).hits
            for term in self._prepared.dependencies:
                yield "  dependency:"
                yield from self._term(term, hits[0] if hits else Hit(entity), 2, wide=True)

    def _looked_at(self) -> Sequence[Entity]:
        found = tuple(self._conditions.candidates(self._prepared.trigger))[:MOST_SHOWN]
        nearest = None if found else self._nearest()
        return (nearest,) if nearest else found or tuple(islice(self._fitting(), MOST_SHOWN))

    def _nearest(self) -> Entity | None:
        """Return the entity of the sample that comes nearest to the threshold of its condition."""
        samples = filter(None, map(self._samples, _leaves(self._prepared.trigger)))
        nearest = min(filter(None, (one.nearest() for one in samples)), default=None)
        return nearest[1] if nearest else None

    def _fitting(self) -> Iterator[Entity]:
        """Yield the objects that have all values of `when` of a condition: only its `where` left them out."""
        for leaf in _leaves(self._prepared.trigger):
            if isinstance(leaf.node, Condition) and isinstance(leaf.node.input, ObjectInput):
                found = self._with_values(leaf.node.input)
                yield from (entity for entity in found if self._conditions.about(leaf, Hit(entity)).fails)

    def _with_values(self, wanted: ObjectInput) -> Iterator[Entity]:
        table = self._lookup.table(wanted.kind, wanted.fields)
        for row in range(len(table)) if table.readable and wanted.where else ():
            if not any(line for path, values in wanted.when.items() for line in _when(table, [row], path, values)):
                yield table.entity(row)

    def _term(self, term: Term, hit: Hit, depth: int, *, wide: bool = False) -> Iterator[str]:
        judged = self._conditions.about(term, hit, wide=wide)
        parts = [(part, self._conditions.about(part, hit, wide=wide)) for part in term.parts]
        apart = _apart(parts) if term.op == "all" and judged.fails else ""
        yield f"{'  ' * depth}{label(term.node)}: {_SAID[judged.outcome]}{apart or self._why(term, judged)}"
        # What is about another entity is asked with the arguments of what names it.
        named = next((one.hits[0] for part, one in parts if one.holds and not part.templated), hit)
        for part, _ in parts:
            yield from self._term(part, named if part.templated else hit, depth + 1, wide=wide)
        if isinstance(term.node, Condition) and not judged.holds:
            yield from (f"{'  ' * (depth + 1)}{line}" for line in self._seen(term, term.node, hit.entity))

    def _why(self, term: Term, judged: Judgement) -> str:
        samples = self._samples(term) if judged.holds else None
        return f": {samples.holding(judged)}" if samples else _needs(judged)

    def _seen(self, term: Term, condition: Condition, entity: Entity) -> Iterable[str]:
        samples = self._samples(term)
        if samples:
            return samples.seen(entity)
        match condition.input:
            case EventInput() as wanted:
                return self._events(wanted)
            case FactInput() | HostLogInput() | NodeLogInput() | ChangeInput() as wanted:
                return [f"where: {wanted.where}"] if wanted.where else []
            case _:
                objects = objects_of(condition)
                return self._objects(objects, entity) if objects else []

    def _samples(self, term: Term) -> Samples | None:
        """Return the samples of a metric condition; None for any other."""
        node = term.node
        if not isinstance(node, Condition) or not isinstance(node.input, MetricInput):
            return None
        source = self._conditions.source(term)
        if not isinstance(source, MetricSource):
            return None
        return Samples(node, node.input, source, self._lookup.reading(node.input.query))

    def _events(self, wanted: EventInput) -> Iterator[str]:
        table = self._lookup.table("event")
        reasons = Counter(str(values_at("reason")(row)[0]) for row in table.rows if values_at("reason")(row))
        seen = ", ".join(f"{reason} ({n})" for reason, n in reasons.most_common(5)) or "none"
        yield f"asked for {', '.join(wanted.reasons)}; events there are: {seen}"

    def _objects(self, wanted: ObjectInput, entity: Entity) -> Iterator[str]:
        table = self._lookup.table(wanted.kind, wanted.fields)
        if not table.reading.readable:
            yield f"{table.reading.query} is {table.reading.state}: {table.reading.detail}"
            return
        row = table.row_of(entity)
        rows = range(len(table)) if row is None else [row]
        count = f"{len(table)} object{'s' * (len(table) != 1)} of kind {wanted.kind}"
        yield count if row is None else f"{entity} is there"
        unmet = [line for path, values in wanted.when.items() for line in _when(table, rows, path, values)]
        yield from unmet or _one_by_one(table, rows, wanted)
        if row is not None and wanted.where:
            yield f"where: {wanted.where}"
            yield from _values(table, row, wanted.where)


def _leaves(term: Term) -> Iterator[Term]:
    """Yield the conditions that name entities, from left to right: what is not there names none."""
    if not term.op:
        yield term
    for part in term.parts if term.op != "not" else ():
        yield from _leaves(part)


def _when(table: Table, rows: Iterable[int], path: str, values: Sequence[str]) -> Iterable[str]:
    return _unmet([v for row in rows for v in _at(table, row, path)], path, values)


def _unmet(found: Iterable[Any], path: str, values: Sequence[str]) -> Iterator[str]:
    seen = Counter(scalar(v) or "…" for v in found)
    if not set(values) & set(seen):
        there = ", ".join(value for value, _ in seen.most_common(5)) or "nothing"
        yield f"{path} should be {' or '.join(values)}, and is {there}"


def _one_by_one(table: Table, rows: Iterable[int], wanted: ObjectInput) -> Iterator[str]:
    """Yield what keeps each from being the one, where each value is there, but of several containers or objects."""
    if len(wanted.when) < 2:  # noqa: PLR2004  # one value alone is there
        return
    found = [
        (name, lines)
        for row in rows
        for name, read in _each(table, row, wanted)
        if (lines := [line for path, values in wanted.when.items() for line in _unmet(read(path), path, values)])
    ]
    for name, lines in found[:MOST_SHOWN]:
        yield f"{name}: {'; '.join(lines)}"
    if len(found) > MOST_SHOWN:
        yield f"and {len(found) - MOST_SHOWN} more"


def _each(table: Table, row: int, wanted: ObjectInput) -> Iterator[tuple[str, Callable[[str], list[Any]]]]:
    """Yield what must have all values at once, with what reads them: each container, else the object."""
    if not wanted.each:
        yield f"{table.entity(row)}", lambda path: _at(table, row, path)
        return
    for one in containers_of(table.plain(row), table.kind):

        def read(path: str, one: Mapping[str, Any] = one) -> list[Any]:
            inside = is_container_path(path)
            return values_at(path.removeprefix(PREFIX))(one) if inside else _at(table, row, path)

        yield f"container {one['name']}", read


def _at(table: Table, row: int, path: str) -> list[Any]:
    if not is_container_path(path):
        return values_at(path)(table.rows[row])
    read = values_at(path.removeprefix(PREFIX))
    return [v for c in containers_of(table.plain(row), table.kind) for v in read(c)]


def _values(table: Table, row: int, source: str) -> Iterator[str]:
    """Yield the value of each path that an expression selects."""
    found = reads(source).paths
    for variable, prefix in (("object", ""), ("container", PREFIX)):
        for path in sorted(found.get(variable, ())):
            values = list(islice(_shown(table, row, prefix + path), MOST_SHOWN))
            text = ", ".join(values) or "not there"
            yield f"  {variable}.{path} = {text[:200]}"


def _shown(table: Table, row: int, path: str) -> Iterator[str]:
    """Yield the values at a path; of several containers each with the name of its own."""
    if not is_container_path(path):
        yield from map(as_json, _at(table, row, path))
        return
    every = list(containers_of(table.plain(row), table.kind))
    for one in every:
        of = f" of {one['name']}" if len(every) > 1 else ""
        yield from (f"{as_json(v)}{of}" for v in values_at(path.removeprefix(PREFIX))(one))


def as_json(value: Any) -> str:
    """Return a value as its author would write it."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def _apart(parts: Sequence[tuple[Term, Judgement]]) -> str:
    """Return why a whole does not hold whose parts all do: they hold in different containers."""
    if not parts or not all(judged.holds for _, judged in parts):
        return ""
    where = [(label(part.node), sorted({hit.container for hit in judged.hits})) for part, judged in parts]
    shown = "; ".join(f"`{name}` of {', '.join(found)}" for name, found in where if all(found))
    return f": each part holds, but not of one container: {shown}"


def label(node: Node) -> str:
    """Return a condition in a few words."""
    if not isinstance(node, Condition):
        return node.op
    match node.input:
        case MetricInput(expr=expr, threshold=limit):
            asked, lasting = unheld(expr, limit.op if limit else "")
            return f"{asked} {limit.op} {shown(limit.value)}{lasting}" if limit else expr
        case ObjectInput(kind=kind, each=each):
            return f"object {kind}{', each container' if each else ''}"
        case EventInput(reasons=reasons):
            return f"event {', '.join(reasons)}"
        case LogInput(patterns=patterns) | HostLogInput(patterns=patterns) | NodeLogInput(patterns=patterns):
            return f"log {' | '.join(patterns)}"
        case ChangeInput(kinds=kinds):
            return f"change {', '.join(kinds)}"
        case FactInput(name=name):
            return f"fact {name}"


def _needs(judged: Judgement) -> str:
    needs = ", ".join(f"{n.query} is {n.state}" for n in judged.needs)
    said = "; ".join(x for x in (judged.detail, needs) if x)
    return f" ({said})" if said and not judged.holds else ""
