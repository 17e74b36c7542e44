"""Regularised logistic regression of six numbers: four strengths, two priors.

Minimised is the weighted log-loss plus half the squared distance from the weights that are there, in units of
`SPREAD` (a Gaussian prior; C. M. Bishop, Pattern recognition and machine learning, 2006, sections 4.3 and 4.5). What
authors of rules rely on holds whatever the data say: a stronger observation never weighs less, and none less than
nothing; one moderate observation near an alert names nothing, and neither does one strong observation in a scan. All
of that is that six other numbers are not negative: the steps from each strength to the next, and what the priors lie
below. The problem is convex; solved by the accelerated projected gradient method (A. Beck, M. Teboulle, A fast
iterative shrinkage-thresholding algorithm for linear inverse problems, SIAM Journal on Imaging Sciences 2 (2009),
183-202).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagflow.gate.sample import Sample
from diagflow.model import Strength, Weights

if TYPE_CHECKING:
    import numpy as np

SPREAD: Final = 2.0
"""Nats that a weight may move before it needs good reasons."""

MARGIN: Final = 0.2
"""Nats that what must not be named stays below a confidence of 0.5."""

_STEPS: Final = 3000
_DIGITS: Final = 2
"""Of the result: the last bits of two processors differ, the third digit of a nat decides nothing."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """A sample and how much it counts; those of one family together count once."""

    sample: Sample
    counts: float


def fitted(samples: Sequence[Weighted], start: Weights) -> Weights:
    """Return the weights that fit the samples best and stay near `start`."""
    import numpy as np  # noqa: PLC0415  # only the gate needs it

    if not samples:
        return start
    x = np.array([_features(one.sample) for one in samples])
    y = np.array([float(one.sample.right) for one in samples])
    counts = np.array([one.counts for one in samples])
    origin = np.maximum(np.array(_numbers(start)), 0.0)
    lipschitz = float(0.25 * np.linalg.eigvalsh((x.T * counts) @ x)[-1]) + SPREAD**-2
    found, ahead, pace = origin.copy(), origin.copy(), 1.0
    for _ in range(_STEPS):
        slope = x.T @ (counts * (_probability(x @ ahead - MARGIN) - y)) + (ahead - origin) / SPREAD**2
        after = np.maximum(ahead - slope / lipschitz, 0.0)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead, found, pace = after + (pace - 1) / faster * (after - found), after, faster
    return _weights([float(number) for number in found])


def _features(sample: Sample) -> list[float]:
    """Return what the numbers of `_numbers` are multiplied with."""
    near, scan = float(sample.near), float(not sample.near)
    conclusive, strong, moderate, weak = sample.amounts
    return [
        conclusive + strong + moderate + weak - near - scan,
        conclusive + strong + moderate - near - scan,
        conclusive + strong - scan,
        conclusive,
        -near,
        -scan,
    ]


def _numbers(weights: Weights) -> list[float]:
    """Return the steps from one strength to the next, weakest first, and what the priors lie below their bounds."""
    conclusive, strong, moderate, weak = (weights.strengths[strength] for strength in Strength)
    steps = [weak, moderate - weak, strong - moderate, conclusive - strong]
    return [*steps, -weights.near - moderate - MARGIN, -weights.scan - strong - MARGIN]


def _weights(numbers: Sequence[float]) -> Weights:
    weak, to_moderate, to_strong, to_conclusive, below_near, below_scan = numbers
    moderate = weak + to_moderate
    strong = moderate + to_strong
    strengths = (strong + to_conclusive, strong, moderate, weak)
    return Weights(
        {strength: round(nats, _DIGITS) for strength, nats in zip(Strength, strengths, strict=True)},
        near=round(-moderate - MARGIN - below_near, _DIGITS),
        scan=round(-strong - MARGIN - below_scan, _DIGITS),
    )


def _probability(log_odds: "np.ndarray") -> "np.ndarray":
    import numpy as np  # noqa: PLC0415

    odds: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0)))
    return odds
