"""A question to the world, and its answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from urllib.parse import parse_qsl, quote


class State(StrEnum):
    """What became of a question; only `data` and a complete `empty` can refute anything."""

    DATA = "data"
    EMPTY = "empty"
    ABSENT = "absent"  # never asked, or nobody to ask
    FORBIDDEN = "forbidden"
    ERROR = "error"


@dataclass(frozen=True, slots=True, order=True)
class Query:
    """A question in its canonical form; `str()` gives it, `parse` reads it back.

    Attributes:
        kind: who can answer: `objects`, `promql`, `series`, `log`, `logs`, `fact`, `change`, `alert`.
        target: what is asked. objects: the resource as kubectl names it in the plural (`pods`,
            `deployments.apps`; events are `events`). promql: the expression. series: a selector, or a file of an
            incident folder. log: `namespace/pod/container`. logs: a kind, `node`. fact: the fact's name. change: the
            kind of change. alert: the empty string.
        params: what narrows the question, sorted. objects: `namespace`. promql: `start`, `end`, `step` (range
            in seconds relative to `now`; without them the instant value at `now`), log: `previous=true`.
    """

    kind: str
    target: str
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, kind: str, target: str, **params: str) -> Self:
        """Build a query; parameters are sorted, empty ones left out."""
        return cls(kind, target, tuple(sorted((k, v) for k, v in params.items() if v)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the canonical form; what is no query becomes one whose kind nobody answers."""
        kind, _, rest = text.partition(":")
        target, _, params = rest.partition("#")
        return cls(kind, _unescaped(target), tuple(sorted(parse_qsl(params))))

    def param(self, name: str) -> str:
        """Return one parameter, or the empty string."""
        return dict(self.params).get(name, "")

    def __str__(self) -> str:
        tail = "&".join(f"{k}={quote(v, safe='/:')}" for k, v in self.params)
        return f"{self.kind}:{_escaped(self.target)}" + (f"#{tail}" if tail else "")


def _escaped(target: str) -> str:
    """Keep `#` for the parameters; a per cent sign, which PromQL uses, is only touched where it would mislead."""
    return target.replace("%25", "%2525").replace("%23", "%2523").replace("#", "%23")


def _unescaped(target: str) -> str:
    return re.sub("%(23|25)", lambda found: "#" if found.group(1) == "23" else "%", target)


@dataclass(frozen=True, slots=True)
class Want:
    """A reading that the analysis still wants: the query and, for objects, the fields to keep of each.

    Attributes:
        query: what to ask.
        fields: paths such as `status.conditions[].reason`; a path keeps all that is below it.
    """

    query: Query
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what was asked the answer covers.

    Attributes:
        start: first moment covered (UTC), None for "as of now".
        end: last moment covered (UTC).
        complete: False when the answer was cut off (a half body, an expired page, a limit).
    """

    start: datetime | None = None
    end: datetime | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer from the world.

    Attributes:
        query: what was asked.
        state: what became of it.
        time: when it was read (UTC).
        data: the answer. objects: a `collections.abc.Sequence` of `Struct`s or dicts (see
            `diagflow.model.projection`). promql: `[{"labels": {...}, "value": float, "time": float}]`, for a
            range `[{"labels": {...}, "values": [[time, float], ...]}]`. series: a `SeriesBlock`.
            log: a string. logs: names of those that have one. fact, alert, change: JSON.
        source: who answered: `kubernetes`, `prometheus`, `bundle`, `host`.
        product: name and version of who answered, e.g. `prometheus 3.16.0`.
        coverage: how much of the question the answer covers.
        detail: why there is no data, in one line for people.
        fields: of objects, the paths that were kept; None when whole objects were kept.
    """

    query: Query
    state: State
    time: datetime
    data: Any = None
    source: str = ""
    product: str = ""
    coverage: Coverage = field(default_factory=Coverage)
    detail: str = ""
    fields: frozenset[str] | None = None

    @property
    def answered(self) -> bool:
        """True when the world answered completely, so that what is not in the answer is not there."""
        return self.state in (State.DATA, State.EMPTY) and self.coverage.complete

    @property
    def readable(self) -> bool:
        """True when there is something to look at, be it cut off."""
        return self.state in (State.DATA, State.EMPTY)


Readings = Mapping[Query, Reading]
