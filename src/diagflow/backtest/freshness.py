"""At which steps a metric was there at all: silence of one that was not, says nothing."""

import numpy as np

from diagflow.promql.arrays import Bools, Ints
from diagflow.promql.evaluation import LOOKBACK
from diagflow.promql.storage import Storage, Table


class Freshness:
    """The metrics of a recording over time; each is looked at once."""

    def __init__(self, storage: Storage) -> None:
        self._tables = storage.tables
        self._known: dict[tuple[str, int, int, int], Bools] = {}

    def at(self, name: str, times: Ints) -> Bools:
        """Return the steps at which any series of a name has a sample that counts."""
        key = (name, len(times), int(times[0]), int(times[-1]))
        if key not in self._known:
            table = self._tables.get(name)
            self._known[key] = np.zeros(len(times), np.bool_) if table is None else _fresh(table, times)
        return self._known[key]

    def knows(self, name: str) -> bool:
        """Return whether there is any series of a name."""
        return name in self._tables


def _fresh(table: Table, times: Ints) -> Bools:
    found = np.zeros(len(times), np.bool_)
    for row in range(table.labels.size):
        last = _last(table.floats.times_of(row), times)
        if table.hists is not None:
            last = np.maximum(last, _last(table.hists.times_of(row), times))
        there = last > times - LOOKBACK
        if table.stale is not None:
            there &= last > _last(table.stale.times_of(row), times)
        found |= there
        if found.all():  # mostly the first series tells
            break
    return found


def _last(samples: Ints, times: Ints) -> Ints:
    """Return the time of the last sample up to each moment; a moment long ago where there is none."""
    if not len(samples):
        return np.full(len(times), np.iinfo(np.int64).min // 2)
    at = np.searchsorted(samples, times, side="right") - 1
    return np.where(at < 0, np.iinfo(np.int64).min // 2, samples[np.maximum(at, 0)])
