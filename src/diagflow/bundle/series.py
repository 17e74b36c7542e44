"""Answers of expressions from the series that a bundle holds: ours, where the recording has none.

A function of the bundle alone: the same series give the same answer, wherever and whenever. Only a bundle that holds
series imports this.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from diagflow.model import BadInput, Coverage, Query, Reading, State
from diagflow.model.series import SeriesBlock
from diagflow.promql import Histogram, PromQLError, Result, Row, Series, Storage, evaluate
from diagflow.promql.needs import Need, needs, selector
from diagflow.promql.sources.merge import merged
from diagflow.promql.sources.packed import unpack
from diagflow.promql.syntax import Matcher

SOURCE: Final = "series"


@dataclass(frozen=True, slots=True)
class _Held:
    """One reading of series: what of the world it holds completely. Without matchers that is everything there was."""

    reading: Reading
    matchers: tuple[Matcher, ...]
    start: float
    end: float

    def covers(self, need: Need) -> bool:
        """True when all samples that are needed and were there then are in it."""
        return set(self.matchers) <= set(need.matchers) and self.start <= need.start and need.end <= self.end

    @property
    def usable(self) -> bool:
        """True when it can be evaluated; nothing, of which something was left out, is not nothing."""
        return self.reading.state is State.DATA or self.reading.answered

    def concerns(self, need: Need) -> bool:
        """True when it holds the selector, be it at another time."""
        return set(self.matchers) <= set(need.matchers)


@dataclass(slots=True)
class _Answer:
    """What becomes of one expression."""

    state: State
    data: Any = None
    notes: Sequence[str] = field(default_factory=tuple)
    complete: bool = True


class HeldSeries:
    """The series of a bundle, ready to be asked."""

    def __init__(self, readings: Iterable[Reading], now: datetime, samples: Storage | None = None) -> None:
        """Prepare.

        Args:
            readings: those of the kind `series`.
            now: the incident's moment.
            samples: where they are at hand already: these, and what readings cannot hold (native histograms).
        """
        self._readings = list(readings)
        self._samples = samples
        self._now = now
        self._fresh: dict[str, bool] = {}

    @cached_property
    def _held(self) -> list[_Held]:
        return [_held(reading) for reading in self._readings]

    @property
    def moment(self) -> int:
        """The incident's moment, in milliseconds."""
        return _ms(self._now)

    @cached_property
    def storage(self) -> Storage:
        """All samples.

        Raises:
            BadInput: the data of a reading is none.
        """
        if self._samples is not None:
            return self._samples
        return merged(one for one in self._series if len(one.times))

    @cached_property
    def _histograms(self) -> Storage:
        """Series without a sample in the recording: of native histograms, of which a recording has the labels alone."""
        bare = {tuple(sorted(one.labels.items())): one for one in self._series if not len(one.times)}
        return Storage(bare.values())

    @cached_property
    def _series(self) -> list[Series]:
        blocks = (r.data for r in self._readings if isinstance(r.data, SeriesBlock))
        return [one for block in blocks for one in unpack(block)]

    def answer(self, query: Query) -> Reading:
        """Return the answer to a `promql` query; it is `absent` where the series below it are not in the recording."""
        try:
            times = times_of(query, self._now)
            found = self._answered(query.target, times)
        except PromQLError as e:
            found, times = _Answer(State.ERROR, notes=(f"the expression cannot be evaluated: {e}",)), (_ms(self._now),)
        except BadInput as e:
            found, times = _Answer(State.ERROR, notes=(str(e),)), (_ms(self._now),)
        return Reading(
            query,
            found.state,
            self._now,
            found.data,
            source=SOURCE,
            product=", ".join(sorted({r.product for r in self._readings if r.product})),
            coverage=Coverage(_moment(times[0]), _moment(times[min(len(times), 2) - 1]), complete=found.complete),
            detail="; ".join(" ".join(note.split()) for note in found.notes),
        )

    def _answered(self, expression: str, times: tuple[int, ...]) -> _Answer:
        wanted = needs(expression, *times)
        used = [self._covering(need) for need in wanted]
        lacking = [need for need, held in zip(wanted, used, strict=True) if held is None]
        if lacking:
            return _Answer(State.ABSENT, notes=(self.why_not(lacking[0]),))
        result = evaluate(self.storage, expression, *times, timeout=math.inf)  # no clock: a replay must say the same
        data, left_out = _samples(result)
        cut = sorted({h.reading.detail for h in used if h and not h.reading.coverage.complete})
        notes = [f"{left_out:,} series of native histograms are left out"] if left_out else []
        notes = [*notes, *cut, *result.warnings, *result.infos]
        if data or left_out:
            return _Answer(State.DATA, data, notes, complete=not left_out and not cut)
        missing = self._missing(wanted)
        if missing:
            return _Answer(State.ABSENT, notes=(*cut, missing))
        return _Answer(State.EMPTY, [], notes, not cut)

    def lacking(self, expression: str, times: tuple[int, ...]) -> list[str]:
        """Return what of the samples that an expression reads is not in the recording, one line each.

        Raises:
            PromQLError: the expression is none.
        """
        return [self.why_not(need) for need in needs(expression, *times) if not self.covers(need)]

    def covers(self, need: Need) -> bool:
        """Return whether all samples that are needed are in the recording, as far as there were any."""
        return self._covering(need) is not None

    def _covering(self, need: Need) -> _Held | None:
        if self._left_out(need):
            return None
        return next((held for held in self._held if held.usable and held.covers(need)), None)

    def _left_out(self, need: Need) -> int:
        """Return how many series of native histograms it asks for: without them, what it gives would be wrong."""
        return sum(len(table.rows(need.matchers)) for table in self._histograms.tables_for(need.matchers))

    def why_not(self, need: Need) -> str:
        """Return why samples that are needed are not in the recording."""
        concerned = [held for held in self._held if held.concerns(need)]
        for held in concerned:
            if not held.usable:
                return f"not recorded: {held.reading.detail}"
        name = need.name or need.text
        if left_out := self._left_out(need):
            return f"not recorded: native histograms are left out, and {name} has {left_out:,} series of them"
        if concerned:
            return f"the recording does not hold {name} for all of the time that the expression looks at"
        return f"the recording holds no series named {name}" if need.name else f"the recording does not hold {name}"

    def _missing(self, wanted: Sequence[Need]) -> str:
        """Return why an empty answer means nothing; empty when each metric is there at all."""
        names = sorted({need.name for need in wanted})
        if "" in names:
            return "nothing came, and whether there are such series cannot be told by name"
        stale = [name for name in names if not self._is_fresh(name)]
        return f"no series named {', '.join(stale)} in the recording at its moment" if stale else ""

    def _is_fresh(self, name: str) -> bool:
        if name not in self._fresh:
            text = Need((Matcher("__name__", "=", name),), 0, 0).text
            self._fresh[name] = bool(evaluate(self.storage, f"count({text})", _ms(self._now), timeout=math.inf).rows)
        return self._fresh[name]


def _held(reading: Reading) -> _Held:
    """Return what a reading holds; a file of an incident folder has no selector, and all that its metrics ever were."""
    start, end = reading.coverage.start, reading.coverage.end
    whole = not reading.query.target.startswith("{")
    return _Held(
        reading,
        () if whole else selector(reading.query.target),
        -math.inf if whole or start is None else _ms(start),
        math.inf if whole or end is None else _ms(end),
    )


def times_of(query: Query, now: datetime) -> tuple[int, ...]:
    """Return the moment, or start, end and step, in milliseconds.

    Raises:
        BadInput: a parameter is no number of seconds.
    """
    if not query.param("start"):
        return (_ms(now),)
    try:
        start, end = (_ms(now + timedelta(seconds=float(query.param(name) or 0))) for name in ("start", "end"))
        return start, end, round(float(query.param("step") or 60) * 1000)
    except (ValueError, OverflowError):
        raise BadInput(f"{query}: start, end and step are seconds relative to the incident's moment") from None


def _samples(result: Result) -> tuple[list[dict[str, Any]], int]:
    """Return the rows as a reading of Prometheus' answer has them, and how many have native histograms."""
    if result.kind == "string":
        raise PromQLError("a result of type string")
    make: Callable[[Row], dict[str, Any]] = _range if result.kind == "matrix" else _point
    plain = [make(row) for row in result.rows if len(row.times)]
    plain.sort(key=lambda one: sorted(one["labels"].items()))
    return plain, sum(bool(row.histograms) for row in result.rows)


def _point(row: Row) -> dict[str, Any]:
    return {"labels": dict(row.labels), "value": float(row.values[0]), "time": int(row.times[0]) / 1000}


def _range(row: Row) -> dict[str, Any]:
    return {"labels": dict(row.labels), "values": [[time / 1000, value] for time, value in _floats(row)]}


def _floats(row: Row) -> Iterator[tuple[int, float]]:
    yield from ((time, value) for time, value in row.samples() if not isinstance(value, Histogram))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
