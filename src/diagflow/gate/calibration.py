"""Calibration: of all best answers given with confidence 0.8, are 80 % right?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np

BINS: Final = 10
DRAWS: Final = 2000
"""Of the bootstrap."""

_SEED: Final = 20260101
"""Of the bootstrap: the same figures give the same interval."""


class Answer(NamedTuple):
    """One answer: the family it counts for, how sure it was, and whether it was right."""

    family: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: how many, how sure on average, how many right."""

    count: int
    confidence: float
    right: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidence is from being right.

    Attributes:
        answers: how many there are.
        families: that they come from.
        ece: expected calibration error, over the bins.
        low: of its 95 % interval, bootstrapped by family; of one family alone it is 0 to 1, for nothing is known.
        high: the other end.
        brier: mean square of what confidence is off.
        bins: the reliability diagram.
    """

    answers: int
    families: int
    ece: float
    low: float
    high: float
    brier: float
    bins: tuple[Bin, ...]


def calibration(answers: Sequence[Answer]) -> Calibration | None:
    """Return how well confidences fit; None without any answer.

    The expected calibration error is the mean over the bins, by their counts, of |share right - mean confidence|
    (M. P. Naeini et al., Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015), with bins of
    equal count (J. Nixon et al., Measuring calibration in deep learning, CVPR Workshops 2019). The Brier score: G. W.
    Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950), 1-3. The
    interval: percentiles over families drawn with replacement (A. C. Davison, D. V. Hinkley, Bootstrap methods and
    their application, 1997, section 3.8), because the answers of one family are not independent.
    """
    import numpy as np  # noqa: PLC0415  # only the gate needs it

    if not answers:
        return None
    families = {family: number for number, family in enumerate(sorted({a[0] for a in answers}))}
    edges = _edges([a[1] for a in answers])
    sums = np.zeros((3, len(families), len(edges)))  # count, confidence, right
    for family, confidence, right in answers:
        place = families[family], next(i for i, edge in enumerate(edges) if confidence <= edge)
        for row, value in zip(sums, (1.0, confidence, float(right)), strict=True):
            row[place] += value
    low, high = _interval(sums)
    bins = _bins(answers, edges)
    return Calibration(
        answers=len(answers),
        families=len(families),
        ece=math.fsum(b.count * abs(b.right - b.confidence) for b in bins) / len(answers),
        low=low,
        high=high,
        brier=math.fsum((c - r) ** 2 for _, c, r in answers) / len(answers),
        bins=bins,
    )


def _edges(confidences: Sequence[float]) -> list[float]:
    """Return the highest confidence of each bin; equal confidences stay together, so that no order matters."""
    ordered = sorted(confidences)
    size = len(ordered) / BINS
    edges: list[float] = []
    for number in range(1, BINS + 1):
        edge = ordered[min(len(ordered), max(1, round(number * size))) - 1]
        if not edges or edge > edges[-1]:
            edges.append(edge)
    return edges


def _bins(answers: Sequence[tuple[str, float, bool]], edges: Sequence[float]) -> tuple[Bin, ...]:
    found = []
    below = -1.0
    for edge in edges:
        mine = [(c, r) for _, c, r in answers if below < c <= edge]
        count = len(mine)
        sure, right = math.fsum(c for c, _ in mine) / count, sum(r for _, r in mine) / count
        found.append(Bin(count, sure, right, min(c for c, _ in mine), edge))
        below = edge
    return tuple(found)


def _ece(sums: "np.ndarray") -> "np.ndarray":
    """Return the error of (count, confidence, right) x ... x bins, along the last axis."""
    counts, confidence, right = sums
    error: np.ndarray = abs(right - confidence).sum(axis=-1) / counts.sum(axis=-1)
    return error


def _interval(sums: "np.ndarray") -> tuple[float, float]:
    import numpy as np  # noqa: PLC0415

    size = sums.shape[1]
    if size == 1:  # drawn again and again it is always the same, which says nothing about others
        return 0.0, 1.0
    drawn = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), DRAWS)  # times that each is drawn
    low, high = np.percentile(_ece(np.einsum("df,vfb->vdb", drawn, sums)), (2.5, 97.5))
    return float(low), float(high)
