"""Warnings and infos beside a result, in the words of Prometheus (`util/annotations`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

from diagflow.promql.errors import place
from diagflow.promql.numbers import general, general_to
from diagflow.promql.tokens import go_quote

IGNORED_IN_RANGE: Final = "ignored histograms in a range containing both floats and histograms for metric name"
MIXED: Final = "encountered a mix of histograms and floats for metric name"
MIXED_AGGREGATION: Final = "encountered a mix of histograms and floats for aggregation"
MIXED_SCHEMAS: Final = "vector contains a mix of histograms with exponential and custom buckets schemas for metric name"
NOT_COUNTER: Final = "this native histogram metric is not a counter:"
NOT_GAUGE: Final = "this native histogram metric is not a gauge:"
NON_COUNTER_NAME: Final = "metric might not be a counter, name does not end in _total/_sum/_count/_bucket:"
SORT_IN_RANGE: Final = "sort is ineffective for range queries since results are always ordered by labels"
QUANTILE: Final = "quantile value should be between 0 and 1, got"
COLLISION: Final = "conflicting counter resets during histogram"
RECONCILED: Final = "mismatched custom buckets were reconciled during"
NOT_MONOTONIC: Final = (
    "input to histogram_quantile needed to be fixed for monotonicity "
    "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
)


@dataclass(frozen=True, slots=True)
class Fix:
    """How far classic buckets were from rising, over how many samples and when."""

    low: float
    high: float
    most: float
    first: int
    last: int
    count: int = 1

    def with_(self, other: "Fix") -> "Fix":
        """Return both as one."""
        return Fix(
            min(self.low, other.low), max(self.high, other.high), max(self.most, other.most),
            min(self.first, other.first), max(self.last, other.last), self.count + other.count,
        )  # fmt: skip

    def counted(self, count: int) -> "Fix":
        """Return it with another count."""
        return replace(self, count=count)

    def __str__(self) -> str:
        first, last = (
            datetime.fromtimestamp(t // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for t in (self.first, self.last)
        )
        buckets = f"from buckets {general(self.low)} to {general(self.high)}"
        most = general_to(self.most, 2)
        return f", {buckets}, with a max diff of {most}, over {self.count} samples from {first} to {last}"


@dataclass(slots=True)
class _Note:
    level: Literal["warning", "info"]
    start: int
    fix: Fix | None = None


@dataclass(slots=True)
class Annotations:
    """What was noticed while a query was evaluated; the same text counts once, where it was said last."""

    notes: dict[str, _Note] = field(default_factory=dict)

    def warn(self, message: str, start: int) -> None:
        """Note a warning about the expression that starts here."""
        self.notes[message] = _Note("warning", start)

    def inform(self, message: str, start: int) -> None:
        """Note an info about the expression that starts here."""
        self.notes[message] = _Note("info", start)

    def named(self, level: Literal["warning", "info"], message: str, name: str, start: int) -> None:
        """Note something about a metric."""
        self.notes[f"{message} {go_quote(name)}"] = _Note(level, start)

    def fixed(self, name: str, fix: Fix, start: int) -> None:
        """Note that buckets were made to rise."""
        key = NOT_MONOTONIC + (f" for metric name {go_quote(name)}" if name else "")
        before = self.notes.get(key)
        if before and before.fix:
            fix, start = before.fix.with_(fix), before.start
        self.notes[key] = _Note("info", start, fix)

    def texts(self, level: Literal["warning", "info"], expression: str) -> tuple[str, ...]:
        """Return all of a level as the API of Prometheus prints them, with the place in the expression."""
        return tuple(
            f"PromQL {level}: {text}{note.fix or ''} ({place(expression, note.start)})"
            for text, note in self.notes.items()
            if note.level == level
        )


def for_metric(message: str, name: str) -> str:
    """Return a message with the name of the metric, if it has one (`maybeAddMetricName`)."""
    return f"{message} for metric name {go_quote(name)}" if name else message


LEVELS: Final[Mapping[str, Literal["warning", "info"]]] = {"warn": "warning", "info": "info"}
