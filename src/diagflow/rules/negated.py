"""Metrics below `not`: what has no sample is not known, and `not` would take it for a thing that is well."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from diagflow.rules.explain import show_comparison
from diagflow.rules.rule import Combination, Condition, MetricInput, Position, Threshold

_OPPOSITE: Final = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


def negated_metrics(node: Condition | Combination, *, below: bool = False) -> Iterator[tuple[Position | None, str]]:
    """Yield (where, why) for each comparison of a metric below an odd number of `not`."""
    if isinstance(node, Combination):
        for part in node.conditions:
            yield from negated_metrics(part, below=below ^ (node.op == "not"))
    elif below and isinstance(node.input, MetricInput) and node.input.threshold:
        yield node.position, _advice(node.input.threshold)


def _advice(threshold: Threshold) -> str:
    opposite = show_comparison(replace(threshold, op=_OPPOSITE[threshold.op])).strip()
    return (
        f'what has no sample would count as not so, though nobody knows: write `threshold: "{opposite}"`, without `not`'
    )
