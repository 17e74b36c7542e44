"""The samples of one selector, as a Prometheus holds them.

An instant query of a range selector answers raw samples, without stale markers. So it is also asked at which of the
moments that matter each series was there; where it was not, though its last sample is young enough, a marker is put at
the first such moment. So what was asked is answered as Prometheus did; where a series ended between those moments is
not known, and an expression that looks there sees its last sample for up to five minutes.

Of native histograms only the labels are kept: the API gives their buckets that are not empty, without their schema, the
width of the zero bucket, bounds of one's own of empty buckets, and hints of resets. Who asks for such series is told.

Imports numpy: only who records series needs it.
"""

import math
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np

from diagflow.collect.lenient import decode, one_line
from diagflow.collect.promaccess import Door
from diagflow.collect.promanswer import Result, missing_of, result_of
from diagflow.model import Query, State
from diagflow.model.series import SeriesBlock
from diagflow.promql import STALE_NAN, PromQLError, Series
from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.evaluation import LOOKBACK
from diagflow.promql.needs import name_of, selector
from diagflow.promql.sources.packed import pack

_POINTS: Final = 11_000
"""Steps that Prometheus answers in one range query."""

_PACE: Final = 15_000
"""Milliseconds between samples, where it is not known: the shortest that is usual."""

Labels = tuple[tuple[str, str], ...]
Present = Mapping[Labels, Ints]


@dataclass(slots=True)
class Budget:
    """How many samples may still be read; shared by all selectors of a recording."""

    total: int
    left: int = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.left = self.total

    def take(self, count: int) -> bool:
        """Take as many; False when there are not as many left."""
        with self.lock:
            if count > self.left:
                return False
            self.left -= count
            return True


class _Refused(Exception):  # noqa: N818  # what it is
    """Prometheus did not answer one of the questions."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.detail)
        self.result = result


class _Raw(msgspec.Struct):
    metric: dict[str, str] = {}
    values: list[tuple[float, str]] = []
    histograms: Any = None


class _Data(msgspec.Struct):
    result: list[_Raw] = []


class _Body(msgspec.Struct):
    data: _Data
    warnings: list[str] = []


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """Asks for the samples of one selector.

    Attributes:
        door: who is asked.
        query: of the kind `series`.
        now: what its times are relative to.
        deadline: `time.monotonic()` value.
    """

    door: Door
    query: Query
    now: datetime
    deadline: float

    def result(self, budget: Budget) -> Result:
        """Return a block of series, or why there is none.

        Raises:
            WebError: nobody answered.
        """
        try:
            count = self._count()
            if not budget.take(count):
                return Result(State.ABSENT, detail=self._too_many(count, budget.total))
            if not count:
                return Result(State.EMPTY, SeriesBlock())
            return self._read()
        except _Refused as e:
            return e.result
        except PromQLError as e:
            return Result(State.ERROR, detail=f"this is no selector: {e}")
        except (ValueError, OverflowError) as e:  # a count, a value or a time that is no number, or an impossible one
            why = f"{self.door.shown} sent a result that cannot be read: {one_line(str(e))}"
            return Result(State.ERROR, detail=why)

    def _read(self) -> Result:
        body = self._raw()
        present = self._present()
        moments = self._moments()
        series = [_marked(one, moments, present) for one in _series(body.data.result)]
        left_out = sum(one.histograms is not None for one in body.data.result)
        notes = [one_line(text) for text in missing_of(body.warnings)]
        notes += [f"{left_out:,} series of native histograms are left out"] if left_out else []
        state = State.DATA if series else State.EMPTY
        return Result(state, pack(series), "; ".join(notes), complete=not notes)

    def _count(self) -> int:
        """Return how many samples there are; where a pattern stands for the name, as many as there might be.

        Only `last_over_time` keeps the names, without which series of two metrics are the same, which is an error.
        """
        named = name_of(selector(self.query.target))
        text = f"sum(count_over_time({self._window}))" if named else f"count(last_over_time({self._window}))"
        result = self._asked("/query", {"query": text, "time": _stamp(self._end)})
        found = int(result.data[0]["value"]) if result.data else 0
        return found if named else found * math.ceil((self._ms("end") - self._ms("start")) / _PACE)

    def _raw(self) -> _Body:
        answer = self.door.ask("/query", {"query": self._window, "time": _stamp(self._end)}, self.deadline)
        body = decode(answer.body, _Body) if answer.ok else None
        if body is None:
            raise _Refused(result_of(answer, self.door.shown))
        return body

    def _present(self) -> Present:
        """Return when each series was there, of the moments that matter."""
        found: dict[Labels, set[int]] = {}
        for answer in self._presences():
            for one in answer.data or ():
                times = [one["time"]] if "time" in one else [time for time, _ in one["values"]]
                found.setdefault(_key(one["labels"]), set()).update(round(time * 1000) for time in times)
        return {labels: np.array(sorted(times), np.int64) for labels, times in found.items()}

    def _presences(self) -> Iterator[Result]:
        for moment in self._single:
            yield self._asked("/query", {"query": self.query.target, "time": _stamp(moment)})
        grid = self._grid()
        if len(grid):
            form = {"start": _stamp(int(grid[0])), "end": _stamp(int(grid[-1])), "step": _stamp(self._step(grid))}
            yield self._asked("/query_range", {"query": self.query.target, **form})

    def _asked(self, endpoint: str, form: Mapping[str, str]) -> Result:
        result = result_of(self.door.ask(endpoint, form, self.deadline), self.door.shown)
        if result.state not in (State.DATA, State.EMPTY):
            raise _Refused(result)
        return result

    def _moments(self) -> Ints:
        return np.unique(np.concatenate([np.array(self._single, np.int64), self._grid()]))

    def _grid(self) -> Ints:
        """Return the moments of subqueries: multiples of their step; fewer, if it were too many for one question."""
        step = self._ms("step")
        if step <= 0:
            return np.zeros(0, np.int64)
        now = round(self.now.timestamp() * 1000)
        first, last = now + self._ms("start") + LOOKBACK, self._end
        step *= max(math.ceil((last - first) / step / _POINTS), 1)
        return np.arange(math.ceil(first / step) * step, last + 1, step, dtype=np.int64)

    def _step(self, grid: Ints) -> int:
        return int(grid[1] - grid[0]) if len(grid) > 1 else self._ms("step")

    @property
    def _single(self) -> Sequence[int]:
        now = round(self.now.timestamp() * 1000)
        told = self.query.param("moments").split(",")
        return [now + round(float(text) * 1000) for text in told if text] or [self._end]

    @property
    def _window(self) -> str:
        return f"{self.query.target}[{self._ms('end') - self._ms('start')}ms]"

    @property
    def _end(self) -> int:
        return round(self.now.timestamp() * 1000) + self._ms("end")

    def _ms(self, name: str) -> int:
        return round(float(self.query.param(name) or 0) * 1000)

    def _too_many(self, count: int, total: int) -> str:
        minutes = (self._ms("end") - self._ms("start")) / 60_000
        return (
            f"{self.query.target} has {count:,} samples in {minutes:g} minutes, too many: at most "
            f"{total:,} are read in all"
        )


def _series(raw: Iterable[_Raw]) -> Iterator[Series]:
    for one in raw:
        labels = {name: value for name, value in one.metric.items() if value}
        if one.values:
            times: Ints = np.array([round(time * 1000) for time, _ in one.values], np.int64)
            values: Floats = np.array([float(value) for _, value in one.values], np.float64)
            yield Series(labels, times, values)
        if one.histograms is not None:  # a series can have both: it changed within the time
            yield Series(labels, np.zeros(0, np.int64), np.zeros(0))


def _marked(series: Series, moments: Ints, present: Present) -> Series:
    """Return a series with a stale marker wherever it was found to be gone."""
    if not len(series.times):
        return series
    there = present.get(_key(series.labels), np.zeros(0, np.int64))
    last = np.searchsorted(series.times, moments, side="right") - 1
    young = (last >= 0) & (series.times[np.maximum(last, 0)] > moments - LOOKBACK)
    gone = young & ~np.isin(moments, there)
    marks = moments[gone][np.unique(last[gone], return_index=True)[1]]  # behind each sample the first such moment
    if not len(marks):
        return series
    times = np.concatenate([series.times, marks])
    values = np.concatenate([series.values, np.full(len(marks), STALE_NAN)])
    order = np.argsort(times, kind="stable")
    return Series(series.labels, times[order], values[order])


def _key(labels: Mapping[str, Any]) -> Labels:
    return tuple(sorted((name, value) for name, value in labels.items() if value))


def _stamp(ms: int) -> str:
    return f"{ms / 1000:.3f}"
