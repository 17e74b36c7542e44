"""`sum` and `avg` of groups that have histograms: one group and step at a time, in order, as Prometheus does."""

import numpy as np

from diagflow.promql.annotations import COLLISION, MIXED_AGGREGATION, MIXED_SCHEMAS, RECONCILED
from diagflow.promql.context import Context
from diagflow.promql.groups import Groups
from diagflow.promql.histogram import Hint, Histogram, IncompatibleSchema
from diagflow.promql.histogram.totals import Mean, Total
from diagflow.promql.matrix import Matrix
from diagflow.promql.syntax import Aggregate


def add_up(context: Context, node: Aggregate, groups: Groups, found: Matrix, result: Matrix) -> Matrix:
    """Return a result with the sums or means of histograms put in; a group with floats too has no result."""
    some = groups.reduce(np.logical_or, found.is_hist())
    hists = np.full(result.present.shape, None, object)
    for group, step in zip(*np.nonzero(some), strict=True):
        context.go_on()
        rows = [int(row) for row in groups.members(int(group)) if found.present[row, step]]
        hists[group, step] = _Group(context, node, found, int(step)).run(rows)
        result.present[group, step] = hists[group, step] is not None
    result.hists = hists
    return result


class _Group:
    """A group at one step (`aggregation`)."""

    def __init__(self, context: Context, node: Aggregate, found: Matrix, step: int) -> None:
        self._notes, self._at = context.notes, node.expr.start
        self._make = Mean if node.op == "avg" else Total
        self._found, self._step = found, step
        self._value: Mean | Total | None = None
        self._hints: set[Hint] = set()

    def run(self, rows: list[int]) -> Histogram | None:
        kinds = set()
        for row in rows:
            one = self._found.hists[row, self._step]  # type: ignore[index]
            kinds.add(one is None)
            if one is not None and not self._add(one, row, first=row == rows[0]):
                return self._end(kinds, compatible=False)
        return self._end(kinds, compatible=True)

    def _add(self, one: Histogram, row: int, *, first: bool) -> bool:
        """Add a histogram; behind a float it does not count any more. Return whether it can be added."""
        if first:
            self._value = self._make(one)
        elif self._value is not None:
            try:
                self._value.add(one)
            except IncompatibleSchema:
                name = self._found.labels.get(row, "__name__")
                self._notes.named("warning", MIXED_SCHEMAS, name, self._at)
                return False
            if self._value.reconciled:
                self._notes.inform(f"{RECONCILED} aggregation", self._at)
        if self._value is not None:
            self._hints.add(one.hint)
        return True

    def _end(self, kinds: set[bool], *, compatible: bool) -> Histogram | None:
        if len(kinds) > 1:
            self._notes.warn(MIXED_AGGREGATION, self._at)
            return None
        if not compatible or self._value is None:
            return None
        if {Hint.RESET, Hint.NOT_RESET} <= self._hints:
            self._notes.warn(f"{COLLISION} aggregation", self._at)
        return self._value.value().compact()
