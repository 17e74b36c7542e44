"""A recording with what rules record on top of it, which later rules see (`rules/group.go`, `Group.Eval`)."""

from collections.abc import Iterable, Iterator, Sequence
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
        self._given: dict[str, dict[int, tuple[Sequence[Series], int]]] = {}
        self._changed: set[str] = set()

    def put(self, name: str, rule: int, series: Iterable[Series], offset: int = 0) -> None:
        """Give the samples of one rule under a name, instead of those that it gave before.

        Args:
            name: of the metric.
            rule: its number in the order of evaluation.
            series: all that it wrote.
            offset: by how much its samples are in the past of their evaluation (`query_offset`).
        """
        self._given.setdefault(name, {})[rule] = tuple(series), offset
        self._changed.add(name)

    def ready(self, rules: Iterable[int]) -> Storage:
        """Make the tables that a query of all steps reads, before it and never during it: texts have codes by then.

        Args:
            rules: those whose samples it reads.
        """
        for name in sorted(self._changed & self._names(rules)):
            parts = [series for _, (series, _) in sorted(self._given[name].items())]
            self._make(name, parts)
            self._changed.discard(name)
        return self

    def ready_at(self, rule: int, rules: Iterable[int], time: int, after: int | None) -> Storage:
        """Make the tables as a rule sees them at one evaluation: of itself and of rules behind it, what came before.

        Args:
            rule: its number.
            rules: those whose samples it reads; others are left out.
            time: of the evaluation.
            after: samples up to this moment are left out; None for all samples.
        """
        wanted = set(rules)
        for name in sorted(self._names(wanted)):
            parts = []
            for number, (series, offset) in sorted(self._given[name].items()):
                if number in wanted:
                    until = time - offset - (number >= rule)
                    young = series if after is None else [one for one in series if one.times[-1] > after]
                    parts.append([_between(one, after, until) for one in young])
            self._make(name, parts)
            self._changed.add(name)
        return self

    def _names(self, rules: Iterable[int]) -> set[str]:
        wanted = set(rules)
        return {name for name, given in self._given.items() if not wanted.isdisjoint(given)}

    def _make(self, name: str, parts: Iterable[Sequence[Series]]) -> None:
        self.tables[name] = Table(self.symbols, list(_first_written(parts)))


def _first_written(parts: Iterable[Sequence[Series]]) -> Iterator[Series]:
    """Put together what rules gave, in their order: of one series at one moment, the first sample stays."""
    by_labels: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for series in parts:
        for one in series:
            if len(one.times):
                by_labels.setdefault(tuple(sorted(one.labels.items())), []).append(one)
    return map(_merged, by_labels.values())


def _between(one: Series, after: int | None, until: int) -> Series:
    first = 0 if after is None else int(np.searchsorted(one.times, after, side="right"))
    last = int(np.searchsorted(one.times, until, side="right"))
    return Series(one.labels, one.times[first:last], one.values[first:last])


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
