"""Samples that come one by one, in any order, gathered by series."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from diagflow.model.errors import BadInput
from diagflow.promql.frame import show
from diagflow.promql.storage import Series, Storage, is_stale

Labels = tuple[tuple[str, str], ...]
_CENTURIES: Final = 253_402_300_800
"""The end of the year 9999 in seconds: later moments can be told to nobody, and are mostly in another unit."""


class NoMoment(ValueError):  # noqa: N818  # what it is not
    """A number that is no time in seconds; the message says what to write."""


def milliseconds(seconds: Any) -> int:
    """Return a timestamp in seconds as one in milliseconds.

    Raises:
        NoMoment: it is of no year that a calendar has.
        ValueError: it is no number (TypeError, if it can be none).
    """
    moment = float(seconds)
    if not 0 <= moment < _CENTURIES:
        raise NoMoment(f"{moment:g} is no time in seconds after 1970: write timestamps in seconds")
    return round(moment * 1000)


class Gathered:
    """The samples of each series, by its labels."""

    def __init__(self) -> None:
        self._series: dict[Labels, tuple[list[int], list[float]]] = {}

    def add(self, labels: Labels, time: int, value: float) -> None:
        """Add a sample; labels are sorted by name and have no empty value."""
        times, values = self._series.setdefault(labels, ([], []))
        times.append(time)
        values.append(value)

    def storage(self, where: str) -> Storage:
        """Return all of them as a storage.

        Raises:
            BadInput: a series has two different values at the same time.
        """
        return Storage(self._ordered(where))

    def _ordered(self, where: str) -> Iterator[Series]:
        for labels, (listed, numbers) in self._series.items():
            times, values = np.array(listed, np.int64), np.array(numbers, np.float64)
            order = np.argsort(times, kind="stable")
            times, values = times[order], values[order]
            again = times[1:] == times[:-1]
            same = (values[1:] == values[:-1]) | (
                np.isnan(values[1:]) & (is_stale(values[1:]) == is_stale(values[:-1]))
            )
            if (again & ~same).any():
                time = int(times[1:][again & ~same][0])
                raise BadInput(f"{where}: {show(dict(labels))} has two values at {time / 1000:.3f}: keep one of them")
            keep = np.concatenate([[True], ~again])
            yield Series(dict(labels), times[keep], values[keep])
