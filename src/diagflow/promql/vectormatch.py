"""Operators between two vectors: which series meet, and what the result is called (`VectorBinop`).

Each pair of series with the same signature becomes a row; most often each series of the "many" side has one partner,
and all is a gather.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from diagflow.promql.arrays import Bools, Floats, Ints, Objects
from diagflow.promql.binops import Operation
from diagflow.promql.context import Context
from diagflow.promql.errors import PromQLError
from diagflow.promql.frame import METADATA, Frame, show
from diagflow.promql.matrix import Matrix, empty, merged
from diagflow.promql.operators import CHANGES_MEANING
from diagflow.promql.sets import signatures
from diagflow.promql.syntax import Binary, Matching


def match(context: Context, node: Binary, left: Matrix, right: Matrix) -> Matrix:
    """Return what an operator makes of two vectors.

    Raises:
        PromQLError: series have more than one partner.
    """
    steps = left.present.shape[1] if left.size else right.present.shape[1]
    fills = (node.matching.fill_left, node.matching.fill_right)
    if not (left.size or right.size) or (fills == (None, None) and not (left.size and right.size)):
        return empty(context.no_labels(), steps)
    return _Match(context, node, left, right, swapped=node.matching.card == "one-to-many").run()


@dataclass(slots=True)
class _Pairs:
    """Series that meet: a row of each side; -1 where a fill value stands."""

    many: Ints
    one: Ints


class _Match:
    def __init__(self, context: Context, node: Binary, left: Matrix, right: Matrix, *, swapped: bool) -> None:
        self.context = context
        self.node = node
        self.matching: Matching = node.matching
        self.swapped = swapped
        self.many, self.one = (right, left) if swapped else (left, right)
        fills = (self.matching.fill_left, self.matching.fill_right)
        self.fill_many, self.fill_one = fills[::-1] if swapped else fills
        of_left, of_right, self.count = signatures(left.labels, right.labels, self.matching)
        self.of_many, self.of_one = (of_right, of_left) if swapped else (of_left, of_right)

    def run(self) -> Matrix:
        self._check_one_side()
        pairs = self._pairs()
        present = self._present(pairs)
        some = present.any(axis=1)
        if not some.all():
            pairs, present = _Pairs(pairs.many[some], pairs.one[some]), present[some]
        if not len(pairs.many):
            return empty(self.context.no_labels(), present.shape[1])
        return self._result(pairs, present)

    def _check_one_side(self) -> None:
        """Refuse two series of the "one" side with the same signature at the same step."""
        if len(np.unique(self.of_one)) == len(self.of_one):
            return
        together = np.zeros((self.count, self.one.present.shape[1]), np.int64)
        np.add.at(together, self.of_one, self.one.present)
        bad = together > 1
        if self.fill_many is None and self.fill_one is None:
            bad &= self.many.present.any(axis=0)  # where nothing can match, nothing is looked at
        if not bad.any():
            return
        step = int(np.flatnonzero(bad.any(axis=0))[0])
        rows = np.flatnonzero(self.one.present[:, step] & bad[self.of_one, step])
        second = next(row for number, row in enumerate(rows) if self.of_one[row] in self.of_one[rows[:number]])
        first = next(row for row in rows if self.of_one[row] == self.of_one[second])
        group = self._matched_labels(self.one.labels).row(int(second))
        names = sorted(show(self.one.labels.row(int(row))) for row in (first, second))
        side = "left" if self.swapped else "right"
        raise PromQLError(
            f"found duplicate series for the match group {show(group)} on the {side} hand-side of the operation: "
            f"[{names[0]}, {names[1]}];many-to-many matching not allowed: matching labels must be unique on one side"
        )

    def _matched_labels(self, labels: Frame) -> Frame:
        if self.matching.on:
            return labels.keep(self.matching.labels)
        return labels.drop((*METADATA, *self.matching.labels))

    def _pairs(self) -> _Pairs:
        order = np.argsort(self.of_one, kind="stable")
        low = np.searchsorted(self.of_one[order], self.of_many, side="left")
        high = np.searchsorted(self.of_one[order], self.of_many, side="right")
        counts = high - low
        many = np.repeat(np.arange(self.many.size), counts)
        offset = np.arange(len(many)) - np.repeat(np.cumsum(counts) - counts, counts)
        one = order[np.repeat(low, counts) + offset]
        if self.fill_one is not None:
            many = np.concatenate([many, np.arange(self.many.size)])
            one = np.concatenate([one, np.full(self.many.size, -1)])
        if self.fill_many is not None:
            many = np.concatenate([many, np.full(self.one.size, -1)])
            one = np.concatenate([one, np.arange(self.one.size)])
        self.context.room(len(many), self.many.present.shape[1])
        return _Pairs(many, one)

    def _present(self, pairs: _Pairs) -> Bools:
        present: Bools = _rows(self.many.present, pairs.many) & _rows(self.one.present, pairs.one)
        if self.fill_one is not None:
            filled = pairs.one < 0
            present[filled] = self.many.present[pairs.many[filled]]
            present[filled] &= ~self._there(self.one, self.of_one)[self.of_many[pairs.many[filled]]]
        if self.fill_many is not None:
            filled = pairs.many < 0
            present[filled] = self.one.present[pairs.one[filled]]
            present[filled] &= ~self._there(self.many, self.of_many)[self.of_one[pairs.one[filled]]]
        return present

    def _there(self, side: Matrix, of: Ints) -> Bools:
        found = np.zeros((self.count, side.present.shape[1]), np.bool_)
        np.logical_or.at(found, of, side.present)
        return found

    def _result(self, pairs: _Pairs, present: Bools) -> Matrix:
        sides = (
            _filled(self.many.values, pairs.many, self.fill_many),
            _filled(self.one.values, pairs.one, self.fill_one),
        )
        hists = (_rows_of_hists(self.many.hists, pairs.many), _rows_of_hists(self.one.hists, pairs.one))
        if self.swapped:
            sides, hists = sides[::-1], hists[::-1]
        found = Operation(self.context, self.node, present, sides, hists).run()
        labels = self._labels(pairs)
        possible = present & found.possible
        self._check_many_side(pairs, labels, possible)
        late = self.context.late_names
        drops = np.full(len(pairs.many), self.node.returns_bool) if late else None
        if self.node.returns_bool:
            result = Matrix(labels, found.keep.astype(np.float64), possible, None, drops)
        else:
            result = Matrix(labels, found.values, possible & found.keep, found.hists, drops)
        return merged(result.filled())

    def _labels(self, pairs: _Pairs) -> Frame:
        """Return the labels of each pair (`resultMetric`)."""
        labels = self._of_many(pairs)
        node, matching = self.node, self.matching
        if node.op in CHANGES_MEANING or (node.returns_bool and not self.context.late_names):
            labels = labels.drop(METADATA)
        if matching.card == "one-to-one":
            labels = labels.keep(matching.labels) if matching.on else labels.drop(matching.labels)
        for name in matching.include:
            column = self.one.labels.column(name)
            codes = np.where(pairs.one >= 0, column[np.maximum(pairs.one, 0)] if len(column) else 0, 0)
            labels = labels.put(name, codes.astype(np.int32))
        return labels

    def _of_many(self, pairs: _Pairs) -> Frame:
        if not (pairs.many < 0).any():
            return self.many.labels.take(pairs.many)
        from_one = self._matched_labels(self.one.labels)
        both = Frame.join(self.context.symbols, [self.many.labels, from_one])
        return both.take(np.where(pairs.many >= 0, pairs.many, pairs.one + self.many.size))

    def _check_many_side(self, pairs: _Pairs, labels: Frame, present: Bools) -> None:
        """Refuse results that cannot be told apart."""
        of = np.where(pairs.many >= 0, self.of_many[np.maximum(pairs.many, 0)] if self.many.size else 0, -1)
        if (pairs.many < 0).any():
            of = np.where(pairs.many >= 0, of, self.of_one[np.maximum(pairs.one, 0)])
        if self.matching.card != "one-to-one":
            keyed = Frame(labels.symbols, {**labels.columns, "\0": of.astype(np.int32)}, labels.size)
            of = keyed.groups()[0]
        together = np.zeros((int(of.max()) + 1, present.shape[1]), np.int64)
        if len(np.unique(of)) == len(of):
            return
        np.add.at(together, of, present)
        if not (together > 1).any():
            return
        what = "grouping labels must ensure unique matches"
        if self.matching.card == "one-to-one":
            what = "many-to-one matching must be explicit (group_left/group_right)"
        raise PromQLError(f"multiple matches for labels: {what}", self.node.start)


def _rows(array: Any, rows: Ints) -> Any:
    return array[np.maximum(rows, 0)] if len(array) else np.zeros((len(rows), array.shape[1]), array.dtype)


def _filled(values: Floats, rows: Ints, fill: float | None) -> Floats:
    found: Floats = _rows(values, rows)
    return found if fill is None else np.where((rows >= 0)[:, None], found, fill)


def _rows_of_hists(hists: Objects | None, rows: Ints) -> Objects | None:
    if hists is None:
        return None
    found: Objects = _rows(hists, rows).copy()
    found[rows < 0] = None
    return found
