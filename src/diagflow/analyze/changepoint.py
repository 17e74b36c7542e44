"""Did a metric change when an alert began? Robust, silent about daily cycles, and silent rather than loud.

What an incident looks like is compared with what was normal before it, by medians and absolute deviations from the
median, which half of the samples may spoil. The change is counted in normal deviations, so it has no unit and can be
compared across metrics. Sources: F. R. Hampel, The influence curve and its role in robust estimation, JASA 69 (1974),
383-393, for median and MAD; B. Iglewicz, D. Hoaglin, How to detect and handle outliers (1993), for the mean deviation
where the MAD is zero; L. Pham, H. Ha, H. Zhang, BARO: robust root cause analysis for microservices via multivariate
Bayesian online change point detection, FSE 2024, who rank services by such a score (theirs takes the farthest sample
and the interquartile range; ours the median of what stays changed, so that one spike is no change).

Only this module and what calls it need numpy: import it where there are series.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from diagflow.promql.arrays import Bools, Floats

RECENT: Final = 3 * 3600
"""Seconds before the incident that say what is normal just now."""
DAYS: Final = 7
"""How many days back the same time of day is looked at."""
SAME_TIME: Final = 3600
"""Seconds before and after the incident's time of day that count as the same time of day."""
LEAST_BEFORE: Final = 10
LEAST_AFTER: Final = 2
LOUD: Final = 5.0
"""From how many normal deviations a change counts: fewer than 1 in 200 series of noise reach it (tests say so)."""

_DAY: Final = 86_400
_MOST_STARTS: Final = 16
_MAD_TO_SIGMA: Final = 1.4826
_MEAN_TO_SIGMA: Final = 1.2533
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Window:
    """When the incident is looked for: from a little before its alert until `end`, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a metric.

    Attributes:
        score: how far it moved, in normal deviations; not negative, at most the number of samples before.
        before: the median of what it is compared with.
        after: the median since then.
        since: seconds; the first sample of the new level.
    """

    score: float
    before: float
    after: float
    since: float


def change_in(times: Floats, values: Floats, window: Window) -> Change | None:
    """Return how a series changed in a window and stayed changed until its end.

    Compared are the last hours before, and the same time of day on the days before, each where it has samples enough:
    a change must stand out from both, in the same direction. So a daily peak is no change, and neither is a level that
    has held since this morning.

    Args:
        times: seconds, rising.
        values: one for each; what is no finite number is a gap.
        window: where to look.

    Returns:
        The greatest change, however small (see `LOUD`), with a score of 0 where there is none; None where there are
        too few samples to say.
    """
    good = np.isfinite(values) & (times <= window.end)
    times, values = times[good], values[good]
    first = int(np.searchsorted(times, window.start))
    after = values[first:]
    references = [r for r in _references(times[:first], values[:first], window) if len(r) >= LEAST_BEFORE]
    if not references or len(after) < LEAST_AFTER:
        return None
    found = (_since(i, times[first:], after, references) for i in _starts(len(after)))
    return max(found, key=lambda change: change.score)


def _references(times: Floats, values: Floats, window: Window) -> Iterator[Floats]:
    """Yield what was normal: just before, and at this time of day."""
    yield values[times >= window.start - RECENT]
    same: Bools = np.zeros(len(times), np.bool_)
    for days in range(1, DAYS + 1):
        low, high = (edge - days * _DAY for edge in (window.start - SAME_TIME, window.end + SAME_TIME))
        same |= (times >= low) & (times <= high)
    yield values[same]


def _starts(size: int) -> list[int]:
    """Return where the new level may begin: any sample but the last, a few of them where there are many."""
    last = size - LEAST_AFTER
    return sorted({round(i * last / _MOST_STARTS) for i in range(_MOST_STARTS + 1)}) if last else [0]


def _since(start: int, times: Floats, values: Floats, references: list[Floats]) -> Change:
    levels = [_level(values[start:], float(np.median(reference))) for reference in references]
    moves = [deviations(level, reference) for level, reference in zip(levels, references, strict=True)]
    same_way = all(move > 0 for move in moves) or all(move < 0 for move in moves)
    least = min(range(len(moves)), key=lambda i: abs(moves[i]))
    before, after = float(np.median(references[least])), levels[least]
    while start and abs(values[start - 1] - after) < abs(values[start - 1] - before):
        start -= 1  # a later start may score a little more by chance
    return Change(abs(moves[least]) if same_way else 0.0, before, after, float(times[start]))


def _level(values: Floats, middle: float) -> float:
    """Return the median; of two in the middle the one nearer to what was normal: one of two samples is no new level."""
    half = len(values) // 2
    ordered = np.sort(values)
    low, high = float(ordered[len(values) - half - 1]), float(ordered[half])
    return min(max(middle, low), high)


def deviations(level: float, normal: Floats) -> float:
    """Return how many normal deviations a level is away from normal samples, with its sign.

    The deviation is that of the samples on the level's side of the median: latencies are skewed, and a drop is not
    measured by their peaks. One more sample like the level is thought to be among the normal ones: n samples cannot say
    that something is rarer than one in n, so the result stays below n, also where they were constant.
    """
    middle = float(np.median(normal))
    move = level - middle
    if abs(move) <= _ROUNDING * max(abs(middle), abs(level)):
        return 0.0
    return move / (_spread(normal, middle, up=move > 0) + abs(move) / len(normal))


def _spread(normal: Floats, middle: float, *, up: bool) -> float:
    away = normal - middle
    side = away[away >= 0] if up else -away[away <= 0]
    mad = max(float(np.median(np.abs(away))), float(np.median(side)))
    return _MAD_TO_SIGMA * mad if mad > 0 else _MEAN_TO_SIGMA * float(np.mean(np.abs(away)))


def rates(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return how fast a counter rises, at each sample but the first; a reset counts from zero, as in Prometheus."""
    good = np.isfinite(values)
    times, values = times[good], values[good]
    rise = np.diff(values)
    rise = np.where(rise < 0, values[1:], rise)
    return times[1:], rise / np.diff(times)


def is_counter(metric: str) -> bool:
    """True for names that Prometheus' conventions keep for counters."""
    return metric.endswith(("_total", "_count", "_sum"))
