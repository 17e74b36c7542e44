"""Range vectors: for each series and step, which samples lie in the window. Left-open, as in Prometheus 3."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.columns import Columns

_CELLS: Final = 1 << 16
"""Cells that are calculated at once: they and what is made of them stay in the processor's cache."""


@dataclass(slots=True)
class Cells:
    """Windows of any shape: where each begins in the flat values, and how many samples it has."""

    values: Floats
    start: Ints
    count: Ints
    """Same shape as `start`, or one that broadcasts to it."""

    def at(self, number: int | Ints) -> Floats:
        """Return the sample with this number of each window; of a shorter window any value."""
        found: Floats = self.values.take(self.start + number, mode="clip")
        return found

    def last(self, back: int = 0) -> Floats:
        """Return the last sample of each window, or one before it."""
        return self.at(self.count - 1 - back)

    @property
    def widest(self) -> int:
        """The most samples that a window has."""
        return int(self.count.max(initial=0))

    @property
    def full(self) -> int:
        """How many samples each window has at least."""
        return int(self.count.min(initial=0)) if self.count.size else 0

    def where(self, mask: Any) -> "Cells":
        """Return some of the windows, as a list."""
        counts = np.broadcast_to(self.count, self.start.shape)
        return Cells(self.values, self.start[mask], counts[mask])

    def each(self, first: int = 0) -> Iterator[tuple[Floats, Any]]:
        """Yield the samples of all windows, one number after the other, with where there is one."""
        full = self.full
        for number in range(first, self.widest):
            yield self.at(number), True if number < full else number < self.count


class Windows:
    """The windows of some series: `length` before each moment, without its beginning."""

    def __init__(self, columns: Columns[Any], rows: Ints, moments: Ints, length: int) -> None:
        self.columns = columns
        self.rows = rows
        self.moments = moments
        self.length = length
        self.groups, self.inverse = np.unique(columns.group[rows], return_inverse=True)
        self.low = columns.counts(self.groups, moments - length)
        """Number of the first sample of each window, by group of timestamps: [groups, steps]."""
        self.count = columns.counts(self.groups, moments) - self.low

    def spread(self, by_group: Any) -> Any:
        """Return what was calculated by group for each series; a single group stays one row, which broadcasts."""
        return by_group if len(self.groups) == 1 else by_group[self.inverse]

    def counts(self) -> Ints:
        """Return how many samples each window has: [series, steps]."""
        shape = (len(self.rows), len(self.moments))
        return np.broadcast_to(self.count[self.inverse] if len(self.groups) > 1 else self.count, shape)

    def time(self, number: Any) -> Ints:
        """Return the time of the sample with this number in each window, by group."""
        return self.columns.times(self.groups, self.low + number)

    def first_time(self) -> Ints:
        """Return when each window's first sample was, by group."""
        return self.time(0)

    def last_time(self) -> Ints:
        """Return when each window's last sample was, by group."""
        return self.time(np.maximum(self.count - 1, 0))

    def chunks(self) -> Iterator["Chunk"]:
        """Yield the windows in parts that are small enough to be quick."""
        size = max(1, _CELLS // max(1, len(self.moments)))
        for first in range(0, len(self.rows), size):
            yield Chunk(self, slice(first, min(first + size, len(self.rows))))


class Chunk:
    """The windows of some of the series."""

    def __init__(self, windows: Windows, rows: slice) -> None:
        self.windows = windows
        self.rows = rows
        self._one = len(windows.groups) == 1
        base = windows.columns.base[windows.rows[rows]][:, None]
        self.cells = Cells(windows.columns.values, base + self.spread(windows.low), self.spread(windows.count))

    def spread(self, by_group: Any) -> Any:
        """Return what was calculated by group for each series of this part; a single group stays one row."""
        return by_group if self._one else by_group[self.windows.inverse[self.rows]]

    def time(self, number: Any) -> Ints:
        """Return the time of the sample with this number in each window (an array by group)."""
        spread: Ints = self.spread(self.windows.time(number))
        return spread
