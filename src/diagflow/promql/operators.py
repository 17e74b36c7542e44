"""Binary operators between numbers (`scalarBinop`, `vectorElemBinop`)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from diagflow.promql.arrays import Floats

ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.fmod, "atan2": np.arctan2,
}  # fmt: skip
COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
CHANGES_MEANING: Final = frozenset((*ARITHMETIC, "^"))
"""Operators whose result is no longer the metric (`changesMetricSchema`)."""


def arithmetic(op: str, left: Any, right: Any) -> Floats:
    """Return the result of an operator that calculates."""
    with np.errstate(all="ignore"):
        found: Floats = _power(left, right) if op == "^" else ARITHMETIC[op](left, right)
    return found


def compare(op: str, left: Any, right: Any) -> Any:
    """Return where a comparison holds."""
    with np.errstate(all="ignore"):
        return COMPARE[op](left, right)


def _power(left: Any, right: Any) -> Floats:
    return np.power(np.asarray(left, np.float64), np.asarray(right, np.float64))
