"""Functions of histograms, native and classic."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np

from diagflow.promql.annotations import QUANTILE, for_metric
from diagflow.promql.arrays import Floats
from diagflow.promql.buckets import Classic, split
from diagflow.promql.classic import fraction, quantiles
from diagflow.promql.context import Value
from diagflow.promql.fixes import Fixes
from diagflow.promql.histogram import Histogram
from diagflow.promql.histogram.quantile import fraction as native_fraction
from diagflow.promql.histogram.quantile import quantile as native_quantile
from diagflow.promql.histogram.quantile import variance
from diagflow.promql.histogram.value import divided
from diagflow.promql.instantcall import InstantCall
from diagflow.promql.matrix import Matrix, stack
from diagflow.promql.numbers import general, open_metrics

_Cell = Callable[[Histogram, int, str], float]


def _of_hists(call: InstantCall, number: Callable[[Histogram], float]) -> Value:
    found = call.vector(0)
    return call.nameless(_mapped(found, lambda one, _step, _name: number(one)))


def _mapped(found: Matrix, number: _Cell) -> Matrix:
    """Return what a function makes of each histogram; floats are left out."""
    here = found.is_hist()
    values = np.zeros(here.shape)
    for row, step in zip(*np.nonzero(here), strict=True):
        name = found.labels.get(int(row), "__name__")
        values[row, step] = number(found.hists[row, step], int(step), name)  # type: ignore[index]
    return Matrix(found.labels, values, here, None, found.drops).filled()


def _deviation(one: Histogram) -> float:
    found = variance(one)
    return math.sqrt(found) if found >= 0 else math.nan


def _quantile(call: InstantCall) -> Value:
    _check(call, call.scalar(0), call.at(0))
    native, classic = split(call, 1)
    fixes = Fixes(call, call.at(1))
    parts = _quantile_parts(call, native, classic, call.scalar(0), fixes)
    fixes.note()
    return call.nameless(stack(call.context.no_labels(), parts, len(call.times)))


def _check(call: InstantCall, q: Floats, start: int) -> None:
    for value in np.unique(q):
        if np.isnan(value) or value < 0 or value > 1:
            call.context.notes.warn(f"{QUANTILE} {general(float(value))}", start)


def _quantile_parts(call: InstantCall, native: Matrix, classic: list[Classic], q: Floats, fixes: Fixes) -> list[Matrix]:
    def one_quantile(one: Histogram, step: int, name: str) -> float:
        found, said = native_quantile(float(q[step]), one)
        if said:
            call.context.notes.inform(for_metric(said, name if call.context.late_names else ""), fixes.start)
        return found

    return [_mapped(native, one_quantile), *(_classic_quantiles(part, q, fixes) for part in classic)]


def _classic_quantiles(part: Classic, q: Floats, fixes: Fixes) -> Matrix:
    values = np.full(part.present.shape, np.nan)
    for rows, steps, bounds, counts in part.blocks():
        found = quantiles(q[steps], bounds, counts)
        values[np.ix_(rows, steps)] = found.values
        for row, step in zip(*np.nonzero(found.forced), strict=True):
            fixes.add(part, int(rows[row]), int(steps[step]), found.fix(int(row), int(step)))
    return Matrix(part.labels, values, part.present, None, part.drops)


def _quantiles(call: InstantCall) -> Value:
    label = call.string(1)
    native, classic = split(call, 0)
    parts, fixes = [], Fixes(call, call.at(0))
    for number in range(2, len(call.args)):
        q = call.scalar(number)
        _check(call, q, call.at(number))
        for part in _quantile_parts(call, native, classic, q, fixes):
            parts += _labelled(call, part, label, q)
    fixes.note()
    return call.nameless(stack(call.context.no_labels(), parts, len(call.times)))


def _labelled(call: InstantCall, part: Matrix, label: str, q: Floats) -> list[Matrix]:
    """Return a part for each different quantile, with a label that says which."""
    found = []
    for value in np.unique(q):
        here = np.isnan(q) if np.isnan(value) else q == value
        code = call.context.symbols.code(open_metrics(float(value)))
        labels = part.labels.put(label, np.full(part.size, code, np.int32))
        found.append(Matrix(labels, part.values, part.present & here, None, part.drops).filled())
    return found


def _fraction(call: InstantCall) -> Value:
    low, high = call.scalar(0), call.scalar(1)
    native, classic = split(call, 2)

    def one_fraction(one: Histogram, step: int, name: str) -> float:
        found, said = native_fraction(float(low[step]), float(high[step]), one)
        if said:
            call.context.notes.inform(for_metric(said, name if call.context.late_names else ""), call.at(2))
        return found

    parts = [_mapped(native, one_fraction), *(_classic_fractions(part, low, high) for part in classic)]
    return call.nameless(stack(call.context.no_labels(), parts, len(call.times)))


def _classic_fractions(part: Classic, low: Floats, high: Floats) -> Matrix:
    values = np.full(part.present.shape, np.nan)
    for rows, steps, bounds, counts in part.blocks():
        for row, step in np.ndindex(len(rows), len(steps)):
            ends = float(low[steps[step]]), float(high[steps[step]])
            share = fraction(*ends, bounds[row].tolist(), counts[row, :, step].tolist())
            values[rows[row], steps[step]] = share
    return Matrix(part.labels, values, part.present, None, part.drops)


FUNCTIONS: Final[Mapping[str, Callable[[InstantCall], Value]]] = {
    "histogram_avg": partial(_of_hists, number=lambda one: divided(one.sum, one.count)),
    "histogram_count": partial(_of_hists, number=lambda one: one.count),
    "histogram_fraction": _fraction,
    "histogram_quantile": _quantile,
    "histogram_quantiles": _quantiles,
    "histogram_stddev": partial(_of_hists, number=_deviation),
    "histogram_stdvar": partial(_of_hists, number=variance),
    "histogram_sum": partial(_of_hists, number=lambda one: one.sum),
}
