"""Whether it was right that a rule fired, as far as the labels of a recording tell (docs/gate.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from diagflow.backtest.outcome import Firing, Judged, RuleResult, Subject
from diagflow.gate.labels import Labels
from diagflow.rules import RuleSet
from diagflow.rules.rule import Effect, Rule


def judged(result: RuleResult, rule: Rule | None, ruleset: RuleSet, labels: Labels) -> None:
    """Say of each firing whether it was right.

    Nothing may fire on a healthy recording. A rule that names a cause is right about a labelled one, and wrong about
    a forbidden one, or where the causes are known and none of it. Of an alert, and of a symptom, only that what it is
    about is labelled can be told.
    """
    result.subjects = [_subject(one, rule, ruleset, labels) for one in result.subjects]


def _subject(subject: Subject, rule: Rule | None, ruleset: RuleSet, labels: Labels) -> Subject:
    verdict = _verdict(subject, rule, ruleset, labels)
    firings = tuple(replace(one, judged=verdict) if one.fired is not None else one for one in subject.firings)
    return replace(subject, firings=tuple[Firing, ...](firings))


def _verdict(subject: Subject, rule: Rule | None, ruleset: RuleSet, labels: Labels) -> Judged:
    if rule is not None and rule.effect is Effect.REFUTES:
        return Judged.UNKNOWN  # it says what is not the cause
    if labels.healthy:
        return Judged.WRONG
    if rule is not None and rule.effect is Effect.SUPPORTS:
        refs = _refs(rule, ruleset)
        if any(one.fits(rule.names, refs, [subject.entity]) for one in labels.forbidden):
            return Judged.WRONG
        if labels.right(rule.names, refs, [subject.entity]):
            return Judged.RIGHT
        return Judged.WRONG if labels.known else Judged.UNKNOWN
    told = any(one.entity and one.at([subject.entity]) for one in labels.causes)
    return Judged.RIGHT if told else Judged.UNKNOWN


def missed(results: Iterable[RuleResult], rules: Sequence[Rule], ruleset: RuleSet, labels: Labels) -> list[str]:
    """Return the labelled causes that an evaluated rule names, though none fired about them."""
    evaluated = {result.rule: result for result in results if not result.why_not}
    naming = [rule for rule in rules if rule.id in evaluated and rule.effect is Effect.SUPPORTS]
    found = []
    for cause in labels.causes:
        mine = [rule for rule in naming if cause.names(rule.names, _refs(rule, ruleset))]
        if mine and not any(_right(evaluated[rule.id]) for rule in mine):
            found.append(str(cause))
    return found


def _right(result: RuleResult) -> bool:
    return any(firing.judged is Judged.RIGHT for subject in result.subjects for firing in subject.firings)


def _refs(rule: Rule, ruleset: RuleSet) -> Sequence[str]:
    cause = ruleset.causes.get(rule.names)
    return cause.refs if cause else ()
