"""`sort` and its kin: they order the result of an instant query."""

import re
from functools import cmp_to_key
from typing import Any, Final

import numpy as np

from diagflow.promql.instantcall import InstantCall
from diagflow.promql.matrix import Matrix

_CHUNK: Final = re.compile(r"\d+|\D+", re.ASCII)


def by_value(call: InstantCall, *, descending: bool) -> Matrix:
    """`sort`, `sort_desc`: NaN comes last either way, histograms are left out."""
    found = call.vector(0).only_floats()
    if not call.once or not found.size:
        return found
    values = found.values[:, 0]
    return found.take(np.argsort(-values if descending else values, kind="stable"))


def by_label(call: InstantCall, *, descending: bool) -> Matrix:
    """`sort_by_label`, `sort_by_label_desc`: numbers inside values count as numbers, then all labels decide."""
    found = call.vector(0)
    if not call.once or not found.size:
        return found
    names = [call.string(number) for number in range(1, len(call.args))]
    rows = list(enumerate(found.labels.rows()))

    def compare(one: Any, other: Any) -> int:
        for name in names:
            mine, theirs = one[1].get(name, ""), other[1].get(name, "")
            if mine != theirs:
                return -1 if _before(mine, theirs) else 1
        return -1 if list(one[1].items()) < list(other[1].items()) else 1

    ordered = sorted(rows, key=cmp_to_key(compare), reverse=descending)
    return found.take(np.array([number for number, _ in ordered], np.int64))


def _before(one: str, other: str) -> bool:
    """Return whether a text comes first (`natsort.Compare`)."""
    mine, theirs = _CHUNK.findall(one), _CHUNK.findall(other)
    for left, right in zip(mine, theirs, strict=False):
        if left.isdigit() and right.isdigit() and int(left) != int(right):
            return int(left) < int(right)
        if not (left.isdigit() and right.isdigit()) and left != right:
            return bool(left < right)
    return len(mine) <= len(theirs)
