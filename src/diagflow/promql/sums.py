"""Sums and means with the compensation of Prometheus, bit for bit: the same order, the same rest.

What one addition loses is known exactly without asking which number is bigger (Knuth's TwoSum), as long as all is
finite. Where it is not (NaN, infinity, overflow), sums are done again with all that Prometheus asks.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from diagflow.promql.arrays import Bools, Floats
from diagflow.promql.kahan import inc, inc_where

Values = Iterable[tuple[Floats, Any]]
"""Values one after the other, each for all cells, with where there is one."""


def quick_sum(values: Values, shape: tuple[int, ...]) -> tuple[Floats, Floats, Bools]:
    """Return sums, what they lack, and where they must be done again."""
    total, rest = np.zeros(shape), np.zeros(shape)
    with np.errstate(all="ignore"):
        for value, mask in values:
            add(value if mask is True else np.where(mask, value, 0.0), total, rest)
        return total, rest, ~np.isfinite(total)


def add(value: Floats, total: Floats, rest: Floats) -> None:
    """Add one number more to each total, and what that lost to its rest, in place."""
    new = total + value
    added = new - total
    lost = value - added
    lost += total - (new - added)
    rest += lost
    total[...] = new


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
