"""Plots as coordinates; templates/plots.svg.j2 draws them. Pixels, y downwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from diagflow.gate import phrases
from diagflow.gate.calibration import Bin
from diagflow.gate.confusion import Row
from diagflow.gate.totals import Rate, Share, Totals

SIDE: Final = 260
"""Of the square of the reliability diagram."""

WIDTH: Final = 300
"""From 0 % to 100 % of the plots of shares."""

_MATRIX: Final = 900
"""Most of a side of the matrix of causes."""

_CELL: Final = 14.0
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


@dataclass(frozen=True, slots=True)
class Cell:
    """One true cause and one that was named: the darker, the larger the share of recordings."""

    x: float
    y: float
    share: float
    right: bool
    title: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """What was named (across) where what is right (down); the last column is "nothing"."""

    side: float
    width: float
    height: float
    cells: tuple[Cell, ...]


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


def matrix(rows: Sequence[Row]) -> Matrix:
    """Return the matrix: columns in the order of the rows, then causes that are right nowhere, then nothing."""
    named = sorted({other.named for row in rows for other in row.others} - {row.cause for row in rows})
    columns = {name: x for x, name in enumerate([*(row.cause for row in rows), *named, ""])}
    side = min(_CELL, _MATRIX / len(columns))
    cells = [
        Cell(side * columns[name], side * y, count / row.recordings, name == row.cause, _said(row, name, count))
        for y, row in enumerate(rows)
        for name, count in _counts(row)
    ]
    return Matrix(side, side * len(columns), side * len(rows), tuple(cells))


def _counts(row: Row) -> Iterable[tuple[str, int]]:
    counts = [(row.cause, row.right), *((other.named, len(other.recordings)) for other in row.others)]
    return [(name, count) for name, count in [*counts, ("", row.silent)] if count]


def _said(row: Row, name: str, count: int) -> str:
    return f"{row.cause}: {name or 'nothing'} in {count} of {phrases.count(row.recordings, 'recording')}"
