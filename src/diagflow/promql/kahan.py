"""Compensated summation of arrays (`util/kahansum`): Neumaier's, which gives up its compensation at infinity."""

from typing import Any

import numpy as np

from diagflow.promql.arrays import Floats


def inc(value: Floats, total: Floats, rest: Floats) -> tuple[Floats, Floats]:
    """Return total and compensation with one value more each."""
    new = total + value
    bigger = np.abs(total) >= np.abs(value)
    lost = np.where(bigger, (total - new) + value, (value - new) + total)
    return new, np.where(np.isinf(new), 0.0, rest + lost)


def inc_where(mask: Any, value: Floats, total: Floats, rest: Floats) -> tuple[Floats, Floats]:
    """Return the same, where `mask` is true; elsewhere nothing changes."""
    new, new_rest = inc(value, total, rest)
    if mask is True:
        return new, new_rest
    return np.where(mask, new, total), np.where(mask, new_rest, rest)
