"""What could be better in rules that load: each check is a function from the whole set to problems."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from diagflow.model import Cause, Role, Text
from diagflow.rules.compose import compose
from diagflow.rules.problem import Problem, Severity
from diagflow.rules.querychecks import compared_twice, ranges_without_unit
from diagflow.rules.rule import Combination, Condition, Effect, MetricInput, ObjectInput, Position, Rule
from diagflow.rules.ruleset import RuleSet, in_order
from diagflow.rules.source import decode, protect, read_bytes
from diagflow.rules.unreachable import contradictions
from diagflow.rules.walk import ALWAYS, arguments_of, conditions, leaves

Check = Callable[[RuleSet], Iterable[Problem]]

_NOWHERE: Final = Position("", 1, 1)


def lint(ruleset: RuleSet) -> tuple[Problem, ...]:
    """Return the problems of loading and those that all checks find, in the order of files and lines."""
    found = (problem for check in CHECKS for problem in check(ruleset))
    return in_order((*ruleset.problems, *found))


def _problem(rule: Rule, where: Position | None, message: str, code: str, *, warning: bool = True) -> Problem:
    severity = Severity.WARNING if warning else Severity.ERROR
    return Problem(where or rule.position or _NOWHERE, rule.id, message, severity, code)


def unused_causes(ruleset: RuleSet) -> Iterator[Problem]:
    """A cause that neither a rule nor an analyzer ever names is never found."""
    named = {r.names for r in ruleset.rules if r.effect is not Effect.REFUTES or _is_claim(ruleset, r.names)}
    named |= {name for a in ruleset.analyzers.values() for name in a.names}
    for cause in ruleset.causes.values():
        if cause.id not in named:
            message = f"{cause.role.value} {cause.id}: no rule and no analyzer names it: add a rule, or remove it"
            yield Problem(_cause_place(ruleset, cause), "", message, Severity.WARNING, "unused-cause")


def _is_claim(ruleset: RuleSet, cause_id: str) -> bool:
    known = ruleset.causes.get(cause_id)
    return known is not None and known.role is Role.CLAIM


def asserted_claims(ruleset: RuleSet) -> Iterator[Problem]:
    """A claim never holds, so no rule may support it."""
    for rule in ruleset.rules:
        if rule.effect is not Effect.REFUTES and _is_claim(ruleset, rule.names):
            message = f"{rule.names} is a claim, which never holds: write `refutes`, or name a cause"
            yield _problem(rule, None, message, "asserted-claim", warning=False)


def _cause_place(ruleset: RuleSet, cause: Cause) -> Position:
    return ruleset.places.get(f"cause:{cause.id}", _NOWHERE)


def _texts(cause: Cause) -> Iterator[tuple[str, Text]]:
    yield "title", cause.title
    yield "name", cause.name
    yield "explanation", cause.explanation
    for name, instruction in (("remedy", cause.remedy), ("check", cause.check)):
        yield name, instruction.text
        yield from ((f"{name} command", command) for command in instruction.commands)


def unfilled_causes(ruleset: RuleSet) -> Iterator[Problem]:
    """Every rule that supports a cause fills the placeholders of its texts: else users read `{image}`."""
    for rule in ruleset.rules:
        cause = ruleset.causes.get(rule.names)
        if cause is None or rule.effect is Effect.REFUTES:
            continue
        there = ALWAYS | arguments_of(rule.trigger)
        for part, text in _texts(cause):
            for name in sorted(text.placeholders() - there):
                right = f"add `extract: {{{name}: ...}}` to a trigger"
                message = f"`{{{name}}}` in the {part} of {cause.id} is not filled by this rule: {right}"
                yield _problem(rule, None, message, "unfilled", warning=False)


def unfilled_texts(ruleset: RuleSet) -> Iterator[Problem]:
    """The `text` and `entity` of a condition use arguments of this condition or of the triggers."""
    for rule in ruleset.rules:
        of_triggers = ALWAYS | arguments_of(rule.trigger)
        for condition in conditions(rule):
            there = of_triggers | arguments_of(condition)
            used = condition.text.placeholders() if condition.text else frozenset()
            for name in sorted((used | Text(condition.entity).placeholders()) - there):
                message = f"`{{{name}}}` is not filled: add `extract: {{{name}: ...}}` to this condition"
                yield _problem(rule, condition.position, message, "unfilled", warning=False)
        for name in sorted(Text(rule.entity).placeholders() - of_triggers):
            message = f"`{{{name}}}` in `entity` is not filled: add `extract: {{{name}: ...}}` to a trigger"
            yield _problem(rule, None, message, "unfilled", warning=False)


def missing_chinese(ruleset: RuleSet) -> Iterator[Problem]:
    """Texts for people are there in both languages."""
    for rule in ruleset.rules:
        lacking = [rule.title] if rule.title.en != rule.id and not rule.title.zh else []
        lacking += [c.text for c in conditions(rule) if c.text and not c.text.zh]
        if lacking:
            yield _problem(rule, None, _no_chinese([t.en for t in lacking]), "no-chinese")
    for cause in ruleset.causes.values():
        parts = [part for part, text in _texts(cause) if text.en and not text.zh and "command" not in part]
        if parts:
            message = f"cause {cause.id}: {_no_chinese(parts)}"
            yield Problem(_cause_place(ruleset, cause), "", message, Severity.WARNING, "no-chinese")


def _no_chinese(parts: list[str]) -> str:
    return f"no Chinese in {', '.join(repr(p) for p in parts[:3])}: write `{{en: ..., zh: ...}}`"


def objects_without_when(ruleset: RuleSet) -> Iterator[Problem]:
    """Without `when`, CEL runs on every object of a kind."""
    for rule in ruleset.rules:
        for condition in leaves(rule.trigger):
            wanted = condition.input
            if isinstance(wanted, ObjectInput) and not wanted.when and wanted.exists:
                message = f"CEL runs on every {wanted.kind}: name field values that only the ill ones have under `when`"
                yield _problem(rule, condition.position, message, "no-index")


def unreachable(ruleset: RuleSet) -> Iterator[Problem]:
    """Conditions that contradict each other never match."""
    for rule in ruleset.rules:
        for position, message in contradictions(rule.trigger):
            yield _problem(rule, position, message, "unreachable", warning=False)


def untested(ruleset: RuleSet) -> Iterator[Problem]:
    """Beside each rule stands `ID.test.yaml`, with a case that matches and one that does not."""
    for rule in ruleset.rules:
        if rule.position is None:
            continue
        path = Path(rule.position.file).with_name(f"{rule.id}.test.yaml")
        verdicts = _verdicts(path)
        lacking = [
            word for word, verdict in (("positive", "match"), ("negative", "no_match")) if verdict not in verdicts
        ]
        if lacking:
            message = f"no {' and no '.join(lacking)} test: add a case to {path.name} beside it"
            yield _problem(rule, None, message, "untested")


def _verdicts(path: Path) -> set[str]:
    data, problem = read_bytes(path) if path.exists() else (b"", None)
    text, problem = decode(data, str(path)) if not problem else ("", problem)
    root, problem = compose(protect(text), str(path)) if not problem else (None, problem)
    cases = root.value if isinstance(root, yaml.SequenceNode) else []
    return {_scalar(_member(_member(case, "expect"), "verdict")) for case in cases}


def _member(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if getattr(name, "value", None) == key), None)


def _scalar(node: Any) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def metrics_without_condition(ruleset: RuleSet) -> Iterator[Problem]:
    """A metric as trigger, without a comparison, matches wherever a series is."""
    for rule in ruleset.rules:
        for condition in leaves(rule.trigger):
            wanted = condition.input
            if isinstance(wanted, MetricInput) and wanted.metric and not wanted.threshold:
                message = f"`{wanted.metric}` matches as soon as there is a series: add a `threshold`, such as `> 0`"
                yield _problem(rule, condition.position, message, "no-threshold")


def weightless(ruleset: RuleSet) -> Iterator[Problem]:
    """A cause that nothing in the rule supports never becomes likely."""
    for rule in ruleset.rules:
        if rule.effect in (Effect.SUPPORTS, Effect.SYMPTOM) and not any(
            _weighs(n) for n in (rule.trigger, *rule.dependencies)
        ):
            yield _problem(
                rule, None, "no condition weighs anything: add `supports: strong` to a trigger", "weightless"
            )


def _weighs(node: Condition | Combination) -> bool:
    parts = node.conditions if isinstance(node, Combination) else ()
    return node.weight.sign > 0 or any(_weighs(part) for part in parts)


CHECKS: Final[tuple[Check, ...]] = (
    unused_causes,
    asserted_claims,
    unfilled_causes,
    unfilled_texts,
    missing_chinese,
    objects_without_when,
    metrics_without_condition,
    compared_twice,
    ranges_without_unit,
    weightless,
    unreachable,
    untested,
)
"""All checks; each is one function with one idea."""
