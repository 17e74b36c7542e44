"""PromQL with one thing made wrong: for how long something must hold, how far a range looks back, what is compared.

Only series notice: an answer that a test writes down is that of one expression, and of no other.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Final

from diagflow.promql.numbers import parse_number
from diagflow.promql.tokens import DURATION, NUMBER, Token, tokenize
from diagflow.rules.promql import held_of
from diagflow.rules.scalars import Wrong, duration, show_duration

FLIPPED: Final[Mapping[str, str]] = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


def query_mutants(expression: str) -> Iterator[tuple[str, str]]:
    """Yield an expression with one thing made wrong, and what that is."""
    held = held_of(expression)
    if held is None:
        yield from _mutants(expression)
        return
    yield held.expr, "`for` dropped"
    half = held.hold / 2
    yield str(replace(held, hold=half)), f"`for` {show_duration(held.hold)} → {show_duration(half)}"
    for inner, what in _mutants(held.expr):
        yield str(replace(held, expr=inner)), what


def _mutants(expression: str) -> Iterator[tuple[str, str]]:
    tokens = tokenize(expression)
    yield from _shorter(expression, tokens)
    yield from _compared(expression, tokens)


def _shorter(expression: str, tokens: list[Token]) -> Iterator[tuple[str, str]]:
    for token in (one for opens, one in pairwise(tokens) if opens.word == "["):
        half = _half(token)
        if half:
            yield _put(expression, token, half), f"`[{token.text}]` → `[{half}]`"


def _half(token: Token) -> str:
    if token.kind != DURATION:
        return ""
    try:
        return show_duration(duration(token.text) / 2)
    except Wrong:  # `1e3s` and the like: Prometheus reads more than people write
        return ""


def _compared(expression: str, tokens: list[Token]) -> Iterator[tuple[str, str]]:
    braces = 0
    for at, token in enumerate(tokens):
        braces += {"{": 1, "}": -1}.get(token.word, 0)
        if token.word not in FLIPPED or braces:  # `!=` in braces is about a label
            continue
        flipped = FLIPPED[token.word]
        yield _put(expression, token, flipped), f"`{token.text}` → `{flipped}` in `{expression}`"
        number = next((t for t in tokens[at + 1 :] if t.word != "bool"), token)
        if number.kind == NUMBER and math.isfinite(written := parse_number(number.text)):  # nothing is around infinity
            for value in around(written):
                yield _put(expression, number, f"{value:g}"), f"`{token.text} {number.text}` → `{value:g}`"


def around(value: float) -> tuple[float, float]:
    """Return half and one and a half of a number, of zero one less and one more."""
    return (value * 0.5, value * 1.5) if value else (-1.0, 1.0)


def _put(expression: str, token: Token, new: str) -> str:
    return expression[: token.start] + new + expression[token.start + len(token.text) :]
