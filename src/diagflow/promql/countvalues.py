"""`count_values`: how often each value occurs."""

import numpy as np

from diagflow.promql.arrays import Codes, Ints
from diagflow.promql.context import Context, Steps
from diagflow.promql.errors import PromQLError
from diagflow.promql.frame import METADATA, groups_of
from diagflow.promql.matrix import Matrix, empty
from diagflow.promql.numbers import plain
from diagflow.promql.parse import valid_label
from diagflow.promql.syntax import Aggregate, Text
from diagflow.promql.tokens import go_quote


def count_values(context: Context, steps: Steps, node: Aggregate, found: Matrix) -> Matrix:
    """Return a series for each group and value (`aggregationCountValues`)."""
    label = node.param.value if isinstance(node.param, Text) else ""
    if not valid_label(label):
        raise PromQLError(f"invalid label name {_quoted(label)}", node.param.start if node.param else None)
    rows, cols = np.nonzero(found.present)
    if not len(rows):
        return empty(found.labels, len(steps))
    codes = _codes(context, found, rows, cols)
    labels = found.labels.take(rows).put(label, codes)
    labels = labels.drop((*METADATA, *node.grouping)) if node.without else labels.keep((*node.grouping, label))
    group, first = groups_of([labels.column(name) for name in labels.names()], len(rows))
    values = np.zeros((len(first), len(steps)))
    np.add.at(values, (group, cols), 1.0)
    return Matrix(labels.take(first), values, values > 0)


def _codes(context: Context, found: Matrix, rows: Ints, cols: Ints) -> Codes:
    """Return the code of each value as a text, made once for each different one."""
    values = found.values[rows, cols]
    bits, inverse = np.unique(values.view(np.uint64), return_inverse=True)
    texts = [context.symbols.code(plain(float(value))) for value in bits.view(np.float64)]
    codes = np.array(texts, np.int32)[inverse]
    if found.hists is not None:
        for number, one in enumerate(found.hists[rows, cols]):
            if one is not None:
                codes[number] = context.symbols.code(str(one))
    return codes


def _quoted(label: str) -> str:
    raw = label.encode("utf-8", "surrogateescape")
    return "".join(
        c if not "\udc80" <= c <= "\udcff" else f"\\x{ord(c) - 0xDC00:02x}"
        for c in go_quote(raw.decode("utf-8", "surrogateescape"))
    )
