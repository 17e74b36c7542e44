"""The same query, pinned with `@` to its time: it must answer the same at any time (`atModifierTestCases`)."""

from dataclasses import replace
from typing import Any

from diagflow.promql.parse import parse
from diagflow.promql.signatures import AT_UNSAFE
from diagflow.promql.syntax import Aggregate, Binary, Call, Node, Paren, Range, Selector, Subquery, Unary


class _Unsafe(Exception):  # noqa: N818  # nothing is wrong
    """The result changes with the time of evaluation."""


def pinned(expression: str, time: int) -> Node | None:
    """Return an expression whose selectors look at this time; nothing if it still changes with the time of asking."""
    try:
        return _pinned(parse(expression), time)  # type: ignore[no-any-return]
    except _Unsafe:
        return None


def times_around(time: int) -> tuple[int, ...]:
    """Return other times to ask at."""
    return (-10 * time, 0, int(time / 5), time, 10 * time) if time else (-1000, 0, 1000)


def _pinned(node: Any, time: int | None) -> Any:
    match node:
        case Selector():
            return node if time is None or node.at is not None else replace(node, at=time)
        case Range():
            return replace(node, selector=_pinned(node.selector, time))
        case Subquery():
            own = replace(node, at=time) if time is not None and node.at is None else node
            return replace(own, expr=_pinned(node.expr, None))
        case Call():
            if node.name in AT_UNSAFE:
                raise _Unsafe
            return replace(node, args=tuple(_pinned(arg, time) for arg in node.args))
        case Aggregate():
            param = None if node.param is None else _pinned(node.param, time)
            return replace(node, expr=_pinned(node.expr, time), param=param)
        case Binary():
            return replace(node, left=_pinned(node.left, time), right=_pinned(node.right, time))
        case Paren() | Unary():
            return replace(node, expr=_pinned(node.expr, time))
    return node
