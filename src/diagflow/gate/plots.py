"""Plots as coordinates; templates/plots.svg.j2 draws them. Pixels, y downwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from diagflow.gate import phrases
from diagflow.gate.calibration import Bin
from diagflow.gate.totals import Rate, Share, Totals

SIDE: Final = 260
"""Of the square of the reliability diagram."""

WIDTH: Final = 300
"""From 0 % to 100 % of the plots of shares."""

_ROW: Final = 26
_LARGEST: Final = 9.0  # radius
_SMALLEST: Final = 2.5


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin of the reliability diagram: bigger with more answers."""

    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A share with its interval, one row."""

    y: float
    label: str
    value: float
    low: float
    high: float
    title: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A plot of shares, one row each."""

    title: str
    height: float
    bars: tuple[Bar, ...]


def reliability(bins: Sequence[Bin]) -> tuple[Dot, ...]:
    """Return the reliability diagram: mean confidence against share right; on the diagonal both are equal."""
    most = max((one.count for one in bins), default=1)
    return tuple(
        Dot(
            x=SIDE * one.confidence,
            y=SIDE * (1 - one.right),
            radius=max(_SMALLEST, _LARGEST * (one.count / most) ** 0.5),
            title=f"{phrases.count(one.count, 'answer')} of confidence {one.lowest:.3f} to {one.highest:.3f}: "
            f"{phrases.percent(one.right)} right, {phrases.percent(one.confidence)} expected",
        )
        for one in bins
    )


def accuracy(several: Iterable[Totals]) -> Rows:
    """Return best answers and first three that are right, with their intervals."""
    shares = [
        (f"{one.name}, {words}", found)
        for one in several
        for words, found in (("best answer", one.top1), ("first three", one.top3), ("suspects", one.suspected))
        if found.of
    ]
    bars = [_share_bar(row, label, found) for row, (label, found) in enumerate(shares)]
    return Rows("Right, by family, with 95 % intervals", _ROW * len(bars), tuple(bars))


def _share_bar(row: int, label: str, found: Share) -> Bar:
    value, low, high = (WIDTH * one for one in (found.by_family, found.low, found.high))
    return Bar(_middle(row), label, value, low, high, phrases.share(found))


def false_causes(several: Iterable[Totals]) -> Rows:
    """Return the families with false causes, with their upper bounds."""
    rates = [
        (f"{one.name}, {words}", found)
        for one in several
        for words, found in (("healthy", one.false_on_healthy), ("faulty", one.false_on_faulty))
        if found.of
    ]
    bars = [_rate_bar(row, label, found) for row, (label, found) in enumerate(rates)]
    return Rows("False causes, by family, with upper bounds", _ROW * len(bars), tuple(bars))


def _rate_bar(row: int, label: str, found: Rate) -> Bar:
    value, bound = WIDTH * found.bad_families / found.families, WIDTH * found.bound
    return Bar(_middle(row), label, value, 0.0, bound, phrases.rate(found))


def _middle(row: int) -> float:
    return _ROW * (row + 0.5)
