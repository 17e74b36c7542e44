"""Mutants: rules with one thing made wrong; tests that do not notice are too weak."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from diagflow.analyze.metrics import shown
from diagflow.harness.case import Case, TestFile
from diagflow.harness.querymutants import FLIPPED, around, query_mutants
from diagflow.harness.run import alone_as_expected, as_expected, run_case
from diagflow.rules import Rule, RuleSet
from diagflow.rules.rule import (
    Combination,
    Condition,
    Effect,
    EventInput,
    HostLogInput,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Threshold,
)
from diagflow.rules.scalars import show_duration
from diagflow.rules.walk import leaves

_TOKEN: Final = re.compile(
    r"""(?P<text>r?"(?:\\.|[^"\\])*"|r?'(?:\\.|[^'\\])*')|(?P<compare>[<>=!]=|[<>])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<and>&&)|(?P<part>\|\||[,?])"""
)
_NUMBER: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)")

Node = Condition | Combination


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule made wrong: `what` says how."""

    rule: Rule
    what: str


@dataclass(frozen=True, slots=True)
class MutantReport:
    """What became of the mutants of one rule.

    Attributes:
        rule: its id.
        total: how many were tried.
        survived: those that no test noticed.
        untried: expressions that nothing was changed in, as no test has series for them.
    """

    rule: str
    total: int
    survived: tuple[str, ...]
    untried: tuple[str, ...] = ()


def run_mutants(tests: TestFile, ruleset: RuleSet) -> MutantReport | None:
    """Try all mutants of the rule of a test file; None when its tests fail without any."""
    rule = ruleset.rule(tests.rule)
    if rule is None or not all(run_case(tests, case, rule, ruleset).passed for case in tests.cases):
        return None
    # What a rule that refutes says depends on the others: its cause must be in question.
    quick = [c for c in tests.cases if rule.effect is not Effect.REFUTES and alone_as_expected(c, rule)]
    found, survived, untried = 0, [], dict[str, None]()
    for mutant in mutants(rule):
        changed = _changed_expression(rule, mutant.rule)
        able = [c for c in tests.cases if not changed or _has_series_for(c, changed)]
        if not able:
            untried[changed] = None
            continue
        found += 1
        if not _noticed(mutant.rule, able, [c for c in quick if c in able], ruleset):
            survived.append(mutant.what)
    return MutantReport(rule.id, found, tuple(survived), tuple(untried))


def _changed_expression(rule: Rule, mutant: Rule) -> str:
    """Return the expression of a rule that its mutant has in another form; empty where it asks for no other."""
    before, after = _asked(rule), _asked(mutant)
    return next(iter(before - after), "") if after - before else ""


def _asked(rule: Rule) -> set[str]:
    return {leaf.input.expr for leaf in leaves(rule.trigger) if isinstance(leaf.input, MetricInput)}


def _has_series_for(case: Case, expression: str) -> bool:
    """Say whether a case would answer another expression, too."""
    answered = {" ".join(str(name).split()) for name in case.given.get("answers") or {}}
    return "series" in case.given and expression not in answered


def _noticed(mutant: Rule, cases: Iterable[Case], quick: Iterable[Case], ruleset: RuleSet) -> bool:
    """Say whether a test notices, the rule by itself first: most mutants die of that."""
    if not all(alone_as_expected(case, mutant) for case in quick):
        return True
    changed = _with(ruleset, mutant)
    return not all(as_expected(case, mutant, changed) for case in cases)


def _with(ruleset: RuleSet, mutant: Rule) -> RuleSet:
    return replace(ruleset, rules=tuple(mutant if r.id == mutant.id else r for r in ruleset.rules))


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield every mutant of a rule's triggers."""
    for trigger, what in _node_mutants(rule.trigger):
        if isinstance(trigger, Combination):
            yield Mutant(replace(rule, trigger=trigger), what)


def _node_mutants(node: Node) -> Iterator[tuple[Node, str]]:
    if isinstance(node, Condition):
        for changed, what in _input_mutants(node.input):
            yield replace(node, input=changed), what
        if node.hold:
            yield replace(node, hold=0.0), "`for` dropped"
            half = node.hold / 2
            yield replace(node, hold=half), f"`for` {show_duration(node.hold)} → {show_duration(half)}"
        return
    for number, part in enumerate(node.conditions):
        for changed, what in _node_mutants(part):
            yield replace(node, conditions=_set(node.conditions, number, changed)), what
        if len(node.conditions) > 1:
            rest = node.conditions[:number] + node.conditions[number + 1 :]
            yield replace(node, conditions=rest), f"condition {number + 1} of `{node.op}` dropped"


def _set(items: tuple[Any, ...], number: int, value: Any) -> tuple[Any, ...]:
    return (*items[:number], value, *items[number + 1 :])


def _input_mutants(found: Any) -> Iterator[tuple[Any, str]]:
    if isinstance(found, MetricInput):
        yield from ((replace(found, expr=expr), what) for expr, what in query_mutants(found.expr))
    if isinstance(found, MetricInput) and found.threshold:
        yield from ((replace(found, threshold=limit), what) for limit, what in _threshold_mutants(found.threshold))
    if isinstance(found, ObjectInput):
        yield from _when_mutants(found)
        yield replace(found, exists=not found.exists), "`exists` turned round"
    if isinstance(found, EventInput):
        yield from _event_mutants(found)
    if isinstance(found, LogInput | HostLogInput | NodeLogInput):
        yield from _pattern_mutants(found)
    if isinstance(found, LogInput) and found.last:
        yield replace(found, last=0), "`last` dropped"
    if isinstance(found, NodeLogInput):
        yield from (
            (replace(found, within=value), f"within {shown(found.within)} → {shown(value)}")
            for value in around(found.within)
        )
        yield replace(found, boot="any" if found.boot == "last" else "last"), "`boot` turned round"
    if getattr(found, "where", ""):
        yield from ((replace(found, where=where), what) for where, what in where_mutants(found.where))


def _threshold_mutants(limit: Threshold) -> Iterator[tuple[Threshold, str]]:
    for value in around(limit.value):
        yield replace(limit, value=value), f"threshold {shown(limit.value)} → {shown(value)}"
    flipped = FLIPPED[limit.op]
    yield replace(limit, op=flipped), f"`{limit.op}` → `{flipped}`"


def _when_mutants(found: ObjectInput) -> Iterator[tuple[ObjectInput, str]]:
    for path, values in found.when.items():
        for value in values:
            rest = tuple(v for v in values if v != value)
            when = {**found.when, path: rest} if rest else {p: v for p, v in found.when.items() if p != path}
            yield replace(found, when=when), f"`{value}` removed from `when: {path}`"


def _event_mutants(found: EventInput) -> Iterator[tuple[EventInput, str]]:
    for reason in found.reasons if len(found.reasons) > 1 else ():
        yield replace(found, reasons=tuple(r for r in found.reasons if r != reason)), f"reason `{reason}` removed"
    if found.min_count > 1:
        yield replace(found, min_count=1), "`min-count` dropped"
    yield from _pattern_mutants(found)


def _pattern_mutants(found: Any) -> Iterator[tuple[Any, str]]:
    for number, pattern in enumerate(found.patterns):
        yield replace(found, patterns=_set(found.patterns, number, "")), f"pattern `{pattern}` emptied"
        if len(found.patterns) > 1:
            rest = found.patterns[:number] + found.patterns[number + 1 :]
            yield replace(found, patterns=rest), f"pattern `{pattern}` removed"


def where_mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield a CEL condition with one part dropped, one comparison flipped, one number changed."""
    tokens = list(_TOKEN.finditer(source))
    parts = list(_parts(source, tokens))
    for number, part in enumerate(parts):
        rest = " && ".join(p for i, p in enumerate(parts) if i != number)
        yield rest, f"`{_short(part)}` dropped from `where`"
    for number, token in enumerate(tokens):
        if token.lastgroup == "compare":
            flipped, compared = FLIPPED[token.group()], _comparison(source, tokens, number)
            yield _cut(source, token.span(), flipped), f"`{compared}`: `{token.group()}` → `{flipped}`"
            yield from _number_mutants(source, token.end(), compared)


def _parts(source: str, tokens: Iterable[re.Match[str]]) -> Iterator[str]:
    """Yield what `&&` joins, outside of brackets; an expression with `||` outside of them is one part."""
    depth, start, found = 0, 0, []
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        if token.lastgroup == "and" and not depth:
            found.append(source[start : token.start()].strip())
            start = token.end()
    found.append(source[start:].strip())
    yield from found if "||" not in _outside(source) and "?" not in _outside(source) else [source.strip()]


def _outside(source: str) -> str:
    """Return a source without texts and without what is in brackets."""
    depth, kept, at = 0, [], 0
    for token in _TOKEN.finditer(source):
        if not depth:
            kept.append(source[at : token.end() if token.lastgroup == "part" else token.start()])
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        at = token.end()
    return "".join([*kept, source[at:] if not depth else ""])


def _number_mutants(source: str, at: int, shown: str) -> Iterator[tuple[str, str]]:
    match = _NUMBER.match(source, at)
    if match:
        number = match.group(1)
        for value in around(float(number)):
            text = str(value) if "." in number else str(round(value))
            if text != number:
                yield _cut(source, match.span(1), text), f"`{shown}`: {number} → {text}"


def _cut(source: str, span: tuple[int, int], new: str) -> str:
    return source[: span[0]] + new + source[span[1] :]


def _comparison(source: str, tokens: list[re.Match[str]], number: int) -> str:
    """Return what a token compares, with it: up to the bracket around it, or to what joins it with others."""
    start = next((t.end() for t in _outwards(reversed(tokens[:number]), "close", "open")), 0)
    end = next((t.start() for t in _outwards(tokens[number + 1 :], "open", "close")), len(source))
    return _short(source[start:end])


def _outwards(tokens: Iterable[re.Match[str]], deeper: str, higher: str) -> Iterator[re.Match[str]]:
    """Yield the tokens that end what stands beside a comparison."""
    depth = 0
    for token in tokens:
        if not depth and token.lastgroup in (higher, "and", "part"):
            yield token
        depth += {deeper: 1, higher: -1}.get(token.lastgroup or "", 0)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004
