"""`and`, `or`, `unless` (`VectorAnd`, `VectorOr`, `VectorUnless`)."""

import numpy as np

from diagflow.promql.arrays import Bools, Ints
from diagflow.promql.context import Context
from diagflow.promql.errors import PromQLError
from diagflow.promql.frame import METADATA, Frame, groups_of
from diagflow.promql.matrix import SAME_LABELS, Matrix, merged, stack
from diagflow.promql.syntax import Binary, Matching


def signatures(left: Frame, right: Frame, matching: Matching) -> tuple[Ints, Ints, int]:
    """Return for the series of both sides the number of the labels by which they match, and how many those are."""
    if matching.on:
        names = list(matching.labels)
    else:
        ignored = (*METADATA, *matching.labels)
        names = sorted({name for frame in (left, right) for name in frame.columns if name not in ignored})
    columns = [np.concatenate([left.column(name), right.column(name)]) for name in names]
    of, first = groups_of(columns, left.size + right.size)
    return of[: left.size], of[left.size :], len(first)


def evaluate(context: Context, node: Binary, left: Matrix, right: Matrix) -> Matrix:
    """Return what a set operator makes of two vectors."""
    of_left, of_right, count = signatures(left.labels, right.labels, node.matching)
    steps = left.present.shape[1] if left.size else right.present.shape[1]
    if node.op == "or":
        here = _present(left.present, of_left, count, steps)
        rest = Matrix(right.labels, right.values, right.present & ~here[of_right], right.hists, right.drops).filled()
        return _together(context, left, rest, steps)
    here = _present(right.present, of_right, count, steps)
    keep = here[of_left] if node.op == "and" else ~here[of_left]
    return Matrix(left.labels, left.values, left.present & keep, left.hists, left.drops).filled()


def _present(present: Bools, of: Ints, count: int, steps: int) -> Bools:
    found = np.zeros((count, steps), np.bool_)
    np.logical_or.at(found, of, present)
    return found


def _together(context: Context, left: Matrix, right: Matrix, steps: int) -> Matrix:
    found = stack(context.no_labels(), [left, right], steps)
    try:
        return merged(found)
    except PromQLError:
        raise PromQLError(SAME_LABELS) from None
