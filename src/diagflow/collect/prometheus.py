"""Answers of a Prometheus 3: its own evaluation of each expression, at one moment; of others, ours of their samples."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from diagflow.collect.gather import readings
from diagflow.collect.kubeapi import GREETING, Refused
from diagflow.collect.promaccess import Door
from diagflow.collect.promanswer import Result, result_of
from diagflow.collect.promnames import metric_names
from diagflow.collect.promproduct import Product, product_of, unknown
from diagflow.collect.troubles import WebError
from diagflow.model import Coverage, Query, Reading, State, Want

if TYPE_CHECKING:
    from diagflow.collect.promseries import Budget

WIDTH: Final = 8
"""Expressions that are evaluated at once; Prometheus itself allows 20 to all who ask."""

MARGIN: Final = 0.2
"""Seconds before the deadline at which Prometheus should give up, so that it can still say so."""

SAMPLES: Final = 1_000_000
"""Raw samples that one recording takes: 3 MB, and a few seconds of reading."""

Doors = Callable[[float], Sequence[Door]]
"""Returns where to look, the likeliest first, before a `time.monotonic()` value; raises `Refused`."""


@dataclass(frozen=True, slots=True)
class _Home:
    """Where expressions are answered."""

    door: Door
    product: Product


@dataclass(slots=True)
class _Seen:
    """Which metrics have series, asked once each."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    fresh: dict[str, bool] = field(default_factory=dict)


class PrometheusReader:
    """Answers `promql:` queries, instant (at `now`) or over a range, and `series:` queries with raw samples.

    Only Prometheus 3 evaluates expressions, since rules mean its semantics; of any other product raw samples are read,
    and the expression is evaluated here. An empty answer is `empty` only where each metric of the expression has a
    series now, else `absent`.
    """

    def __init__(
        self,
        doors: Doors,
        now: datetime,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        samples: int = SAMPLES,
    ) -> None:
        """Prepare; nobody is asked yet.

        Args:
            doors: where to look for a Prometheus.
            now: the moment at which expressions are evaluated (UTC).
            clock: what is written as the time of readings.
            samples: how many raw samples are read for a recording, and for each expression that is evaluated here.
        """
        self._doors = doors
        self._now = now
        self._clock = clock
        self._finding = threading.Lock()
        self._home: _Home | None = None
        self._no_home: Refused | None = None
        self._seen = _Seen()
        self._opened: list[Door] = []
        self._samples_allowed = samples
        self._budget: Budget | None = None

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
        """Yield one reading for every want."""
        if self._no_home is not None and self._no_home.state is not State.ABSENT:
            self._no_home = None  # what failed a moment ago may work now

        def late(want: Want) -> Reading:
            detail = "Prometheus did not answer within the deadline"
            return self._reading(want.query, Result(State.ERROR, detail=detail))

        yield from readings(
            wants,
            lambda want: self._answer(want.query, deadline),
            late,
            width=WIDTH,
            deadline=deadline,
            cancel=self._abort,
        )

    def source(self) -> Mapping[str, Any]:
        """Describe the Prometheus; looks for it, for at most three seconds, if nothing was read yet."""
        try:
            home = self._at_home(time.monotonic() + GREETING)
        except Refused as e:
            return {"problem": str(e)}
        return {"url": home.door.shown, "product": home.product.name, "version": home.product.version}

    def close(self) -> None:
        """Let go of connections."""
        for door in self._opened:
            door.web.close()

    def _abort(self) -> None:
        for door in self._opened:
            door.web.abort()

    def _answer(self, query: Query, deadline: float) -> Reading:
        if query.kind not in ("promql", "series"):
            return self._reading(query, Result(State.ABSENT, detail=f"Prometheus knows no {query.kind}"))
        try:
            home = self._at_home(deadline)
            return self._reading(query, self._answered(home, query, deadline))
        except WebError as e:
            return self._reading(query, Result(State.ERROR, detail=str(e)))
        except Refused as e:
            return self._reading(query, Result(e.state, detail=str(e)))

    def _at_home(self, deadline: float) -> _Home:
        """Return the first door behind which a Prometheus 3 answers, else another product; looked for once a read."""
        with self._finding:
            if self._home is not None:
                return self._home
            if self._no_home is not None:
                raise self._no_home
            try:
                self._home = self._found(deadline)
            except Refused as e:
                self._no_home = e
                raise
            return self._home

    def _found(self, deadline: float) -> _Home:
        reasons: list[Refused] = []
        others: list[_Home] = []
        if not self._opened:
            self._opened = list(self._doors(deadline))
        for door in self._opened:
            try:
                home = _entered(door, deadline)
                if home.product.usable:
                    return home
                others.append(home)
            except Refused as e:
                reasons.append(e)
            except WebError as e:
                reasons.append(Refused(State.ERROR, str(e)))
        if others:
            return others[0]
        raise reasons[0]

    def _answered(self, home: _Home, query: Query, deadline: float) -> Result:
        if query.kind == "series":
            return self._samples(home.door, query, deadline)
        evaluated = self._evaluated if home.product.usable else self._ours
        result = evaluated(home.door, query, deadline)
        return self._honest(home.door, query, result, deadline) if result.state is State.EMPTY else result

    def _evaluated(self, door: Door, query: Query, deadline: float) -> Result:
        endpoint, fields = _request(query, self._now)
        patience = max(deadline - time.monotonic() - MARGIN, MARGIN)
        answer = door.ask(endpoint, {**fields, "timeout": f"{patience:.3f}"}, deadline)
        return result_of(answer, door.shown)

    def _ours(self, door: Door, query: Query, deadline: float) -> Result:
        from diagflow.collect.promours import evaluated  # noqa: PLC0415  # numpy: only for such a server

        return evaluated(door, query, self._now, deadline, self._samples_allowed)

    def _samples(self, door: Door, query: Query, deadline: float) -> Result:
        from diagflow.collect.promseries import Budget, SeriesRequest  # noqa: PLC0415  # numpy: only for a recording

        with self._seen.lock:
            self._budget = self._budget or Budget(self._samples_allowed)
        return SeriesRequest(door, query, self._now, deadline).result(self._budget)

    def _honest(self, door: Door, query: Query, empty: Result, deadline: float) -> Result:
        """Return the empty result if it means something: if each metric is there at all."""
        names = metric_names(query.target)
        if names is None:
            return Result(State.ABSENT, detail="nothing came, and whether there are such series cannot be told by name")
        missing = [name for name in sorted(names) if not self._is_fresh(door, name, deadline)]
        if missing:
            return Result(State.ABSENT, detail=f"no series named {', '.join(missing)} at this Prometheus now")
        return empty

    def _is_fresh(self, door: Door, name: str, deadline: float) -> bool:
        known = self._seen.fresh.get(name)
        if known is None:
            answer = door.ask("/query", {"query": _presence(name), "time": _stamp(self._now)}, deadline)
            result = result_of(answer, door.shown)
            if result.state not in (State.DATA, State.EMPTY):
                raise Refused(State.ERROR, f"whether {name} has series could not be asked: {result.detail}")
            known = result.state is State.DATA
            with self._seen.lock:
                self._seen.fresh[name] = known
        return known

    def _reading(self, query: Query, result: Result) -> Reading:
        product = str(self._home.product) if self._home else ""
        start, end = _span(query, self._now)
        return Reading(
            query,
            result.state,
            self._clock(),
            data=result.data,
            source="prometheus",
            product=product,
            coverage=Coverage(start, end, complete=result.complete),
            detail=result.detail,
        )


def _entered(door: Door, deadline: float) -> _Home:
    answer = door.ask("/status/buildinfo", {}, deadline)
    product = product_of(answer)
    if product is None:
        refused = answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or 300 <= answer.status < 400  # noqa: PLR2004
        page = answer.ok and "html" in answer.media_type
        result = result_of(answer, door.shown) if refused or page else None
        raise Refused(result.state, result.detail) if result else Refused(*unknown(door, answer))
    return _Home(door, product)


def _presence(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'count({{__name__="{escaped}"}})'


def _request(query: Query, now: datetime) -> tuple[str, dict[str, str]]:
    """Return the endpoint and the form for a query."""
    if not query.param("start"):
        return "/query", {"query": query.target, "time": _stamp(now)}
    start, end = _span(query, now)
    form = {"query": query.target, "start": _stamp(start), "end": _stamp(end), "step": query.param("step") or "60"}
    return "/query_range", form


def _span(query: Query, now: datetime) -> tuple[datetime, datetime]:
    """Return the time that the answer covers; parameters are seconds relative to `now`, negative before it."""
    try:
        start, end = (timedelta(seconds=float(query.param(name) or 0)) for name in ("start", "end"))
        return now + start, now + end
    except (ValueError, OverflowError):
        return now, now


def _stamp(moment: datetime) -> str:
    return f"{moment.timestamp():.3f}"
