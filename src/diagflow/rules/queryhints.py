"""What would be right in an expression, where the words of Prometheus do not say so."""

import re
from collections.abc import Sequence
from typing import Final

from diagflow.promql.signatures import FUNCTIONS
from diagflow.promql.tokens import AGGREGATORS, METRIC, NAME, Token, tokenize
from diagflow.rules.near import did_you_mean, near

_UNKNOWN: Final = re.compile(r'unknown function with name "([^"]*)"')
_IDENTIFIER: Final = re.compile(r'unexpected identifier "([^"]*)"')
_BETWEEN: Final = (
    "and",
    "or",
    "unless",
    "atan2",
    "by",
    "without",
    "offset",
    "on",
    "ignoring",
    "group_left",
    "group_right",
)
_HINTS: Final = (
    (
        re.compile(r"expected type range vector in call to function .*, got instant vector"),
        "add how far back it looks, such as `[5m]`",
    ),
    (
        re.compile(r"expected type instant vector .*, got range vector"),
        "put a function such as `rate(...)` or `max_over_time(...)` around what has `[...]`",
    ),
    (re.compile(r'in grouping opts, expected "\("'), "put the labels in brackets, such as `by (pod, namespace)`"),
    (re.compile(r"in aggregation$"), "put in brackets what is aggregated, such as `sum by (pod) (x)`"),
    (re.compile(r"in label matching, expected string$"), 'put the value in quotes, such as `phase="Pending"`'),
    (re.compile(r'^unexpected "="$'), "a comparison is written `==`"),
    (
        re.compile(r"^error parsing regexp: invalid perl operator"),
        "this is RE2, without look-ahead and back references",
    ),
    (re.compile(r"^subquery is only allowed on instant vector, got scalar"), "put `vector(...)` around the number"),
    (re.compile(r"^vector selector must contain"), 'name a metric, or a label such as `job="api"`'),
)


def mended(message: str, text: str, position: int) -> str:
    """Return a message of Prometheus about an expression with what would be right.

    Args:
        message: as the parser has it.
        text: the expression.
        position: where in it, in characters.
    """
    if unknown := _UNKNOWN.fullmatch(message):
        return f"unknown function `{unknown[1]}`: {did_you_mean(unknown[1], [*FUNCTIONS, *AGGREGATORS])}"
    if message in ("unexpected <by>", "unexpected <without>"):
        hint = _of_grouping(text, position)
    elif word := _IDENTIFIER.fullmatch(message):
        guess = near(word[1], _BETWEEN)
        hint = f"did you mean `{guess}`?" if guess else ""
    else:
        hint = next((hint for pattern, hint in _HINTS if pattern.search(message)), "")
    return f"{message}: {hint}" if hint else message


def _of_grouping(text: str, position: int) -> str:
    """Return what is wrong with what stands before `by` or `without`: only an aggregation takes them."""
    before = [token for token in tokenize(text) if token.start < position]
    name = _grouped(before)
    if not name:
        return "only an aggregation takes it, such as `sum by (pod) (x)`"
    if name in FUNCTIONS:
        return f"`{name}` is no aggregation: put one around it, such as `sum by (pod) ({name}(...))`"
    return f"`{name}` is no aggregation: {did_you_mean(name, AGGREGATORS, limit=20)}"


def _grouped(before: Sequence[Token]) -> str:
    """Return the name at the end, or before the bracket that ends there."""
    open_ = 0
    for token in reversed(before):
        open_ += {")": 1, "(": -1}.get(token.word, 0)
        if not open_ and token.word != "(":
            return token.text if token.kind in (NAME, METRIC) else ""
    return ""
