"""A recording with what rules record on top of it, which later rules see (`rules/group.go`, `Group.Eval`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np

from diagflow.backtest.sampled import Labels, Sampled
from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.frame import Symbols
from diagflow.promql.storage import STALE_NAN, Series, Storage, Table

ALERTS: Final = "ALERTS"
FOR_STATE: Final = "ALERTS_FOR_STATE"


class Overlay(Storage):
    """The samples of a recording and those that rules gave.

    What the rules record takes the place of what the recording has under that name.
    """

    def __init__(self, base: Storage) -> None:
        super().__init__()
        self.symbols = Symbols(base.symbols)
        self.tables = dict(base.tables)
        self._given: dict[str, dict[int, Sequence[Series]]] = {}
        self._changed: set[str] = set()

    def put(self, name: str, rule: int, series: Iterable[Series]) -> None:
        """Give the samples of one rule under a name, instead of those that it gave before."""
        self._given.setdefault(name, {})[rule] = tuple(series)
        self._changed.add(name)

    def ready(self, wanted: Callable[[str], bool] = lambda _: True, after: int | None = None) -> Storage:
        """Make the tables of what was given, before a query and never during one, whose texts have codes by then.

        Args:
            wanted: which names the query reads.
            after: samples up to this moment are left out until the next call; None for all samples.
        """
        for name in sorted(filter(wanted, self._changed)):
            self.tables[name] = Table(self.symbols, list(_first_written(self._given[name], after)))
            if after is None:
                self._changed.discard(name)
        return self


def _first_written(given: Mapping[int, Sequence[Series]], after: int | None) -> Iterator[Series]:
    """Put together what several rules gave: of one series at one moment, the first sample that was written stays."""
    by_labels: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for _, series in sorted(given.items()):
        for one in series if after is None else map(partial(_later, after), series):
            if len(one.times):
                by_labels.setdefault(tuple(sorted(one.labels.items())), []).append(one)
    return map(_merged, by_labels.values())


def _later(after: int, one: Series) -> Series:
    first = int(np.searchsorted(one.times, after, side="right"))
    return Series(one.labels, one.times[first:], one.values[first:])


def _merged(parts: Sequence[Series]) -> Series:
    if len(parts) == 1:
        return parts[0]
    times = np.concatenate([part.times for part in parts])
    values = np.concatenate([part.values for part in parts])
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    keep = np.concatenate([[True], times[1:] != times[:-1]])
    return Series(parts[0].labels, times[keep], values[keep])


def written(
    name: str, labels: Sequence[Labels], present: Bools, values: Floats, found: Sampled, offset: int = 0
) -> list[Series]:
    """Return what a rule writes: its samples, and a stale marker where a series is not given any more.

    Args:
        name: of the metric.
        labels: of each row.
        present: where a row is given.
        values: of each row and step.
        found: the evaluation; a step that failed writes nothing, no marker either.
        offset: `query_offset`, by which samples are written in the past.
    """
    good = ~found.failed
    times, present, values = found.steps.times[good] - offset, present[:, good], values[:, good]
    ends = np.zeros_like(present)
    ends[:, 1:] = present[:, :-1] & ~present[:, 1:]
    return [
        _series({**own, "__name__": name}, times, values[row], present[row], ends[row])
        for row, own in enumerate(labels)
        if present[row].any()
    ]


def _series(labels: Labels, times: Ints, values: Floats, present: Bools, ends: Bools) -> Series:
    if present.all():
        return Series(labels, times, values)
    there = present | ends
    return Series(labels, times[there], np.where(ends, STALE_NAN, values)[there])
