"""The same observations under other weights."""

from collections.abc import Iterable
from dataclasses import replace

from diagflow.model import FITTED, Evidence, Verdict, Weights


def reweighed(verdicts: Iterable[Verdict], weights: Weights) -> tuple[Verdict, ...]:
    """Return verdicts whose evidence weighs as `weights` say; what is decayed stays decayed by as much."""
    return tuple(replace(v, evidence=tuple(_under(e, weights) for e in v.evidence)) for v in verdicts)


def _under(evidence: Evidence, weights: Weights) -> Evidence:
    if evidence.strength is None:
        return evidence
    nats = amount(evidence) * weights.strengths[evidence.strength]
    return replace(evidence, nats=nats)


def amount(evidence: Evidence) -> float:
    """Return how much of a whole observation it is: +1 for, -1 against, towards 0 as it decays."""
    if evidence.strength is None:
        return 0.0
    whole = FITTED.strengths[evidence.strength]
    return evidence.nats / whole if whole else 0.0
