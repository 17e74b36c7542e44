"""Evaluating range functions: floats in arrays, histograms one window at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from diagflow.promql import extended
from diagflow.promql.annotations import NON_COUNTER_NAME
from diagflow.promql.arrays import Bools, Floats, Ints, Objects
from diagflow.promql.columns import Columns
from diagflow.promql.context import Context, Steps
from diagflow.promql.histogram import Hint, Histogram
from diagflow.promql.lengths import settled
from diagflow.promql.matrix import Matrix, merged, nameless, stack
from diagflow.promql.rangecall import RangeArg, RangeCall, Window
from diagflow.promql.rangefunctions import RangeFunction
from diagflow.promql.storage import Table
from diagflow.promql.syntax import Range
from diagflow.promql.windows import Windows

_COUNTER_SUFFIXES = ("_total", "_sum", "_count", "_bucket")
KEEPS_NAME = ("last_over_time", "first_over_time")


def moments_of(times: Ints, at: Any, offset: Any) -> Ints:
    """Return the times that `@` and `offset` make of steps."""
    return times - int(offset) if at is None else np.full(len(times), int(at) - int(offset))


def selected(context: Context, node: Range, times: Ints, *, before: int = 0, after: int = 0) -> list[RangeArg]:
    """Return the windows of a range selector, by metric name."""
    selector = node.selector
    moments = moments_of(times, selector.at, selector.offset)
    found = []
    for table in context.storage.tables_for(selector.matchers):
        rows = table.rows(selector.matchers)
        if len(rows):
            context.room(len(rows), len(times))
            length = settled(node.length) + before + after
            found.append(_table_windows(context, table, rows, moments + after, length, stats=selector.stats))
    return found


def _table_windows(context: Context, table: Table, rows: Ints, moments: Ints, length: int, *, stats: bool) -> RangeArg:
    labels = table.labels.take(rows)
    labels.symbols = context.symbols
    floats = Windows(table.floats, rows, moments, length)
    if table.hists is None:
        return RangeArg(labels, floats)
    some = np.flatnonzero(table.hists.lengths()[rows])
    told, own = (table.bare_hists() if stats else None) or (table.hists, None)
    return RangeArg(labels, floats, Windows(told, rows[some], moments, length), some, own=own)


def of_matrix(matrix: Matrix, times: Ints, moments: Ints, length: int) -> RangeArg:
    """Return windows over what a subquery gave at its own steps."""
    floats = matrix.floats()
    rows = np.arange(matrix.size)
    columns = _columns(floats, times, lambda row, here: matrix.values[row, here], np.float64)
    arg = RangeArg(matrix.labels, Windows(columns, rows, moments, length), drops=matrix.drops)
    if matrix.hists is not None:
        hists = matrix.hists
        some = np.flatnonzero(matrix.is_hist().any(axis=1))
        here = _columns(matrix.is_hist()[some], times, lambda row, at: _unhinted(hists[some[row], at]), np.object_)
        arg.hists, arg.hist_rows = Windows(here, np.arange(len(some)), moments, length), some
    return arg


def _columns(present: Bools, times: Ints, values: Callable[[int, Any], Any], kind: Any) -> Columns[Any]:
    whole: Bools = np.asarray(present.all(axis=1))
    each_time = [times if full else times[here] for full, here in zip(whole, present, strict=True)]
    each_value = [values(row, here) for row, here in enumerate(present)]
    return Columns(each_time, each_value, kind)


def _unhinted(hists: Objects) -> Objects:
    """Forget what samples in between said about resets (`evalSubquery`)."""
    changed = hists.copy()
    for number, one in enumerate(changed):
        if one.hint in (Hint.RESET, Hint.NOT_RESET):
            changed[number] = one.hinted(Hint.UNKNOWN)
    return changed


@dataclass(slots=True)
class RangeEvaluator:
    """One call of a range function over all its series."""

    context: Context
    name: str
    function: RangeFunction
    steps: Steps

    def run(self, calls: list[RangeCall]) -> Matrix:
        """Return what the function makes of all windows."""
        parts = [self._part(call) for call in calls]
        if self.name in ("rate", "increase"):
            for call, part in zip(calls, parts, strict=True):
                self._note_names(call, part)
        found = stack(self.context.no_labels(), [part.filled() for part in parts], len(self.steps))
        if self.name == "absent_over_time":
            return found
        late = self.context.late_names
        if self.name not in KEEPS_NAME:
            return nameless(found, late=late)
        return found if late else merged(found)

    def _part(self, call: RangeCall) -> Matrix:
        if self.function.before:
            self.function.before(call)
        windows = call.arg.floats
        shape = (len(windows.rows), len(windows.moments))
        values = np.zeros(shape)
        extends = call.anchored or call.smoothed
        present = extended.present(call) if extends else windows.counts() >= self.function.least
        if present.any():
            for chunk in windows.chunks():
                self.context.go_on()
                values[chunk.rows] = self.function.floats(call, chunk)
        found = Matrix(call.arg.labels, values, present, None, call.arg.drops)
        if call.arg.hists is not None:
            self._histograms(call, call.arg.hists, found)
        return found

    def _histograms(self, call: RangeCall, hists: Windows, found: Matrix) -> None:
        """Put in what windows with histograms give, one at a time."""
        found.present = found.present.copy()
        for number, step in zip(*np.nonzero(hists.counts()), strict=True):
            self.context.go_on()
            row = int(call.arg.hist_rows[number])
            window = self._window(call, hists, int(number), row, int(step))
            if self.function.hists is None:
                if window.mixed:
                    window.ignored()
                continue
            outcome = self.function.hists(window)
            found.present[row, step] = outcome is not None
            if isinstance(outcome, Histogram):
                if found.hists is None:
                    found.hists = np.full(found.present.shape, None, object)
                found.hists[row, step] = outcome
            elif outcome is not None:
                found.values[row, step] = outcome

    @staticmethod
    def _window(call: RangeCall, hists: Windows, number: int, row: int, step: int) -> Window:
        times, values = _samples(call.arg.floats, row, step)
        hist_times, some = _samples(hists, number, step)
        listed = list(some)
        group = int(hists.inverse[number])
        if call.arg.own is not None and hists.low[group, step] == hists.low[group, 0]:
            # nothing was read before the first one, so its hint is its own
            listed[0] = call.arg.own.values_of(int(hists.rows[number]))[int(hists.low[group, 0])]
        return Window(call, row, step, times, values, hist_times, listed)

    def _note_names(self, call: RangeCall, part: Matrix) -> None:
        """Say that a metric is perhaps no counter, by its name."""
        floats = part.floats().any(axis=1)
        for code in np.unique(part.labels.column("__name__")[floats]):
            name = part.labels.symbols.text(int(code))
            if name and not name.endswith(_COUNTER_SUFFIXES):
                self.context.notes.named("info", NON_COUNTER_NAME, name, call.start)


def _samples(windows: Windows, row: int, step: int) -> tuple[Ints, Any]:
    group = int(windows.inverse[row])
    low, count = int(windows.low[group, step]), int(windows.count[group, step])
    number = int(windows.rows[row])
    return windows.columns.times_of(number)[low : low + count], windows.columns.values_of(number)[low : low + count]


def absent_steps(found: Matrix, steps: int) -> Floats | None:
    """Return where no series has a sample, or nothing if there is one at each step."""
    covered = found.present.any(axis=0) if found.size else np.zeros(steps, np.bool_)
    return None if covered.all() else np.where(covered, np.nan, 1.0)
