"""Instant vector selectors: the last sample of each series at each step, if it is fresh and the series goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.columns import Columns
from diagflow.promql.context import Context
from diagflow.promql.frame import Symbols
from diagflow.promql.matrix import Matrix, stack
from diagflow.promql.storage import Table
from diagflow.promql.syntax import Matcher

_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Moments:
    """When samples are looked up: a time for each step, and how long a sample counts (`LookbackDelta`)."""

    times: Ints
    lookback: int
    stats: bool = False
    """Of histograms, count and sum are enough."""


def select_instant(
    context: Context, matchers: Sequence[Matcher], moments: Moments, *, timestamps: bool = False
) -> Matrix:
    """Return the last sample of each series that matches (`vectorSelectorSingle`), or its timestamp in seconds."""
    parts = []
    steps = len(moments.times)
    for table in context.storage.tables_for(matchers):
        rows = table.rows(matchers)
        if len(rows):
            context.room(len(rows), steps)
            parts.append(_select(table, rows, context.symbols, moments, timestamps=timestamps))
    return stack(context.no_labels(), parts, steps).filled()


def _select(table: Table, rows: Ints, symbols: Symbols, moments: Moments, *, timestamps: bool) -> Matrix:
    labels = table.labels.take(rows)
    labels.symbols = symbols
    if table.hists is None and table.stale is None and not timestamps:
        values, present = _floats_only(table.floats, rows, moments)
        return Matrix(labels, values, present)
    times, values = last_before(table.floats, rows, moments.times)
    hists = None
    if table.hists is not None:
        hist_times, hists = _histograms(table, table.hists, rows, moments)
        later = hist_times > times
        times, hists = np.where(later, hist_times, times), np.where(later, hists, None)
    present = times > moments.times - moments.lookback
    if table.stale is not None:
        present &= times > last_before(table.stale, rows, moments.times)[0]
    if timestamps:
        return Matrix(labels, np.where(present, times, 0) / 1000, present)
    return Matrix(labels, values, present, hists)


def _histograms(table: Table, columns: Columns[Any], rows: Ints, moments: Moments) -> tuple[Ints, Any]:
    """Return time and value of the last histograms; without their buckets, if those are not needed."""
    told = table.bare_hists() if moments.stats else None
    if told is None:
        return last_before(columns, rows, moments.times)
    times, hists = last_before(told[0], rows, moments.times)
    groups, inverse = np.unique(columns.group[rows], return_inverse=True)
    numbers = columns.counts(groups, moments.times) - 1
    first = columns.counts(groups, moments.times[:1] - moments.lookback)
    return times, np.where((numbers == first)[inverse], last_before(told[1], rows, moments.times)[1], hists)


def _floats_only(columns: Columns[Any], rows: Ints, moments: Moments) -> tuple[Floats, Bools]:
    """Return values and presence, the lookup in time done once for all series with the same timestamps."""
    groups, inverse = np.unique(columns.group[rows], return_inverse=True)
    numbers = columns.counts(groups, moments.times) - 1
    fresh = columns.counts(groups, moments.times - moments.lookback) <= numbers
    flat = columns.base[rows][:, None] + np.maximum(numbers, 0)[inverse]
    return _taken(columns, flat), fresh[inverse]


def last_before(columns: Columns[Any], rows: Ints, moments: Ints) -> tuple[Ints, Any]:
    """Return time and value of the last sample at or before each moment; the least time where there is none."""
    groups, inverse = np.unique(columns.group[rows], return_inverse=True)
    numbers = columns.counts(groups, moments) - 1
    some = numbers >= 0
    if not some.any():
        shape = (len(rows), len(moments))
        return np.full(shape, _NEVER), np.zeros(shape, columns.values.dtype)
    times = np.where(some, columns.times(groups, np.where(some, numbers, 0)), _NEVER)
    flat = columns.base[rows][:, None] + np.maximum(numbers, 0)[inverse]
    return times[inverse], _taken(columns, flat)


def _taken(columns: Columns[Any], flat: Ints) -> Any:
    if not len(columns.values):
        return np.zeros(flat.shape, columns.values.dtype)
    return columns.values.take(flat, mode="clip")
