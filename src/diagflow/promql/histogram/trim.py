"""Observations above or below a value removed from a native histogram (`TrimBuckets`)."""

import math
from dataclasses import replace

from diagflow.promql.histogram.quantile import fraction_below
from diagflow.promql.histogram.value import Bucket, Histogram, divided


def trim(one: Histogram, value: float, *, upper: bool) -> Histogram:
    """Return the observations up to a value (`upper`), or from it on, estimated inside the bucket that holds it."""
    has = [any(side.values()) for side in (one.positive, one.negative)]
    sides, count, total, changed = [], 0.0, 0.0, False
    for side, buckets, positive in (
        (one.positive, list(one.positive_buckets()), True),
        (one.negative, list(one.negative_buckets()), False),
    ):
        kept: dict[int, float] = {}
        for index, bucket in zip(sorted(side), buckets, strict=True):
            if bucket.count == 0:
                kept[index] = bucket.count
                continue
            kept[index], middle = _kept(bucket, value, upper=upper, positive=positive, linear=one.is_custom)
            count, total = count + kept[index], total + middle * kept[index]
            changed |= kept[index] != bucket.count
        sides.append(kept)
    zero = one.zero_count
    if zero > 0:
        zero, middle = _zero(one.zero_bucket(), value, upper=upper, positive=has[0], negative=has[1])
        count, total, changed = count + zero, total + middle * zero, changed or zero != one.zero_count
    if not changed:
        return one
    return replace(one, count=count, sum=total, zero_count=zero, positive=sides[0], negative=sides[1]).compact()


def _kept(bucket: Bucket, value: float, *, upper: bool, positive: bool, linear: bool) -> tuple[float, float]:
    """Return how much of a bucket stays, and the middle of that (`trimBucket`)."""
    if (bucket.upper <= value) if upper else (bucket.lower >= value):
        return bucket.count, _middle(bucket.lower, bucket.upper, positive=positive, linear=linear)
    if not ((bucket.lower < value) if upper else (bucket.upper > value)):
        return 0.0, 0.0
    if math.isinf(bucket.lower) or math.isinf(bucket.upper):
        return _infinite(bucket, value, upper=upper)
    below = bucket.count * fraction_below(bucket, value, linear=linear)
    if upper:
        return below, _middle(bucket.lower, value, positive=positive, linear=linear)
    return bucket.count - below, _middle(value, bucket.upper, positive=positive, linear=linear)


def _infinite(bucket: Bucket, value: float, *, upper: bool) -> tuple[float, float]:
    """Return the same of a bucket without an end (`handleInfinityBuckets`)."""
    if bucket.lower == -math.inf:
        finite = not math.isinf(bucket.upper)
        if upper:
            if value > 0 and bucket.upper > 0 and finite:
                return bucket.count * value / bucket.upper, value / 2
            return (bucket.count, value) if bucket.upper <= 0 else (0.0, _finite(bucket.upper))
        if value >= 0 and bucket.upper > value and finite:
            return bucket.count * (1 - divided(value, bucket.upper)), (value + bucket.upper) / 2
        return 0.0, _finite(bucket.upper)
    if not upper and value >= bucket.lower:
        return bucket.count, value
    return 0.0, _finite(bucket.lower)


def _finite(value: float) -> float:
    return 0.0 if math.isinf(value) else value


def _zero(bucket: Bucket, value: float, *, upper: bool, positive: bool, negative: bool) -> tuple[float, float]:
    low = 0.0 if positive and not negative else bucket.lower
    high = 0.0 if negative and not positive else bucket.upper
    if value <= low or value >= high:
        stays = value >= high if upper else value <= low
        if upper and value <= low:
            stays = False
        return (bucket.count, (low + high) / 2) if stays else (0.0, 0.0)
    share = (value - low) / (high - low)
    return (
        (bucket.count * share, (low + value) / 2)
        if upper
        else (bucket.count * (high - value) / (high - low), (value + high) / 2)
    )


def _middle(low: float, high: float, *, positive: bool, linear: bool) -> float:
    if math.isinf(low):
        return 0.0 if math.isinf(high) else high / 2 if high > 0 else high
    if math.isinf(high):
        return low
    if linear:
        return (low + high) / 2
    return math.copysign(math.sqrt(abs(low * high)), 1 if positive else -1)
