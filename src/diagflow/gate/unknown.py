"""An incident as if nobody knew its cause: what is said where the right answer cannot be."""

from dataclasses import replace

from diagflow.analyze import Analysis
from diagflow.gate.labels import Labels
from diagflow.rules import RuleSet


def can_be_unknown(labels: Labels) -> bool:
    """True when the labels name causes, not only places: only what is named can be taken away."""
    return bool(labels.causes) and all(one.id or one.ref for one in labels.causes)


def without_causes(analysis: Analysis, labels: Labels, ruleset: RuleSet) -> Analysis:
    """Return an analysis without all that names a true cause, wherever."""
    true = {
        cause for cause, known in ruleset.causes.items() if any(one.names(cause, known.refs) for one in labels.causes)
    } | {one.id for one in labels.causes if one.id}
    return replace(analysis, verdicts=tuple(v for v in analysis.verdicts if v.names not in true))
