"""An incident as if nobody knew its cause: what is said where the right answer cannot be."""

from collections.abc import Iterable
from dataclasses import replace

from diagflow.analyze import Analysis
from diagflow.gate.labels import Labels
from diagflow.rules import RuleSet


def can_be_unknown(labels: Labels) -> bool:
    """True when the labels name causes, not only places: only what is named can be taken away."""
    return bool(labels.causes) and all(one.id or one.ref for one in labels.causes)


def true_causes(labels: Labels, ruleset: RuleSet) -> frozenset[str]:
    """Return the ids of all causes that the labels name."""
    named = {
        cause for cause, known in ruleset.causes.items() if any(one.names(cause, known.refs) for one in labels.causes)
    }
    return frozenset(named | {one.id for one in labels.causes if one.id})


def consequences_of(causes: Iterable[str], ruleset: RuleSet) -> frozenset[str]:
    """Return the ids of all that these causes are declared to bring about, directly or not."""
    found: set[str] = set()
    todo = list(causes)
    while todo:
        known = ruleset.causes.get(todo.pop())
        below = {one.what for one in known.explains} - found if known else set()
        found |= below
        todo += below
    return frozenset(found)


def without(analysis: Analysis, names: frozenset[str]) -> Analysis:
    """Return an analysis without all that names one of these, wherever."""
    return replace(analysis, verdicts=tuple(v for v in analysis.verdicts if v.names not in names))
