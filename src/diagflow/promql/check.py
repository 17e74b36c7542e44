"""Does each expression have what it needs: types, numbers of arguments, matchers (`parser.checkAST`)."""

from typing import Final

from diagflow.promql.errors import Unsupported
from diagflow.promql.patterns import compile_pattern
from diagflow.promql.signatures import EXPERIMENTAL_AGGREGATORS, FUNCTIONS
from diagflow.promql.stream import Stream
from diagflow.promql.syntax import (
    Aggregate,
    Binary,
    Call,
    Invariant,
    Kind,
    Matcher,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    Subquery,
    Text,
    Unary,
)  # fmt: skip

COMPARISONS: Final = frozenset(("==", "!=", "<", "<=", ">", ">="))
SET_OPERATORS: Final = frozenset(("and", "or", "unless"))
_SPOKEN: Final = {"vector": "instant vector", "matrix": "range vector", "scalar": "scalar", "string": "string"}


def kind_of(node: Node) -> Kind:
    """Return what an expression evaluates to."""
    match node:
        case Number():
            return "scalar"
        case Text():
            return "string"
        case Range() | Subquery():
            return "matrix"
        case Call():
            return FUNCTIONS[node.name].gives
        case Paren() | Unary() | Invariant():
            return kind_of(node.expr)
        case Binary():
            both = kind_of(node.left) == kind_of(node.right) == "scalar"
            return "scalar" if both else "vector"
    return "vector"


def check(node: Node, stream: Stream, *, experimental: bool) -> None:
    """Check an expression and all in it.

    Raises:
        ParseError: something does not fit.
        Unsupported: it is experimental, and that was not asked for.
    """
    _Check(stream, experimental=experimental).visit(node)


class _Check:
    def __init__(self, stream: Stream, *, experimental: bool) -> None:
        self._stream = stream
        self._experimental = experimental

    def visit(self, node: Node) -> Kind:
        match node:
            case Aggregate():
                self._aggregate(node)
            case Binary():
                self._binary(node)
            case Call():
                self._call(node)
            case Selector():
                self._selector(node)
            case Range():
                self._selector(node.selector)
            case Paren():
                self.visit(node.expr)
            case Unary():
                self._unary(node)
            case Subquery():
                self._want(node.expr, "vector", node, "subquery is only allowed on instant vector, got {} instead")
        return kind_of(node)

    def _want(self, node: Node, wanted: Kind, blamed: Node, message: str) -> None:
        if (got := self.visit(node)) != wanted:
            raise self._stream.wrong(message.format(_SPOKEN[got]), blamed.start)

    def _aggregate(self, node: Aggregate) -> None:
        if node.op in EXPERIMENTAL_AGGREGATORS and not self._experimental:
            flag = "must be enabled with --enable-feature=promql-experimental-functions"
            raise self._unsupported(f"{node.op}() is experimental and {flag}", node)
        self._want(node.expr, "vector", node.expr, "expected type instant vector in aggregation expression, got {}")
        if node.param is not None:
            wanted: Kind = "string" if node.op == "count_values" else "scalar"
            self._want(node.param, wanted, node.param, f"expected type {wanted} in aggregation parameter, got {{}}")

    def _unary(self, node: Unary) -> None:
        if (got := self.visit(node.expr)) not in ("scalar", "vector"):
            what = "unary expression only allowed on expressions of type scalar or instant vector"
            raise self._stream.wrong(f'{what}, got "{_SPOKEN[got]}"', node.start)

    def _binary(self, node: Binary) -> None:
        left, right = self.visit(node.left), self.visit(node.right)
        if node.returns_bool and node.op not in COMPARISONS:
            raise self._stream.wrong("bool modifier can only be used on comparison operators", node.sign)
        if node.op in COMPARISONS and not node.returns_bool and left == right == "scalar":
            raise self._stream.wrong("comparisons between scalars must use BOOL modifier", node.sign)
        for side, kind in ((node.left, left), (node.right, right)):
            if kind not in ("scalar", "vector"):
                what = "binary expression must contain only scalar and instant vector types"
                raise self._stream.wrong(what, side.start)
        self._matching(node, vectors=left == right == "vector")

    def _matching(self, node: Binary, *, vectors: bool) -> None:
        found = node.matching
        fills = found.fill_left is not None or found.fill_right is not None
        if found.on and (both := [label for label in found.labels if label in found.include]):
            raise self._stream.wrong(f'label "{both[0]}" must not occur in ON and GROUP clause at once', node.sign)
        if fills and not self._experimental:
            raise self._unsupported("binop fill modifiers are experimental and not enabled", node)
        if not vectors and node.op in SET_OPERATORS:
            raise self._stream.wrong(f'set operator "{node.op}" not allowed in binary scalar expression', node.start)
        if not vectors and found.labels:
            raise self._stream.wrong("vector matching only allowed between instant vectors", node.start)
        if not vectors and fills:
            raise self._stream.wrong("filling in missing series only allowed between instant vectors", node.start)
        if node.op in SET_OPERATORS and found.card != "one-to-one":
            raise self._stream.wrong(f'no grouping allowed for "{node.op}" operation', node.start)
        if node.op in SET_OPERATORS and fills:
            raise self._stream.wrong("filling in missing series not allowed for set operators", node.start)

    def _call(self, node: Call) -> None:
        signature = FUNCTIONS.get(node.name)
        if signature is None:
            raise self._stream.wrong(f'unknown function with name "{node.name}"', node.start)
        if signature.experimental and not self._experimental:
            raise self._unsupported(f'function "{node.name}" is not enabled', node)
        self._count(node, len(signature.args), signature.variadic)
        if node.name == "info":
            raise self._unsupported("info() is experimental and not evaluated here", node)
        for number, arg in enumerate(node.args):
            wanted = signature.args[min(number, len(signature.args) - 1)]
            what = f'expected type {_SPOKEN[wanted]} in call to function "{node.name}", got {{}}'
            self._want(arg, wanted, arg, what)

    def _count(self, node: Call, most: int, variadic: int) -> None:
        got, least = len(node.args), most - 1 if variadic else most
        if variadic == 0 and got != most:
            what = f"expected {most} argument(s)"
        elif got < least:
            what = f"expected at least {least} argument(s)"
        elif variadic > 0 and got > least + variadic:
            what = f"expected at most {least + variadic} argument(s)"
        else:
            return
        raise self._stream.wrong(f'{what} in call to "{node.name}", got {got}', node.start)

    def _selector(self, node: Selector) -> None:
        if node.name:
            for matcher in node.matchers[:-1]:
                if matcher.name == "__name__":
                    what = f'metric name must not be set twice: "{node.name}" or "{matcher.value}"'
                    raise self._stream.wrong(what, node.start)
        elif all(map(_matches_nothing, node.matchers)):
            raise self._stream.wrong("vector selector must contain at least one non-empty matcher", node.start)

    def _unsupported(self, message: str, node: Node) -> Unsupported:
        return Unsupported(message, node.start, self._stream.text)


def _matches_nothing(matcher: Matcher) -> bool:
    """Return whether a matcher is content with a label that is not there."""
    if matcher.op in ("=", "!="):
        return (matcher.value == "") == (matcher.op == "=")
    return bool(compile_pattern(matcher.value).fullmatch("")) == (matcher.op == "=~")
