"""The greater and the lesser of two numbers as Go's math.Max and math.Min have them.

They differ from numpy's in two corners: an infinity that wins wins over NaN too,
and 0 is greater than -0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from diagflow.promql.arrays import Floats


def greater(one: Floats, other: Floats) -> Floats:
    """Return the greater of each two numbers (math.Max)."""
    with np.errstate(invalid="ignore"):
        zero = np.where((one == 0) & (other == 0), one + other, np.maximum(one, other))
    return np.where((one == np.inf) | (other == np.inf), np.inf, zero)


def lesser(one: Floats, other: Floats) -> Floats:
    """Return the lesser of each two numbers (math.Min)."""
    return -greater(-one, -other)
