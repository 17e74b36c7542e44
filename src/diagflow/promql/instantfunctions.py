"""The functions of instant vectors and numbers, by name (`promql/functions.go`)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np

from diagflow.promql import histfunctions, labelfunctions, sorting
from diagflow.promql.absent import absent_labels
from diagflow.promql.arrays import Bools, Floats
from diagflow.promql.context import Scalars, Value
from diagflow.promql.dates import DATES, of_date
from diagflow.promql.extremes import greater, lesser
from diagflow.promql.instantcall import InstantCall
from diagflow.promql.matrix import Matrix, nameless

_UFUNCS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "abs": np.abs, "ceil": np.ceil, "floor": np.floor, "exp": np.exp, "sqrt": np.sqrt, "ln": np.log, "log2": np.log2,
    "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "rad": lambda v: v * (np.pi / 180), "deg": lambda v: v * (180 / np.pi),
    "sgn": lambda v: np.where(v < 0, -1.0, np.where(v > 0, 1.0, v)),
}  # fmt: skip


def _of_floats(call: InstantCall, function: Callable[[Any], Any]) -> Value:
    """Apply a function to the floats of a vector; histograms are left out."""
    found = call.vector(0).only_floats()
    with np.errstate(all="ignore"):
        return call.nameless(found.with_values(function(found.values)))


def _clamp(call: InstantCall, low: Floats | None, high: Floats | None) -> Value:
    found = call.vector(0).only_floats()
    values = found.values
    if high is not None:
        values = lesser(values, high)
    if low is not None:
        values = greater(values, low)
    if low is not None and high is not None:
        found = Matrix(found.labels, values, found.present & ~(high < low), None, found.drops)
        return call.nameless(found.filled())
    return call.nameless(found.with_values(values))


def _round(call: InstantCall) -> Value:
    with np.errstate(all="ignore"):
        inverse = 1.0 / (call.scalar(1) if len(call.args) > 1 else np.ones(1))
    return _of_floats(call, lambda values: np.floor(values * inverse + 0.5) / inverse)


def _scalar(call: InstantCall) -> Value:
    found = call.vector(0)
    floats = found.floats()
    only = np.count_nonzero(floats, axis=0) == 1
    if not found.size:
        return Scalars(np.full(len(call.times), np.nan))
    row = np.argmax(floats, axis=0)
    return Scalars(np.where(only, found.values[row, np.arange(len(call.times))], np.nan))


def _vector(call: InstantCall) -> Value:
    values = call.scalar(0)[None, :]
    return Matrix(call.context.no_labels(1), values, np.ones(values.shape, np.bool_))


def _absent(call: InstantCall) -> Value:
    missing: Bools = np.logical_not(call.vector(0).present.any(axis=0))
    found = Matrix(absent_labels(call.context, call.node.args[0]), np.ones((1, len(missing))), missing[None, :])
    return found.filled()


def _date(call: InstantCall, name: str) -> Value:
    if not call.args:
        values = of_date(name, (call.times // 1000).astype(np.float64))[None, :]
        return Matrix(call.context.no_labels(1), values, np.ones(values.shape, np.bool_))
    return _of_floats(call, partial(of_date, name))


def _timestamp(call: InstantCall) -> Value:
    found = call.vector(0)
    times = np.broadcast_to(call.times / 1000, found.values.shape)
    return nameless(Matrix(found.labels, times, found.present, None, found.drops), late=call.context.late_names)


def _nothing(call: InstantCall) -> Value:
    """`start_timestamp`: empty, as without the experimental `use-start-timestamps`."""
    return call.vector(0).take(np.zeros(0, np.int64))


INSTANT_FUNCTIONS: Final[Mapping[str, Callable[[InstantCall], Value]]] = {
    **{name: partial(_of_floats, function=function) for name, function in _UFUNCS.items()},
    **{name: partial(_date, name=name) for name in DATES},
    **histfunctions.FUNCTIONS,
    "absent": _absent,
    "clamp": lambda call: _clamp(call, call.scalar(1), call.scalar(2)),
    "clamp_max": lambda call: _clamp(call, None, call.scalar(1)),
    "clamp_min": lambda call: _clamp(call, call.scalar(1), None),
    "label_join": labelfunctions.join,
    "label_replace": labelfunctions.replace,
    "max_of": lambda call: Scalars(greater(call.scalar(0), call.scalar(1))),
    "min_of": lambda call: Scalars(lesser(call.scalar(0), call.scalar(1))),
    "pi": lambda call: Scalars(np.full(len(call.times), np.pi)),
    "round": _round,
    "scalar": _scalar,
    "sort": partial(sorting.by_value, descending=False),
    "sort_by_label": partial(sorting.by_label, descending=False),
    "sort_by_label_desc": partial(sorting.by_label, descending=True),
    "sort_desc": partial(sorting.by_value, descending=True),
    "start_timestamp": _nothing,
    "time": lambda call: Scalars(call.times / 1000),
    "timestamp": _timestamp,
    "vector": _vector,
}
"""Every function that takes no range vector."""
