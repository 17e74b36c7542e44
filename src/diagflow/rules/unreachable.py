"""Combinations that can never be true."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from diagflow.rules.digest import plain
from diagflow.rules.explain import show_comparison
from diagflow.rules.rule import Combination, Condition, MetricInput, ObjectInput, Position, Threshold

Node = Condition | Combination

_EPSILON = 1e-9


def contradictions(node: Node) -> Iterator[tuple[Position | None, str]]:
    """Yield (where, why) for each part of a tree that never holds."""
    if not isinstance(node, Combination):
        return
    if node.op == "all":
        yield from _pairs(list(_together(node)))
    for part in node.conditions:
        yield from contradictions(part)


def _together(node: Combination) -> Iterator[Node]:
    """Yield what must hold at once: `all` within `all` is one `all`."""
    for part in node.conditions:
        if isinstance(part, Combination) and part.op == "all":
            yield from _together(part)
        else:
            yield part


def _pairs(parts: list[Node]) -> Iterator[tuple[Position | None, str]]:
    for one, other in combinations(parts, 2):
        if why := _why(one, other) or _why(other, one):
            first = f"line {one.position.line}" if one.position else "another condition"
            yield other.position, f"this never holds together with {first}: {why}"


def _why(one: Node, other: Node) -> str:
    if isinstance(other, Combination):
        return "one is the `not` of the other" if other.op == "not" and _same(one, other.conditions[0]) else ""
    if not isinstance(one, Condition):
        return ""
    if isinstance(one.input, MetricInput) and isinstance(other.input, MetricInput):
        return _apart(one.input, other.input)
    if isinstance(one.input, ObjectInput) and isinstance(other.input, ObjectInput):
        return _disjoint(one.input, other.input) if one.entity == other.entity else ""
    return ""


def _same(one: Node, other: Node) -> bool:
    return bool(_bare(one) == _bare(other))


def _bare(node: Node) -> Any:
    """Return what a condition asks, without what it weighs and says."""
    if isinstance(node, Condition):
        return plain(node.input)
    return [node.op, [_bare(part) for part in node.conditions]]


def _apart(one: MetricInput, other: MetricInput) -> str:
    a, b = one.threshold, other.threshold
    if one.expr != other.expr or not a or not b:
        return ""
    # Each interval of numbers has an end at one of these, or a little beside.
    near = [t.value + step * max(1.0, abs(t.value)) for t in (a, b) for step in (-_EPSILON, 0.0, _EPSILON)]
    if any(compare(value, a) and compare(value, b) for value in near):
        return ""
    return f"no value is{show_comparison(a)} and{show_comparison(b)}"


def compare(value: float, threshold: Threshold) -> bool:
    """True when the comparison holds for the value."""
    sign = (value > threshold.value) - (value < threshold.value)
    return sign in {">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0), "==": (0,), "!=": (-1, 1)}[threshold.op]


def _disjoint(one: ObjectInput, other: ObjectInput) -> str:
    if one.kind != other.kind:
        return ""
    for path in one.when.keys() & other.when.keys():
        single = "[]" not in path and not path.startswith("container.")
        if single and not set(one.when[path]) & set(other.when[path]):
            return f"`{path}` has one value"
    return ""
