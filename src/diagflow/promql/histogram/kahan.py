"""Compensated summation (`util/kahansum`): Neumaier's, which gives up its compensation at infinity."""

import math


def inc(value: float, total: float, rest: float) -> tuple[float, float]:
    """Return total and compensation with one value more."""
    new = total + value
    if math.isinf(new):
        return new, 0.0
    if abs(total) >= abs(value):
        return new, rest + ((total - new) + value)
    return new, rest + ((value - new) + total)
