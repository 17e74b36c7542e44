"""Samples of many series in flat arrays. Series with the same timestamps share them.

The series of a scrape target have the same timestamps, so a sample takes little more than the 8 bytes of its value, and
where a window begins and ends is looked up once for all of them. A series with timestamps of its own is a group of one.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from diagflow.promql.arrays import Ints

T = TypeVar("T", bound=np.generic)


class Columns(Generic[T]):
    """The samples of `size` series; a series without any has an empty group."""

    __slots__ = ("_keys", "_least", "_span", "_starts", "base", "group", "values")

    def __init__(self, times: Sequence[Ints], values: Sequence[NDArray[T]], kind: type[T]) -> None:
        self.base = np.zeros(len(values), np.int64)
        """Where the values of each series begin."""
        if values:
            self.base[1:] = np.cumsum([len(these) for these in values])[:-1]
        self.values: NDArray[T] = np.concatenate(values) if values else np.zeros(0, kind)
        self.group, shared = _shared(times)
        """Which timestamps each series has."""
        filled = [these for these in shared if len(these)]
        self._least = min((int(these[0]) for these in filled), default=0)
        self._span = max((int(these[-1]) for these in filled), default=0) - self._least + 2
        self._starts = np.zeros(len(shared) + 1, np.int64)
        self._starts[1:] = np.cumsum([len(these) for these in shared])
        self._keys = np.empty(int(self._starts[-1]), np.int64)
        for number, these in enumerate(shared):
            self._keys[self._starts[number] : self._starts[number + 1]] = these - self._least + number * self._span

    @property
    def nbytes(self) -> int:
        """Memory of values and timestamps."""
        return self.values.nbytes + self._keys.nbytes + self._starts.nbytes + self.base.nbytes + self.group.nbytes

    def counts(self, groups: Ints, until: Ints) -> Ints:
        """Return how many samples each group has at or before each time: [groups, times]."""
        local = np.clip(until - self._least, -1, self._span - 2)
        keys = groups[:, None] * self._span + local[None, :]
        found = np.searchsorted(self._keys, keys.ravel(), side="right").reshape(keys.shape)
        return found - self._starts[groups][:, None]

    def times(self, groups: Ints, numbers: Ints) -> Ints:
        """Return the times of the samples with these numbers in each group, [groups, any]; of no sample, any time."""
        if not len(self._keys):
            return np.zeros(numbers.shape, np.int64)
        flat = self._starts[groups][:, None] + numbers
        return self._keys.take(flat, mode="clip") - (groups * self._span)[:, None] + self._least

    def times_of(self, row: int) -> Ints:
        """Return the timestamps of one series."""
        group = int(self.group[row])
        return self._keys[self._starts[group] : self._starts[group + 1]] - group * self._span + self._least

    def values_of(self, row: int) -> NDArray[T]:
        """Return the values of one series."""
        group, base = int(self.group[row]), int(self.base[row])
        return self.values[base : base + int(self._starts[group + 1] - self._starts[group])]

    def bounds(self) -> tuple[int, int]:
        """Return the times of the first and the last sample of all; there must be one."""
        return self._least, self._least + self._span - 2

    def lengths(self) -> Ints:
        """Return how many samples each series has."""
        lengths: Ints = (self._starts[1:] - self._starts[:-1])[self.group]
        return lengths


def _shared(times: Sequence[Ints]) -> tuple[Ints, list[Ints]]:
    """Return which of the different timestamps each series has, and those."""
    group = np.zeros(len(times), np.int64)
    shared: list[Ints] = []
    by_object: dict[int, int] = {}
    by_content: dict[bytes, int] = {}
    for row, these in enumerate(times):
        number = by_object.get(id(these))
        if number is None:
            number = by_content.setdefault(these.tobytes(), len(shared))
            if number == len(shared):
                shared.append(these)
            by_object[id(these)] = number
        group[row] = number
    return group, shared
