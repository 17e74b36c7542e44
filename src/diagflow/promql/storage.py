"""Where samples are while they are queried: one table a metric name, columns of labels, shared timestamps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from diagflow.model.errors import BadInput
from diagflow.promql.arrays import Bools, Codes, Floats, Ints, Objects
from diagflow.promql.columns import Columns
from diagflow.promql.frame import Frame, Symbols, show
from diagflow.promql.histogram import Histogram
from diagflow.promql.patterns import clean, compile_pattern
from diagflow.promql.stats import bare, bare_in_order
from diagflow.promql.syntax import Matcher

_STALE: Final = 0x7FF0000000000002
STALE_NAN: Final = float(np.array([_STALE], np.uint64).view(np.float64)[0])
"""The value that says: this series ended here (`value.StaleNaN`)."""
_NO_TIMES: Final = np.zeros(0, np.int64)
_KEPT: Final = 256


def is_stale(values: Floats) -> Bools:
    """Return which values are stale markers; other NaN are not."""
    bits: Bools = np.ascontiguousarray(values).view(np.uint64) == _STALE
    return bits


@dataclass(frozen=True, slots=True)
class Series:
    """A series to store: timestamps in milliseconds, strictly rising, and a value for each.

    A stale marker is `STALE_NAN` among the values. Histograms have timestamps of their own.
    """

    labels: Mapping[str, str]
    times: Ints
    values: Floats
    histogram_times: Ints = field(default_factory=lambda: _NO_TIMES)
    histograms: Sequence[Histogram] = ()


class Storage:
    """Series, ready to be queried. It does not change."""

    def __init__(self, series: Iterable[Series] = ()) -> None:
        """Store series.

        Raises:
            BadInput: timestamps do not rise, or two series have the same labels.
        """
        self.symbols = Symbols()
        by_name: dict[str, list[Series]] = {}
        for one in series:
            by_name.setdefault(one.labels.get("__name__", ""), []).append(one)
        self.tables = {name: Table(self.symbols, rows) for name, rows in by_name.items()}
        """The series of each metric name; those without a name under the empty one."""

    @property
    def nbytes(self) -> int:
        """Memory of samples and labels, without the texts of labels."""
        return sum(table.nbytes for table in self.tables.values())

    def bounds(self) -> tuple[int, int]:
        """Return the times of the first and the last sample.

        Raises:
            BadInput: there is none.
        """
        found = [ends for table in self.tables.values() if (ends := table.bounds())]
        if not found:
            raise BadInput("there are no samples: nothing can be asked")
        return min(first for first, _ in found), max(last for _, last in found)

    def __len__(self) -> int:
        return sum(table.labels.size for table in self.tables.values())

    def tables_for(self, matchers: Sequence[Matcher]) -> list["Table"]:
        """Return the tables whose name can match."""
        exact = [m.value for m in matchers if m.name == "__name__" and m.op == "=" and m.value]
        if exact:
            return [self.tables[exact[0]]] if exact[0] in self.tables else []
        return list(self.tables.values())


class Table:
    """The series of one metric name."""

    def __init__(self, symbols: Symbols, series: Sequence[Series]) -> None:
        self.labels = Frame.of(symbols, [_named(one.labels) for one in series])
        parts = [_parts(one) for one in series]
        self.floats = Columns([part[0] for part in parts], [part[1] for part in parts], np.float64)
        self.hists = self._hists(series)
        self.stale = self._stale([part[2] for part in parts])
        self._distinct: dict[str, tuple[Codes, Codes]] = {}
        self._bare: tuple[Columns[np.object_], Columns[np.object_]] | None = None
        self._matched: dict[tuple[str, str, str], Bools] = {}
        if self.labels.repeats():
            group, first = self.labels.groups()
            twice = self.labels.row(int(first[np.flatnonzero(np.bincount(group) > 1)[0]]))
            raise BadInput(f"two series have the labels {show(twice)}: give each series once")

    @staticmethod
    def _hists(series: Sequence[Series]) -> Columns[np.object_] | None:
        if not any(one.histograms for one in series):
            return None
        values = [np.fromiter(one.histograms, object, len(one.histograms)) for one in series]
        return Columns([np.asarray(one.histogram_times, np.int64) for one in series], values, np.object_)

    @staticmethod
    def _stale(times: Sequence[Ints]) -> Columns[np.int8] | None:
        if not any(len(these) for these in times):
            return None
        return Columns(times, [np.zeros(len(these), np.int8) for these in times], np.int8)

    def bare_hists(self) -> tuple[Columns[np.object_], Columns[np.object_]] | None:
        """Return the histograms without buckets: with hints told from the one before, and with their own."""
        if self.hists is not None and self._bare is None:
            rows = range(len(self.hists.base))
            times = [self.hists.times_of(row) for row in rows]
            each = [list(self.hists.values_of(row)) for row in rows]
            told = [_objects(bare_in_order(hists)) for hists in each]
            own = [_objects(map(bare, hists)) for hists in each]
            self._bare = Columns(times, told, np.object_), Columns(times, own, np.object_)
        return self._bare

    @property
    def nbytes(self) -> int:
        """Memory of samples and labels."""
        columns = [c for c in (self.floats, self.stale) if c is not None]
        return sum(c.nbytes for c in columns) + sum(codes.nbytes for codes in self.labels.columns.values())

    def bounds(self) -> tuple[int, int] | None:
        """Return the times of the first and the last sample, if there is one."""
        found = [c.bounds() for c in (self.floats, self.hists) if c is not None and len(c.values)]
        return (min(first for first, _ in found), max(last for _, last in found)) if found else None

    def rows(self, matchers: Sequence[Matcher]) -> Ints:
        """Return the series that all matchers match."""
        mask = np.ones(self.labels.size, np.bool_)
        for matcher in matchers:
            if matcher.name not in self.labels.columns:
                if not matches(matcher, ""):
                    return _NO_TIMES
            elif matcher.op in ("=", "!="):
                code = self.labels.symbols.find(matcher.value)
                same = self.labels.columns[matcher.name] == (-1 if code is None else code)
                mask &= same if matcher.op == "=" else ~same
            else:
                mask &= self._pattern(matcher)
        return np.flatnonzero(mask)

    def _pattern(self, matcher: Matcher) -> Bools:
        """Return which series a pattern matches; it runs once for each value that the label has."""
        if matcher.name not in self._distinct:
            distinct, inverted = np.unique(self.labels.columns[matcher.name], return_inverse=True)
            self._distinct[matcher.name] = distinct, inverted.astype(np.int32)
        codes, inverse = self._distinct[matcher.name]
        key = (matcher.name, matcher.op, matcher.value)
        if key not in self._matched:
            if len(self._matched) >= _KEPT:
                self._matched.clear()
            text = self.labels.symbols.text
            self._matched[key] = np.fromiter((matches(matcher, text(int(code))) for code in codes), np.bool_)
        found: Bools = self._matched[key][inverse]
        return found


def _objects(items: Iterable[Any]) -> Objects:
    listed = list(items)
    return np.fromiter(listed, object, len(listed))


def matches(matcher: Matcher, value: str) -> bool:
    """Return whether a label's value matches; a label that is not there is empty."""
    if matcher.op in ("=", "!="):
        return (value == matcher.value) == (matcher.op == "=")
    return (compile_pattern(matcher.value).fullmatch(clean(value)) is not None) == (matcher.op == "=~")


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if value}


def _parts(one: Series) -> tuple[Ints, Floats, Ints]:
    """Return times and values without the stale markers, and the times of those."""
    times, values = np.asarray(one.times, np.int64), np.asarray(one.values, np.float64)
    for these, what in ((times, len(values)), (np.asarray(one.histogram_times, np.int64), len(one.histograms))):
        if len(these) != what or (len(these) > 1 and not (these[1:] > these[:-1]).all()):
            raise BadInput(f"timestamps of {show(one.labels)} do not rise, or are not one for each sample: sort them")
    stale = is_stale(values)
    if not stale.any():
        return (
            one.times if isinstance(one.times, np.ndarray) and one.times.dtype == np.int64 else times,
            values,
            _NO_TIMES,
        )
    return times[~stale], values[~stale], times[stale]
