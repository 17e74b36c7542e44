"""An expression made ready: durations calculated, `start()` and `end()` known, what never changes marked.

(`PreprocessExpr`, `foldQueryContextFunctions`)
"""

from dataclasses import dataclass, replace
from typing import Any

from diagflow.promql.context import Steps
from diagflow.promql.lengths import resolve
from diagflow.promql.signatures import AT_UNSAFE
from diagflow.promql.stats import mark
from diagflow.promql.syntax import (
    Aggregate,
    Binary,
    Call,
    Invariant,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    Subquery,
    Sum,
    Text,
    Unary,
    unwrapped,
)  # fmt: skip


def preprocess(node: Node, steps: Steps, interval: int) -> Node:
    """Return an expression ready to be evaluated at these steps; `interval` is 0 in an instant query.

    Raises:
        PromQLError: a duration is not positive, or no number.
    """
    found, invariant, wrap = _Preprocessor(steps, interval).visit(mark(node))
    del invariant
    return Invariant(found.start, found) if wrap else found


def _wrapped(node: Node, *, wrap: bool) -> Node:
    return Invariant(node.start, node) if wrap else node


@dataclass(frozen=True, slots=True)
class _Preprocessor:
    steps: Steps
    interval: int

    def visit(self, node: Node) -> tuple[Any, bool, bool]:
        """Return the node, whether it is the same at each step, and whether that is worth a mark."""
        match node:
            case Number() | Text():
                return node, True, False
            case Selector():
                found = self._moved(node)
                return found, found.at is not None, found.at is not None
            case Range():
                selector = self._moved(node.selector)
                return (
                    replace(node, selector=selector, length=self._length(node.length)),
                    selector.at is not None,
                    False,
                )
            case Subquery():
                return self._subquery(node)
            case Paren() | Unary():
                inside, invariant, wrap = self.visit(node.expr)
                return replace(node, expr=inside), invariant, wrap
            case Aggregate():
                return self._aggregate(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
        raise TypeError(type(node))

    def _moved(self, node: Any) -> Any:
        edge = {"start": self.steps.start, "end": self.steps.end}
        return replace(node, offset=self._length(node.offset, negative=True), at=edge.get(node.at, node.at))

    def _length(self, length: int | Sum, *, negative: bool = False) -> int:
        whole = self.steps.end - self.steps.start
        return resolve(length, self.interval, whole, negative=negative)

    def _subquery(self, node: Subquery) -> tuple[Node, bool, bool]:
        inside, invariant, _ = self.visit(node.expr)
        found = self._moved(node)
        step = None if node.step is None else self._length(node.step)
        found = replace(found, expr=_wrapped(inside, wrap=invariant), length=self._length(node.length), step=step)
        return found, found.at is not None, False

    def _aggregate(self, node: Aggregate) -> tuple[Node, bool, bool]:
        param = None if node.param is None else self.visit(unwrapped(node.param))[0]
        inside, invariant, wrap = self.visit(unwrapped(node.expr))
        return replace(node, expr=inside, param=param), invariant, wrap

    def _binary(self, node: Binary) -> tuple[Node, bool, bool]:
        left, left_invariant, wrap_left = self.visit(node.left)
        right, right_invariant, wrap_right = self.visit(node.right)
        if left_invariant and right_invariant:
            return replace(node, left=left, right=right), True, True
        left, right = _wrapped(left, wrap=wrap_left), _wrapped(right, wrap=wrap_right)
        return replace(node, left=left, right=right), False, False

    def _call(self, node: Call) -> tuple[Node, bool, bool]:
        if node.name in ("start", "end", "range", "step"):
            return self._folded(node), True, False
        visited = [self.visit(unwrapped(arg)) for arg in node.args]
        args = [arg for arg, _, _ in visited]
        invariant = all(same for _, same, _ in visited)
        of_selectors = node.name == "timestamp" and invariant and all(isinstance(arg, Selector) for arg in args)
        if (invariant and node.name not in AT_UNSAFE) or of_selectors:
            return replace(node, args=tuple(args)), True, True
        args = [_wrapped(arg, wrap=wrap) for arg, _, wrap in visited]
        return replace(node, args=tuple(args)), False, False

    def _folded(self, node: Call) -> Number:
        steps = self.steps
        seconds = {
            "start": steps.start / 1000,
            "end": steps.end / 1000,
            "range": (steps.end - steps.start) / 1000,
            "step": 0.0 if steps.once else self.interval / 1000,
        }
        return Number(node.start, seconds[node.name])
