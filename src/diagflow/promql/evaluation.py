"""Queries: an expression, a storage and a time go in, a result comes out."""

from typing import Any, Final

import numpy as np

from diagflow.promql.annotations import Annotations
from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.check import kind_of
from diagflow.promql.context import MAX_SAMPLES, TIMEOUT, Context, Scalars, Steps, String, Value
from diagflow.promql.errors import PromQLError
from diagflow.promql.evaluator import Evaluator
from diagflow.promql.extended import extended_row
from diagflow.promql.frame import METADATA
from diagflow.promql.matrix import Matrix, merged
from diagflow.promql.parse import parse
from diagflow.promql.preprocess import preprocess
from diagflow.promql.rangecall import RangeArg
from diagflow.promql.result import Result, Row
from diagflow.promql.storage import Storage
from diagflow.promql.syntax import Invariant, Node, Paren, Range, Selector
from diagflow.promql.windows import Windows

LOOKBACK: Final = 300_000
"""How long a sample counts, in milliseconds, as Prometheus has it by default."""
SUBQUERY_STEP: Final = 60_000
"""The step of a subquery that names none, in milliseconds."""
_SPOKEN: Final = {"string": "string", "matrix": "range vector"}


def evaluate(
    storage: Storage,
    expression: str | Node,
    start: int,
    end: int | None = None,
    step: int | None = None,
    *,
    lookback: int = LOOKBACK,
    subquery_step: int = SUBQUERY_STEP,
    max_samples: int = MAX_SAMPLES,
    timeout: float = TIMEOUT,
    experimental: bool = False,
    delayed_name_removal: bool = False,
) -> Result:
    """Evaluate an expression at a moment, or from `start` to `end` at each `step`; all times in milliseconds.

    `experimental` allows the functions that Prometheus has behind `promql-experimental-functions`,
    `delayed_name_removal` is the feature of that name.

    Raises:
        PromQLError: the expression is none, or it cannot be evaluated. It says where.
    """
    text = expression if isinstance(expression, str) else ""
    tree = parse(expression, experimental=experimental) if isinstance(expression, str) else expression
    context = Context(storage, lookback, subquery_step, delayed_name_removal, max_samples, timeout)
    try:
        if end is None or step is None:
            return _instant(context, tree, Steps(start, start, 1), text)
        return _range(context, tree, _steps(start, end, step), text)
    except PromQLError as error:
        if not error.expression:
            error.expression = text
        raise


def _steps(start: int, end: int, step: int) -> Steps:
    if step <= 0:
        raise PromQLError("zero or negative query resolution step widths are not accepted. Try a positive integer")
    if end < start:
        raise PromQLError("end timestamp must not be before start time")
    return Steps(start, end, step)


def _instant(context: Context, tree: Node, steps: Steps, text: str) -> Result:
    kind = kind_of(tree)
    ready = preprocess(tree, steps, 0)
    evaluator = Evaluator(context, steps)
    if kind == "matrix":
        rows = [row for arg in evaluator.matrix(ready) for row in _range_rows(arg, _extending(ready), context)]
        return _result("matrix", sorted(rows, key=_by_labels), context.notes, text)
    found = evaluator.eval(ready)
    if isinstance(found, String):
        return Result("string", text=found.value)
    rows = list(_rows(_finished(context, found), steps.times))
    return _result("scalar" if isinstance(found, Scalars) else "vector", rows, context.notes, text)


def _range(context: Context, tree: Node, steps: Steps, text: str) -> Result:
    kind = kind_of(tree)
    if kind in _SPOKEN:
        what = f'invalid expression type "{_SPOKEN[kind]}" for range query, must be Scalar or instant Vector'
        raise PromQLError(what, tree.start)
    found = Evaluator(context, steps).eval(preprocess(tree, steps, steps.interval))
    rows = sorted(_rows(_finished(context, found), steps.times), key=_by_labels)
    return _result("matrix", rows, context.notes, text)


def _result(kind: str, rows: list[Row], notes: Annotations, text: str) -> Result:
    return Result(kind, tuple(rows), "", notes.texts("warning", text), notes.texts("info", text))  # type: ignore[arg-type]


def _by_labels(row: Row) -> list[tuple[str, str]]:
    return sorted(row.labels.items())


def _finished(context: Context, found: Value) -> Matrix:
    """Return a result as series, names removed that were only marked (`cleanupMetricLabels`)."""
    if isinstance(found, Scalars):
        return Matrix(context.no_labels(1), found.values[None, :], np.ones((1, len(found.values)), np.bool_))
    if not isinstance(found, Matrix):
        raise TypeError(type(found))
    if found.drops is None or not found.drops.any():
        return merged(found)
    columns = dict(found.labels.columns)
    for name in METADATA:
        if name in columns:
            columns[name] = np.where(found.drops, 0, columns[name]).astype(np.int32)
    found.labels.columns = columns
    return merged(found)


def _rows(found: Matrix, times: Ints) -> list[Row]:
    labels = found.labels.dicts()
    if found.hists is None and found.present.all():
        none = times[:0]
        return [Row(own, times, values, none) for own, values in zip(labels, found.values, strict=True)]
    hists, floats = found.is_hist(), found.floats()
    rows = []
    for number, own in enumerate(labels):
        histograms = () if found.hists is None else tuple(found.hists[number, hists[number]])
        values: Floats = found.values[number, floats[number]]
        rows.append(Row(own, times[floats[number]], values, times[hists[number]], histograms))
    return rows


def _extending(node: Node) -> Selector | None:
    """Return the selector of a range vector, if it is one with values at its ends."""
    while isinstance(node, Paren | Invariant):
        node = node.expr
    extends = isinstance(node, Range) and (node.selector.anchored or node.selector.smoothed)
    return node.selector if isinstance(node, Range) and extends else None


def _range_rows(arg: RangeArg, extends: Selector | None, context: Context) -> list[Row]:
    """Return the samples of each window of a range vector that was asked for by itself."""
    rows = []
    hist_numbers = {int(row): number for number, row in enumerate(arg.hist_rows)}
    for number in range(arg.labels.size):
        times, values = _window(arg.floats, number)
        hist_times: Ints = times[:0]
        hists: Any = ()
        if arg.hists is not None and number in hist_numbers:
            hist_times, hists = _window(arg.hists, hist_numbers[number])
        if extends is not None:
            times, values = _extended(arg, extends, context, times, values)
            if len(hist_times):
                word = "anchored" if extends.anchored else "smoothed"
                raise PromQLError(f"{word} modifier is not supported with histograms", extends.start)
        if len(times) or len(hist_times):
            labels = arg.labels.row(number)
            if arg.drops is not None and arg.drops[number]:
                labels = {name: value for name, value in labels.items() if name not in METADATA}
            rows.append(Row(labels, times, values, hist_times, tuple(hists)))
    return rows


def _extended(arg: RangeArg, extends: Selector, context: Context, times: Ints, values: Floats) -> tuple[Ints, Floats]:
    end = int(arg.floats.moments[0])
    ends = end - arg.floats.length + context.lookback, end - context.lookback * extends.smoothed
    return extended_row(times, values, ends, smoothed=extends.smoothed)


def _window(windows: Windows, number: int) -> tuple[Ints, Any]:
    group, row = int(windows.inverse[number]), int(windows.rows[number])
    low, count = int(windows.low[group, 0]), int(windows.count[group, 0])
    return windows.columns.times_of(row)[low : low + count], windows.columns.values_of(row)[low : low + count]
