"""What to record below the expressions of a bundle: each selector over all of the time that any of them looks at.

Imports numpy: only who records series needs it.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from diagflow.bundle.memory import Bundle
from diagflow.bundle.series import times_of
from diagflow.model import BadInput, Query
from diagflow.promql.needs import Need, needs
from diagflow.promql.syntax import Matcher


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Samples to read: a selector with its time, and the moments of which it must be known whether it had a series."""

    matchers: tuple[Matcher, ...]
    text: str
    start: int
    end: int
    moments: frozenset[int]
    step: int

    def takes(self, other: "_Wanted") -> bool:
        """True when all samples of the other are among these."""
        return set(self.matchers) <= set(other.matchers) and self.start <= other.start and other.end <= self.end

    def meets(self, other: "_Wanted") -> bool:
        """True when both are of one selector, and of times that touch."""
        return self.matchers == other.matchers and self.start <= other.end and other.start <= self.end

    def with_(self, other: "_Wanted") -> "_Wanted":
        """Return both as one, of this selector."""
        return replace(
            self,
            start=min(self.start, other.start),
            end=max(self.end, other.end),
            moments=self.moments | other.moments,
            step=math.gcd(self.step, other.step),
        )


def series_below(bundle: Bundle) -> list[Query]:
    """Return `series` queries for what the answered expressions of a bundle read, nothing twice."""
    return _queries(_all(bundle), bundle.incident.now)


def series_for(query: Query, now: datetime) -> list[Query]:
    """Return `series` queries for what one expression reads.

    Raises:
        BadInput: it is none, or a time of the query is none.
    """
    return _queries((_wanted(need) for need in needs(query.target, *times_of(query, now))), now)


def _queries(wanted: Iterable[_Wanted], moment: datetime) -> list[Query]:
    found: list[_Wanted] = []
    for one in sorted(wanted, key=lambda w: (len(w.matchers), w.text, w.start, w.end)):
        _put(found, one)
    now = round(moment.timestamp() * 1000)
    return sorted(_query(one, now) for one in found)


def _all(bundle: Bundle) -> Iterator[_Wanted]:
    for reading in bundle.readings():
        if reading.query.kind == "promql" and reading.readable:
            yield from _of(reading.query, bundle)


def _of(query: Query, bundle: Bundle) -> Iterable[_Wanted]:
    try:
        wanted = needs(query.target, *times_of(query, bundle.incident.now))
    except BadInput:  # Prometheus has answered what we cannot evaluate: then nobody would read its series
        return ()
    return [_wanted(need) for need in wanted]


def _wanted(need: Need) -> _Wanted:
    return _Wanted(need.matchers, need.text, need.start, need.end, frozenset({need.end}), need.step)


def _put(found: list[_Wanted], wanted: _Wanted) -> None:
    """Add samples to those that are wanted already: into such as have them, or together with those that they touch."""
    for i, other in enumerate(found):
        if other.takes(wanted):
            found[i] = other.with_(wanted)
            return
    for other in [other for other in found if other.meets(wanted)]:
        found.remove(other)
        wanted = other.with_(wanted)
    found.append(wanted)


def _query(wanted: _Wanted, now: int) -> Query:
    return Query.of(
        "series",
        wanted.text,
        start=_seconds(wanted.start - now),
        end=_seconds(wanted.end - now),
        moments=",".join(_seconds(moment - now) for moment in sorted(wanted.moments)),
        step=_seconds(wanted.step) if wanted.step else "",
    )


def _seconds(ms: int) -> str:
    return str(ms // 1000) if ms % 1000 == 0 else str(ms / 1000)
