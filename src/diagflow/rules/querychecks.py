"""What is PromQL, and most likely not what was meant: checks of lint."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from diagflow.promql.check import COMPARISONS
from diagflow.promql.errors import PromQLError
from diagflow.promql.parse import parse
from diagflow.promql.syntax import Binary, Call, Subquery, unwrapped
from diagflow.promql.tokens import NUMBER, Token, tokenize
from diagflow.rules.problem import Problem, Severity
from diagflow.rules.rule import MetricInput, Position, Rule
from diagflow.rules.ruleset import RuleSet
from diagflow.rules.walk import conditions

_NOWHERE: Final = Position("", 1, 1)


def compared_twice(ruleset: RuleSet) -> Iterator[Problem]:
    """What an expression compares is gone before `threshold` is asked."""
    for rule, position, wanted in _queries(ruleset):
        op = _last_comparison(wanted.expr) if wanted.threshold else ""
        if op:
            message = (
                f"the expression ends in a comparison (`{op}`), and `threshold` compares what is left of it: "
                "write one of the two"
            )
            yield _warning(rule, position, message, "compared-twice")


def ranges_without_unit(ruleset: RuleSet) -> Iterator[Problem]:
    """`[5]` is five seconds, which no scrape fills; Prometheus 2 does not take it."""
    for rule, position, wanted in _queries(ruleset):
        for number in _bare_ranges(wanted.expr):
            message = (
                f"PromQL: `[{number}]` is {number} seconds, and only in Prometheus 3: "
                f"write `[{number}m]`, or `[{number}s]`"
            )
            yield _warning(rule, position, message, "range-unit")


def _queries(ruleset: RuleSet) -> Iterator[tuple[Rule, Position | None, MetricInput]]:
    for rule in ruleset.rules:
        for condition in conditions(rule):
            if isinstance(condition.input, MetricInput):
                yield rule, condition.position, condition.input


def _warning(rule: Rule, position: Position | None, message: str, code: str) -> Problem:
    return Problem(position or rule.position or _NOWHERE, rule.id, message, Severity.WARNING, code)


def _last_comparison(expression: str) -> str:
    """Return the comparison that an expression ends in; that it must hold for some time is no end of it."""
    try:
        node: Any = unwrapped(parse(expression))
    except PromQLError:  # not ours to say: experimental
        return ""
    while isinstance(node, Call) and node.args and isinstance(unwrapped(node.args[0]), Subquery):
        node = unwrapped(unwrapped(node.args[0]).expr)
    return node.op if isinstance(node, Binary) and node.op in COMPARISONS and not node.returns_bool else ""


def _bare_ranges(expression: str) -> Iterator[str]:
    tokens = tokenize(expression)
    for opens, token in pairwise(tokens):
        if opens.word == "[" and _whole(token):
            yield token.text


def _whole(token: Token) -> bool:
    return token.kind == NUMBER and token.text.isdecimal()
