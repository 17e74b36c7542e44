"""Where buckets end (`model/histogram/generic.go`)."""

import math
import sys
from decimal import Context, Decimal
from functools import cache
from typing import Final

CUSTOM: Final = -53
"""The schema of histograms with bounds of their own."""
_FINEST: Final = 8
_TOP: Final = 1024
_UNEVEN: Final = (
    "4444443444344444443244333333333344344434433344334433453344334433444444333322342344344434444344444443454434224433433344"
    "3433422333334343322334332333333332323222322443344343322342233223433232233233312332322212122222222111100120133233222231"
    "133222312332222012211"
)
"""How far, in units in the last place and from -4 on, the table of Prometheus is from the powers of two it means."""


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
        exponent, fraction = index << -schema, 0.5
    else:
        exponent, fraction = index >> schema, _fraction((index & ((1 << schema) - 1)) << (_FINEST - schema))
    if exponent == _TOP and fraction == 0.5:  # noqa: PLR2004  # the bound is 2 ** 1024
        return sys.float_info.max
    try:
        return math.ldexp(fraction, exponent + 1)
    except OverflowError:
        return math.inf


@cache
def _fraction(number: int) -> float:
    """Return an entry of the table of bounds between 0.5 and 1 (`exponentialBounds`)."""
    power = Context(prec=40).power(Decimal(2), Decimal(number) / (1 << _FINEST) - 1)
    return float(power) + (int(_UNEVEN[number]) - 4) * math.ulp(0.5)


def target(index: int, schema: int, wanted: int) -> int:
    """Return the index of the bucket of a lower resolution that holds this one (`targetIdx`)."""
    return ((index - 1) >> (schema - wanted)) + 1


def common(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """Return the bounds that both have (`intersectCustomBucketBounds`)."""
    wanted = set(other)
    return tuple(value for value in one if value in wanted)
