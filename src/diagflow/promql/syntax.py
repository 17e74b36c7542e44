"""The syntax tree of an expression. Times and durations are milliseconds; `start` counts characters from 0."""

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["scalar", "vector", "matrix", "string"]
"""What an expression evaluates to."""


@dataclass(frozen=True, slots=True)
class Node:
    """An expression."""

    start: int


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number; a duration literal is one, in seconds."""

    value: float


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string."""

    value: str


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """A calculated duration: `step() * 2`, `1h + 5m`. Only its preprocessor sees it."""

    op: str
    left: "Length | None" = None
    right: "Length | None" = None


Length = Number | Sum
"""A duration as it is written: a number of seconds, or a calculation."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label matcher."""

    name: str
    op: Literal["=", "!=", "=~", "!~"]
    value: str


@dataclass(frozen=True, slots=True)
class Moved(Node):
    """What may have `offset` and `@`: selectors and subqueries."""

    offset: int | Sum = field(default=0, kw_only=True)
    at: int | Literal["start", "end"] | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Selector(Moved):
    """An instant vector selector."""

    name: str
    matchers: tuple[Matcher, ...]
    anchored: bool = False
    smoothed: bool = False
    stats: bool = False
    """Of histograms, count and sum are enough."""


@dataclass(frozen=True, slots=True)
class Range(Node):
    """A range vector selector."""

    selector: Selector
    length: int | Sum


@dataclass(frozen=True, slots=True)
class Subquery(Moved):
    """A subquery; without a step it has the default one."""

    expr: Node
    length: int | Sum
    step: int | Sum | None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function call."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """An aggregation."""

    op: str
    expr: Node
    param: Node | None
    grouping: tuple[str, ...]
    without: bool


@dataclass(frozen=True, slots=True)
class Matching:
    """How the series of two vectors find each other."""

    card: Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"] = "one-to-one"
    labels: tuple[str, ...] = ()
    on: bool = False
    include: tuple[str, ...] = ()
    fill_left: float | None = None
    fill_right: float | None = None


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """A binary operation; `matching` only between two vectors."""

    op: str
    left: Node
    right: Node
    returns_bool: bool
    matching: Matching
    sign: int = 0
    """Where the operator stands."""


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """A sign before an expression."""

    op: str
    expr: Node


@dataclass(frozen=True, slots=True)
class Paren(Node):
    """An expression in parentheses."""

    expr: Node


@dataclass(frozen=True, slots=True)
class Invariant(Node):
    """An expression that has the same value at each step: it is evaluated once (`StepInvariantExpr`)."""

    expr: Node


def unwrapped(node: Node) -> Any:
    """Return the expression inside its parentheses."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def children(node: Node) -> tuple[Node, ...]:
    """Return the expressions directly inside an expression."""
    match node:
        case Call():
            return node.args
        case Binary():
            return node.left, node.right
        case Aggregate():
            return (node.expr,) if node.param is None else (node.param, node.expr)
        case Unary() | Paren() | Invariant() | Subquery():
            return (node.expr,)
    return ()


def deeper_than(node: Node, limit: int) -> bool:
    """Return whether a tree is deeper than this."""
    level: list[Node] = [node]
    for _ in range(limit):
        level = [child for one in level for child in children(one)]
        if not level:
            return False
    return True
