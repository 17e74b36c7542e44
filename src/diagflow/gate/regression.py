"""Regularised logistic regression of six numbers: four strengths in order, two priors.

Minimised is the weighted log-loss plus half the squared distance from the weights that are there, in units of
`SPREAD` (a Gaussian prior; C. M. Bishop, Pattern recognition and machine learning, 2006, section 4.3 and 4.5), under
the condition that a stronger observation never weighs less and none less than nothing. The problem is convex;
solved by the accelerated projected gradient method (A. Beck, M. Teboulle, A fast iterative shrinkage-thresholding
algorithm for linear inverse problems, SIAM Journal on Imaging Sciences 2 (2009), 183-202).
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
    origin = np.array(_numbers(start))
    lipschitz = float(0.25 * np.linalg.eigvalsh((x.T * counts) @ x)[-1]) + SPREAD**-2
    found, ahead, pace = origin.copy(), origin.copy(), 1.0
    for _ in range(_STEPS):
        slope = x.T @ (counts * (_probability(x @ ahead) - y)) + (ahead - origin) / SPREAD**2
        after = ahead - slope / lipschitz
        after[2:] = np.maximum(after[2:], 0.0)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead, found, pace = after + (pace - 1) / faster * (after - found), after, faster
    return _weights([float(number) for number in found])


def _features(sample: Sample) -> list[float]:
    """Return what the numbers are multiplied with: the priors, then the steps from one strength to the next."""
    amounts = list(sample.amounts)
    steps = [sum(amounts[: len(amounts) - number]) for number in range(len(amounts))]  # weakest step first
    return [float(sample.near), float(not sample.near), *steps]


def _numbers(weights: Weights) -> list[float]:
    upwards = [weights.strengths[strength] for strength in reversed(Strength)]
    steps = [high - low for low, high in zip([0.0, *upwards], upwards, strict=False)]
    return [weights.near, weights.scan, *steps]


def _weights(numbers: Sequence[float]) -> Weights:
    near, scan, *steps = numbers
    strengths = {strength: round(sum(steps[: at + 1]), _DIGITS) for at, strength in enumerate(reversed(Strength))}
    return Weights({s: strengths[s] for s in Strength}, round(near, _DIGITS), round(scan, _DIGITS))


def _probability(log_odds: "np.ndarray") -> "np.ndarray":
    import numpy as np  # noqa: PLC0415

    odds: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0)))
    return odds
