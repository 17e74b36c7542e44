"""Adding histograms, with the compensation of Kahan where Prometheus has it (`Add`, `Sub`, `KahanAdd`).

One algorithm serves all three: plain addition leaves the compensation out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from diagflow.promql.histogram.bounds import bound, common, target
from diagflow.promql.histogram.kahan import inc
from diagflow.promql.histogram.value import Buckets, Hint, Histogram


class IncompatibleSchema(Exception):  # noqa: N818  # the condition that Prometheus names ErrHistogramsIncompatibleSchema
    """One histogram has exponential buckets, the other bounds of its own."""


@dataclass(frozen=True, slots=True)
class Added:
    """What came of an addition."""

    value: Histogram
    rest: Histogram
    """The compensation; zero after a plain addition."""
    collision: bool
    """One had a counter reset, the other expressly none."""
    reconciled: bool
    """The bounds differed: those that both have remain."""


def add(one: Histogram, other: Histogram) -> Added:
    """Return the sum of two histograms."""
    return _combine(one, other, None, 1.0)


def subtract(one: Histogram, other: Histogram) -> Added:
    """Return the difference of two histograms."""
    return _combine(one, other, None, -1.0)


def kahan_add(one: Histogram, other: Histogram, rest: Histogram | None) -> Added:
    """Return the sum of two histograms and the compensation so far."""
    return _combine(one, other, rest or compensation(one), 1.0)


def compensation(one: Histogram) -> Histogram:
    """Return zero, in the layout of a histogram (`newCompensationHistogram`)."""
    zeros: Mapping[int, float] = dict.fromkeys(one.positive, 0.0)
    return replace(one, count=0.0, sum=0.0, zero_count=0.0, positive=zeros, negative=dict.fromkeys(one.negative, 0.0))


def _combine(one: Histogram, other: Histogram, rest: Histogram | None, sign: float) -> Added:
    if one.is_custom != other.is_custom:
        raise IncompatibleSchema
    kahan = rest is not None
    rest = rest or compensation(one)
    hint, collision = _hint(one.hint, other.hint)
    if one.is_custom:
        value, rest, reconciled = _custom(one, other, rest, sign, kahan=kahan)
    else:
        value, rest, reconciled = *_exponential(one, other, rest, sign, kahan=kahan), False
    count = _plus(other.count * sign, one.count, rest.count, kahan=kahan)
    total = _plus(other.sum * sign, one.sum, rest.sum, kahan=kahan)
    value = replace(value, count=count[0], sum=total[0], hint=hint)
    return Added(value, replace(rest, count=count[1], sum=total[1]), collision, reconciled)


def _plus(value: float, total: float, rest: float, *, kahan: bool) -> tuple[float, float]:
    return inc(value, total, rest) if kahan else (total + value, rest)


def _hint(one: Hint, other: Hint) -> tuple[Hint, bool]:
    """Return the hint of the result, and whether the two contradict each other (`adjustCounterReset`)."""
    if one is other:
        return one, False
    if Hint.GAUGE in (one, other):
        return Hint.GAUGE, False
    return Hint.UNKNOWN, Hint.UNKNOWN not in (one, other)


def _exponential(
    one: Histogram, other: Histogram, rest: Histogram, sign: float, *, kahan: bool
) -> tuple[Histogram, Histogram]:
    one, rest, zero = _same_zero(one, other, rest, kahan=kahan)
    zero_count, zero_rest = _plus(zero * sign, one.zero_count, rest.zero_count, kahan=kahan)
    schema = min(one.schema, other.schema)
    sides, rests = [], []
    for side in ("positive", "negative"):
        mine, compensated = lower(getattr(one, side), getattr(rest, side), one.schema, schema, kahan=kahan)
        theirs, _ = lower(getattr(other, side), {}, other.schema, schema, kahan=kahan)
        visible = _beyond(theirs, schema, one.zero_threshold)
        added, compensated = _add_buckets(mine, compensated, visible, sign, kahan=kahan)
        sides.append(added)
        rests.append(compensated)
    value = replace(one, schema=schema, zero_count=zero_count, positive=sides[0], negative=sides[1])
    rest = replace(
        rest,
        schema=schema,
        zero_threshold=one.zero_threshold,
        zero_count=zero_rest,
        positive=rests[0],
        negative=rests[1],
    )
    return value, rest


def _beyond(buckets: Buckets, schema: int, threshold: float) -> Buckets:
    """Return the buckets that do not lie inside the zero bucket."""
    if threshold <= 0:
        return buckets
    return {index: count for index, count in buckets.items() if bound(index, schema) > threshold}


def _add_buckets(mine: Buckets, rest: Buckets, theirs: Buckets, sign: float, *, kahan: bool) -> tuple[Buckets, Buckets]:
    total, compensated = dict(mine), dict(rest)
    for index in sorted(theirs):
        count = theirs[index] * sign
        if index in total:
            total[index], compensated[index] = _plus(count, total[index], compensated.get(index, 0.0), kahan=kahan)
        else:
            total[index], compensated[index] = count, 0.0
    return total, compensated


def lower(buckets: Buckets, rest: Buckets, schema: int, wanted: int, *, kahan: bool = False) -> tuple[Buckets, Buckets]:
    """Return buckets and compensation in a lower resolution (`reduceResolution`)."""
    if wanted == schema:
        return buckets, rest
    total: dict[int, float] = {}
    compensated: dict[int, float] = {}
    for index in sorted(buckets):
        into = target(index, schema, wanted)
        if into not in total:
            total[into], compensated[into] = buckets[index], rest.get(index, 0.0)
            continue
        total[into], compensated[into] = _plus(buckets[index], total[into], compensated[into], kahan=kahan)
        if kahan:
            total[into], compensated[into] = inc(rest.get(index, 0.0), total[into], compensated[into])
    return total, compensated


def _same_zero(one: Histogram, other: Histogram, rest: Histogram, *, kahan: bool) -> tuple[Histogram, Histogram, float]:
    """Return both with the same zero bucket, and the other's zero count (`reconcileZeroBuckets`)."""
    zero, threshold = other.zero_count, other.zero_threshold
    while threshold != one.zero_threshold:
        if one.zero_threshold > threshold:
            zero, threshold, _ = zero_count_for(other, one.zero_threshold)
        if threshold > one.zero_threshold:
            count, wider, compensated = zero_count_for(one, threshold, rest if kahan else None)
            one = _trimmed(replace(one, zero_count=count, zero_threshold=wider))
            rest = _without_gone(replace(rest, zero_count=compensated), one)
    return one, rest, zero


def _trimmed(one: Histogram) -> Histogram:
    """Return it without the buckets that its zero bucket holds now, and without empty ones."""
    keep = one.zero_threshold
    positive = {i: c for i, c in one.positive.items() if bound(i - 1, one.schema) >= keep and c != 0}
    negative = {i: c for i, c in one.negative.items() if bound(i - 1, one.schema) >= keep and c != 0}
    return replace(one, positive=positive, negative=negative)


def _without_gone(rest: Histogram, one: Histogram) -> Histogram:
    positive = {index: count for index, count in rest.positive.items() if index in one.positive}
    negative = {index: count for index, count in rest.negative.items() if index in one.negative}
    return replace(rest, positive=positive, negative=negative)


def zero_count_for(one: Histogram, threshold: float, rest: Histogram | None = None) -> tuple[float, float, float]:
    """Return zero count, threshold and compensation for a wider zero bucket, which ends where a filled bucket ends.

    (`zeroCountForLargerThreshold`)
    """
    if threshold == one.zero_threshold:
        return one.zero_count, threshold, rest.zero_count if rest else 0.0
    while True:
        count, compensated = one.zero_count, rest.zero_count if rest else 0.0
        again = False
        for side, part in ((one.positive, rest and rest.positive), (one.negative, rest and rest.negative)):
            for index in sorted(side):
                if bound(index - 1, one.schema) >= threshold:
                    break
                count, compensated = inc(side[index], count, compensated)
                if part:
                    count, compensated = inc(part.get(index, 0.0), count, compensated)
                upper = bound(index, one.schema)
                if upper > threshold:
                    if side[index] != 0:
                        threshold, again = upper, side is one.negative
                    break
        if not again:
            return count, threshold, compensated


def _custom(
    one: Histogram, other: Histogram, rest: Histogram, sign: float, *, kahan: bool
) -> tuple[Histogram, Histogram, bool]:
    if one.custom == other.custom:
        total, compensated = _add_buckets(one.positive, rest.positive, other.positive, sign, kahan=kahan)
        return replace(one, positive=total), replace(rest, positive=compensated), False
    bounds = common(one.custom, other.custom)
    total, compensated = _mapped(one, other, rest.positive if kahan else {}, sign, bounds)
    value = replace(one, positive=total, custom=bounds)
    return value, replace(rest, positive=compensated if kahan else {}, custom=bounds), True


def _mapped(
    one: Histogram, other: Histogram, rest: Buckets, sign: float, bounds: tuple[float, ...]
) -> tuple[Buckets, Buckets]:
    """Return the buckets of both between the bounds that both have (`addCustomBucketsWithMismatches`)."""
    total, compensated = [0.0] * (len(bounds) + 1), [0.0] * (len(bounds) + 1)
    for source, factor in ((one, 1.0), (other, sign)):
        for index in sorted(source.positive):
            upper = bound(index, source.schema, source.custom)
            into = next((n for n, edge in enumerate(bounds) if edge >= upper), len(bounds))
            values = [source.positive[index] * factor]
            if source is one and index in rest:
                values.append(rest[index])
            for value in values:
                total[into], compensated[into] = inc(value, total[into], compensated[into])
    kept = [index for index, count in enumerate(total) if count != 0 or compensated[index] != 0]
    return {index: total[index] for index in kept}, {index: compensated[index] for index in kept}
