"""Native and classic histograms of a vector apart (`EvalNodeHelper.resetHistograms`)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from diagflow.promql.annotations import for_metric
from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.frame import Frame, groups_of
from diagflow.promql.instantcall import InstantCall
from diagflow.promql.matrix import Matrix
from diagflow.promql.tokens import go_quote

_MIXED = "vector contains a mix of classic and native histograms"
Block = tuple[Ints, Ints, Floats, Floats]
"""Histograms, steps, bounds [histograms, buckets] and counts [histograms, buckets, steps]."""


@dataclass(slots=True)
class Classic:
    """Classic histograms with the same number of buckets."""

    labels: Frame
    bounds: Floats
    """[histograms, buckets], rising"""
    counts: Floats
    """[histograms, buckets, steps]"""
    filled: Bools
    """Which of them are there: [histograms, buckets, steps]"""
    present: Bools
    """Where a histogram has a bucket: [histograms, steps]"""
    drops: Bools | None

    def blocks(self) -> Iterator[Block]:
        """Yield buckets without gaps, bounds rising strictly: almost always all at once."""
        whole = self.filled.all(axis=1) | ~self.present
        strict = (self.bounds[:, 1:] > self.bounds[:, :-1]).all(axis=1)
        rows = np.flatnonzero(whole.all(axis=1) & strict)
        if len(rows):
            steps = np.arange(self.present.shape[1])
            yield rows, steps, self.bounds[rows], self.counts[rows]
        for row in np.flatnonzero(~(whole.all(axis=1) & strict)):
            yield from self._pieces(int(row))

    def _pieces(self, row: int) -> Iterator[Block]:
        """Yield one histogram, the steps with the same buckets together."""
        pattern, first = groups_of(list(self.filled[row].astype(np.int64)), self.present.shape[1])
        for number, step in enumerate(first):
            here = np.flatnonzero(self.filled[row, :, step])
            if not len(here):
                continue
            steps = np.flatnonzero(pattern == number)
            counts = self.counts[row][np.ix_(here, steps)]
            bounds, edges = np.unique(self.bounds[row, here], return_inverse=True)
            together = np.zeros((len(bounds), len(steps)))
            np.add.at(together, edges, counts)
            yield np.array([row]), steps, bounds[None, :], together[None]


def split(call: InstantCall, number: int) -> tuple[Matrix, list[Classic]]:
    """Return the native histograms of an argument, and the classic ones."""
    found, start = call.vector(number), call.at(number)
    floats = found.floats()
    rows, bounds = _with_bounds(call, found, floats, start)
    native = replace(found, present=found.is_hist().copy())
    signature = found.labels.drop(("le",))
    group, _ = signature.groups()
    bare = Matrix(signature.take(rows), found.values[rows], floats[rows])
    conflict = _conflicts(call, native, bare.present, group, rows, start)
    parts = _grouped(bare, group[rows], bounds, found)
    for part, key in parts:
        gone = conflict[key]
        part.present &= ~gone
        part.filled &= ~gone[:, None, :]
    return native.filled(), [part for part, _ in parts]


def _with_bounds(call: InstantCall, found: Matrix, floats: Bools, start: int) -> tuple[Ints, Floats]:
    """Return the series that are buckets, and their upper bounds; say which are none."""
    codes, inverse = np.unique(found.labels.column("le"), return_inverse=True)
    edges = np.array([_edge(call.context.symbols.text(int(code))) for code in codes], np.float64)
    bounds = edges[inverse] if found.size else np.zeros(0)
    for row in np.flatnonzero(np.isnan(bounds) & floats.any(axis=1)):
        text = f'bucket label "le" is missing or has a malformed value of {go_quote(found.labels.get(int(row), "le"))}'
        call.context.notes.warn(for_metric(text, _name(call, found.labels, int(row))), start)
    rows = np.flatnonzero(~np.isnan(bounds) & floats.any(axis=1))
    return rows, bounds[rows]


def _edge(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _name(call: InstantCall, labels: Frame, row: int) -> str:
    return labels.get(row, "__name__") if call.context.late_names else ""


def _conflicts(call: InstantCall, native: Matrix, present: Bools, group: Ints, rows: Ints, start: int) -> Bools:
    """Return where a histogram is there both natively and in buckets: [groups, steps]. Neither counts there."""
    groups = int(group.max(initial=-1)) + 1
    classic = np.zeros((groups, present.shape[1]), np.bool_)
    np.logical_or.at(classic, group[rows], present)
    if native.hists is None:
        return np.zeros_like(classic)
    with_le = native.labels.column("le") != 0
    both = native.present & classic[group] & ~with_le[:, None]
    for row in np.flatnonzero(both.any(axis=1)):
        call.context.notes.warn(for_metric(_MIXED, _name(call, native.labels, int(row))), start)
    native.present &= ~both
    conflict = np.zeros_like(classic)
    np.logical_or.at(conflict, group, both)
    return conflict


def _grouped(bare: Matrix, group: Ints, bounds: Floats, found: Matrix) -> list[tuple[Classic, Ints]]:
    """Return classic histograms, those with as many buckets together, with the number of the group of each."""
    order = np.lexsort((bounds, group))
    keys, first, sizes = np.unique(group[order], return_index=True, return_counts=True)
    parts = []
    for size in np.unique(sizes):
        some = np.flatnonzero(sizes == size)
        members = order[first[some][:, None] + np.arange(size)]
        filled = bare.present[members]
        labels = bare.labels.take(members[:, 0])
        drops = None if found.drops is None else np.ones(len(some), np.bool_)
        counts = np.where(filled, bare.values[members], 0.0)
        some_present: Bools = np.asarray(filled.any(axis=1))
        parts.append((Classic(labels, bounds[members], counts, filled, some_present, drops), keys[some]))
    return parts
