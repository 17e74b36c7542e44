"""Quantiles, fractions and variance of native histograms (`HistogramQuantile`, `HistogramFraction`)."""

import math
from dataclasses import replace

from diagflow.promql.histogram.kahan import inc
from diagflow.promql.histogram.value import Bucket, Histogram, divided

NAN_RESULT = "input to histogram_quantile has NaN observations, result is NaN"
NAN_SKEW = "input to histogram_quantile has NaN observations, result is skewed higher"
NAN_FRACTION = "input to histogram_fraction has NaN observations, which are excluded from all fractions"
_HALF = 0.5


def quantile(q: float, one: Histogram) -> tuple[float, str]:
    """Return a quantile, and what is to be said about it."""
    if q < 0 or q > 1:
        return math.copysign(math.inf, q), ""
    if one.count == 0 or math.isnan(q):
        return math.nan, ""
    has_nan = math.isnan(one.sum)
    forward = has_nan or q < _HALF
    rank = (q if forward else 1 - q) * one.count
    buckets = one.all_buckets() if forward else one.all_buckets()[::-1]
    bucket, count, rest = _reached(buckets, rank)
    bucket, known = _edged(one, bucket)
    if known is not None:
        return known, ""
    count = min(count, one.count)
    if count < rank:
        return (math.nan, NAN_RESULT) if has_nan else (bucket.upper, "")
    rank = rank - (count - bucket.count) if forward else count - rank
    said = NAN_SKEW if has_nan and count + sum(b.count for b in rest) < one.count else ""
    return _interpolated(one, bucket, divided(rank, bucket.count)), said


def _reached(buckets: list[Bucket], rank: float) -> tuple[Bucket, float, list[Bucket]]:
    bucket, count = Bucket(0.0, 0.0, 0.0), 0.0
    for number, bucket in enumerate(buckets):  # the last one counts
        if bucket.count == 0:
            continue
        count += bucket.count
        if count >= rank:
            return bucket, count, buckets[number + 1 :]
    return bucket, count, []


def _edged(one: Histogram, bucket: Bucket) -> tuple[Bucket, float | None]:
    """Return the bucket with the bounds that count, or the quantile if its edge says all."""
    if not one.is_custom:
        return (_one_sided(one, bucket) if bucket.lower < 0 < bucket.upper else bucket), None
    if bucket.lower == -math.inf:
        return (bucket, bucket.upper) if bucket.upper <= 0 else (replace(bucket, lower=0.0), None)
    return bucket, bucket.lower if bucket.upper == math.inf else None


def _one_sided(one: Histogram, bucket: Bucket) -> Bucket:
    """Return the zero bucket without the side on which the histogram has nothing."""
    if not one.negative and one.positive:
        return replace(bucket, lower=0.0)
    if not one.positive and one.negative:
        return replace(bucket, upper=0.0)
    return bucket


def _interpolated(one: Histogram, bucket: Bucket, share: float) -> float:
    if one.is_custom or (bucket.lower <= 0 <= bucket.upper):
        return bucket.lower + (bucket.upper - bucket.lower) * share
    low, high = _log(bucket.lower), _log(bucket.upper)
    if bucket.lower > 0:
        return _power(low + (high - low) * share)
    return -_power(high + (low - high) * (1 - share))


def _log(value: float) -> float:
    size = abs(value)
    return -math.inf if size == 0 else math.log2(size) if math.isfinite(size) else size


def _power(exponent: float) -> float:
    try:
        return float(2.0**exponent)
    except OverflowError:
        return math.inf


def fraction_below(bucket: Bucket, value: float, *, linear: bool) -> float:
    """Return the share of a bucket that lies below a value inside it (`Bucket.FractionBelow`)."""
    if linear:
        return divided(value - bucket.lower, bucket.upper - bucket.lower)
    low, high, here = _log(bucket.lower), _log(bucket.upper), _log(value)
    if value > 0:
        return divided(here - low, high - low)
    return 1 - divided(here - high, low - high)


def fraction(low: float, high: float, one: Histogram) -> tuple[float, str]:
    """Return the share of observations between two values, and what is to be said about it."""
    if one.count == 0 or math.isnan(low) or math.isnan(high):
        return math.nan, ""
    if low >= high:
        return 0.0, ""
    count, said = one.count, ""
    if math.isnan(one.sum):
        count = sum(bucket.count for bucket in one.all_buckets())
        said = NAN_FRACTION if count < one.count else ""
    ranks = [_rank(value, one) for value in (low, high)]
    capped = [count if rank is None or rank > count else rank for rank in ranks]
    return (capped[1] - capped[0]) / one.count, said


def _rank(value: float, one: Histogram) -> float | None:
    rank = 0.0
    for bucket in one.all_buckets():
        zero = not one.is_custom and bucket.lower <= 0 <= bucket.upper
        if one.is_custom and bucket.lower == -math.inf and bucket.upper > 0:
            bucket = replace(bucket, lower=0.0)  # noqa: PLW2901
        elif zero:
            bucket = _one_sided(one, bucket)  # noqa: PLW2901
        if bucket.lower >= value:
            return rank
        if bucket.upper > value:
            linear = one.is_custom or zero
            if linear and bucket.lower == -math.inf:
                return bucket.count
            return rank + bucket.count * fraction_below(bucket, value, linear=linear)
        rank += bucket.count
    return None


def variance(one: Histogram) -> float:
    """Return the estimated variance of the observations."""
    mean = divided(one.sum, one.count)
    total, rest = 0.0, 0.0
    for bucket in one.all_buckets():
        if bucket.count == 0:
            continue
        delta = _middle(one, bucket) - mean
        total, rest = inc(bucket.count * delta * delta, total, rest)
    return divided(total + rest, one.count)


def _middle(one: Histogram, bucket: Bucket) -> float:
    if one.is_custom:
        return (bucket.upper + bucket.lower) / 2
    if bucket.lower <= 0 <= bucket.upper:
        return 0.0
    return math.copysign(math.sqrt(bucket.upper * bucket.lower), bucket.upper)
