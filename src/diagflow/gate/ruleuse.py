"""What became of each rule on one recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diagflow.engine import Result
from diagflow.gate.inputs import Inputs
from diagflow.gate.labels import Labels
from diagflow.gate.outcome import Use
from diagflow.model import Entity, Outcome, Verdict
from diagflow.rules import Effect, Rule, RuleSet

Roots = Mapping[str, frozenset[Entity]]
"""False roots: id to the entities."""

_JUDGED: Final = (Outcome.MATCH, Outcome.NO_MATCH)


def rule_uses(ruleset: RuleSet, result: Result, labels: Labels) -> dict[str, Use]:
    """Return what became of each rule."""
    verdicts: dict[str, list[Verdict]] = {}
    for verdict in result.analysis.verdicts:
        verdicts.setdefault(verdict.rule, []).append(verdict)
    beside = _Beside(labels, _false_roots(result, labels), ruleset, Inputs(result.bundle))
    return {rule.id: beside.use(rule, verdicts.get(rule.id, ())) for rule in ruleset.rules}


def _false_roots(result: Result, labels: Labels) -> Roots:
    named = [c for c in result.diagnosis.causes if c.root and labels.known]
    return {c.id: frozenset(c.entities) for c in named if not labels.right(c.id, c.refs, c.entities)}


@dataclass(frozen=True, slots=True)
class _Beside:
    """The labels of one recording, and what was falsely named in it."""

    labels: Labels
    false: Roots
    ruleset: RuleSet
    inputs: Inputs

    def use(self, rule: Rule, verdicts: Sequence[Verdict]) -> Use:
        """Return what became of a rule."""
        matches = [v for v in verdicts if v.outcome is Outcome.MATCH]
        use = Use.OCCURS if self.inputs.has(rule) else Use(0)
        if any(v.outcome in _JUDGED for v in verdicts):
            use |= Use.RAN
        if matches:
            use |= Use.FIRED
        for verdict in matches:
            use |= self._against(verdict) if rule.effect is Effect.REFUTES else self._supporting(verdict)
        if use & Use.FIRED and self.labels.healthy and rule.effect is Effect.SUPPORTS and not use & Use.WRONG:
            use |= Use.FAINT if any(self._weighs(v) for v in matches) else Use(0)
        if self.labels.known and not self._names_a_true_cause(rule):
            use |= Use.JUDGEABLE
        return use

    def _supporting(self, verdict: Verdict) -> Use:
        if not self._weighs(verdict):
            return Use(0)
        if self.labels.right(verdict.names, self._refs(verdict.names), (verdict.entity,)):
            return Use.RIGHT
        return Use.WRONG if verdict.entity in self.false.get(verdict.names, ()) else Use(0)

    def _weighs(self, verdict: Verdict) -> bool:
        """True when a match speaks for what its rule names."""
        return any(e.nats > 0 for e in verdict.evidence)

    def _against(self, verdict: Verdict) -> Use:
        refs, about = self._refs(verdict.names), (verdict.entity,)
        if self.labels.right(verdict.names, refs, about):
            return Use.WRONG
        wanted = (*self.labels.ruled_out, *self.labels.forbidden)
        return Use.RIGHT if any(one.fits(verdict.names, refs, about) for one in wanted) else Use(0)

    def _names_a_true_cause(self, rule: Rule) -> bool:
        """True when the rule can name one of the true causes, itself or through its analyzer."""
        analyzer = self.ruleset.analyzers.get(rule.action.analyzer) if rule.action else None
        names = (rule.names, *(analyzer.names if analyzer else ()))
        return any(one.names(name, self._refs(name)) for one in self.labels.causes for name in names if name)

    def _refs(self, name: str) -> tuple[str, ...]:
        known = self.ruleset.causes.get(name)
        return known.refs if known else ()
