"""`topk`, `bottomk`, `limitk`, `limit_ratio`: some of the series of each group (`aggregationK`)."""

from typing import Final

import numpy as np

from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.context import Context, Steps
from diagflow.promql.errors import PromQLError
from diagflow.promql.groups import Groups, grouped
from diagflow.promql.labelhash import label_hash
from diagflow.promql.matrix import Matrix, empty
from diagflow.promql.numbers import general
from diagflow.promql.syntax import Aggregate

PICKERS: Final = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
_MOST: Final = 9223372036854774784.0
_LEAST: Final = -9223372036854775808.0
_ALL: Final = float((1 << 64) - 1)


def pick(context: Context, steps: Steps, node: Aggregate, param: Floats, found: Matrix) -> Matrix:
    """Return the series that are picked at each step.

    Raises:
        PromQLError: how many is no number, or far too great.
    """
    if not _checked(context, node, param):
        return empty(found.labels, len(steps))
    if node.op in ("topk", "bottomk") and found.hists is not None and found.is_hist().any():
        context.notes.inform(f"ignored histogram in {node.op} aggregation", node.start)
        found = found.only_floats()
    groups = grouped(found.labels, node)
    if node.op == "limit_ratio":
        keep, order = _by_hash(found, param), groups.order
    else:
        keep, order = _ranked(node.op, found, param, groups, once=steps.once)
    picked = Matrix(found.labels, found.values, found.present & keep, found.hists, found.drops)
    return picked.take(order).filled() if steps.once else picked.filled()


def _checked(context: Context, node: Aggregate, param: Floats) -> bool:
    """Return whether there is anything to pick."""
    most, least = float(np.max(param)), float(np.min(param))  # NaN if any is
    at = node.param.start if node.param else None
    if node.op == "limit_ratio":
        return _checked_ratio(context, param, (least, most), at)
    if most < 1:
        return False
    if np.isnan(param).any():
        raise PromQLError("Parameter value is NaN", at)
    if least <= _LEAST:
        raise PromQLError(f"Scalar value {general(float(least))} underflows int64", at)
    if most >= _MOST:
        raise PromQLError(f"Scalar value {general(float(most))} overflows int64", at)
    return True


def _checked_ratio(context: Context, param: Floats, ends: tuple[float, float], at: int | None) -> bool:
    if ends == (0, 0):
        return False
    if np.isnan(param).any():
        raise PromQLError("Ratio value is NaN", at)
    for value, cap in ((ends[1], 1.0), (ends[0], -1.0)):
        if abs(value) > 1 and value * cap > 0:
            text = f"ratio value should be between -1 and 1, got {general(value)}, capping to {general(cap)}"
            context.notes.warn(text, at or 0)
    return True


def _ranked(op: str, found: Matrix, param: Floats, groups: Groups, *, once: bool) -> tuple[Bools, Ints]:
    """Return where the first k of each group are, and the series in that order for a single step."""
    wanted = np.clip(param, 0, found.size).astype(np.int64)
    if wanted.min() >= groups.sizes.max(initial=0) and not once:
        return np.ones(found.present.shape, np.bool_), groups.order
    order = _order(op, found, groups)
    rank = np.empty_like(order)
    place = np.arange(found.size) - np.repeat(groups.starts, groups.sizes)
    np.put_along_axis(rank, order, np.broadcast_to(place[:, None], order.shape), axis=0)
    return rank < wanted, order[:, 0]


def _order(op: str, found: Matrix, groups: Groups) -> Ints:
    """Return the series of each step by group: what is there first, numbers before NaN, then as they come."""
    absent = ~found.present
    group = np.broadcast_to(groups.of[:, None], absent.shape)
    if op == "limitk":
        return np.lexsort((absent, group), axis=0)
    values = -found.values if op == "topk" else found.values
    return np.lexsort((values, np.isnan(values), absent, group), axis=0)


def _by_hash(found: Matrix, ratio: Floats) -> Bools:
    """Return which series a ratio picks: by the hash of their labels, so always the same (`HashRatioSampler`)."""
    offsets = np.array([label_hash(row) / _ALL for row in found.labels.rows()])[:, None]
    capped = np.clip(ratio, -1, 1)
    picked: Bools = np.where(capped >= 0, offsets < capped, offsets >= 1.0 + capped)
    return picked
