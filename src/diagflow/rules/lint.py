"""What could be better in rules that load: each check is a function from the whole set to problems."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from diagflow.model import Cause, Role, Text
from diagflow.rules.compose import compose
from diagflow.rules.fieldchecks import unknown_fields
from diagflow.rules.problem import Problem, Severity
from diagflow.rules.querychecks import (
    compared_twice,
    labels_without_sample,
    names_without_namespace,
    ranges_without_unit,
)
from diagflow.rules.rule import Combination, Condition, Effect, MetricInput, ObjectInput, Position, Rule
from diagflow.rules.ruleset import FOUND_ANEW, RuleSet, in_order
from diagflow.rules.source import decode, protect, read_bytes
from diagflow.rules.walk import conditions, leaves

Check = Callable[[RuleSet], Iterable[Problem]]

_NOWHERE: Final = Position("", 1, 1)


def lint(ruleset: RuleSet) -> tuple[Problem, ...]:
    """Return the problems of loading and those that all checks find, in the order of files and lines."""
    found = (problem for check in CHECKS for problem in check(ruleset))
    return in_order((*ruleset.problems, *found))


def _problem(rule: Rule, where: Position | None, message: str, code: str) -> Problem:
    return Problem(where or rule.position or _NOWHERE, rule.id, message, Severity.WARNING, code)


def unused_causes(ruleset: RuleSet) -> Iterator[Problem]:
    """A cause that neither a rule nor an analyzer ever names is never found.

    Where something could not be read, that may be what names it.
    """
    if any(p.code not in FOUND_ANEW for p in ruleset.errors):
        return
    named = {r.names for r in ruleset.rules if r.effect is not Effect.REFUTES or _is_claim(ruleset, r.names)}
    named |= {name for a in ruleset.analyzers.values() for name in a.names}
    for cause in ruleset.causes.values():
        if cause.id not in named:
            message = f"{cause.role.value} {cause.id}: no rule and no analyzer names it: add a rule, or remove it"
            yield Problem(_cause_place(ruleset, cause), "", message, Severity.WARNING, "unused-cause")


def _is_claim(ruleset: RuleSet, cause_id: str) -> bool:
    known = ruleset.causes.get(cause_id)
    return known is not None and known.role is Role.CLAIM


def _cause_place(ruleset: RuleSet, cause: Cause) -> Position:
    return ruleset.places.get(f"cause:{cause.id}", _NOWHERE)


def _texts(cause: Cause) -> Iterator[tuple[str, Text]]:
    yield "title", cause.title
    yield "name", cause.name
    yield "explanation", cause.explanation
    yield "remedy", cause.remedy.text
    yield "check", cause.check.text


def missing_chinese(ruleset: RuleSet) -> Iterator[Problem]:
    """Texts for people are there in both languages, where a pack has any in Chinese: else it means to have none."""
    spoken = {pack for pack, texts, _ in _told(ruleset) if any(text.zh for text in texts.values())}
    for pack, texts, problem in _told(ruleset):
        lacking = [part for part, text in texts.items() if text.en and not text.zh]
        if lacking and pack in spoken:
            yield replace(problem, message=f"{problem.message}{_no_chinese(lacking)}")


def _told(ruleset: RuleSet) -> Iterator[tuple[str, Mapping[str, Text], Problem]]:
    """Yield the pack (empty for a user's own), the texts and the place of each rule and cause."""
    for rule in ruleset.rules:
        texts = [rule.title] if rule.title.en != rule.id else []
        texts += [c.text for c in conditions(rule) if c.text]
        yield rule.pack, {text.en: text for text in texts}, _problem(rule, None, "", "no-chinese")
    for cause in ruleset.causes.values():
        pack, place = cause.id.partition(".")[0], _cause_place(ruleset, cause)
        problem = Problem(place, "", f"cause {cause.id}: ", Severity.WARNING, "no-chinese")
        yield pack if pack in ruleset.packs else "", dict(_texts(cause)), problem


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


def statuses_of_conditions(ruleset: RuleSet) -> Iterator[Problem]:
    """A condition's status is `True`, `False` or `Unknown`: with a small letter, nothing ever has it."""
    for rule in ruleset.rules:
        for condition in conditions(rule):
            when = condition.input.when if isinstance(condition.input, ObjectInput) else {}
            for path in (path for path in when if path.endswith("conditions[].status")):
                for value in sorted({"true", "false", "unknown"}.intersection(when[path])):
                    message = f"`{path}` is never `{value}`: write `{value.capitalize()}`, as Kubernetes does"
                    yield _problem(rule, condition.position, message, "never-so")


def untested(ruleset: RuleSet) -> Iterator[Problem]:
    """Beside each rule stands `ID.test.yaml`, with a case that matches and one that does not."""
    for rule in ruleset.rules:
        if rule.position is None:
            continue
        path = _test_file(Path(rule.position.file), rule.id)
        root, unreadable = _tests(path)
        if unreadable:
            message = f"its tests cannot be read: {unreadable}"
            yield _problem(rule, None, message, "untested")
            continue
        verdicts = _verdicts(root)
        lacking = [
            word for word, verdict in (("positive", "match"), ("negative", "no_match")) if verdict not in verdicts
        ]
        if lacking:
            message = f"no {' and no '.join(lacking)} test: add a case to {path.name} beside it"
            yield _problem(rule, None, message, "untested")


def _test_file(file: Path, rule_id: str) -> Path:
    """Return where the tests of a rule are; where there are none, where they should be."""
    usual, short = (file.with_name(f"{rule_id}.test.{ending}") for ending in ("yaml", "yml"))
    return short if short.exists() and not usual.exists() else usual


def _tests(path: Path) -> tuple[yaml.Node | None, Problem | None]:
    data, problem = read_bytes(path) if path.exists() else (b"", None)
    text, problem = decode(data, str(path)) if not problem else ("", problem)
    return compose(protect(text), str(path)) if not problem else (None, problem)


def _verdicts(root: yaml.Node | None) -> set[str]:
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
    missing_chinese,
    objects_without_when,
    metrics_without_condition,
    compared_twice,
    ranges_without_unit,
    labels_without_sample,
    names_without_namespace,
    statuses_of_conditions,
    unknown_fields,
    weightless,
    untested,
)
"""All checks; each is one function with one idea."""
