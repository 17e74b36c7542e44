"""Sums and means as exact as Prometheus', without its loop where plain addition is exact enough.

Prometheus adds with compensation. Plain addition of n numbers is off by at most n * 2**-53 of the sum of their
magnitudes. Where that is less than 1e-11 of the sum itself, plain addition does; elsewhere (cancellation, NaN,
infinity, overflow) sums are done again, in the same order and with the same compensation.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from diagflow.promql.arrays import Bools, Floats
from diagflow.promql.kahan import inc, inc_where

_UNIT: Final = 2.0**-53
_ENOUGH: Final = 1e-11

Values = Iterable[tuple[Floats, Any]]
"""Values one after the other, each for all cells, with where there is one."""


def plain_sum(values: Values, shape: tuple[int, ...], count: Any) -> tuple[Floats, Bools]:
    """Return plain sums, and where they are not exact enough."""
    total, size = np.zeros(shape), np.zeros(shape)
    with np.errstate(all="ignore"):
        for value, mask in values:
            counted = value if mask is True else np.where(mask, value, 0.0)
            total += counted
            size += np.abs(counted)
        return total, ~((count * _UNIT * size <= _ENOUGH * np.abs(total)) & np.isfinite(total))


def compensated_sum(values: Values, shape: tuple[int, ...]) -> Floats:
    """Return sums with compensation (`funcSumOverTime`)."""
    total, rest = np.zeros(shape), np.zeros(shape)
    with np.errstate(all="ignore"):
        for value, mask in values:
            total, rest = inc_where(mask, value, total, rest)
        return np.where(np.isinf(total), total, total + rest)


def compensated_mean(values: Values, shape: tuple[int, ...]) -> Floats:
    """Return means with compensation; incremental from where the sum would overflow (`funcAvgOverTime`)."""
    count, total, rest, mean = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    stepwise = np.zeros(shape, np.bool_)
    with np.errstate(all="ignore"):
        for value, mask in values:
            here = np.broadcast_to(mask, shape)
            count = count + here
            new, new_rest = inc(value, total, rest)
            first = count == 1
            new, new_rest = np.where(first, value, new), np.where(first, 0.0, new_rest)
            begins = here & ~stepwise & ~first & np.isinf(new)
            before = count - 1
            mean, rest = np.where(begins, total / before, mean), np.where(begins, rest / before, rest)
            stepwise |= begins
            direct, onward = here & ~stepwise, here & stepwise
            total, rest = np.where(direct, new, total), np.where(direct, new_rest, rest)
            share = before / count
            next_mean, next_rest = inc(value / count, share * mean, share * rest)
            mean, rest = np.where(onward, next_mean, mean), np.where(onward, next_rest, rest)
        return np.where(stepwise, mean + rest, total / count + rest / count)


def each(values: Floats, present: Any) -> Iterator[tuple[Floats, Any]]:
    """Yield the rows of a matrix as values."""
    yield from zip(values, present, strict=True)
