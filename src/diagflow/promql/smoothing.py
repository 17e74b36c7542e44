"""`smoothed` instant vectors: values between the sample before and the one after (`smoothSeries`)."""

from collections.abc import Sequence

import numpy as np

from diagflow.promql.annotations import MIXED, MIXED_SCHEMAS, RECONCILED
from diagflow.promql.arrays import Ints
from diagflow.promql.context import Context
from diagflow.promql.histogram import Hint, Histogram, IncompatibleSchema, add, is_reset, subtract
from diagflow.promql.matrix import Matrix, stack
from diagflow.promql.storage import Table
from diagflow.promql.syntax import Selector
from diagflow.promql.windows import Windows


def smooth(context: Context, node: Selector, moments: Ints) -> Matrix:
    """Return the value of each series at each moment; the last one where none follows within the lookback."""
    parts = []
    for table in context.storage.tables_for(node.matchers):
        rows = table.rows(node.matchers)
        if len(rows):
            context.room(len(rows), len(moments))
            parts.append(_smoothed(context, node, table, rows, moments))
    return stack(context.no_labels(), parts, len(moments)).filled()


def _smoothed(context: Context, node: Selector, table: Table, rows: Ints, moments: Ints) -> Matrix:
    labels = table.labels.take(rows)
    labels.symbols = context.symbols
    windows = Windows(table.floats, rows, moments + context.lookback, 2 * context.lookback)
    top = np.maximum(windows.count - 1, 0)
    number = windows.columns.counts(windows.groups, moments - 1) - windows.low
    before, after = np.maximum(number - 1, 0), np.minimum(number, top)
    times = windows.time(before), windows.time(after)
    follows = number < windows.count
    exact = follows & (times[1] == moments)
    values, present = np.zeros((len(rows), len(moments))), np.zeros((len(rows), len(moments)), np.bool_)
    for chunk in windows.chunks():
        low, high = (chunk.cells.at(chunk.spread(side)) for side in (before, after))
        with np.errstate(all="ignore"):
            share = chunk.spread((moments - times[0]) / (times[1] - times[0]))
            between = low + (high - low) * share
        found = np.where(chunk.spread(follows & (number > 0)), between, low)
        values[chunk.rows] = np.where(chunk.spread(exact), high, found)
        present[chunk.rows] = chunk.spread((windows.count > 0) & (exact | (number > 0)))
    result = Matrix(labels, values, present)
    if table.hists is not None:
        _Histograms(context, node, table, rows, moments).put(result, windows)
    return result


class _Histograms:
    """The histograms of series that have them, one window at a time."""

    def __init__(self, context: Context, node: Selector, table: Table, rows: Ints, moments: Ints) -> None:
        self._context, self._node, self._table, self._rows, self._moments = context, node, table, rows, moments

    def put(self, result: Matrix, floats: Windows) -> None:
        columns = self._table.hists
        if columns is None:
            return
        lookback = self._context.lookback
        windows = Windows(columns, self._rows, self._moments + lookback, 2 * lookback)
        result.hists = np.full(result.present.shape, None, object)
        counts = floats.counts()
        for row, step in zip(*np.nonzero(windows.counts()), strict=True):
            name = result.labels.get(int(row), "__name__")
            result.present[row, step] = False
            if counts[row, step]:
                self._context.notes.named("warning", MIXED, name, self._node.start)
                continue
            group = int(windows.inverse[row])
            low, count = int(windows.low[group, step]), int(windows.count[group, step])
            number = int(self._rows[row])
            times = columns.times_of(number)[low : low + count]
            one = self._at(times, columns.values_of(number)[low : low + count], int(self._moments[step]), name)  # type: ignore[arg-type]
            result.hists[row, step], result.present[row, step] = one, one is not None

    def _at(self, times: Ints, hists: Sequence[Histogram], moment: int, name: str) -> Histogram | None:
        number = int(np.searchsorted(times, moment))
        if number < len(times) and times[number] == moment:
            return hists[number]
        if number == 0:
            return None
        if number == len(times):
            return hists[number - 1].hinted(Hint.UNKNOWN)
        before, after = hists[number - 1], hists[number]
        counter = not before.hint is after.hint is Hint.GAUGE
        share = (moment - int(times[number - 1])) / int(times[number] - times[number - 1])
        try:
            found, said = between(before, after, share, counter=counter)
        except IncompatibleSchema:
            self._context.notes.named("warning", MIXED_SCHEMAS, name, self._node.start)
            return None
        for operation in said:
            self._context.notes.inform(f"{RECONCILED} {operation}", self._node.start)
        return found


def between(before: Histogram, after: Histogram, share: float, *, counter: bool) -> tuple[Histogram, list[str]]:
    """Return a histogram between two, and what was reconciled for it (`interpolateHistograms`)."""
    if counter and is_reset(after, before):
        return after.times(share), []
    first = subtract(after, before)
    second = add(first.value.times(share), before)
    said = ["subtraction"] * first.reconciled + ["addition"] * second.reconciled
    return second.value, said
