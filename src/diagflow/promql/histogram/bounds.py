"""Where buckets end (`model/histogram/generic.go`)."""

import math
import sys
from functools import cache
from typing import Final

CUSTOM: Final = -53
"""The schema of histograms with bounds of their own."""
LEAST, MOST = -4, 8
"""The exponential schemas."""
_TOP: Final = 1024


def bound(index: int, schema: int, custom: tuple[float, ...] = ()) -> float:
    """Return the upper bound of a positive bucket (`getBound`)."""
    if schema != CUSTOM:
        return _exponential(index, schema)
    if index < 0:
        return -math.inf
    return custom[index] if index < len(custom) else math.inf


@cache
def _exponential(index: int, schema: int) -> float:
    """Return `2 ** (index * 2 ** -schema)` (`getBoundExponential`)."""
    if schema < 0:
        exponent, fraction = index << -schema, 1.0
    else:
        exponent, fraction = index >> schema, 2.0 ** ((index & ((1 << schema) - 1)) / (1 << schema))
    if exponent == _TOP and fraction == 1.0:
        return sys.float_info.max
    try:
        return math.ldexp(fraction, exponent)
    except OverflowError:
        return math.inf


def target(index: int, schema: int, wanted: int) -> int:
    """Return the index of the bucket of a lower resolution that holds this one (`targetIdx`)."""
    return ((index - 1) >> (schema - wanted)) + 1


def common(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """Return the bounds that both have (`intersectCustomBucketBounds`)."""
    wanted = set(other)
    return tuple(value for value in one if value in wanted)
