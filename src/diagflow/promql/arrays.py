"""Names for the types of arrays."""

from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int32]
Bools: TypeAlias = NDArray[np.bool_]
Objects: TypeAlias = NDArray[Any]
"""Histograms, or `None` where there is none."""


def there(hists: Objects) -> Bools:
    """Return where a histogram stands."""
    return cast("Bools", np.not_equal(hists, cast("Any", None)).astype(np.bool_))
