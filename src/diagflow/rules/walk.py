"""Going through the conditions of a rule."""

from collections.abc import Iterator
from typing import Final

from diagflow.rules.patterns import groups
from diagflow.rules.rule import (
    ChangeInput,
    Combination,
    Condition,
    EventInput,
    FactInput,
    HostLogInput,
    Input,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Rule,
)

ALWAYS: Final = frozenset({"entity", "kind", "namespace", "name"})
"""Arguments that every template has."""


def leaves(node: Condition | Combination) -> Iterator[Condition]:
    """Yield the conditions of a tree, from left to right."""
    if isinstance(node, Condition):
        yield node
    else:
        for part in node.conditions:
            yield from leaves(part)


def conditions(rule: Rule) -> Iterator[Condition]:
    """Yield all conditions of a rule: triggers, then dependencies."""
    for node in (rule.trigger, *rule.dependencies):
        yield from leaves(node)


def of_host(rule: Rule) -> bool:
    """True for a rule about this machine: all that it asks first are facts and what a command printed."""
    return all(isinstance(c.input, FactInput | HostLogInput) for c in leaves(rule.trigger))


def facts(rule: Rule) -> frozenset[str]:
    """Return the names of all facts that a rule may look at."""
    found: set[str] = set()
    for condition in conditions(rule):
        if isinstance(condition.input, FactInput):
            found.add(condition.input.name)
        if isinstance(condition.input, FactInput | HostLogInput):
            found.update(condition.input.facts)
    return frozenset(found)


def expressions(rule: Rule) -> Iterator[str]:
    """Yield the CEL of a rule."""
    for condition in conditions(rule):
        wanted = condition.input.of if isinstance(condition.input, LogInput) else condition.input
        yield from (source for name in ("where", "since") if (source := getattr(wanted, name, "")))
        yield from condition.extract.values()


def arguments(condition: Condition) -> frozenset[str]:
    """Return the names that a match of a condition gives to templates, besides `ALWAYS`."""
    return _of_input(condition.input) | condition.extract.keys()


def arguments_of(node: Condition | Combination) -> frozenset[str]:
    """Return the names that a match of a tree gives; of `any` those of every part, whichever matches."""
    if isinstance(node, Condition):
        return arguments(node)
    if node.op == "not":
        return frozenset()
    return frozenset().union(*(arguments_of(part) for part in node.conditions))


def _of_input(wanted: Input) -> frozenset[str]:
    match wanted:
        case MetricInput():
            return frozenset({"value", "container"})
        case ObjectInput(each=each):
            return frozenset({"container", "image"} if each else ())
        case EventInput(patterns=patterns):
            return frozenset({"reason", "message", "count", "container"}).union(*map(groups, patterns))
        case LogInput(patterns=patterns):
            return frozenset({"line", "container"}).union(*map(groups, patterns))
        case HostLogInput(patterns=patterns) | NodeLogInput(patterns=patterns):
            return frozenset({"line"}).union(*map(groups, patterns))
        case ChangeInput():
            return frozenset({"what", "change"})
        case _:
            return frozenset()
