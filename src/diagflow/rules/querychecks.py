"""What is PromQL, and most likely not what was meant: checks of lint."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from diagflow.promql.check import COMPARISONS
from diagflow.promql.errors import PromQLError
from diagflow.promql.named import PICKING
from diagflow.promql.parse import parse
from diagflow.promql.syntax import Aggregate, Binary, Call, Node, Number, Subquery, Text, unwrapped
from diagflow.promql.tokens import NUMBER, Token, tokenize
from diagflow.rules.near import did_you_mean
from diagflow.rules.problem import Problem, Severity
from diagflow.rules.promql import held_of
from diagflow.rules.rule import MetricInput, Position, Rule
from diagflow.rules.ruleset import RuleSet
from diagflow.rules.walk import conditions

_NOWHERE: Final = Position("", 1, 1)

NAMESPACED: Final = frozenset(
    """
    pod deployment statefulset daemonset replicaset job_name cronjob horizontalpodautoscaler poddisruptionbudget
    persistentvolumeclaim resourcequota ingress
    """.split()  # noqa: SIM905  # a table of words
)
"""Labels that name something in a namespace (as `diagflow.analyze.labels` reads them)."""


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


def labels_without_sample(ruleset: RuleSet) -> Iterator[Problem]:
    """`labels` that the expression aggregates away name nothing, so that the rule is about something else."""
    for rule, position, wanted in _queries(ruleset):
        given = _labels_of(wanted.expr) if wanted.labels else None
        for label in wanted.labels if given is not None else ():
            if given is not None and label not in given:
                meant = did_you_mean(label, given) if given else "it aggregates without `by`"
                message = f"no sample of the expression has the label `{label}` of `labels`: {meant}"
                yield _warning(rule, position, message, "no-label")


def names_without_namespace(ruleset: RuleSet) -> Iterator[Problem]:
    """`sum by (pod) (x)` is about a pod in no namespace, which is no pod of any list."""
    for rule, position, wanted in _queries(ruleset):
        given = _labels_of(wanted.expr) or frozenset()
        named = sorted(label for label in given if label.removeprefix("exported_") in NAMESPACED)
        if named and not rule.entity and not wanted.labels and given.isdisjoint(("namespace", "exported_namespace")):
            message = (
                f"the expression gives `{named[0]}` without its namespace, which is none that is in any list: "
                f"aggregate `by (namespace, {named[0]})`"
            )
            yield _warning(rule, position, message, "no-namespace")


def _labels_of(expression: str) -> frozenset[str] | None:
    """Return the labels that samples of an expression can have at most; None where only samples tell."""
    try:
        return _at_most(parse(expression))
    except PromQLError:  # not ours to say: experimental
        return None


def _at_most(node: Node) -> frozenset[str] | None:
    match unwrapped(node):
        case Number():
            return frozenset()
        case Aggregate(op=op, without=False, grouping=grouping, param=param) if op not in PICKING:
            return frozenset({*grouping, *([param.value] if isinstance(param, Text) else ())})
        case Aggregate(expr=inner) | Subquery(expr=inner):
            return _at_most(inner)
        case Binary() as binary:
            sides = _at_most(binary.left), _at_most(binary.right)
            return None if None in sides else frozenset(binary.matching.include).union(*filter(None, sides))
        case Call(name=name, args=args) if args and name not in ("absent", "absent_over_time", "info"):
            found = [_at_most(arg) for arg in args if not isinstance(arg, Text)]
            written = {arg.value for arg in args[1:2] if isinstance(arg, Text)}  # of label_replace and label_join
            return None if None in found else frozenset(written).union(*filter(None, found))
    return None


def _queries(ruleset: RuleSet) -> Iterator[tuple[Rule, Position | None, MetricInput]]:
    """Yield the expressions as they were written, without what `for` makes of them."""
    for rule in ruleset.rules:
        for condition in conditions(rule):
            if isinstance(condition.input, MetricInput):
                held = held_of(condition.input.expr)
                written = replace(condition.input, expr=held.expr) if held else condition.input
                yield rule, condition.position, written


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
