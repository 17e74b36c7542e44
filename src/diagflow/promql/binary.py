"""Binary expressions: between numbers, a vector and a number, two vectors."""

import numpy as np

from diagflow.promql import sets
from diagflow.promql.arrays import Bools, Floats
from diagflow.promql.binops import TRIMS, Operation
from diagflow.promql.check import COMPARISONS, SET_OPERATORS
from diagflow.promql.context import Context, Scalars, Value
from diagflow.promql.errors import PromQLError
from diagflow.promql.matrix import Matrix, nameless
from diagflow.promql.operators import CHANGES_MEANING, arithmetic, compare
from diagflow.promql.syntax import Binary
from diagflow.promql.vectormatch import match


def evaluate(context: Context, node: Binary, left: Value, right: Value) -> Value:
    """Return what a binary expression evaluates to."""
    if isinstance(left, Scalars) and isinstance(right, Scalars):
        return Scalars(_numbers(node.op, left.values, right.values))
    if isinstance(left, Matrix) and isinstance(right, Matrix):
        if node.op in SET_OPERATORS:
            return sets.evaluate(context, node, left, right)
        return match(context, node, left, right)
    if isinstance(left, Matrix) and isinstance(right, Scalars):
        return _with_number(context, node, left, right.values, swapped=False)
    if isinstance(left, Scalars) and isinstance(right, Matrix):
        return _with_number(context, node, right, left.values, swapped=True)
    raise TypeError(node.op)


def _numbers(op: str, left: Floats, right: Floats) -> Floats:
    if op in COMPARISONS:
        found: Floats = compare(op, left, right).astype(np.float64)
        return found
    if op in TRIMS:
        raise PromQLError(f'operator "{op}" not allowed for Scalar operations')
    return arithmetic(op, left, right)


def _with_number(context: Context, node: Binary, vector: Matrix, number: Floats, *, swapped: bool) -> Matrix:
    """Return an operation between a vector and a number (`VectorscalarBinop`); a filter keeps the vector's samples."""
    numbers = np.broadcast_to(number, vector.values.shape)
    sides = (numbers, vector.values) if swapped else (vector.values, numbers)
    hists = (None, vector.hists) if swapped else (vector.hists, None)
    found = Operation(context, node, vector.present, sides, hists).run()
    present: Bools = vector.present & found.possible
    values, kept_hists = found.values, found.hists
    if node.op in COMPARISONS:
        values, kept_hists = vector.values, vector.hists if not swapped else None
    if node.returns_bool:
        values, kept_hists = found.keep.astype(np.float64), None
    else:
        present = present & found.keep
    result = Matrix(vector.labels, values, present, kept_hists, vector.drops).filled()
    if node.op in CHANGES_MEANING or node.returns_bool:
        return nameless(result, late=context.late_names)
    return result
