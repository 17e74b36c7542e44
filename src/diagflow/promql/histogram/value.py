"""A native histogram (`model/histogram.FloatHistogram`).

Buckets are a mapping from index to count; where Prometheus has spans, empty buckets inside them are kept as zeros,
because they make two histograms unequal. A histogram is never changed: what calculates with one makes a new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from diagflow.promql.histogram.bounds import CUSTOM, bound
from diagflow.promql.numbers import general


class Hint(Enum):
    """What is known about a counter reset between the sample before and this one."""

    UNKNOWN = "unknown"
    RESET = "reset"
    NOT_RESET = "not_reset"
    GAUGE = "gauge"


Buckets = Mapping[int, float]
NO_BUCKETS: Final[Buckets] = {}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket with its bounds."""

    lower: float
    upper: float
    count: float
    lower_inclusive: bool = False
    upper_inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Histogram:
    """A native histogram, with exponential buckets or, with the schema `CUSTOM`, with bounds of its own."""

    schema: int = 0
    count: float = 0.0
    sum: float = 0.0
    zero_threshold: float = 0.0
    zero_count: float = 0.0
    positive: Buckets = field(default_factory=lambda: NO_BUCKETS)
    negative: Buckets = field(default_factory=lambda: NO_BUCKETS)
    custom: tuple[float, ...] = ()
    hint: Hint = Hint.UNKNOWN

    @property
    def is_custom(self) -> bool:
        """Whether the bounds are its own."""
        return self.schema == CUSTOM

    def hinted(self, hint: Hint) -> "Histogram":
        """Return it with another hint."""
        return self if hint is self.hint else replace(self, hint=hint)

    def times(self, factor: float) -> "Histogram":
        """Return it multiplied (`Mul`)."""
        return replace(
            self,
            count=self.count * factor,
            sum=self.sum * factor,
            zero_count=0.0 if self.is_custom else self.zero_count * factor,
            positive={index: count * factor for index, count in self.positive.items()},
            negative={index: count * factor for index, count in self.negative.items()},
            hint=Hint.GAUGE if factor < 0 else self.hint,
        )

    def over(self, divisor: float) -> "Histogram":
        """Return it divided (`Div`); by zero, it has no buckets."""
        keep = divisor != 0
        return replace(
            self,
            count=divided(self.count, divisor),
            sum=divided(self.sum, divisor),
            zero_count=0.0 if self.is_custom else divided(self.zero_count, divisor),
            positive={index: count / divisor for index, count in self.positive.items()} if keep else {},
            negative={index: count / divisor for index, count in self.negative.items()} if keep else {},
            hint=Hint.GAUGE if divisor < 0 else self.hint,
        )

    def compact(self) -> "Histogram":
        """Return it without empty buckets (`Compact(0)`)."""
        if all(self.positive.values()) and all(self.negative.values()):
            return self
        return replace(self, positive=_filled(self.positive), negative=_filled(self.negative))

    def equals(self, other: "Histogram") -> bool:
        """Return whether layout, counts and sum are the same bit for bit (`Equals`); hints do not count."""
        return (
            self.schema == other.schema
            and same(self.count, other.count)
            and same(self.sum, other.sum)
            and (not self.is_custom or self.custom == other.custom)
            and self.zero_threshold == other.zero_threshold
            and same(self.zero_count, other.zero_count)
            and _same_buckets(self.positive, other.positive)
            and _same_buckets(self.negative, other.negative)
        )

    def positive_buckets(self) -> Iterator[Bucket]:
        """Yield the positive buckets upwards."""
        for index in sorted(self.positive):
            lower, upper = bound(index - 1, self.schema, self.custom), bound(index, self.schema, self.custom)
            inclusive = index == 0 if self.is_custom else lower < 0
            yield Bucket(lower, upper, self.positive[index], inclusive, self.is_custom or upper > 0)

    def negative_buckets(self) -> Iterator[Bucket]:
        """Yield the negative buckets downwards, away from zero."""
        for index in sorted(self.negative):
            lower, upper = -bound(index, self.schema), -bound(index - 1, self.schema)
            yield Bucket(lower, upper, self.negative[index], lower < 0, upper > 0)

    def zero_bucket(self) -> Bucket:
        """Return the bucket around zero."""
        return Bucket(-self.zero_threshold, self.zero_threshold, self.zero_count, True, True)

    def all_buckets(self) -> list[Bucket]:
        """Return all buckets upwards; those that overlap the zero bucket end at it (`AllBucketIterator`)."""
        edge = self.zero_threshold
        below = [replace(b, upper=-edge) if -edge < b.upper < 0 else b for b in list(self.negative_buckets())[::-1]]
        above = [replace(b, lower=edge) if 0 < b.lower < edge else b for b in self.positive_buckets()]
        return [*below, *([self.zero_bucket()] if self.zero_count > 0 else []), *above]

    def __str__(self) -> str:
        """Return it as `count_values` shows it (`FloatHistogram.String`)."""
        buckets = list(self.negative_buckets())[::-1]
        buckets += [self.zero_bucket()] if self.zero_count != 0 else []
        shown = [_shown(bucket) for bucket in [*buckets, *self.positive_buckets()] if bucket.count != 0]
        return "{" + ", ".join([f"count:{general(self.count)}, sum:{general(self.sum)}", *shown]) + "}"


def divided(value: float, divisor: float) -> float:
    """Return a quotient as IEEE 754 has it: by zero it is infinite, or NaN."""
    if divisor != 0:
        return value / divisor
    return float("nan") if value == 0 or value != value else value * float("inf")  # noqa: PLR0124  # NaN


def same(one: float, other: float) -> bool:
    """Return whether two numbers have the same bits, or are both NaN."""
    return (one == other and (one != 0 or str(one) == str(other))) or (one != one and other != other)  # noqa: PLR0124


def _same_buckets(one: Buckets, other: Buckets) -> bool:
    return one.keys() == other.keys() and all(same(count, other[index]) for index, count in one.items())


def _filled(buckets: Buckets) -> Buckets:
    return {index: count for index, count in buckets.items() if count != 0}


def _shown(bucket: Bucket) -> str:
    left, right = "[" if bucket.lower_inclusive else "(", "]" if bucket.upper_inclusive else ")"
    return f"{left}{general(bucket.lower)},{general(bucket.upper)}{right}:{general(bucket.count)}"
