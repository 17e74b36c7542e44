"""Where the last digit decides: Go and C do not calculate exp, tan, powers and their like to the same one.

`a % b`, or the difference of two nearly equal numbers, can make that digit the first one. Nobody defines such a result.
It is told by asking again with these functions a little off: if our own answer is another one then, it was the digit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from diagflow.promql import operators
from diagflow.promql.context import Scalars, Value
from diagflow.promql.instantcall import InstantCall
from diagflow.promql.instantfunctions import INSTANT_FUNCTIONS

FUNCTIONS = (
    "exp", "ln", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh",
    "atanh",
)  # fmt: skip
_OFF = 4 * 2.0**-53


@contextmanager
def another() -> Iterator[None]:
    """While this lasts, the last digit of these functions is another one, up or down from value to value."""
    moved = {name: partial(_function, function=INSTANT_FUNCTIONS[name]) for name in FUNCTIONS}
    power, angle = operators._power, operators.ARITHMETIC["atan2"]
    binary = {"atan2": lambda left, right: nudged(angle(left, right))}
    with (
        patch.dict(INSTANT_FUNCTIONS, moved),
        patch.dict(operators.ARITHMETIC, binary),
        patch.object(operators, "_power", lambda left, right: nudged(power(left, right))),
    ):
        yield


def _function(call: InstantCall, *, function: Any) -> Value:
    found: Any = function(call)
    return Scalars(nudged(found.values)) if isinstance(found, Scalars) else found.with_values(nudged(found.values))


def nudged(values: Any) -> Any:
    signs = np.random.default_rng(0).choice((-1.0, 1.0), np.shape(values))
    with np.errstate(all="ignore"):
        return np.asarray(values) * (1 + signs * _OFF)
