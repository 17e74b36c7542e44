"""What a set of rules wants to see of each kind of object, computed once.

A list is read once however many rules want it, so it is read with everything that any of them, any analyzer and the
topology need; and it is indexed once, for the values that any of them names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from diagflow.analyze.containers import expand, fields_for, is_container_path
from diagflow.analyze.events import EVENT_FIELDS
from diagflow.analyze.links import link_fields
from diagflow.analyze.terms import Term, term
from diagflow.bundle.resources import canonical, kind_of, resource_of
from diagflow.model import CLUSTER, HOST, Entity, Query
from diagflow.rules import RuleSet
from diagflow.rules.rule import (
    ChangeInput,
    Combination,
    Condition,
    Effect,
    EventInput,
    LogInput,
    ObjectInput,
    Rule,
)
from diagflow.rules.walk import conditions, of_host

TROUBLE_FIELDS: Final = fields_for(
    frozenset(
        f"container.{path}"
        for path in (
            "state.running.startedAt",
            "state.waiting.reason",
            "state.terminated.exitCode",
            "lastState.terminated.exitCode",
            "restartCount",
        )
    )
)
"""What tells whose logs matter."""


_WITH_CARE: Final = frozenset({"secret"})
"""Kinds that are read only where a rule comes to need them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule with its triggers and dependencies as terms.

    Attributes:
        rule: the rule.
        trigger: all triggers together.
        dependencies: what adds evidence to a match.
        whole: the entity of a verdict about nothing smaller.
    """

    rule: Rule
    trigger: Term
    dependencies: tuple[Term, ...]
    whole: Entity


@dataclass(frozen=True, slots=True)
class Plan:
    """What all rules together want of each kind.

    Attributes:
        rules: in the order of their ids, prepared.
        speaking: those of them that are judged everywhere: all that do not speak against something.
        kept: resource → paths to keep.
        values: kind → path → values that some rule names there.
        lists: kinds that conditions of these are about, or ask for beside their own. All are read at once: one that
            only few rules come to would cost another round over everything, and it is small.
    """

    rules: tuple[Prepared, ...]
    speaking: tuple[Prepared, ...]
    kept: Mapping[str, frozenset[str]]
    values: Mapping[str, Mapping[str, frozenset[str]]]
    lists: frozenset[str]

    def fields(self, kind: str) -> frozenset[str]:
        """Return the paths to keep of a kind."""
        return self.kept.get(resource(kind), frozenset())

    def kept_of(self, target: str) -> frozenset[str]:
        """Return the paths to keep of a resource, as queries name it."""
        return self.kept.get(canonical(target), frozenset())

    def wanted(self, kind: str) -> Mapping[str, frozenset[str]]:
        """Return the paths and values to index of a kind."""
        return self.values.get(kind, {})


def resource(kind: str) -> str:
    """Return how queries name the objects of a kind: `deployment` is `deployments.apps`."""
    name, _, group = kind.partition(".")
    return resource_of(name, f"{group}/v1" if group else "")


def plan_for(ruleset: RuleSet) -> Plan:
    """Return the plan of a set of rules; that of the last ones is remembered."""
    return _remembered(_Same(ruleset))


class _Same:
    """A set of rules as a key: the same object is the same key (and stays alive as long as it is one)."""

    __slots__ = ("ruleset",)

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset

    def __hash__(self) -> int:
        return id(self.ruleset)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.ruleset is self.ruleset


@lru_cache(maxsize=2)
def _remembered(key: _Same) -> Plan:
    ruleset = key.ruleset
    rules = tuple(_prepared(rule) for rule in sorted(ruleset.rules, key=lambda r: r.id))
    everything = [c for rule in ruleset.rules for c in conditions(rule)]
    kept = _kept(everything, ruleset)
    speaking = tuple(prepared for prepared in rules if prepared.rule.effect is not Effect.REFUTES)
    return Plan(
        rules=rules,
        speaking=speaking,
        kept={name: frozenset(fields) for name, fields in kept.items()},
        values=_values(everything),
        lists=frozenset(kind for p in speaking for c in conditions(p.rule) for kind in _kinds_of(c)) - _WITH_CARE,
    )


def _prepared(rule: Rule) -> Prepared:
    return Prepared(
        rule=rule,
        trigger=term(_located(rule).trigger),
        dependencies=tuple(term(node) for node in rule.dependencies),
        whole=HOST if of_host(rule) else CLUSTER,
    )


def _located(rule: Rule) -> Rule:
    """Where a rule is about another entity, what must not exist is that entity, unless the condition says otherwise."""
    return replace(rule, trigger=_missing_at(rule.trigger, rule.entity)) if rule.entity else rule


def _missing_at(node: Combination, entity: str) -> Combination:
    parts = (_missing_at(p, entity) if isinstance(p, Combination) else _missing(p, entity) for p in node.conditions)
    return replace(node, conditions=tuple(parts))


def _missing(condition: Condition, entity: str) -> Condition:
    missing = isinstance(condition.input, ObjectInput) and not condition.input.exists and not condition.entity
    return replace(condition, entity=entity) if missing else condition


def objects_of(condition: Condition) -> ObjectInput | None:
    """Return what a condition wants of objects: itself, or those whose logs it reads."""
    found = condition.input.of if isinstance(condition.input, LogInput) else condition.input
    return found if isinstance(found, ObjectInput) else None


def _kept(wanting: Iterable[Condition], ruleset: RuleSet) -> dict[str, set[str]]:
    kept: dict[str, set[str]] = {"events": set(EVENT_FIELDS)}
    for condition in wanting:
        if isinstance(condition.input, LogInput):
            kept.setdefault("pods", set()).update(TROUBLE_FIELDS)
        if isinstance(condition.input, ChangeInput):
            kept.setdefault("replicasets.apps", set())
        wanted = objects_of(condition)
        if wanted is not None:
            kept.setdefault(resource(wanted.kind), set()).update(wanted.fields)
            for related in wanted.related:
                kept.setdefault(resource(related.kind), set()).update(related.fields)
    for target, fields in _analyzer_fields(ruleset):
        kept.setdefault(target, set()).update(fields)
    relations = relations_in_use(ruleset)
    for target, fields_kept in kept.items():
        fields_kept.update(link_fields(kind_of(target).lower(), relations))
    return kept


def _kinds_of(condition: Condition) -> Iterator[str]:
    wanted = objects_of(condition)
    if wanted is not None:
        yield wanted.kind
        yield from (related.kind for related in wanted.related)


def _analyzer_fields(ruleset: RuleSet) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in sorted(ruleset.analyzers):
        for declared in ruleset.analyzers[name].inputs:
            query = Query.parse(declared.query)
            if query.kind == "objects":
                yield canonical(query.target), declared.fields


def relations_in_use(ruleset: RuleSet) -> frozenset[str]:
    """Return the relations that some cause or rule follows."""
    of_causes = {r for cause in ruleset.causes.values() for e in cause.explains for r in e.via}
    wanted = (objects_of(c) for rule in ruleset.rules for c in conditions(rule))
    return frozenset(of_causes | {r.relation for w in wanted if w for r in w.related} | {"node", "owner"})


def _values(wanting: Iterable[Condition]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for condition in wanting:
        if isinstance(condition.input, EventInput):
            found.setdefault("event", {}).setdefault("reason", set()).update(condition.input.reasons)
        wanted = objects_of(condition)
        for path, values in (wanted.when if wanted else {}).items():
            for full in paths_in_object(path, wanted.kind if wanted else ""):
                found.setdefault(wanted.kind if wanted else "", {}).setdefault(full, set()).update(values)
    return {kind: {path: frozenset(v) for path, v in sorted(paths.items())} for kind, paths in found.items()}


@lru_cache(maxsize=16384)
def paths_in_object(path: str, kind: str) -> tuple[str, ...]:
    """Return where the values of a `when` path stand in the object."""
    return expand(path, kind) if is_container_path(path) else (path,)
