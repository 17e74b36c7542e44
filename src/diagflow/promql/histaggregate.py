"""`sum` and `avg` of groups that have histograms: one group and step at a time."""

from collections.abc import Sequence

import numpy as np

from diagflow.promql.annotations import COLLISION, MIXED_AGGREGATION, MIXED_SCHEMAS, RECONCILED
from diagflow.promql.context import Context
from diagflow.promql.groups import Groups
from diagflow.promql.histogram import Hint, Histogram, IncompatibleSchema, add, kahan_add
from diagflow.promql.matrix import Matrix
from diagflow.promql.rangehists import averaged
from diagflow.promql.syntax import Aggregate


def add_up(context: Context, node: Aggregate, groups: Groups, found: Matrix, result: Matrix) -> Matrix:
    """Return a result with the sums or means of histograms put in; a group with floats too has no result."""
    here = found.is_hist()
    some = groups.reduce(np.logical_or, here)
    floats = groups.reduce(np.logical_or, found.floats())
    hists = np.full(result.present.shape, None, object)
    for group, step in zip(*np.nonzero(some), strict=True):
        rows = [int(row) for row in groups.members(int(group)) if here[row, step]]
        members: list[Histogram] = [found.hists[row, step] for row in rows]  # type: ignore[index]
        if floats[group, step]:
            context.notes.warn(MIXED_AGGREGATION, node.expr.start)
        else:
            hists[group, step] = _combined(context, node, members, found.labels.get(rows[-1], "__name__"))
        result.present[group, step] = hists[group, step] is not None
    result.hists = hists
    return result


def _combined(context: Context, node: Aggregate, members: Sequence[Histogram], name: str) -> Histogram | None:
    try:
        found, reconciled = (averaged if node.op == "avg" else _total)(list(members))
    except IncompatibleSchema:
        context.notes.named("warning", MIXED_SCHEMAS, name, node.expr.start)
        return None
    if reconciled:
        context.notes.inform(f"{RECONCILED} aggregation", node.expr.start)
    hints = {one.hint for one in members}
    if Hint.RESET in hints and Hint.NOT_RESET in hints:
        context.notes.warn(f"{COLLISION} aggregation", node.expr.start)
    return found.compact()


def _total(members: list[Histogram]) -> tuple[Histogram, bool]:
    found, rest, reconciled = members[0], None, False
    for one in members[1:]:
        added = kahan_add(found, one, rest)
        found, rest, reconciled = added.value, added.rest, reconciled or added.reconciled
    return (add(found, rest).value if rest else found), reconciled
