"""What an earlier round has judged and need not be judged again: rules that look at no reading which came since.

A verdict of this round is what judging the rule anew would give, so nothing depends on whether it was kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from diagflow.bundle import Bundle
from diagflow.model import Query, Reading, Verdict
from diagflow.rules.rule import (
    ChangeInput,
    EventInput,
    FactInput,
    HostLogInput,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Rule,
)
from diagflow.rules.walk import conditions

if TYPE_CHECKING:
    from diagflow.analyze.lookup import Lookup
    from diagflow.analyze.plan import Plan, Prepared

_ALWAYS: Final = frozenset({"objects", "topology"})
"""What every rule may look at: relations follow from all lists, and the pod of an event may be gone."""

_MORE: Final[Mapping[type, frozenset[str]]] = {
    ChangeInput: frozenset({"change"}),
    EventInput: frozenset(),
    FactInput: frozenset({"fact"}),
    HostLogInput: frozenset({"fact", "log"}),
    LogInput: frozenset({"log"}),
    MetricInput: frozenset({"promql", "series"}),
    NodeLogInput: frozenset({"log", "logs"}),
    ObjectInput: frozenset(),
}
"""Kinds of readings that an input looks at besides; all inputs are here, so that a new one is not forgotten."""


def looks_at(rule: Rule) -> frozenset[str]:
    """Return the kinds of readings that a rule may look at."""
    return _ALWAYS.union(*(_MORE[type(condition.input)] for condition in conditions(rule)))


@dataclass(slots=True)
class Rounds:
    """The round before, in one run.

    Attributes:
        plan: its rules.
        lookup: what it looked at.
        seen: all readings that there were.
        verdicts: those of each rule that it judged everywhere, by its id.
    """

    plan: "Plan | None" = None
    lookup: "Lookup | None" = None
    seen: dict[Query, Reading] = field(default_factory=dict)
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)

    def verdicts_of(
        self, plan: "Plan", lookup: "Lookup", judge: Callable[["Prepared"], list[Verdict]]
    ) -> list[Verdict]:
        """Return the verdicts of all rules that speak for something; only what may have changed is judged.

        Args:
            plan: the rules.
            lookup: the readings; what rules that are not judged again looked at, and wanted, is noted there.
            judge: judges one rule.
        """
        kept = self._kept(plan, lookup)
        if kept and self.lookup is not None:
            lookup.resume(self.lookup)
        self.verdicts = {p.rule.id: kept[p.rule.id] if p.rule.id in kept else judge(p) for p in plan.speaking}
        self.plan, self.lookup, self.seen = plan, lookup, _readings(lookup.bundle)
        return [verdict for of_rule in self.verdicts.values() for verdict in of_rule]

    def _kept(self, plan: "Plan", lookup: "Lookup") -> Mapping[str, list[Verdict]]:
        """Return the verdicts that still stand."""
        if self.lookup is None or self.plan is not plan or self.lookup.bundle is not lookup.bundle:
            return {}
        if self.lookup.incident != lookup.bundle.incident:
            return {}
        now = _readings(lookup.bundle)
        came = {query.kind for query in now.keys() | self.seen.keys() if now.get(query) is not self.seen.get(query)}
        return {p.rule.id: self.verdicts[p.rule.id] for p in plan.speaking if came.isdisjoint(looks_at(p.rule))}


def _readings(bundle: Bundle) -> dict[Query, Reading]:
    return {entry.reading.query: entry.reading for entry in bundle.entries()}
