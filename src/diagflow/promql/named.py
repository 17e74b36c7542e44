"""Which labels an expression itself names for its result: by grouping, matching or writing them.

What a selector brings along is not among them: only the samples tell.
"""

from functools import lru_cache
from typing import Final

from diagflow.promql.check import SET_OPERATORS
from diagflow.promql.errors import PromQLError
from diagflow.promql.parse import parse
from diagflow.promql.syntax import Aggregate, Binary, Call, Node, Text, children

_NONE: Final[frozenset[str]] = frozenset()
PICKING: Final = ("topk", "bottomk", "limitk", "limit_ratio")
"""Aggregations whose result is some of the series, with all their labels."""
_BARE: Final = ("absent", "absent_over_time", "scalar", "vector")
"""Functions whose result has no label of the series that they look at."""
_WRITING: Final = ("label_replace", "label_join")


@lru_cache(maxsize=4096)
def named_labels(expression: str) -> frozenset[str]:
    """Return the labels that an expression names for its result; none where it is of another dialect."""
    try:
        return _named(parse(expression))
    except PromQLError:
        return _NONE


def _named(node: Node) -> frozenset[str]:
    match node:
        case Aggregate():
            return _of_aggregate(node)
        case Binary():
            return _of_binary(node)
        case Call(name=name) if name in _BARE:
            return _NONE
        case Call(name=name, args=(series, Text(value=label), *_)) if name in _WRITING:
            return _named(series) | {label}
        case Call(name="histogram_quantile"):
            return _of_all(children(node)) - {"le"}
    return _of_all(children(node))


def _of_all(nodes: tuple[Node, ...]) -> frozenset[str]:
    return _NONE.union(*map(_named, nodes))


def _of_aggregate(node: Aggregate) -> frozenset[str]:
    if node.op in PICKING:
        return _named(node.expr)
    if node.without:
        return _named(node.expr) - set(node.grouping)
    counted = {node.param.value} if node.op == "count_values" and isinstance(node.param, Text) else set()
    return frozenset({*node.grouping, *counted})


def _of_binary(node: Binary) -> frozenset[str]:
    matching = node.matching
    left, right = _named(node.left), _named(node.right)
    if node.op in SET_OPERATORS:
        return left | right if node.op == "or" else left
    match matching.card:
        case "many-to-one":
            return left.union(matching.include)
        case "one-to-many":
            return right.union(matching.include)
    return frozenset(matching.labels) if matching.on else (left | right).difference(matching.labels)
