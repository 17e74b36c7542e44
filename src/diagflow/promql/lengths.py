"""Durations in expressions: literals, and calculations with `step()` and `range()` (`promql/durations.go`)."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from diagflow.promql.errors import ParseError, PromQLError
from diagflow.promql.stream import Stream
from diagflow.promql.syntax import Length, Number, Sum

_RANK: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "^": 3}
_SIGN_RANK: Final = 2
_LIMIT: Final = (1 << 63) / 1e9
"""Seconds in Go's longest duration."""


def parse_positive(stream: Stream) -> int | Sum:
    """Return the length of a range or a step: milliseconds, or a calculation."""
    at = stream.token.start
    length = _calculation(stream, 0)
    if isinstance(length, Number) and length.value <= 0:
        raise stream.wrong("duration must be greater than 0", at)
    return _settled(length)


def parse_offset(stream: Stream) -> int | Sum:
    """Return an offset: a literal with or without a sign; a calculation stands in parentheses."""
    sign = stream.accept("+", "-")
    if not stream.at_number() and stream.token.word not in ("step", "range", "max_of", "min_of", "("):
        raise stream.unexpected("offset", "number, duration, step(), or range()")
    length = _atom(stream)
    return _settled(_signed(sign.text, length, sign.start) if sign else length)


def resolve(length: int | Sum, step: int, whole: int, *, negative: bool, text: str = "") -> int:
    """Return a duration in milliseconds, for this step and whole range of the query (`calculateDuration`).

    Raises:
        PromQLError: it is not positive where it must be, or no number.
    """
    if isinstance(length, int):
        return length
    seconds = _calculate(length, step / 1000, whole / 1000)
    if not math.isfinite(seconds):
        raise PromQLError("duration is NaN or infinite", length.start, text)
    if seconds <= 0 and not negative:
        raise PromQLError("duration must be greater than 0", length.start, text)
    if abs(seconds) > _LIMIT:
        raise PromQLError("duration is out of range", length.start, text)
    return int(seconds * 1000)


def settled(length: int | Sum | None) -> int:
    """Return a duration that was calculated before."""
    if not isinstance(length, int):
        raise TypeError(length)
    return length


def _settled(length: Length) -> int | Sum:
    if isinstance(length, Sum):
        return length
    return math.trunc(round(length.value * 1e9) / 1_000_000)


def _calculation(stream: Stream, least: int) -> Length:
    sign = stream.accept("+", "-")
    left = _signed(sign.text, _calculation(stream, _SIGN_RANK + 1), sign.start) if sign else _atom(stream)
    while (rank := _RANK.get(stream.token.word, 0)) > least:
        op = stream.take()
        right = _calculation(stream, rank - (op.text == "^"))
        if op.text in "/%" and isinstance(right, Number) and right.value == 0:
            raise stream.wrong("division by zero" if op.text == "/" else "modulo by zero", op.start)
        left = Sum(left.start, op.text, left, right)
    return left


def _signed(sign: str, length: Length, at: int) -> Length:
    if isinstance(length, Number):
        return Number(at, -length.value if sign == "-" else length.value)
    return Sum(at, "-", None, length) if sign == "-" else length


def _atom(stream: Stream) -> Length:
    at = stream.token.start
    if stream.at_number():
        value = stream.number()
        if abs(value) > _LIMIT:
            raise stream.wrong("duration out of range", at)
        return Number(at, value)
    if call := stream.accept("step", "range"):
        stream.expect("(", "duration")
        stream.expect(")", "duration")
        return Sum(at, call.word)
    if call := stream.accept("max_of", "min_of"):
        return _extreme(stream, call.word, at)
    if stream.accept("("):
        inside = _calculation(stream, 0)
        stream.expect(")", "duration")
        return Sum(at, "+", None, inside)
    raise _expected(stream)


def _extreme(stream: Stream, op: str, at: int) -> Sum:
    stream.expect("(", "duration")
    left = _calculation(stream, 0)
    stream.expect(",", "duration")
    right = _calculation(stream, 0)
    stream.expect(")", "duration")
    return Sum(at, op, left, right)


def _expected(stream: Stream) -> ParseError:
    return stream.unexpected("subquery or range selector", "number, duration, step(), or range()")


def _calculate(length: Length | None, step: float, whole: float) -> float:
    """Return the seconds of a calculation (`evaluateDurationExpr`)."""
    if length is None:
        return 0.0
    if isinstance(length, Number):
        return length.value
    if length.op in ("step", "range"):
        return step if length.op == "step" else whole
    left, right = _calculate(length.left, step, whole), _calculate(length.right, step, whole)
    if length.op in "/%" and right == 0:
        raise PromQLError("division by zero" if length.op == "/" else "modulo by zero", length.start)
    return _CALCULATE[length.op](left, right)


def _power(left: float, right: float) -> float:
    try:
        return float(left**right)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    except TypeError:
        return math.nan


_CALCULATE: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": math.fmod, "^": _power,
    "max_of": max, "min_of": min,
}  # fmt: skip
