"""Aggregations (`rangeEvalAgg`, `aggregation`)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

import numpy as np

from diagflow.promql.annotations import QUANTILE
from diagflow.promql.arrays import Bools, Floats
from diagflow.promql.context import Context, Steps, Value
from diagflow.promql.countvalues import count_values
from diagflow.promql.groups import Groups, grouped, labels_of
from diagflow.promql.histaggregate import add_up
from diagflow.promql.matrix import Matrix, empty
from diagflow.promql.numbers import general
from diagflow.promql.pick import PICKERS, pick
from diagflow.promql.reduce import quantile_of
from diagflow.promql.sums import add, compensated_mean, compensated_sum, each
from diagflow.promql.syntax import Aggregate, Node

_UNIT: Final = 2.0**-53
_ENOUGH: Final = 1e-11
_SPREAD: Final = 1e-5
_FEW: Final = 256
"""Groups with so many series are added up as Prometheus does, series by series."""


class Evaluates(Protocol):
    """What evaluates the parts of an aggregation."""

    context: Context
    steps: Steps

    def eval(self, node: Node) -> Value: ...  # noqa: D102
    def vector(self, node: Node) -> Matrix: ...  # noqa: D102
    def scalar(self, node: Node) -> Any: ...  # noqa: D102


def evaluate(evaluator: Evaluates, node: Aggregate) -> Matrix:
    """Return what an aggregation makes of its vector."""
    if node.op == "count_values":
        return count_values(evaluator.context, evaluator.steps, node, evaluator.vector(node.expr))
    param: Any = None if node.param is None else evaluator.scalar(node.param)
    found = evaluator.vector(node.expr)
    if node.op in PICKERS:
        return pick(evaluator.context, evaluator.steps, node, param, found)
    if node.op == "quantile" and node.param is not None:
        _check_quantiles(evaluator.context, param, node.param.start)
    if not found.size:
        return empty(found.labels, len(evaluator.steps))
    return _reduced(evaluator.context, node, param, found).filled()


def _check_quantiles(context: Context, q: Floats, start: int) -> None:
    """Warn about quantiles outside 0 to 1: NaN, the greatest and the least (newFParams)."""
    none = bool(np.isnan(q).any())
    most, least = float(np.fmax.reduce(q)), float(np.fmin.reduce(q))
    high = most > 1 and (not none or np.isinf(most))  # among NaN, only infinities are seen there
    low = least < 0 and (not none or np.isinf(least))
    for value, wrong in ((np.nan, none), (most, high), (least, low)):
        if wrong:
            context.notes.warn(f"{QUANTILE} {general(value)}", start)


def _reduced(context: Context, node: Aggregate, q: Any, found: Matrix) -> Matrix:
    groups = grouped(found.labels, node)
    labels = labels_of(found.labels, groups, node)
    counted = found.present if node.op in ("count", "group", "sum", "avg") else found.floats()
    if node.op not in ("count", "group", "sum", "avg") and found.hists is not None and found.is_hist().any():
        context.notes.inform(f"ignored histogram in {node.op} aggregation", node.expr.start)
    present = groups.reduce(np.logical_or, counted)
    drops = (
        None if found.drops is None else groups.reduce(np.logical_or, found.present & found.drops[:, None]).any(axis=1)
    )
    if node.op in ("sum", "avg"):
        floats = found.floats()
        values = _summed(found.values, floats, groups, mean=node.op == "avg")
        result = Matrix(labels, values, present, None, drops)
        return result if found.hists is None else add_up(context, node, groups, found, result)
    values = _quantiles(found, groups, q) if node.op == "quantile" else _FUNCTIONS[node.op](found, counted, groups)
    return Matrix(labels, values, present, None, drops)


def _summed(values: Floats, present: Bools, groups: Groups, *, mean: bool) -> Floats:
    """Return sums or means of each group; what is not finite or not exact enough is done again, one by one."""
    counted = values if present.all() else np.where(present, values, 0.0)
    count = groups.reduce(np.add, present.astype(np.int64))
    with np.errstate(all="ignore"):
        total, rest, bad = _added(counted, groups) if groups.sizes.max() <= _FEW else _plain(counted, count, groups)
        found = total / count + rest / count if mean else total + rest
    for group, steps in _bad_cells(bad):
        rows = groups.members(group)
        part = each(values[np.ix_(rows, steps)], present[np.ix_(rows, steps)])
        found[group, steps] = (compensated_mean if mean else compensated_sum)(part, (len(steps),))
    summed: Floats = found
    return summed


def _added(counted: Floats, groups: Groups) -> tuple[Floats, Any, Bools]:
    """Return sums, what they lack, and where they are not finite: the n-th series of all groups at once."""
    by_size, turns = groups.in_turn()
    total, rest = np.zeros((2, len(groups), counted.shape[1]))
    for some, rows in turns:
        add(counted[rows], total[:some], rest[:some])
    back = np.argsort(by_size)
    return total[back], rest[back], ~np.isfinite(total[back])


def _plain(counted: Floats, count: Any, groups: Groups) -> tuple[Floats, Any, Bools]:
    """Return the same for big groups by plain addition.

    Of n numbers it is off by at most n * 2**-53 of the sum of their magnitudes; where that is more than 1e-11 of the
    sum itself, the sum is not exact enough.
    """
    total = groups.reduce(np.add, counted)
    size = groups.reduce(np.add, np.abs(counted))
    return total, 0.0, ~((count * _UNIT * size <= _ENOUGH * np.abs(total)) & np.isfinite(total))


def _bad_cells(bad: Bools) -> list[tuple[int, Any]]:
    return [(int(group), np.flatnonzero(bad[group])) for group in np.flatnonzero(bad.any(axis=1))]


def _variance(found: Matrix, present: Bools, groups: Groups) -> Floats:
    """Return population variances: Welford's as in Prometheus, of big groups where two passes are not exact enough."""
    if groups.sizes.max() <= _FEW:
        by_size, turns = groups.in_turn()
        series = ((some, found.values[rows], present[rows]) for some, rows in turns)
        ordered: Floats = _welford(series, (len(groups), present.shape[1]))[np.argsort(by_size)]
        return ordered
    count = groups.reduce(np.add, present.astype(np.float64))
    with np.errstate(all="ignore"):
        counted = np.where(present, found.values, 0.0)
        mean = groups.reduce(np.add, counted) / count
        away = np.where(present, found.values - mean[groups.of], 0.0)
        values: Floats = groups.reduce(np.add, away * away) / count
        size = groups.reduce(np.maximum, np.abs(counted))
        bad = ~((np.sqrt(values) > _SPREAD * size) | (values == 0))
    for group, steps in _bad_cells(bad & (count > 0)):
        cells = np.ix_(groups.members(group), steps)
        each_ = ((1, value[None], here[None]) for value, here in each(found.values[cells], present[cells]))
        values[group, steps] = _welford(each_, (1, len(steps)))[0]
    return values


def _welford(turns: Iterable[tuple[int, Floats, Bools]], shape: tuple[int, int]) -> Floats:
    """Return variances; each turn has one value more for the first groups."""
    count, mean, total = (np.zeros(shape) for _ in range(3))
    with np.errstate(all="ignore"):
        for some, value, here in turns:
            count[:some] += here
            delta = value - mean[:some]
            first = count[:some] == 1
            new = np.where(first, value, mean[:some] + delta / count[:some])
            start = np.where(np.isfinite(value), 0.0, np.nan)
            more = np.where(first, start, total[:some] + delta * (value - new))
            total[:some] = np.where(here, more, total[:some])
            mean[:some] = np.where(here, new, mean[:some])
        variances: Floats = total / count
        return variances


def _extreme(function: Any) -> Callable[[Matrix, Bools, Groups], Floats]:
    """Return least or greatest values; NaN only if there is nothing else."""

    def of(found: Matrix, present: Bools, groups: Groups) -> Floats:
        values: Floats = groups.reduce(function, np.where(present, found.values, np.nan))
        return values

    return of


def _count(_: Matrix, present: Bools, groups: Groups) -> Floats:
    counts: Floats = groups.reduce(np.add, present.astype(np.float64))
    return counts


def _ones(found: Matrix, _: Bools, groups: Groups) -> Floats:
    return np.ones((len(groups), found.present.shape[1]))


def _quantiles(found: Matrix, groups: Groups, q: Floats) -> Floats:
    present = found.floats()
    values = np.where(present, found.values, np.nan)
    result = np.empty((len(groups), values.shape[1]))
    for group in range(len(groups)):
        rows = groups.members(group)
        result[group] = quantile_of(values[rows].T, np.count_nonzero(present[rows], axis=0), q)
    return result


_FUNCTIONS: Final[Mapping[str, Callable[[Matrix, Bools, Groups], Floats]]] = {
    "count": _count,
    "group": _ones,
    "max": _extreme(np.fmax),
    "min": _extreme(np.fmin),
    "stddev": lambda found, present, groups: np.sqrt(_variance(found, present, groups)),
    "stdvar": _variance,
}
