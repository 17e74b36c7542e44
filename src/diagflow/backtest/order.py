"""In which order rules are evaluated, and which of them must be one step at a time.

Within a group rules run in order, each sees what those before it gave at the same moment, and what itself and those
behind it gave one evaluation ago. Between groups Prometheus promises no order: here a group that records something
comes before those that read it, as far as that is possible.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from diagflow.backtest.overlay import ALERTS, FOR_STATE
from diagflow.backtest.rulefile import PromGroup, PromRule
from diagflow.backtest.sampled import nodes
from diagflow.promql.storage import matches
from diagflow.promql.syntax import Matcher, Node, Selector


@dataclass(frozen=True, slots=True)
class Unit:
    """Rules that are evaluated together, by their numbers: all steps at once, or one after the other."""

    rules: tuple[int, ...]
    stepwise: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """Rules in the order of their evaluation.

    Attributes:
        rules: all of them, each with its group.
        reads: for each rule, the numbers of those whose results it may read.
        units: all rules, so that what a rule reads comes before it; what reads each other is one unit.
    """

    rules: tuple[tuple[PromGroup, PromRule], ...]
    reads: tuple[frozenset[int], ...]
    units: tuple[Unit, ...]

    @property
    def alerts_read(self) -> frozenset[int]:
        """The alerts whose `ALERTS` some rule may read."""
        found = {number for numbers in self.reads for number in numbers}
        return frozenset(number for number in found if self.rules[number][1].alerts)


def in_order(groups: Sequence[PromGroup]) -> Order:
    """Return the order of the rules of some groups."""
    rules = tuple((group, rule) for group in _sorted(groups) for rule in group.rules)
    reads = tuple(frozenset(_read(rule, [other for _, other in rules])) for _, rule in rules)
    return Order(rules, reads, tuple(_units(reads)))


def _units(reads: Sequence[frozenset[int]]) -> Iterator[Unit]:
    left = dict.fromkeys(range(len(reads)))
    while left:
        free = next((number for number in left if not (reads[number] - {number}) & left.keys()), None)
        together = [free] if free is not None else _circle(next(iter(left)), reads, left)
        for number in together:
            del left[number]
        # A rule that reads one behind it sees of it what the evaluation before gave.
        yield Unit(tuple(together), any(other >= number for number in together for other in reads[number]))


def _circle(first: int, reads: Sequence[frozenset[int]], left: Container[int]) -> list[int]:
    """Return rules that read each other, and what they read besides: all that must be known for the first."""
    found, rest = {first}, [first]
    while rest:
        more = [other for other in reads[rest.pop()] if other in left and other not in found]
        found.update(more)
        rest += more
    return sorted(found)


def selectors(tree: Node) -> Iterator[Selector]:
    """Yield the selectors of an expression."""
    return (node for node in nodes(tree) if isinstance(node, Selector))


def _named(matchers: Sequence[Matcher], name: str) -> bool:
    return all(matches(matcher, name) for matcher in matchers if matcher.name == "__name__")


def _read(rule: PromRule, others: Sequence[PromRule]) -> Iterator[int]:
    wanted = [selector.matchers for selector in selectors(rule.tree)] if rule.tree else []
    for number, other in enumerate(others):
        if any(_may_give(other, matchers) for matchers in wanted):
            yield number


def _may_give(rule: PromRule, matchers: Sequence[Matcher]) -> bool:
    """Return whether series that a rule writes may match; labels that it takes from its samples may be anything."""
    fixed = {name: made.filled({}, 0.0) for name, made in rule.labels if made.fixed}
    if rule.alerts:
        fixed["alertname"] = rule.name
    rest = [matcher for matcher in matchers if matcher.name != "__name__"]
    if not all(matches(matcher, fixed[matcher.name]) for matcher in rest if matcher.name in fixed):
        return False
    names = (ALERTS, FOR_STATE) if rule.alerts else (rule.name,)
    return any(_named(matchers, name) for name in names)


def _sorted(groups: Sequence[PromGroup]) -> Iterator[PromGroup]:
    """Yield groups, those that record before those that read it; in a circle the first as they are written."""
    waits = [_waits_for(number, groups) for number in range(len(groups))]
    left = list(range(len(groups)))
    while left:
        chosen = next((number for number in left if waits[number].isdisjoint(left)), left[0])
        left.remove(chosen)
        yield groups[chosen]


def _waits_for(number: int, groups: Sequence[PromGroup]) -> set[int]:
    """Return the other groups that give what a group reads."""
    return {
        other
        for other, group in enumerate(groups)
        if other != number and any(any(True for _ in _read(rule, group.rules)) for rule in groups[number].rules)
    }
