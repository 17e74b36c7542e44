"""Where only count and sum of histograms are looked at, Prometheus reads no buckets (`detectHistogramStatsDecoding`).

That shows: bounds of buckets that are not read cannot differ, and resets are told from the sample before, once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from diagflow.promql.histogram import Hint, Histogram, is_reset
from diagflow.promql.syntax import Aggregate, Binary, Call, Paren, Range, Selector, Subquery, Unary

_ENOUGH: Final = frozenset(
    ("histogram_count", "histogram_sum", "histogram_avg", "timestamp", "start_timestamp", "absent")
)
_WHOLE: Final = frozenset(
    (
        "histogram_quantile",
        "histogram_quantiles",
        "histogram_fraction",
        "histogram_stddev",
        "histogram_stdvar",
        "changes",
    )
)
_WHOLE_OPERATORS: Final = frozenset(("</", ">/", "==", "!="))


def mark(node: Any, *, enough: bool = False, whole: bool = False) -> Any:
    """Return a tree whose selectors know whether count and sum are enough: a function says so, and none needs more."""
    match node:
        case Selector():
            return replace(node, stats=enough and not whole)
        case Range():
            return replace(node, selector=mark(node.selector, enough=enough, whole=whole))
        case Subquery():
            return replace(node, expr=mark(node.expr, enough=enough, whole=True))
        case Call():
            enough, whole = enough or node.name in _ENOUGH, whole or node.name in _WHOLE
            return replace(node, args=tuple(mark(arg, enough=enough, whole=whole) for arg in node.args))
        case Aggregate():
            whole = whole or node.op == "count_values"
            param = None if node.param is None else mark(node.param, enough=enough, whole=whole)
            return replace(node, expr=mark(node.expr, enough=enough, whole=whole), param=param)
        case Binary():
            whole = whole or node.op in _WHOLE_OPERATORS
            sides = [mark(side, enough=enough, whole=whole) for side in (node.left, node.right)]
            return replace(node, left=sides[0], right=sides[1])
        case Paren() | Unary():
            return replace(node, expr=mark(node.expr, enough=enough, whole=whole))
    return node


def bare(one: Histogram, hint: Hint | None = None) -> Histogram:
    """Return a histogram without buckets."""
    return Histogram(one.schema, one.count, one.sum, hint=hint or one.hint)


def bare_in_order(histograms: Sequence[Histogram]) -> Iterator[Histogram]:
    """Yield the histograms of a series without buckets, hints told from the one before (`HistogramStatsIterator`)."""
    before: Histogram | None = None
    for one in histograms:
        hint = one.hint
        if hint is Hint.UNKNOWN and before is not None:
            hint = Hint.RESET if is_reset(one, before) else Hint.NOT_RESET
        yield bare(one, hint)
        before = one
