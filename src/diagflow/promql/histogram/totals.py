"""Sums and means of histograms, one added after the other, with compensation."""

from diagflow.promql.histogram.arithmetic import add, kahan_add
from diagflow.promql.histogram.value import Histogram


class Total:
    """A sum."""

    def __init__(self, first: Histogram) -> None:
        self._total = first
        self._rest: Histogram | None = None
        self.reconciled = False
        """Whether bounds of buckets differed."""

    def add(self, one: Histogram) -> None:
        """Add a histogram.

        Raises:
            IncompatibleSchema: its schema is of the other sort.
        """
        added = kahan_add(self._total, one, self._rest)
        self._total, self._rest = added.value, added.rest
        self.reconciled |= added.reconciled

    def value(self) -> Histogram:
        """Return the sum."""
        return add(self._total, self._rest).value if self._rest else self._total


class Mean:
    """A mean: of the sum, and from where that would overflow, step by step."""

    def __init__(self, first: Histogram) -> None:
        self._count = 1
        self._total = first
        self._mean: Histogram | None = None
        self._rest: Histogram | None = None
        self.reconciled = False
        """Whether bounds of buckets differed."""

    def add(self, one: Histogram) -> None:
        """Add a histogram.

        Raises:
            IncompatibleSchema: its schema is of the other sort.
        """
        self._count += 1
        if self._mean is None:
            added = kahan_add(self._total, one, self._rest)
            self.reconciled |= added.reconciled
            if not overflows(added.value):
                self._total, self._rest = added.value, added.rest
                return
            self._mean = self._total.over(self._count - 1)
            self._rest = self._rest.over(self._count - 1) if self._rest else None
        share = (self._count - 1) / self._count
        rest = self._rest.times(share) if self._rest else None
        added = kahan_add(self._mean.times(share), one.over(self._count), rest)
        self._mean, self._rest = added.value, added.rest
        self.reconciled |= added.reconciled

    def value(self) -> Histogram:
        """Return the mean."""
        if self._mean is not None:
            return add(self._mean, self._rest).value if self._rest else self._mean
        mean = self._total.over(self._count)
        return add(mean, self._rest.over(self._count)).value if self._rest else mean


def overflows(one: Histogram) -> bool:
    """Return whether any count is infinite (`HasOverflow`)."""
    values = [one.zero_count, one.count, one.sum, *one.positive.values(), *one.negative.values(), *one.custom]
    return any(value in (float("inf"), float("-inf")) for value in values)
