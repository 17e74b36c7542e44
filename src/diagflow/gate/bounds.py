"""Intervals and bounds of proportions, from small samples."""

import math
from typing import Final

_Z: Final = 1.959963984540054
"""Quantile 0.975 of the standard normal distribution."""

_STEPS: Final = 60  # halvings: far below the last digit of a float near 0.001


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """Return Wilson's 95 % score interval; (0, 1) without trials.

    `successes` may be a sum of shares. E. B. Wilson, Probable inference, the law of succession, and statistical
    inference, JASA 22 (1927), 209-212; recommended for small samples by Brown, Cai and DasGupta, Interval estimation
    for a binomial proportion, Statistical Science 16 (2001), 101-133.
    """
    if trials <= 0:
        return 0.0, 1.0
    share, spread = successes / trials, _Z * _Z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if successes <= 0 else low), (1.0 if successes >= trials else high)  # as on paper, not nearly so


def upper_bound(events: int, trials: int, level: float = 0.95) -> float:
    """Return the one-sided Clopper-Pearson bound: the largest rate at which so few events are no surprise.

    That is the p at which P(X <= events) = 1 - level for X ~ Binomial(trials, p), found by halving, and equal to the
    quantile `level` of Beta(events + 1, trials - events). Without events it is 1 - (1 - level)^(1 / trials), about
    3 / trials: the rule of three. C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits illustrated
    in the case of the binomial, Biometrika 26 (1934), 404-413; J. A. Hanley, A. Lippman-Hand, If nothing goes wrong, is
    everything all right?, JAMA 249 (1983), 1743-1745.
    """
    if trials <= 0 or events >= trials:
        return 1.0
    low, high = events / trials, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if at_most(events, trials, middle) > 1 - level:
            low = middle
        else:
            high = middle
    return high


def at_most(events: int, trials: int, rate: float) -> float:
    """Return P(X <= events) for X ~ Binomial(trials, rate), 0 < rate < 1."""
    if rate >= 1:
        return 0.0 if events < trials else 1.0
    hit, miss = math.log(rate), math.log1p(-rate)
    return math.fsum(
        math.exp(
            math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * hit + (trials - k) * miss
        )
        for k in range(events + 1)
    )
