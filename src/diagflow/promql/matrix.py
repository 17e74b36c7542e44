"""What an expression evaluates to on the way: series x steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from diagflow.promql.arrays import Bools, Floats, Ints, Objects, there
from diagflow.promql.errors import PromQLError
from diagflow.promql.frame import METADATA, Frame

SAME_LABELS: Final = "vector cannot contain metrics with the same labelset"


@dataclass(slots=True)
class Matrix:
    """A vector at each step: `values[series, step]` counts where `present`; a histogram stands in `hists` instead."""

    labels: Frame
    values: Floats
    present: Bools
    hists: Objects | None = None
    """Histograms, `None` elsewhere; no array at all without any histogram."""
    drops: Bools | None = None
    """Series that lose their name in the end, if names are removed late (`Series.DropName`)."""

    @property
    def size(self) -> int:
        """The number of series."""
        return self.labels.size

    def is_hist(self) -> Bools:
        """Return where a histogram stands."""
        if self.hists is None:
            return np.zeros(self.present.shape, np.bool_)
        return there(self.hists) & self.present

    def floats(self) -> Bools:
        """Return where a float stands."""
        return self.present if self.hists is None else self.present & ~self.is_hist()

    def dropped(self) -> Bools:
        """Return which series lose their name in the end."""
        return np.zeros(self.size, np.bool_) if self.drops is None else self.drops

    def take(self, rows: Ints) -> "Matrix":
        """Return some of the series."""
        return Matrix(
            self.labels.take(rows),
            self.values[rows],
            self.present[rows],
            None if self.hists is None else self.hists[rows],
            None if self.drops is None else self.drops[rows],
        )

    def filled(self) -> "Matrix":
        """Return the series that have a sample at any step."""
        some = self.present.any(axis=1)
        return self if some.all() else self.take(np.flatnonzero(some))

    def only_floats(self) -> "Matrix":
        """Return the floats."""
        if self.hists is None:
            return self
        return Matrix(self.labels, self.values, self.floats(), None, self.drops).filled()

    def with_values(self, values: Floats) -> "Matrix":
        """Return the same floats with other values."""
        return Matrix(self.labels, values, self.present, None, self.drops)

    def samples(self) -> int:
        """Return how many samples there are; a histogram counts as ten (`HPoint.size`)."""
        count = int(np.count_nonzero(self.present))
        return count if self.hists is None else count + 9 * int(np.count_nonzero(self.is_hist()))

    def repeated(self, steps: int) -> "Matrix":
        """Return one step as many."""

        def wide(array: Objects) -> Objects:
            return np.repeat(array, steps, axis=1)

        hists = None if self.hists is None else wide(self.hists)
        return Matrix(self.labels, wide(self.values), wide(self.present), hists, self.drops)


def empty(frame: Frame, steps: int) -> Matrix:
    """Return a matrix without series."""
    return Matrix(Frame(frame.symbols, {}, 0), np.zeros((0, steps)), np.zeros((0, steps), np.bool_))


def stack(frame: Frame, parts: Sequence[Matrix], steps: int) -> Matrix:
    """Return matrices one below the other."""
    parts = [part for part in parts if part.size]
    if not parts:
        return empty(frame, steps)
    if len(parts) == 1:
        return parts[0]
    hists = None
    if any(part.hists is not None for part in parts):
        hists = np.concatenate([_hists(part) for part in parts])
    drops = None
    if any(part.drops is not None for part in parts):
        drops = np.concatenate([part.dropped() for part in parts])
    return Matrix(
        Frame.join(frame.symbols, [part.labels for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.present for part in parts]),
        hists,
        drops,
    )


def _hists(part: Matrix) -> Objects:
    return np.full(part.present.shape, None, object) if part.hists is None else part.hists


def nameless(matrix: Matrix, *, late: bool) -> Matrix:
    """Return the series without their names: at once, or marked to lose them in the end.

    Raises:
        PromQLError: two series have the same labels then, at the same step.
    """
    if late:
        return Matrix(matrix.labels, matrix.values, matrix.present, matrix.hists, np.ones(matrix.size, np.bool_))
    names = matrix.labels.columns.get("__name__")
    labels = matrix.labels.drop(METADATA)
    found = Matrix(labels, matrix.values, matrix.present, matrix.hists)
    if names is None or (matrix.size and (names == names[0]).all()):
        return found  # they differed in other labels before
    return merged(found)


def merged(matrix: Matrix) -> Matrix:
    """Return series of the same labels as one (`mergeSeriesWithSameLabelset`).

    Raises:
        PromQLError: two of them have a sample at the same step.
    """
    if matrix.size <= 1:
        return matrix
    group, first = matrix.labels.groups()
    if len(first) == matrix.size:
        return matrix
    together = np.zeros((len(first), matrix.present.shape[1]), np.int64)
    np.add.at(together, group, matrix.present)
    if (together > 1).any():
        raise PromQLError(SAME_LABELS)
    return folded(matrix, group, first)


def folded(matrix: Matrix, group: Ints, first: Ints) -> Matrix:
    """Return one series a group; at each step at most one of its members has a sample."""
    steps = matrix.present.shape[1]
    rows, cols = np.nonzero(matrix.present)
    values, present = np.zeros((len(first), steps)), np.zeros((len(first), steps), np.bool_)
    values[group[rows], cols] = matrix.values[rows, cols]
    present[group[rows], cols] = True
    hists = None
    if matrix.hists is not None:
        hists = np.full((len(first), steps), None, object)
        hists[group[rows], cols] = matrix.hists[rows, cols]
    drops = None if matrix.drops is None else matrix.drops[first]
    return Matrix(matrix.labels.take(first), values, present, hists, drops)


def map_hists(matrix: Matrix, change: Callable[[object], object]) -> Objects | None:
    """Return the histograms, each changed."""
    if matrix.hists is None:
        return None
    changed = matrix.hists.copy()
    for place in zip(*np.nonzero(matrix.is_hist()), strict=True):
        changed[place] = change(changed[place])
    return changed
