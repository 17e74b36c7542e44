"""Parsing selectors: names, label matchers, and what may stand behind them."""

import math
from dataclasses import replace
from typing import Literal, cast

from diagflow.promql.lengths import parse_offset, parse_positive
from diagflow.promql.numbers import plain
from diagflow.promql.patterns import compile_pattern
from diagflow.promql.stream import Stream
from diagflow.promql.syntax import Matcher, Moved, Node, Range, Selector, Subquery
from diagflow.promql.tokens import NAME, STRING

_OPS = ("=", "!=", "=~", "!~")
POSTFIX = ("offset", "@", "[", "anchored", "smoothed")
"""What may follow a selector."""


def parse_selector(stream: Stream) -> Selector:
    """Return an instant vector selector, without what follows."""
    start, name = stream.token.start, ""
    matchers: tuple[Matcher, ...] = ()
    if stream.token.word != "{":
        name = stream.take().text
    if stream.accept("{"):
        matchers = _matchers(stream)
    if name:
        matchers = (*matchers, Matcher("__name__", "=", name))
    return Selector(start, name, matchers)


def _matchers(stream: Stream) -> tuple[Matcher, ...]:
    found: list[Matcher] = []
    while not stream.accept("}"):
        if found:
            stream.expect(",", "label matching", '"," or "}"')
            if stream.accept("}"):
                break
        found.append(_matcher(stream))
    return tuple(found)


def _matcher(stream: Stream) -> Matcher:
    quoted = stream.token.kind == STRING
    if not quoted and stream.token.kind != NAME:
        raise stream.unexpected("label matching", 'identifier or "}"')
    start = stream.token.start
    name = stream.string() if quoted else stream.take().text
    op = stream.accept(*_OPS)
    if op is None:
        if quoted:
            return Matcher("__name__", "=", name)
        raise stream.unexpected("label matching", "label matching operator")
    if stream.token.kind != STRING:
        raise stream.unexpected("label matching", "string")
    matcher = Matcher(name, cast("Literal['=', '!=', '=~', '!~']", op.text), stream.string())
    if matcher.op in ("=~", "!~"):
        try:
            compile_pattern(matcher.value)
        except ValueError as error:
            raise stream.wrong(f"error parsing regexp: {error}", start) from None
    return matcher


def parse_postfix(stream: Stream, node: Node) -> Node:
    """Return an expression with one of `offset`, `@`, `[...]`, `anchored`, `smoothed` that follows it."""
    word = stream.take().word
    if word == "[":
        return _range(stream, node)
    if word == "offset":
        return _moved(stream, node, "offset", parse_offset(stream))
    if word == "@":
        return _moved(stream, node, "at", _time(stream, node))
    return _extended(stream, node, word)


def _range(stream: Stream, node: Node) -> Node:
    at = stream.token.start - 1
    length = parse_positive(stream)
    if stream.accept(":"):
        step = None if stream.token.word == "]" else parse_positive(stream)
        stream.expect("]", "subquery selector", '"]"')
        return Subquery(node.start, node, length, step)
    stream.expect("]", "subquery or range", '":" or "]"')
    if not isinstance(node, Selector):
        raise stream.wrong("ranges only allowed for vector selectors", at)
    if node.offset != 0:
        raise stream.wrong("no offset modifiers allowed before range", at)
    if node.at is not None:
        raise stream.wrong("no @ modifiers allowed before range", at)
    return Range(node.start, node, length)


def _moved(stream: Stream, node: Node, field: Literal["offset", "at"], value: object) -> Node:
    if isinstance(node, Range):
        return replace(node, selector=cast("Selector", _moved(stream, node.selector, field, value)))
    if not isinstance(node, Moved):
        what = f"{'@' if field == 'at' else field} modifier must be preceded by an instant vector selector"
        raise stream.wrong(f"{what} or range vector selector or a subquery", node.start)
    if field == "offset" and node.offset != 0:
        raise stream.wrong("offset may not be set multiple times", node.start)
    if field == "at" and node.at is not None:
        raise stream.wrong("@ <timestamp> may not be set multiple times", node.start)
    return cast("Node", replace(node, **{field: value}))  # type: ignore[arg-type]  # one of two fields


def _time(stream: Stream, node: Node) -> int | str:
    if edge := stream.accept("start", "end"):
        stream.expect("(", "@", "timestamp")
        stream.expect(")", "@", "timestamp")
        return edge.word
    sign = stream.accept("+", "-")
    if not stream.at_number():
        raise stream.unexpected("@", "timestamp")
    seconds = stream.number() * (-1 if sign and sign.text == "-" else 1)
    if not math.isfinite(seconds) or abs(seconds) >= 1 << 63:
        written = plain(seconds) if not math.isfinite(seconds) else f"{seconds:f}"
        raise stream.wrong(f"timestamp out of bounds for @ modifier: {written}", node.start)
    return math.floor(seconds * 1000 + 0.5) if seconds >= 0 else math.ceil(seconds * 1000 - 0.5)


def _extended(stream: Stream, node: Node, word: str) -> Node:
    if isinstance(node, Range):
        return replace(node, selector=cast("Selector", _extended(stream, node.selector, word)))
    if not isinstance(node, Selector):
        where = "is not supported for subqueries" if isinstance(node, Subquery) else "not implemented"
        raise stream.wrong(f"{word} modifier {where}", node.start)
    node = replace(node, anchored=True) if word == "anchored" else replace(node, smoothed=True)
    if node.anchored and node.smoothed:
        raise stream.wrong("anchored and smoothed modifiers cannot be used together", node.start)
    return node
