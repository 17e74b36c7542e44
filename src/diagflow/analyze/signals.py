"""What a metric's name says about it: is more of it bad, or less, and whose doing is it.

Latency, traffic, errors and saturation are the four golden signals (B. Beyer et al., Site Reliability Engineering,
2016, chapter 6). Latency and errors travel from a callee to its callers, traffic from callers to callees: a service
whose traffic changed was most likely called more, or less, by somebody else.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Signal(StrEnum):
    """Kinds of metrics."""

    FAILING = "failing"  # more is bad: latency, errors, restarts
    WORKING = "working"  # less is bad: success, availability
    TRAFFIC = "traffic"  # neither is bad by itself
    OTHER = "other"  # saturation, and all that has no known name


_WORDS: Final = (
    (Signal.WORKING, ("success", "avail", "ready", "up", "healthy")),
    (
        Signal.FAILING,
        ("latency", "duration", "delay", "lag", "response_time", "wait", "error", "fail", "exception", "fault",
         "timeout", "retr", "drop", "reject", "restart", "oom", "throttl", "unavail", "unready", "5xx"),
    ),
    (
        Signal.TRAFFIC,
        ("request", "workload", "ops", "operations", "calls", "rps", "qps", "throughput", "traffic", "network", "bytes",
         "packets", "syscall", "messages"),
    ),
)  # fmt: skip
_WHOLE: Final = frozenset({"up", "ops", "rps", "qps", "lag", "oom", "calls"})
"""Words that are part of many others."""
_FIRST: Final = (Signal.FAILING, Signal.WORKING, Signal.TRAFFIC)
"""`http_request_errors` is about errors, `unavailable` is no `avail`."""


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = (rf"(?:^|[^a-z]){word}(?:$|[^a-z])" if word in _WHOLE else word for word in words)
    return re.compile("|".join(parts))


_PATTERNS: Final = {signal: _pattern(words) for signal, words in _WORDS}


@lru_cache(maxsize=4096)
def signal_of(metric: str) -> Signal:
    """Return what kind of metric has this name; its labels are no part of it."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", metric.partition("{")[0]).lower()
    return next((signal for signal in _FIRST if _PATTERNS[signal].search(name)), Signal.OTHER)


TRAFFIC_WEIGHT: Final = 0.5
"""Traffic, and less use of whatever there is: most likely somebody else's doing."""
RELEVANT: Final = 0.05
"""What changes by less than this share of itself wakes nobody, however calm it was before."""


def weight(metric: str, before: float, after: float) -> float:
    """Return how much a change says against the entity whose metric it is: from 0, nothing, to 1."""
    signal, more = signal_of(metric), after > before
    if signal is Signal.WORKING:  # from 99.99 to 99.9 percent is ten times the errors: no change is too small
        return 0.0 if more else 1.0
    if abs(after - before) < RELEVANT * max(abs(before), abs(after)):
        return 0.0
    if signal is Signal.FAILING:
        return 1.0 if more else 0.0
    return 1.0 if signal is Signal.OTHER and more else TRAFFIC_WEIGHT
