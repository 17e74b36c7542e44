"""Did a counter start again between two histograms (`DetectReset`)?"""

import math

from diagflow.promql.histogram.arithmetic import lower, zero_count_for
from diagflow.promql.histogram.bounds import bound
from diagflow.promql.histogram.value import Buckets, Hint, Histogram


def is_reset(now: Histogram, before: Histogram) -> bool:
    """Return whether a bucket is gone or a count is smaller."""
    if now.hint in (Hint.RESET, Hint.NOT_RESET):
        return now.hint is Hint.RESET
    if now.count < before.count:
        return True
    if now.is_custom:
        if not before.is_custom:
            return True
        if now.custom != before.custom:
            return _less_between_common_bounds(now, before)
    if now.schema > before.schema or now.zero_threshold < before.zero_threshold:
        return True
    zero, threshold, _ = zero_count_for(before, now.zero_threshold)
    if threshold != now.zero_threshold or now.zero_count < zero:
        return True
    return any(_is_less(now, before, side) for side in ("positive", "negative"))


def _is_less(now: Histogram, before: Histogram, side: str) -> bool:
    mine = _outside(getattr(now, side), now, now.zero_threshold)
    earlier = lower(getattr(before, side), {}, before.schema, now.schema)[0]
    earlier = _outside(earlier, now, now.zero_threshold)
    return any(count != 0 if index not in mine else mine[index] < count for index, count in earlier.items())


def _outside(buckets: Buckets, one: Histogram, threshold: float) -> Buckets:
    """Return the buckets that reach beyond the zero bucket."""
    if one.is_custom or threshold == 0:
        return buckets
    return {index: count for index, count in buckets.items() if bound(index, one.schema) > threshold}


def _less_between_common_bounds(now: Histogram, before: Histogram) -> bool:
    """Return whether a count between bounds that both have is smaller (`detectResetWithMismatchedCustomBounds`)."""
    edges = [*sorted(set(now.custom) & set(before.custom)), math.inf]
    low = -math.inf
    for edge in edges:
        counts = [
            sum(bucket.count for bucket in one.positive_buckets() if low < bucket.upper <= edge)
            for one in (now, before)
        ]
        if counts[0] < counts[1]:
            return True
        low = edge
    return False
